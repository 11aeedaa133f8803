//! `/api/v2/filters/:id/keywords` and `/api/v2/filters/keywords/:id`: the words of a filter.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::{FilterId, FilterKeywordId, filters},
    error::Result,
    http::{
        extract::{Form, Id, Json, Session},
        mastodon::{entities::FilterKeyword, look::look, render},
    },
};

/// A word as a client wants it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    keyword: Option<String>,
    whole_word: Option<bool>,
}

async fn shown(app: &App, me: &Session, id: FilterKeywordId) -> Result<Json<FilterKeyword>> {
    let owner = me.actor.id;
    let word = look(app, Some(owner), move |look| filters::find_keyword(look.conn, owner, id));
    Ok(Json(render::keyword(&word.await?.1)))
}

/// `GET /api/v2/filters/:id/keywords`
pub(super) async fn list(
    State(app): State<App>,
    Id(id): Id<FilterId>,
    me: Session,
) -> Result<Json<Vec<FilterKeyword>>> {
    me.need("read:filters")?;
    let owner = me.actor.id;
    let words = look(&app, Some(owner), move |look| {
        filters::get(look.conn, owner, id)?;
        filters::keywords_in(look.conn, &[id])
    });
    Ok(Json(words.await?.iter().map(render::keyword).collect()))
}

/// `POST /api/v2/filters/:id/keywords`
pub(super) async fn create(
    State(app): State<App>,
    Id(id): Id<FilterId>,
    me: Session,
    Form(wanted): Form<Wanted>,
) -> Result<Json<FilterKeyword>> {
    me.need("write:filters")?;
    let owner = me.actor.id;
    let keyword = wanted.keyword.unwrap_or_default();
    let added = app.db.write(move |tx| filters::add_keyword(tx, owner, id, &keyword, wanted.whole_word)).await?;
    shown(&app, &me, added).await
}

/// `GET /api/v2/filters/keywords/:id`
pub(super) async fn show(
    State(app): State<App>,
    Id(id): Id<FilterKeywordId>,
    me: Session,
) -> Result<Json<FilterKeyword>> {
    me.need("read:filters")?;
    shown(&app, &me, id).await
}

/// `PUT /api/v2/filters/keywords/:id`
pub(super) async fn update(
    State(app): State<App>,
    Id(id): Id<FilterKeywordId>,
    me: Session,
    Form(wanted): Form<Wanted>,
) -> Result<Json<FilterKeyword>> {
    me.need("write:filters")?;
    let owner = me.actor.id;
    app.db
        .write(move |tx| filters::change_keyword(tx, owner, id, wanted.keyword.as_deref(), wanted.whole_word))
        .await?;
    shown(&app, &me, id).await
}

/// `DELETE /api/v2/filters/keywords/:id`
pub(super) async fn delete(State(app): State<App>, Id(id): Id<FilterKeywordId>, me: Session) -> Result<Json<Value>> {
    me.need("write:filters")?;
    let owner = me.actor.id;
    app.db.write(move |tx| filters::delete_keyword(tx, owner, id)).await?;
    Ok(Json(json!({})))
}
