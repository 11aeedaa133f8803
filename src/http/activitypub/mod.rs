//! What other servers ask of us: actors, objects, collections, and a place to post to.

mod actors;
mod collections;
mod inbox;
mod negotiation;
mod objects;
mod pages;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

pub use negotiation::{Form, wanted};

use crate::{
    app::App,
    error::Result,
    federation::objects::{actor::tombstone, context},
};

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ap/inbox", get(not_a_page).post(inbox::shared))
        .route("/ap/actor", get(actors::instance))
        .route("/ap/actor/inbox", get(not_a_page).post(inbox::shared))
        .route("/ap/actor/{collection}", get(collections::of_instance))
        .route("/ap/actors/{id}", get(actors::by_id))
        .route("/ap/actors/{id}/inbox", get(not_a_page).post(inbox::personal))
        .route("/ap/actors/{id}/outbox", get(collections::outbox))
        .route("/ap/actors/{id}/followers", get(collections::followers))
        .route("/ap/actors/{id}/following", get(collections::following))
        .route("/ap/actors/{id}/featured", get(collections::featured))
        .route("/ap/actors/{id}/liked", get(collections::liked))
        .route("/ap/objects/{id}", get(objects::by_id))
        .route("/ap/objects/{id}/{collection}", get(collections::of_post))
        .route("/ap/activities/{id}", get(objects::activity))
        .route("/{handle}", get(pages::profile))
        .route("/{handle}/{id}", get(pages::post))
}

async fn not_a_page() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response()
}

/// A document with its context. What everybody may read may be kept for a while.
fn document(value: Value, open: bool) -> Result<Response> {
    Ok(bytes(context::with_context(value)?.to_string(), StatusCode::OK, open))
}

fn bytes(body: String, status: StatusCode, open: bool) -> Response {
    let cache = if open { "public, max-age=60" } else { "private, no-store" };
    let headers = [
        (header::CONTENT_TYPE, "application/activity+json; charset=utf-8"),
        (header::VARY, "Accept"),
        (header::CACHE_CONTROL, cache),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (status, headers, body).into_response()
}

/// 410 with what is left of a deleted thing.
fn gone(uri: &str) -> Result<Response> {
    Ok(bytes(context::with_context(tombstone(uri))?.to_string(), StatusCode::GONE, true))
}

/// To the page for people.
fn to_page(location: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    if let Ok(location) = HeaderValue::from_str(location) {
        headers.insert(header::LOCATION, location);
    }
    (StatusCode::FOUND, headers).into_response()
}
