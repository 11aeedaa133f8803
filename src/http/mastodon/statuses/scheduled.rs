//! `/api/v1/scheduled_statuses`: posts that wait for their time.

use axum::{Router, extract::State, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    db::Timestamp,
    domain::{ScheduledId, media, scheduled as waiting},
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, Paging, Paths, Session},
        mastodon::{
            entities::ScheduledStatus,
            look::{Answer, Listed, look},
            render::scheduled,
        },
    },
};

/// The routes of this part.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/scheduled_statuses", get(list))
        .at("/api/v1/scheduled_statuses/{id}", get(show).put(reschedule).patch(reschedule).delete(cancel))
}

/// Another time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Moved {
    scheduled_at: Option<String>,
}

/// A moment as clients write it: with a zone, in UTC without one, or a day alone.
pub(super) fn moment(text: &str) -> Result<Timestamp> {
    let read = |text: String| Timestamp::parse_rfc3339(&text);
    let text = text.trim();
    let short = text.len() <= 64;
    Some(text)
        .filter(|_| short)
        .and_then(|text| {
            read(text.to_owned()).or_else(|| read(format!("{text}Z"))).or_else(|| read(format!("{text}T00:00:00Z")))
        })
        .ok_or_else(|| Error::invalid("scheduled.time", "scheduled_at: must be a time such as 2026-11-01T12:00:00Z"))
}

/// `GET /api/v1/scheduled_statuses`
async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<ScheduledStatus>> {
    me.need("read:statuses")?;
    let (actor, page) = (me.actor.id, paging.page(20));
    let (rows, held) = app
        .db
        .read(move |conn| {
            let rows = waiting::list(conn, actor, &page)?;
            let ids: Vec<ScheduledId> = rows.iter().map(|row| row.id).collect();
            Ok((rows, media::held(conn, &ids)?))
        })
        .await?;
    let listed = Listed {
        first: rows.first().map(|row| row.id.0),
        last: rows.last().map(|row| row.id.0),
        rows: rows.iter().map(|row| scheduled(&app.site, row, &held)).collect(),
    };
    Ok(listed.answer(&app, &paging))
}

/// `GET /api/v1/scheduled_statuses/:id`
async fn show(State(app): State<App>, Id(id): Id<ScheduledId>, me: Session) -> Result<Json<ScheduledStatus>> {
    me.need("read:statuses")?;
    one(&app, &me, id).await
}

/// One of those of `me`, or not found.
pub(super) async fn one(app: &App, me: &Session, id: ScheduledId) -> Result<Json<ScheduledStatus>> {
    let actor = me.actor.id;
    let found = look(app, Some(actor), move |look| {
        let found = waiting::get(look.conn, actor, id)?;
        let held = media::held(look.conn, &[id])?;
        Ok(scheduled(look.site, &found, &held))
    });
    found.await.map(Json)
}

/// `PUT /api/v1/scheduled_statuses/:id`
async fn reschedule(
    State(app): State<App>,
    Id(id): Id<ScheduledId>,
    me: Session,
    Form(moved): Form<Moved>,
) -> Result<Json<ScheduledStatus>> {
    me.need("write:statuses")?;
    let actor = me.actor.id;
    if let Some(at) = moved.scheduled_at.as_deref().map(moment).transpose()? {
        app.db.write(move |tx| waiting::reschedule(tx, actor, id, at)).await?;
    }
    one(&app, &me, id).await
}

/// `DELETE /api/v1/scheduled_statuses/:id`
async fn cancel(State(app): State<App>, Id(id): Id<ScheduledId>, me: Session) -> Result<Json<Value>> {
    me.need("write:statuses")?;
    let actor = me.actor.id;
    app.db.write(move |tx| waiting::cancel(tx, actor, id)).await?;
    Ok(Json(json!({})))
}
