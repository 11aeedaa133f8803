//! `/api/v1/conversations`: direct posts, by whom they are with.

use axum::{
    Router,
    extract::State,
    routing::{delete, get, post},
};
use serde_json::{Value, json};

use super::{
    entities::Conversation,
    look::{Answer, Listed, look},
};
use crate::{
    app::App,
    domain::{ConversationId, conversations, timelines},
    error::Result,
    http::extract::{Id, Json, Paging, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/conversations", get(list))
        .at("/api/v1/conversations/{id}", delete(remove))
        .at("/api/v1/conversations/{id}/read", post(read))
        .at("/api/v1/conversations/{id}/unread", post(unread))
}

/// `GET /api/v1/conversations`
async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<Conversation>> {
    me.need("read:statuses")?;
    let page = paging.page(20);
    let listed = look(&app, Some(me.actor.id), move |look| {
        let talks = timelines::direct(look.conn, &look.viewer, &page)?;
        let talks = timelines::fitting(look.conn, talks, &page, |talk| talk.last)?;
        Ok(Listed {
            first: talks.first().map(|talk| talk.place.0),
            last: talks.last().map(|talk| talk.place.0),
            rows: look.conversations(&talks)?,
        })
    });
    Ok(listed.await?.answer(&app, &paging))
}

async fn marked(app: App, me: Session, id: ConversationId, unread: bool) -> Result<Json<Conversation>> {
    me.need("write:conversations")?;
    let owner = me.actor.id;
    app.db.write(move |tx| conversations::mark(tx, owner, id, unread)).await?;
    let shown = look(&app, Some(owner), move |look| {
        let talk = timelines::get_direct(look.conn, &look.viewer, id)?;
        look.conversations(&[talk])?.into_iter().next().ok_or_else(conversations::missing)
    });
    shown.await.map(Json)
}

/// `POST /api/v1/conversations/:id/read`
async fn read(State(app): State<App>, Id(id): Id<ConversationId>, me: Session) -> Result<Json<Conversation>> {
    marked(app, me, id, false).await
}

/// `POST /api/v1/conversations/:id/unread`
async fn unread(State(app): State<App>, Id(id): Id<ConversationId>, me: Session) -> Result<Json<Conversation>> {
    marked(app, me, id, true).await
}

/// `DELETE /api/v1/conversations/:id`
async fn remove(State(app): State<App>, Id(id): Id<ConversationId>, me: Session) -> Result<Json<Value>> {
    me.need("write:conversations")?;
    let owner = me.actor.id;
    app.db.write(move |tx| conversations::delete(tx, owner, id)).await?;
    Ok(Json(json!({})))
}
