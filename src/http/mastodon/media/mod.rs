//! `/api/v2/media` and `/api/v1/media`: uploading what is to hang on posts.

mod take_in;
mod upload;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{get, patch, post, put},
};

pub(in crate::http) use take_in::take_in_avatar;
pub(super) use take_in::{Words, take_in};
pub(super) use upload::focus;

use super::accounts;
use crate::{
    app::App,
    http::extract::{Paths, take_files},
};

/// What a request has besides its file.
const AROUND: usize = 64 * 1024;

/// Routes whose requests carry files. They have a limit and a layer of their own.
pub(super) fn file_routes(app: &App) -> Router<App> {
    let most = app.config.media.image_bytes.max(app.config.media.video_bytes);
    Router::new()
        .at("/api/v1/media", post(upload::upload_and_wait))
        .at("/api/v2/media", post(upload::upload))
        .at("/api/v1/accounts/update_credentials", patch(accounts::update).put(accounts::update))
        .layer(from_fn_with_state(app.clone(), take_files))
        .layer(DefaultBodyLimit::max(most + AROUND))
}

/// The other routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/media/{id}", get(upload::show).delete(upload::delete))
        .at("/api/v1/media/{id}", put(upload::describe).patch(upload::describe))
}
