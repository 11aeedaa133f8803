//! Activities of ours, as they were sent: for anybody where they are open, and for whoever did them.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::request::Parts;

use super::negotiation;
use crate::{
    app::App,
    error::{Error, Result},
    federation::{
        clients,
        objects::{
            context::{self, Terms},
            tombstone,
        },
        outbound::{self, Stored},
        signed_get,
    },
    http::extract::MaybeSession,
};

/// `GET /ap/activities/{id}`
pub(super) async fn activity(State(app): State<App>, Path(id): Path<String>, parts: Parts) -> Result<Response> {
    signed_get::reader(&app, &parts).await?;
    let uri = format!("{}/ap/activities/{id}", app.site.base_url);
    app.site.local_id(&uri, "activities").ok_or_else(missing)?;
    let wanted = uri.clone();
    if let Some(me) = MaybeSession::read(&parts, &app).await?.person()
        && let Some(own) = clients::find(&app, &me.actor, &uri).await?
    {
        me.need("read:statuses")?;
        return match own {
            Stored::There(document) => Ok(negotiation::object_for_reader(&document)),
            Stored::Gone => gone(&uri),
        };
    }
    match app.db.read(move |conn| outbound::find_open(conn, &wanted)).await? {
        Some(Stored::There(document)) => Ok(negotiation::object(&document)),
        Some(Stored::Gone) => gone(&uri),
        None => Err(missing()),
    }
}

fn gone(uri: &str) -> Result<Response> {
    Ok(negotiation::gone(&context::document(tombstone::to_json(uri, None), Terms::Plain, false)?))
}

fn missing() -> Error {
    Error::not_found("activity.not_found", "There is no such activity.")
}
