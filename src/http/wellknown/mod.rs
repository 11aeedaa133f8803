//! How we are found: WebFinger, host-meta, NodeInfo.

mod host_meta;
mod nodeinfo;
mod webfinger;

use axum::{Router, routing::get};

use crate::app::App;

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/.well-known/webfinger", get(webfinger::webfinger))
        .route("/.well-known/host-meta", get(host_meta::xrd))
        .route("/.well-known/host-meta.json", get(host_meta::json))
        .route("/.well-known/nodeinfo", get(nodeinfo::discovery))
        .route("/nodeinfo/{version}", get(nodeinfo::document))
}
