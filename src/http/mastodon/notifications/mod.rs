//! `/api/v1/notifications`: what one is told.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    entities::Notification,
    look::{Answer, Listed, look},
};
use crate::{
    app::App,
    domain::{
        NotificationId,
        notifications::{self, NotificationKind},
    },
    error::{Error, Result},
    http::extract::{Form, Id, Json, Paging, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/notifications", get(list))
        .at("/api/v1/notifications/clear", post(clear))
        .at("/api/v1/notifications/{id}", get(show))
        .at("/api/v1/notifications/{id}/dismiss", post(dismiss))
}

/// Which notifications.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    types: Vec<String>,
    exclude_types: Vec<String>,
}

/// Kinds that we do not have are passed over.
fn kinds(names: &[String]) -> Vec<NotificationKind> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// `GET /api/v1/notifications`
async fn list(
    State(app): State<App>,
    me: Session,
    Form(which): Form<Which>,
    paging: Paging,
) -> Result<Answer<Notification>> {
    me.need("read:notifications")?;
    let (owner, page) = (me.actor.id, paging.page(40));
    let (only, except) = (kinds(&which.types), kinds(&which.exclude_types));
    if only.is_empty() && !which.types.is_empty() {
        return Ok(Listed::empty().answer(&app, &paging));
    }
    let listed = look(&app, Some(owner), move |look| {
        let rows = notifications::list(look.conn, owner, &page, &only, &except)?;
        look.notifications(&rows)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/notifications/:id`
async fn show(State(app): State<App>, Id(id): Id<NotificationId>, me: Session) -> Result<Json<Notification>> {
    me.need("read:notifications")?;
    let owner = me.actor.id;
    let found = look(&app, Some(owner), move |look| {
        let row = notifications::find(look.conn, owner, id)?;
        Ok(look.notifications(row.as_slice())?.rows.into_iter().next())
    });
    found.await?.map(Json).ok_or_else(|| Error::not_found("notification.not_found", "There is no such notification."))
}

/// `POST /api/v1/notifications/clear`
async fn clear(State(app): State<App>, me: Session) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db.write(move |tx| notifications::dismiss(tx, owner, None)).await?;
    Ok(Json(json!({})))
}

/// `POST /api/v1/notifications/:id/dismiss`
async fn dismiss(State(app): State<App>, Id(id): Id<NotificationId>, me: Session) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db.write(move |tx| notifications::dismiss(tx, owner, Some(id))).await?;
    Ok(Json(json!({})))
}
