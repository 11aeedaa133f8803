//! Things that several people change have a version: whoever reads one is told it as `ETag`, and says in `If-Match` which
//! one they saw.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;

use crate::{
    error::{Error, Result},
    http::extract::Json,
};

/// What is shown, with its version as `ETag`.
pub(super) fn versioned(version: i64, shown: impl Serialize) -> Response {
    let mut response = Json(shown).into_response();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The version that a client saw, where it says so.
pub(super) fn seen(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().map(str::trim).unwrap_or_default();
    if text == "*" {
        return Ok(None);
    }
    let version = text.trim_start_matches("W/").trim_matches('"').parse();
    version.map(Some).map_err(|_| Error::malformed("request.if_match", IF_MATCH))
}

/// The version that a client saw, which it must say.
pub(super) fn must_have_seen(headers: &HeaderMap) -> Result<i64> {
    seen(headers)?.ok_or_else(|| Error::malformed("request.if_match", IF_MATCH))
}

const IF_MATCH: &str = "Say which version you saw, as its ETag has it, such as If-Match: \"3\".";
