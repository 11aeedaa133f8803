//! host-meta (RFC 6415): where WebFinger is, for those who ask the old way.

use axum::{extract::State, response::Response};
use html_escape::encode_double_quoted_attribute as attribute;
use http::{HeaderMap, header};
use serde_json::json;

use super::document;
use crate::{app::App, http::activitypub::negotiation};

const CACHE: &str = "public, max-age=86400";

fn template(app: &App) -> String {
    format!("{}/.well-known/webfinger?resource={{uri}}", app.site.base_url)
}

/// `GET /.well-known/host-meta`: XML, or JSON for those who name it.
pub(super) async fn answer(State(app): State<App>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let response = if accept.contains("json") && !accept.contains("xml") {
        as_json(State(app)).await
    } else {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
             <Link rel=\"lrdd\" template=\"{}\"/>\n</XRD>\n",
            attribute(&template(&app))
        );
        document("application/xrd+xml; charset=utf-8", CACHE, body)
    };
    negotiation::with_vary(response)
}

/// `GET /.well-known/host-meta.json`
pub(super) async fn as_json(State(app): State<App>) -> Response {
    let link = json!({ "rel": "lrdd", "type": "application/jrd+json", "template": template(&app) });
    document("application/json; charset=utf-8", CACHE, json!({ "links": [link] }).to_string())
}
