//! In which language a page is written for whoever asks for it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, Method, Uri, header, request::Parts};

use super::visitor::cookie;
use crate::{http::activitypub::negotiation::thousandths, text::Language};

/// The cookie that remembers a language that somebody chose. It says nothing else, and lasts a year.
pub const LANGUAGE_COOKIE: &str = "guildhall-language";
/// The parameter of an address by which a language is chosen.
pub const LANGUAGE_PARAMETER: &str = "language";
/// How many languages of a header are read.
const MOST: usize = 64;
/// The longest address that a page leads back to in another language, in bytes.
const LONGEST: usize = 4096;

/// The language that somebody chose in this browser.
pub(super) fn chosen(headers: &HeaderMap) -> Option<Language> {
    cookie(headers, LANGUAGE_COOKIE).and_then(Language::tagged)
}

/// The language that `Accept-Language` wishes for most (RFC 9110, section 12.5.4). Nothing where it wishes for none
/// that is spoken here.
fn wished(headers: &HeaderMap) -> Option<Language> {
    let values = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let mut best: Option<(Language, u32)> = None;
    for range in values.flat_map(|value| value.split(',')).take(MOST) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let known = if tag == "*" { Some(Language::default()) } else { Language::tagged(tag) };
        let Some(language) = known else { continue };
        let weight = parts.find_map(|part| part.trim().strip_prefix(['q', 'Q'])?.trim().strip_prefix('='));
        let weight = weight.map_or(1000, |weight| thousandths(weight.trim()));
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// The language in which a browser is answered where nobody is known: chosen in it, or else wished for.
pub fn spoken(headers: &HeaderMap) -> Option<Language> {
    chosen(headers).or_else(|| wished(headers))
}

/// Whom a page is written for: in which language, and at which address, so that it can be had in another one.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// In which language.
    pub language: Language,
    /// The path and query of the page; nothing where it answers a form and cannot be opened by its address.
    pub at: String,
}

impl Reader {
    /// Whoever sends this request.
    pub fn of(method: &Method, at: &Uri, headers: &HeaderMap) -> Self {
        let language = spoken(headers).unwrap_or_default();
        let path = at.path_and_query().map_or("/", |at| at.as_str());
        let ours = is_ours(path) && path.len() <= LONGEST;
        Self { language, at: if method.is_safe() && ours { path.to_owned() } else { String::new() } }
    }

    /// For a page that answers a form: in other languages one is where the form begins, with what was typed in these
    /// fields, where an address has room for all of it. No secret is among them, but for those of links.
    pub fn or_begins_at(&self, path: &str, typed: &[(&str, &str)]) -> Self {
        if !self.at.is_empty() {
            return self.clone();
        }
        let mut fields = form_urlencoded::Serializer::new(String::new());
        fields.extend_pairs(typed.iter().filter(|(_, value)| !value.is_empty()));
        let fields = fields.finish();
        let at = if fields.is_empty() { path.to_owned() } else { format!("{path}?{fields}") };
        Self { language: self.language, at: if at.len() <= LONGEST { at } else { String::new() } }
    }

    /// The same page in a language: it is chosen there for this browser.
    pub fn address_in(&self, language: Language) -> String {
        let bare = without_language(&self.at);
        let sign = if bare.contains('?') { '&' } else { '?' };
        format!("{bare}{sign}{LANGUAGE_PARAMETER}={}", language.tag())
    }
}

/// Whether a path is one of this server. What begins with two slashes would be an address of another one, and browsers
/// take a backslash for a slash.
pub fn is_ours(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')
}

/// A path and query without the parameter that chooses a language.
pub fn without_language(at: &str) -> String {
    let Some((path, query)) = at.split_once('?') else { return at.to_owned() };
    let chooses = |part: &&str| {
        form_urlencoded::parse(part.as_bytes()).next().is_some_and(|(name, _)| name == LANGUAGE_PARAMETER)
    };
    let rest: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !chooses(part)).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.method, &parts.uri, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &[u8], cookie: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, http::HeaderValue::from_bytes(accept).unwrap());
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        Reader::of(&Method::GET, &Uri::from_static("/"), &headers).language
    }

    #[test]
    fn the_language_is_the_one_that_is_wished_for_most() {
        use Language::{Arabic, English, German};
        for (accept, language) in [
            ("", English),
            ("de", German),
            ("de-AT", German),
            ("DE-at, en;q=0.5", German),
            ("ar-EG,ar;q=0.9,en;q=0.8", Arabic),
            ("fr, ar;q=0.3, de;q=0.7", German),
            ("fr, ru", English),
            ("fr, *;q=0.5, de;q=0.4", English),
            ("*, de", English),
            ("de;q=0, ar;q=0.1", Arabic),
            ("de;q=0", English),
            ("en, de", English),
            ("de, en", German),
            ("de ; q = 0.2 , ar ; q=0.4", Arabic),
            ("de;q=nonsense", English),
            ("de;q=7", English),
            ("deu", English),
            ("*/*;;q=9", English),
            (",;,;q=1,/", English),
        ] {
            assert_eq!(asked(accept.as_bytes(), "a=b"), language, "{accept}");
        }
        assert_eq!(asked(b"\xff\xfe, de", "a=b"), English, "bytes that are no letters");
        assert_eq!(asked(format!("{}de", "xx,".repeat(5000)).as_bytes(), "a=b"), English);
        assert_eq!(asked(b"de", "guildhall-language=ar"), Arabic, "what was chosen comes first");
        assert_eq!(
            asked(b"de", "guildhall-language=tlh; guildhall=x"),
            German,
            "what is not spoken counts for nothing"
        );
    }

    #[test]
    fn the_same_page_is_led_to_in_another_language() {
        let at = |at: &str| Reader::of(&Method::GET, &at.parse().unwrap(), &HeaderMap::new());
        for (page, german) in [
            ("/", "/?language=de"),
            ("/@ana?before=3", "/@ana?before=3&language=de"),
            ("/@ana?language=ar&before=3&", "/@ana?before=3&language=de"),
            ("/about?language=ar", "/about?language=de"),
            ("/about?languages=ar", "/about?languages=ar&language=de"),
        ] {
            assert_eq!(at(page).address_in(Language::German), german);
        }
        assert_eq!(at("//evil.example/").at, "");
        assert_eq!(at(&format!("/?{}", "x".repeat(LONGEST))).at, "");
        assert_eq!(Reader::of(&Method::POST, &Uri::from_static("/sign-in"), &HeaderMap::new()).at, "");
    }
}
