//! What other servers read and write here: actors, posts, activities, collections, inboxes. The pages of actors and
//! posts are in `web`, and ask here for whoever wants the document at the same address.

mod activities;
pub(in crate::http) mod actors;
mod clients;
mod collections;
mod emojis;
pub mod inbox;
pub mod negotiation;
pub(in crate::http) mod objects;
mod probe;
mod quotes;

use axum::{
    Router,
    middleware::map_response_with_state,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use http::{StatusCode, header};

use super::problem::as_problem;
use crate::app::App;

/// Everything below `/ap`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ap/inbox", get(not_a_page).post(inbox::shared))
        .route("/ap/actor", get(actors::instance))
        .route("/ap/actor/inbox", get(not_a_page).post(inbox::shared))
        .route("/ap/actor/{collection}", get(collections::of_instance))
        .route("/ap/actors/{id}", get(actors::actor))
        .route("/ap/actors/{id}/inbox", post(inbox::personal))
        .route("/ap/actors/{id}/outbox", get(clients::outbox))
        .route("/ap/actors/{id}/{collection}", get(collections::of_actor))
        .route("/ap/objects/{id}", get(objects::object))
        .route("/ap/objects/{id}/{collection}", get(collections::of_object))
        .route(crate::federation::probe::PATH, any(probe::answer))
        .route(&format!("{}/{{*rest}}", crate::federation::probe::PATH), any(probe::answer))
        .route("/ap/emojis/{id}", get(emojis::emoji))
        .route("/ap/quotes/{id}", get(quotes::authorization))
        .route("/ap/activities/{id}", get(activities::activity))
}

/// What only a person's own client asks, which counts as a call of an API.
pub fn client_routes(app: &App) -> Router<App> {
    Router::new()
        .route("/ap/actors/{id}/inbox", get(clients::inbox))
        .route("/ap/actors/{id}/outbox", post(clients::submit))
        .layer(map_response_with_state(app.clone(), as_problem))
}

async fn not_a_page() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response()
}
