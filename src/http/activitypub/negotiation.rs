//! What the reader of an address wants: the object, or a page for people.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

/// The type of every object that we serve.
pub const ACTIVITY: &str = "application/activity+json; charset=utf-8";
/// What others may keep, and for how long.
const OPEN: &str = "public, max-age=60";
/// For one reader, who signed.
const CLOSED: &str = "private, no-store";

/// A media range of an `Accept` header with its weight in thousandths.
fn ranges(headers: &HeaderMap) -> Vec<(String, u32)> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges = Vec::new();
    for range in values.flat_map(|value| value.split(',')).take(64) {
        let mut parts = range.split(';');
        let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind.is_empty() {
            continue;
        }
        let weight = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
        });
        ranges.push((kind, weight.unwrap_or(1000)));
    }
    ranges
}

/// `0.25` as 250; what is no weight counts for nothing.
pub fn thousandths(text: &str) -> u32 {
    let weight: f64 = text.parse().unwrap_or(0.0);
    if (0.0..=1.0).contains(&weight) {
        // In range by the check above.
        (weight * 1000.0).round() as u32
    } else {
        0
    }
}

fn weight(ranges: &[(String, u32)], kinds: &[&str]) -> u32 {
    ranges.iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).map(|(_, weight)| *weight).max().unwrap_or(0)
}

const OBJECT: &[&str] = &["application/activity+json", "application/ld+json"];
const JSON: &[&str] = &["application/json"];
const PAGE: &[&str] = &["text/html", "application/xhtml+xml"];

/// Whether a page's address is asked for as an object: by who names ActivityPub's types, or prefers JSON to a page, which
/// Mastodon answers the same.
pub fn wants_object(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let (object, page) = (weight(&ranges, OBJECT), weight(&ranges, PAGE));
    (object > 0 && object >= page) || weight(&ranges, JSON) > page
}

/// Whether an object's address is asked for as a page: only by who names HTML and prefers it.
pub fn wants_page(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let object = weight(&ranges, OBJECT).max(weight(&ranges, JSON));
    weight(&ranges, PAGE) > object
}

/// An object for everybody.
pub fn object(document: &Value) -> Response {
    send(StatusCode::OK, document, OPEN)
}

/// An object for one reader.
pub fn object_for_reader(document: &Value) -> Response {
    send(StatusCode::OK, document, CLOSED)
}

/// A tombstone.
pub fn gone(document: &Value) -> Response {
    send(StatusCode::GONE, document, OPEN)
}

fn send(status: StatusCode, document: &Value, cache: &'static str) -> Response {
    let mut response = (status, Body::from(document.to_string())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ACTIVITY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    with_vary(response)
}

/// The page of an object, for a browser that asked for the object's address.
pub fn see_page(url: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(location) => with_vary((StatusCode::FOUND, [(header::LOCATION, location)]).into_response()),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Says that the answer depends on what was asked for.
pub fn with_vary(mut response: Response) -> Response {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_get_what_they_name() {
        // accept, asked of an object's address: page?, asked of a page's address: object?
        let table: &[(&str, bool, bool)] = &[
            ("application/activity+json", false, true),
            ("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", false, true),
            ("application/activity+json, application/ld+json", false, true),
            ("APPLICATION/Activity+JSON", false, true),
            ("text/html", true, false),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true, false),
            ("application/activity+json;q=0.5, text/html", true, false),
            ("application/activity+json, text/html;q=0.5", false, true),
            ("text/html, application/activity+json", false, true),
            ("application/activity+json;q=0, text/html;q=0.1", true, false),
            ("application/json", false, true),
            ("application/json, text/plain, */*", false, true),
            ("text/html, application/json", false, false),
            ("application/json;q=0.5, text/html", true, false),
            ("application/json, text/html;q=0.5", false, true),
            ("application/json;q=0", false, false),
            ("*/*", false, false),
            ("", false, false),
            ("text/html;q=nonsense", false, false),
            ("text/html;q=7", false, false),
            (",;,;q=1,/", false, false),
        ];
        for (accept, page, object) in table {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())]);
            assert_eq!((wants_page(&headers), wants_object(&headers)), (*page, *object), "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()) && !wants_object(&HeaderMap::new()));
    }
}
