//! A page as a response: the same policy, the same caching, 304 for who has it.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::{assets, frame::Frame};
use crate::error::{Error, Result};

/// Nothing from elsewhere, nothing inline, no frames around us.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
     script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How long a page may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// For a minute; then it is asked again, mostly for a 304.
    Minute,
    /// For an hour.
    Hour,
    /// Not at all.
    Never,
}

impl Keep {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Minute => "public, max-age=60",
            Self::Hour => "public, max-age=3600",
            Self::Never => "no-store",
        })
    }
}

/// Writes a template; that it cannot be written is a fault of ours.
pub(super) fn write(template: &impl askama::Template) -> Result<String> {
    template.render().map_err(Error::internal)
}

/// A page for people, as an answer to a request with these headers.
pub(super) fn page(asked: &HeaderMap, frame: &Frame, keep: Keep, template: &impl askama::Template) -> Result<Response> {
    let mut response = document(asked, keep, "text/html; charset=utf-8", write(template)?);
    protect(&mut response);
    in_language(&mut response, frame);
    Ok(response)
}

/// A page with another status than 200.
pub(super) fn page_with_status(
    frame: &Frame,
    status: StatusCode,
    template: &impl askama::Template,
) -> Result<Response> {
    let mut response = (status, Body::from(write(template)?)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, Keep::Never.header());
    protect(&mut response);
    in_language(&mut response, frame);
    Ok(response)
}

/// A document that anybody may keep, with a mark by which it is known again.
pub(super) fn document(asked: &HeaderMap, keep: Keep, media_type: &'static str, content: String) -> Response {
    let tag = format!("W/\"{}\"", assets::mark(content.as_bytes()));
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let bare = tag.trim_start_matches("W/");
    let known = known.flat_map(|value| value.split(',')).any(|value| value.trim().trim_start_matches("W/") == bare);
    let mut response = if known && keep != Keep::Never {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))], Body::from(content)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, keep.header());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let (Ok(tag), true) = (HeaderValue::from_str(&tag), keep != Keep::Never) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Says in which language a page is, and what decided that and that it is a page: what is asked for, and what was chosen in
/// this browser.
fn in_language(response: &mut Response, frame: &Frame) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(frame.say.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
}

fn protect(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Others learn nothing; our own forms say where they come from.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Says where the object that a page shows is.
pub(super) fn with_object(mut response: Response, uri: &str) -> Response {
    let link = format!("<{uri}>; rel=\"alternate\"; type=\"application/activity+json\"");
    if let Ok(link) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
