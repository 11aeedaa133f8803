//! Activities of ours that anybody may read, as they were sent.

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
        objects::{
            context::{self, Terms},
            tombstone,
        },
        outbound::{self, Stored},
        signed_get,
    },
};

/// `GET /ap/activities/{id}`
pub(super) async fn activity(State(app): State<App>, Path(id): Path<String>, parts: Parts) -> Result<Response> {
    signed_get::reader(&app, &parts).await?;
    let uri = format!("{}/ap/activities/{id}", app.site.base_url);
    app.site.local_id(&uri, "activities").ok_or_else(missing)?;
    let wanted = uri.clone();
    match app.db.read(move |conn| outbound::find_open(conn, &wanted)).await? {
        Some(Stored::There(document)) => Ok(negotiation::object(&document)),
        Some(Stored::Gone) => {
            Ok(negotiation::gone(&context::document(tombstone::to_json(&uri, None), Terms::Plain, false)?))
        }
        None => Err(missing()),
    }
}

fn missing() -> Error {
    Error::not_found("activity.not_found", "There is no such activity.")
}
