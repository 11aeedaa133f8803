//! Hashtags on profiles.

use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::name_of;
use crate::{
    app::App,
    domain::{ActorId, tags},
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, MaybeSession, Session},
        mastodon::{
            entities::{FeaturedTag, Tag},
            look::look,
        },
    },
    text,
};

/// `GET /api/v1/featured_tags`
pub(super) async fn list(State(app): State<App>, me: Session) -> Result<Json<Vec<FeaturedTag>>> {
    me.need("read:accounts")?;
    featured_by(&app, Some(me.actor.id), me.actor.id).await
}

/// `GET /api/v1/accounts/:id/featured_tags`; what those elsewhere show is not fetched.
pub(super) async fn of(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: MaybeSession,
) -> Result<Json<Vec<FeaturedTag>>> {
    me.need("read:accounts")?;
    featured_by(&app, me.actor(), id).await
}

async fn featured_by(app: &App, reader: Option<ActorId>, id: ActorId) -> Result<Json<Vec<FeaturedTag>>> {
    let shown = look(app, reader, move |look| {
        let actor = look.actor(id)?;
        let rows = if actor.is_active() { tags::featured_by(look.conn, actor.id)? } else { Vec::new() };
        Ok(rows.into_iter().map(|row| look.featured(row)).collect())
    });
    shown.await.map(Json)
}

/// The hashtag to show.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    name: String,
}

/// `POST /api/v1/featured_tags`
pub(super) async fn create(State(app): State<App>, me: Session, Form(which): Form<Which>) -> Result<Json<FeaturedTag>> {
    me.need("write:accounts")?;
    let name = text::normalise_hashtag(which.name.trim().trim_start_matches('#'))
        .ok_or_else(|| Error::invalid("tag.name", "Validation failed: Tag is invalid"))?;
    let (owner, wanted) = (me.actor.id, name.clone());
    if app.db.write(move |tx| tags::feature(tx, owner, &wanted)).await?.is_none() {
        return Err(Error::invalid("tag.taken", "Validation failed: Name has already been taken"));
    }
    let shown = look(&app, Some(owner), move |look| {
        let row = tags::find_featured(look.conn, owner, &name)?;
        row.map(|row| look.featured(row)).ok_or_else(|| Error::not_found("tag.not_featured", "It is gone already."))
    });
    shown.await.map(Json)
}

/// `DELETE /api/v1/featured_tags/:id`
pub(super) async fn delete(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<Value>> {
    me.need("write:accounts")?;
    let owner = me.actor.id;
    app.db.write(move |tx| tags::unfeature(tx, owner, id)).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/featured_tags/suggestions`
pub(super) async fn suggestions(State(app): State<App>, me: Session) -> Result<Json<Vec<Tag>>> {
    me.need("read:accounts")?;
    let owner = me.actor.id;
    let shown = look(&app, Some(owner), move |look| {
        let names = tags::suggestions(look.conn, owner)?;
        look.tags(&names)
    });
    shown.await.map(Json)
}

/// `POST /api/v1/tags/:name/feature`
pub(super) async fn feature(State(app): State<App>, Path(name): Path<String>, me: Session) -> Result<Json<Tag>> {
    me.need("write:accounts")?;
    let (owner, name) = (me.actor.id, name_of(&name)?);
    let wanted = name.clone();
    app.db.write(move |tx| tags::feature(tx, owner, &wanted)).await?;
    look(&app, Some(owner), move |look| look.tag(&name)).await.map(Json)
}

/// `POST /api/v1/tags/:name/unfeature`
pub(super) async fn unfeature(State(app): State<App>, Path(name): Path<String>, me: Session) -> Result<Json<Tag>> {
    me.need("write:accounts")?;
    let (owner, name) = (me.actor.id, name_of(&name)?);
    let wanted = name.clone();
    app.db.write(move |tx| tags::unfeature_by_name(tx, owner, &wanted)).await?;
    look(&app, Some(owner), move |look| look.tag(&name)).await.map(Json)
}
