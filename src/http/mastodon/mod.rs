//! Mastodon's client API: `/api/v1` and `/api/v2`.
//!
//! Handlers read the request, call the domain and show what came of it. `entities` are the shapes on the wire,
//! `render` makes them, `look` is how everything is read: as somebody.

mod about;
mod accounts;
mod announcements;
mod apps;
pub mod assets;
mod conversations;
pub mod entities;
mod filters;
mod instance;
mod lists;
mod look;
mod markers;
mod media;
mod notifications;
mod offers;
mod polls;
mod preferences;
mod push;
mod render;
mod reports;
mod search;
mod shelves;
mod statuses;
mod streaming;
mod tags;
mod timelines;

pub(super) use media::take_in_avatar;
pub use statuses::{Writing, typed};

use axum::{
    Router,
    middleware::{from_fn, map_response},
    routing::any,
};
use tower::ServiceBuilder;

use super::{extract::read_fields, problem};
use crate::{app::App, error::Error};

/// Everything below `/api` that is Mastodon's.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(about::routes())
        .merge(accounts::routes())
        .merge(announcements::routes())
        .merge(apps::routes())
        .merge(conversations::routes())
        .merge(filters::routes())
        .merge(instance::routes())
        .merge(lists::routes())
        .merge(media::routes())
        .merge(markers::routes())
        .merge(notifications::routes())
        .merge(polls::routes())
        .merge(reports::routes())
        .merge(offers::routes())
        .merge(preferences::routes())
        .merge(push::routes())
        .merge(search::routes())
        .merge(shelves::routes())
        .merge(statuses::routes())
        .merge(streaming::routes())
        .merge(tags::routes())
        .merge(timelines::routes())
        .route("/api/{*rest}", any(unknown))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(ServiceBuilder::new().layer(map_response(problem::as_mastodon)).layer(from_fn(read_fields)))
}

/// Those whose requests carry files; they are not read into memory, and have limits of their own.
pub fn file_routes(app: &App) -> Router<App> {
    media::file_routes(app)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(map_response(problem::as_mastodon))
}

async fn unknown() -> Error {
    Error::not_found("route.not_found", "There is nothing at this address.")
}
