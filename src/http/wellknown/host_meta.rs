//! `/.well-known/host-meta` (RFC 6415): where WebFinger is.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use serde_json::json;

use crate::app::App;

fn template(app: &App) -> String {
    format!("{}/.well-known/webfinger?resource={{uri}}", app.site.base_url)
}

/// `GET /.well-known/host-meta`
pub async fn xrd(State(app): State<App>) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  <Link rel=\"lrdd\" template=\"{}\"/>\n</XRD>\n",
        template(&app)
    );
    ([(header::CONTENT_TYPE, "application/xrd+xml; charset=utf-8"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], body)
        .into_response()
}

/// `GET /.well-known/host-meta.json`
pub async fn json(State(app): State<App>) -> Response {
    let body = json!({ "links": [{ "rel": "lrdd", "type": "application/jrd+json", "template": template(&app) }] });
    (
        [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")],
        body.to_string(),
    )
        .into_response()
}
