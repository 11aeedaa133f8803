//! `/api/v1/tags/…`, `/api/v1/followed_tags` and `/api/v1/featured_tags`: hashtags.

mod featured;
mod followed;

use axum::{
    Router,
    routing::{delete, get, post},
};

use crate::{
    app::App,
    error::{Error, Result},
    http::extract::Paths,
    text,
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/tags/{name}", get(followed::show))
        .at("/api/v1/tags/{name}/follow", post(followed::follow))
        .at("/api/v1/tags/{name}/unfollow", post(followed::unfollow))
        .at("/api/v1/tags/{name}/feature", post(featured::feature))
        .at("/api/v1/tags/{name}/unfeature", post(featured::unfeature))
        .at("/api/v1/followed_tags", get(followed::list))
        .at("/api/v1/featured_tags", get(featured::list).post(featured::create))
        .at("/api/v1/featured_tags/suggestions", get(featured::suggestions))
        .at("/api/v1/featured_tags/{id}", delete(featured::delete))
        .at("/api/v1/accounts/{id}/featured_tags", get(featured::of))
}

/// A hashtag in the form in which it is compared; what is none is not there.
fn name_of(typed: &str) -> Result<String> {
    let name = text::normalise_hashtag(typed.trim().trim_start_matches('#'));
    name.ok_or_else(|| Error::not_found("tag.not_found", "This is no hashtag."))
}
