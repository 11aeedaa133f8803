//! How others find us: WebFinger, host-meta, NodeInfo.

mod host_meta;
mod nodeinfo;
mod webfinger;

use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, header};

use super::{extract::cors, oauth};
use crate::app::App;

/// Everything below `/.well-known` that is about the Fediverse, and the documents of NodeInfo. Every web page may read
/// them, also that there is nobody of a name.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/.well-known/webfinger", get(webfinger::answer))
        .route("/.well-known/host-meta", get(host_meta::answer))
        .route("/.well-known/host-meta.json", get(host_meta::as_json))
        .route("/.well-known/oauth-authorization-server", get(oauth_server))
        .merge(nodeinfo::routes())
        .layer(cors())
}

/// `GET /.well-known/oauth-authorization-server`
async fn oauth_server(State(app): State<App>) -> Response {
    let told = oauth::metadata(&app.site).to_string();
    document("application/json; charset=utf-8", "public, max-age=3600", told)
}

/// A public document.
fn document(media_type: &'static str, cache: &'static str, body: String) -> Response {
    let mut response = Body::from(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
