//! What other servers read and write here: actors, posts, activities, collections, inboxes. The pages of actors and
//! posts are in `web`, and ask here for whoever wants the document at the same address.

mod activities;
pub(in crate::http) mod actors;
mod collections;
pub mod inbox;
pub mod negotiation;
pub(in crate::http) mod objects;
mod probe;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use http::{StatusCode, header};

use crate::app::App;

/// Everything below `/ap`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ap/inbox", get(not_a_page).post(inbox::shared))
        .route("/ap/actor", get(actors::instance))
        .route("/ap/actor/inbox", get(not_a_page).post(inbox::shared))
        .route("/ap/actor/{collection}", get(collections::of_instance))
        .route("/ap/actors/{id}", get(actors::actor))
        .route("/ap/actors/{id}/inbox", get(not_a_page).post(inbox::personal))
        .route("/ap/actors/{id}/{collection}", get(collections::of_actor))
        .route("/ap/objects/{id}", get(objects::object))
        .route("/ap/objects/{id}/{collection}", get(collections::of_object))
        .route(crate::federation::probe::PATH, any(probe::answer))
        .route("/ap/activities/{id}", get(activities::activity))
}

async fn not_a_page() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response()
}
