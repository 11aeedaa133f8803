//! What somebody keeps for themselves: bookmarks and favourites, and whom and what they do not want to hear.
//!
//! All of it is paged by ids that are in the `Link` header only.

mod domains;
mod people;
mod posts;

use axum::{Router, routing::get};

use crate::{app::App, http::extract::Paths};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/bookmarks", get(posts::bookmarks))
        .at("/api/v1/favourites", get(posts::favourites))
        .at("/api/v1/blocks", get(people::blocks))
        .at("/api/v1/mutes", get(people::mutes))
        .at("/api/v1/domain_blocks", get(domains::list).post(domains::block).delete(domains::unblock))
        .at("/api/v1/domain_blocks/preview", get(domains::preview))
}
