//! What other servers read and write here: actors, posts, activities, collections, inboxes; and the pages of
//! actors and posts, because one address serves both.

mod activities;
mod actors;
mod collections;
pub mod inbox;
pub mod negotiation;
mod objects;
mod pages;
mod probe;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use http::{StatusCode, header};

use crate::app::App;

/// Everything below `/ap`, and the pages.
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
        .route("/@{name}", get(pages::profile))
        .route("/@{name}/{id}", get(pages::post))
        .route("/about", get(pages::about))
}

async fn not_a_page() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response()
}
