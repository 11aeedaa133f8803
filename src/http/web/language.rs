//! Choosing a language: every page leads to itself in the others, and what is chosen is remembered by a cookie.
//!
//! A page is the same for everybody who reads the same language: `Accept-Language` and that cookie decide, and pages say
//! so by `Vary`. A machine that wishes for no language gets English, and an address without a language is canonical.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, Uri, header};

use crate::{
    domain::Site,
    http::extract::{LANGUAGE_COOKIE, LANGUAGE_PARAMETER, Language, is_ours, without_language},
};

/// How long a choice is remembered, in seconds: a year.
const REMEMBERED: u32 = 365 * 24 * 3600;

/// Layer: `?language=de` of any page is a choice. It is remembered, and the page is shown at its own address.
pub(super) async fn choose(State(site): State<Site>, request: Request, next: Next) -> Response {
    let choice = if request.method().is_safe() { chosen(request.uri()) } else { None };
    match choice {
        Some((language, page)) => remember(&site, language, page),
        None => next.run(request).await,
    }
}

/// The language that an address chooses, and the address without it. What begins with two slashes would lead to another
/// server, and chooses nothing.
fn chosen(at: &Uri) -> Option<(Language, HeaderValue)> {
    let mut fields = form_urlencoded::parse(at.query()?.as_bytes());
    let (_, tag) = fields.find(|(name, _)| name == LANGUAGE_PARAMETER)?;
    let language = Language::tagged(&tag)?;
    let page = without_language(at.path_and_query()?.as_str());
    Some((language, HeaderValue::from_str(&page).ok().filter(|_| is_ours(&page))?))
}

fn remember(site: &Site, language: Language, page: HeaderValue) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response();
    let secure = if site.base_url.starts_with("https://") { "; Secure" } else { "" };
    let tag = language.tag();
    let cookie = format!("{LANGUAGE_COOKIE}={tag}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={REMEMBERED}");
    let headers = response.headers_mut();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_led_to() {
        let to = |at: &str| {
            chosen(&at.parse().unwrap()).map(|(language, page)| (language, page.to_str().unwrap().to_owned()))
        };
        assert_eq!(to("/about?language=de-AT"), Some((Language::German, "/about".to_owned())));
        assert_eq!(to("/@a?x=1&language=ar&y=%2F"), Some((Language::Arabic, "/@a?x=1&y=%2F".to_owned())));
        assert_eq!(to("/about?languag%65=de&%6canguage=ar"), Some((Language::German, "/about".to_owned())));
        for at in [
            "/\\evil.example/?language=de",
            "/",
            "/?language=",
            "/?language=tlh",
            "/?languages=de",
            "//evil.example/?language=de",
            "//?language=de",
        ] {
            assert_eq!(to(at), None, "{at}");
        }
    }
}
