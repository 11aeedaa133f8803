//! `/api/v1/notifications/requests`: whose notifications wait.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::{
        NotificationRequestId,
        notifications::{self, Request},
    },
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, Paging, Session},
        mastodon::{
            entities::NotificationRequest,
            look::{Answer, Listed, look},
        },
    },
};

/// Which requests.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    id: Vec<NotificationRequestId>,
}

fn missing() -> Error {
    Error::not_found("notification.no_request", "There is no such request.")
}

/// `GET /api/v1/notifications/requests`
pub(super) async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<NotificationRequest>> {
    me.need("read:notifications")?;
    let (owner, page) = (me.actor.id, paging.page(40));
    let listed = look(&app, Some(owner), move |look| {
        let rows: Vec<Request> = notifications::list_requests(look.conn, owner, &page)?;
        Ok(Listed {
            first: rows.first().map(|row| row.id.0),
            last: rows.last().map(|row| row.id.0),
            rows: look.requests(&rows)?,
        })
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/notifications/requests/:id`
pub(super) async fn show(
    State(app): State<App>,
    Id(id): Id<NotificationRequestId>,
    me: Session,
) -> Result<Json<NotificationRequest>> {
    me.need("read:notifications")?;
    let owner = me.actor.id;
    let found = look(&app, Some(owner), move |look| {
        let row = notifications::find_request(look.conn, owner, id)?;
        Ok(look.requests(&[row])?.into_iter().next())
    });
    found.await?.map(Json).ok_or_else(missing)
}

/// `GET /api/v1/notifications/requests/merged`: whether all of those who were let in is told by now.
pub(super) async fn merged(State(app): State<App>, me: Session) -> Result<Json<Value>> {
    me.need("read:notifications")?;
    let owner = me.actor.id;
    let merged = app.db.read(move |conn| notifications::is_merged(conn, owner)).await?;
    Ok(Json(json!({ "merged": merged })))
}

/// `POST /api/v1/notifications/requests/:id/accept`
pub(super) async fn accept(
    State(app): State<App>,
    Id(id): Id<NotificationRequestId>,
    me: Session,
) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db
        .write(move |tx| {
            notifications::find_request(tx.conn(), owner, id)?;
            notifications::accept_requests(tx, owner, &[id])
        })
        .await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/requests/:id/dismiss`
pub(super) async fn dismiss(
    State(app): State<App>,
    Id(id): Id<NotificationRequestId>,
    me: Session,
) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db
        .write(move |tx| {
            notifications::find_request(tx.conn(), owner, id)?;
            notifications::dismiss_requests(tx, owner, &[id])
        })
        .await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/requests/accept`: those of these that there are.
pub(super) async fn accept_named(State(app): State<App>, me: Session, Form(named): Form<Named>) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db.write(move |tx| notifications::accept_requests(tx, owner, &named.id)).await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/requests/dismiss`: those of these that there are.
pub(super) async fn dismiss_named(
    State(app): State<App>,
    me: Session,
    Form(named): Form<Named>,
) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db.write(move |tx| notifications::dismiss_requests(tx, owner, &named.id)).await?;
    Ok(Json(json!({})))
}
