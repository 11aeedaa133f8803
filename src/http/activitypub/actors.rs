//! Our actors.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;

use super::{Form, document, gone, to_page, wanted};
use crate::{
    app::App,
    domain::{
        ActorId,
        actors::{self, Actor},
    },
    error::{Error, Result},
    federation::{keys, objects},
};

fn missing() -> Error {
    Error::not_found("actor.not_found", "There is no such account.")
}

/// `GET /ap/actor`: the server's own actor. Needs no signature, or nobody could ever check ours.
pub async fn instance(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let actor = app.db.read(actors::instance_actor).await?.ok_or_else(missing)?;
    show(&app, actor, &headers).await
}

/// `GET /ap/actors/{id}`
pub async fn by_id(State(app): State<App>, Path(id): Path<i64>, headers: HeaderMap) -> Result<Response> {
    let actor =
        app.db.read(move |conn| actors::find(conn, ActorId(id))).await?.filter(Actor::is_local).ok_or_else(missing)?;
    show(&app, actor, &headers).await
}

async fn show(app: &App, actor: Actor, headers: &HeaderMap) -> Result<Response> {
    if actor.deleted_at.is_some() {
        return gone(&actor.uri);
    }
    if wanted(headers, Form::Activity) == Form::Html {
        return Ok(to_page(actor.page()));
    }
    as_activity(app, &actor).await
}

/// The document of one of our actors.
pub async fn as_activity(app: &App, actor: &Actor) -> Result<Response> {
    if actor.suspended_at.is_some() {
        return Err(missing());
    }
    let keys = keys::ensure_keys(app, actor).await?;
    document(objects::actor::to_json(&app.site, actor, &keys)?, true)
}
