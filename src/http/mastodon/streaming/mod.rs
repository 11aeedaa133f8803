//! `/api/v1/streaming`: what happens, as it happens, over a WebSocket or as server-sent events.
//!
//! A signal of the database names a row and nothing else. Each connection reads what the row is to its own reader by the
//! same lists that they would page through ([`hear`]), so a stream shows nothing that its reader could not read.

mod channel;
mod hear;
mod reader;
mod socket;
mod sse;

use axum::{Router, routing::get};

use crate::{app::App, http::extract::Paths};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/streaming", get(socket::open))
        .at("/api/v1/streaming/health", get(|| async { "OK" }))
        .at("/api/v1/streaming/user", get(sse::user))
        .at("/api/v1/streaming/user/notification", get(sse::notifications))
        .at("/api/v1/streaming/direct", get(sse::direct))
        .at("/api/v1/streaming/public", get(sse::public))
        .at("/api/v1/streaming/public/local", get(sse::local))
        .at("/api/v1/streaming/public/remote", get(sse::remote))
        .at("/api/v1/streaming/list", get(sse::list))
        .at("/api/v1/streaming/hashtag", get(sse::hashtag))
        .at("/api/v1/streaming/hashtag/local", get(sse::local_hashtag))
}
