//! `/api/v1/notifications`: one by one.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::which::Wanted;
use crate::{
    app::App,
    domain::{
        NotificationId,
        markers::{self, Timeline},
        notifications, timelines,
    },
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, Paging, Session},
        mastodon::{
            entities::Notification,
            look::{Answer, Listed, look},
        },
    },
};

/// How many unread notifications are counted where a client does not say, and at most.
pub(super) const COUNTED: (i64, i64) = (100, 1_000);

/// `GET /api/v1/notifications`
pub(super) async fn list(
    State(app): State<App>,
    me: Session,
    Form(wanted): Form<Wanted>,
    paging: Paging,
) -> Result<Answer<Notification>> {
    me.need("read:notifications")?;
    let (owner, page) = (me.actor.id, paging.page(40));
    let Some(which) = wanted.read(&me) else { return Ok(Listed::empty().answer(&app, &paging)) };
    let listed = look(&app, Some(owner), move |look| {
        let rows = notifications::list(look.conn, owner, &which, &page)?;
        let rows = timelines::fitting(look.conn, rows, &page, |row| row.post_id)?;
        look.notifications(&rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/notifications/:id`
pub(super) async fn show(
    State(app): State<App>,
    Id(id): Id<NotificationId>,
    me: Session,
) -> Result<Json<Notification>> {
    me.need("read:notifications")?;
    let owner = me.actor.id;
    let found = look(&app, Some(owner), move |look| {
        let row = notifications::find(look.conn, owner, id)?;
        Ok(look.notifications(row.as_slice())?.rows.into_iter().next())
    });
    found.await?.map(Json).ok_or_else(|| Error::not_found("notification.not_found", "There is no such notification."))
}

/// How far a client wants to count.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Count {
    limit: Option<i64>,
}

impl Count {
    /// At most how many are counted.
    pub(super) fn most(&self) -> i64 {
        self.limit.unwrap_or(COUNTED.0).clamp(1, COUNTED.1)
    }
}

/// `GET /api/v1/notifications/unread_count`
pub(super) async fn unread_count(
    State(app): State<App>,
    me: Session,
    Form(wanted): Form<Wanted>,
    Form(count): Form<Count>,
) -> Result<Json<Value>> {
    me.need("read:notifications")?;
    let owner = me.actor.id;
    let Some(which) = wanted.read(&me) else { return Ok(Json(json!({ "count": 0 }))) };
    let unread = look(&app, Some(owner), move |look| {
        let read = NotificationId(markers::last_read(look.conn, owner, Timeline::Notifications)?);
        notifications::count_unread(look.conn, owner, &which, read, count.most())
    });
    Ok(Json(json!({ "count": unread.await? })))
}

/// `POST /api/v1/notifications/clear`
pub(super) async fn clear(State(app): State<App>, me: Session) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db.write(move |tx| notifications::clear(tx, owner)).await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/:id/dismiss`
pub(super) async fn dismiss(State(app): State<App>, Id(id): Id<NotificationId>, me: Session) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db.write(move |tx| notifications::dismiss(tx, owner, id)).await?;
    Ok(Json(json!({})))
}

/// Which one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    id: Option<NotificationId>,
}

/// `POST /api/v1/notifications/dismiss`
pub(super) async fn dismiss_named(
    State(app): State<App>,
    me: Session,
    Form(named): Form<Named>,
) -> Result<Json<Value>> {
    let missing = || Error::malformed("parameter.missing", "param is missing or the value is empty: id");
    let id = named.id.ok_or_else(missing)?;
    dismiss(State(app), Id(id), me).await
}
