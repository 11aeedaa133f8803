//! `/api/v2/filters/:id/statuses` and `/api/v2/filters/statuses/:id`: single posts in filters.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::{FilterId, FilterPostId, filters},
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, Session},
        mastodon::{entities::FilterStatus, look::look, render},
    },
};

/// Which post.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    status_id: Option<i64>,
}

async fn shown(app: &App, me: &Session, id: FilterPostId) -> Result<Json<FilterStatus>> {
    let owner = me.actor.id;
    let post = look(app, Some(owner), move |look| filters::find_post(look.conn, owner, id));
    Ok(Json(render::marked(&post.await?)))
}

/// `GET /api/v2/filters/:id/statuses`
pub(super) async fn list(State(app): State<App>, Id(id): Id<FilterId>, me: Session) -> Result<Json<Vec<FilterStatus>>> {
    me.need("read:filters")?;
    let owner = me.actor.id;
    let posts = look(&app, Some(owner), move |look| {
        filters::get(look.conn, owner, id)?;
        filters::posts_in(look.conn, &[id])
    });
    Ok(Json(posts.await?.iter().map(render::marked).collect()))
}

/// `POST /api/v2/filters/:id/statuses`
pub(super) async fn create(
    State(app): State<App>,
    Id(id): Id<FilterId>,
    me: Session,
    Form(which): Form<Which>,
) -> Result<Json<FilterStatus>> {
    me.need("write:filters")?;
    let owner = me.actor.id;
    let missing = || Error::malformed("parameter.missing", "param is missing or the value is empty: status_id");
    let named = which.status_id.ok_or_else(missing)?;
    // The id of a boost stands for the post.
    let post = look(&app, Some(owner), move |look| Ok(look.target(named)?.post.id)).await?;
    let added = app.db.write(move |tx| filters::add_post(tx, owner, id, post)).await?;
    shown(&app, &me, added).await
}

/// `GET /api/v2/filters/statuses/:id`
pub(super) async fn show(State(app): State<App>, Id(id): Id<FilterPostId>, me: Session) -> Result<Json<FilterStatus>> {
    me.need("read:filters")?;
    shown(&app, &me, id).await
}

/// `DELETE /api/v2/filters/statuses/:id`
pub(super) async fn delete(State(app): State<App>, Id(id): Id<FilterPostId>, me: Session) -> Result<Json<Value>> {
    me.need("write:filters")?;
    let owner = me.actor.id;
    app.db.write(move |tx| filters::delete_post(tx, owner, id)).await?;
    Ok(Json(json!({})))
}
