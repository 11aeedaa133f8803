//! The table of contents: every protocol and where it is answered.

use std::time::Duration;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer};

use super::{activitypub, company, health, mastodon, wellknown};
use crate::app::App;

/// The largest body that any door takes, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// How long a request may take.
const REQUEST_TIME: Duration = Duration::from_secs(35);

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    Router::new()
        .merge(health::routes())
        .merge(wellknown::routes())
        .merge(activitypub::routes())
        .merge(company::routes())
        .merge(mastodon::routes())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, REQUEST_TIME))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .with_state(app)
}
