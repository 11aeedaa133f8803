//! Addresses of pages with a slash too many at their end, as people and other programs write them.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};

/// Pages that are the first part of their address.
const PAGES: [&str; 7] = ["about", "account", "authorize_interaction", "home", "interact", "sign-in", "sign-up"];
/// What has pages below it.
const FOLDERS: [&str; 6] = ["account", "invitations", "legal", "sign-in", "sign-up", "tags"];

/// Leads to the page for good whose address this is but for the slashes at its end; nothing where there is none.
pub(super) fn without(at: &Uri) -> Option<Response> {
    let path = at.path();
    let bare = path.trim_end_matches('/');
    if bare.len() == path.len() || !is_page(bare) {
        return None;
    }
    let to = at.query().map_or_else(|| bare.to_owned(), |query| format!("{bare}?{query}"));
    let to = HeaderValue::from_str(&to).ok()?;
    Some((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response())
}

/// Whether this is the shape of a page's address. What begins with two slashes would lead to another server, and is none.
fn is_page(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let is_name = |part: &str| part.len() > 1 && part.starts_with('@');
    match parts.as_slice() {
        [page] => is_name(page) || PAGES.contains(page),
        [folder, page] => !page.is_empty() && (is_name(folder) || FOLDERS.contains(folder)),
        [folder, _, feed] => (is_name(folder) || *folder == "tags") && *feed == "feed.atom",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_led_to() {
        let to = |at: &str| {
            let response = without(&at.parse().unwrap())?;
            assert_eq!(response.status(), StatusCode::MOVED_PERMANENTLY);
            Some(response.headers()[header::LOCATION].to_str().unwrap().to_owned())
        };
        for (at, page) in [
            ("/about/", "/about"),
            ("/about//?x=%2F%2Fevil.example", "/about?x=%2F%2Fevil.example"),
            ("/@ana/", "/@ana"),
            ("/@ana/12/", "/@ana/12"),
            ("/@ana/feed.atom/", "/@ana/feed.atom"),
            ("/tags/tea/", "/tags/tea"),
            ("/tags/tea/feed.atom/", "/tags/tea/feed.atom"),
            ("/legal/privacy/", "/legal/privacy"),
            ("/home/", "/home"),
            ("/sign-in/forgotten/", "/sign-in/forgotten"),
            ("https://evil.example/about/", "/about"),
        ] {
            assert_eq!(to(at).as_deref(), Some(page), "{at}");
        }
        for at in [
            "/",
            "//",
            "/about",
            "//evil.example/",
            "//evil.example//",
            "///evil.example/about/",
            "//about/",
            "/\\evil.example/",
            "/evil.example/",
            "/@/",
            "/api/v1/instance/",
            "/ap/actor/",
            "/tags//",
            "/@ana//12/",
            "/nothing/",
        ] {
            assert_eq!(at.parse::<Uri>().ok().and_then(|_| to(at)), None, "{at}");
        }
    }
}
