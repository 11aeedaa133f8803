//! The pictures of those who have none.

use axum::{Router, routing::get};
use http::{HeaderName, HeaderValue, header};

use crate::app::App;

const AVATAR: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="400" height="400"><rect width="96" height="96" fill="#d7dce5"/><circle cx="48" cy="38" r="17" fill="#8b95a7"/><path d="M14 96c2-22 16-34 34-34s32 12 34 34z" fill="#8b95a7"/></svg>"##;
const HEADER: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10" width="1500" height="500"><rect width="30" height="10" fill="#d7dce5"/><path d="M0 10 12 3l7 4 5-3 6 3v3z" fill="#c3cad7"/></svg>"##;

/// Where the picture of somebody without one is.
pub(in crate::http) fn avatar(base_url: &str) -> String {
    format!("{base_url}/assets/avatar.svg")
}

/// Where the wide picture of somebody without one is.
pub(in crate::http) fn header(base_url: &str) -> String {
    format!("{base_url}/assets/header.svg")
}

/// The routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/assets/avatar.svg", get(|| async { svg(AVATAR) }))
        .route("/assets/header.svg", get(|| async { svg(HEADER) }))
}

type Picture = ([(HeaderName, HeaderValue); 3], &'static str);

fn svg(picture: &'static str) -> Picture {
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
            (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        ],
        picture,
    )
}
