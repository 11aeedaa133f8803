//! Our actors, as documents.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, request::Parts};

use super::negotiation;
use crate::{
    app::App,
    db::Conn,
    domain::{
        ActorId,
        actors::{self, Actor},
    },
    error::{Error, Result},
    federation::{
        keys,
        objects::{
            actor,
            context::{self, Terms},
            tombstone,
        },
        signed_get,
    },
};

/// `GET /ap/actors/{id}`
pub(super) async fn actor(State(app): State<App>, Path(id): Path<String>, parts: Parts) -> Result<Response> {
    let found = find(&app, &id).await?;
    show(&app, found, &parts).await
}

/// `GET /ap/actor`: the server itself. Nobody must sign to read it, or nobody could check a signature.
pub(super) async fn instance(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let found = app.db.read(actors::instance_actor).await?.ok_or_else(missing)?;
    answer(&app, &found, &headers).await
}

/// The actor of ours with this number in its id, deleted or not.
pub(super) async fn find(app: &App, id: &str) -> Result<Actor> {
    let uri = format!("{}/ap/actors/{id}", app.site.base_url);
    let id = app.site.local_id(&uri, "actors").ok_or_else(missing)?;
    let found = app.db.read(move |conn| actors::find(conn, ActorId(id))).await?;
    // The server's own actor has another address.
    found.filter(|actor| actor.is_local() && actor.uri == uri).ok_or_else(missing)
}

/// The server's own actor, for its collections.
pub(super) fn find_instance(conn: &mut Conn) -> Result<Actor> {
    actors::instance_actor(conn)?.ok_or_else(missing)
}

/// The document of an actor, for whoever may have it.
pub(in crate::http) async fn show(app: &App, found: Actor, parts: &Parts) -> Result<Response> {
    // Refuses servers that we do not talk with, where they say who they are.
    signed_get::reader(app, parts).await?;
    answer(app, &found, &parts.headers).await
}

async fn answer(app: &App, found: &Actor, headers: &HeaderMap) -> Result<Response> {
    if negotiation::wants_page(headers) {
        must_be_here(found)?;
        return Ok(negotiation::see_page(found.page()));
    }
    if let Some(response) = not_here(found)? {
        return Ok(response);
    }
    let keys = keys::ensure_keys(app, found).await?;
    let shown = found.clone();
    let around = app.db.read(move |conn| actor::Surroundings::load(conn, &shown)).await?;
    let document = context::document(actor::to_json(&app.site, found, &keys, &around)?, Terms::Actor, false)?;
    Ok(negotiation::object(&document))
}

/// What is answered for an actor that is deleted (its tombstone) or suspended (nothing).
pub(super) fn not_here(found: &Actor) -> Result<Option<Response>> {
    if found.deleted_at.is_some() {
        let tombstone = tombstone::to_json(&found.uri, found.deleted_at);
        return Ok(Some(negotiation::gone(&context::document(tombstone, Terms::Plain, false)?)));
    }
    if found.is_active() { Ok(None) } else { Err(missing()) }
}

/// Refuses to show the page of an actor that is deleted or suspended.
pub(in crate::http) fn must_be_here(found: &Actor) -> Result<()> {
    if found.deleted_at.is_some() {
        return Err(Error::gone("actor.deleted", "This account was deleted."));
    }
    if found.is_active() { Ok(()) } else { Err(missing()) }
}

/// There is no such actor, or nobody may know that there is.
pub(in crate::http) fn missing() -> Error {
    Error::not_found("actor.not_found", "There is no such account.")
}
