//! Pages for one person: signing in, letting apps in, one's own account. Nobody keeps them, and no script runs in them but
//! our own, where a passkey is asked for and where codes are copied.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{
    frame::Frame,
    page::{self, page_with_status},
    words, workroom,
};
use crate::error::Result;

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
     frame-ancestors 'none'; form-action 'self'";
/// Chromium holds the whole way that a form leads to against `form-action`, with every redirect of the app's own
/// site and at last the scheme of the app on the phone, and none of that is known here.
const OPEN_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
     frame-ancestors 'none'";
/// Where people see to their own account.
pub(super) const ACCOUNT: &str = "/account";

/// Where people work.
pub(super) const WORKROOM: &str = "/home";

/// Where people go who come without saying where to: to their work, where the workroom is in this server.
pub(super) fn beginning() -> &'static str {
    workroom::way_in().unwrap_or(ACCOUNT)
}

/// Where the forms of a page may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Forms {
    /// To us.
    StayHere,
    /// To us, and our own script fills them in, or copies what the page shows.
    Scripted,
    /// To an app.
    LeadAnywhere,
}

/// A page for one person.
pub(in crate::http) fn private_page(
    frame: &Frame,
    status: StatusCode,
    template: &impl askama::Template,
    forms: Forms,
) -> Result<Response> {
    let mut response = page_with_status(frame, status, template)?;
    let policy = match forms {
        Forms::StayHere => POLICY,
        Forms::Scripted => page::POLICY,
        Forms::LeadAnywhere => OPEN_POLICY,
    };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Ok(response)
}

/// Layer: apps in a browser open these pages in a window of their own and wait for it to come back; with
/// `Cross-Origin-Opener-Policy` they would lose it.
pub(super) async fn let_openers_be(mut response: Response) -> Response {
    response.headers_mut().remove(HeaderName::from_static("cross-origin-opener-policy"));
    response
}

/// Sends a browser on after a form, so that it does not send the form along (RFC 9700, section 4.12). Nobody keeps
/// it, and nobody is told where its reader came from.
pub(in crate::http) fn go(address: &str) -> Response {
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static(ACCOUNT));
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The longest path at which one goes on, in bytes: what an app asks is in it. Written into an address it is up to three
/// times as long, and has room in the head of a request.
pub(in crate::http) const LONGEST: usize = 16 * 1024;

/// Where one signs in to go on at a path of ours.
pub(in crate::http) fn sign_in_address(then: &str) -> String {
    format!("/sign-in?then={}", words::parameter(then))
}

/// Sends a browser to where one signs in, to go on at a path of ours.
pub(in crate::http) fn to_sign_in(then: &str) -> Response {
    go(&sign_in_address(then))
}

/// The path to go on at, when it is one of those that lead to signing in; else where people begin.
pub(super) fn known(then: &str) -> &str {
    let ours = then.starts_with("/oauth/authorize?")
        || [ACCOUNT, WORKROOM]
            .iter()
            .any(|place| then.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])));
    if ours && then.len() <= LONGEST && then.bytes().all(|byte| byte.is_ascii_graphic()) { then } else { beginning() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        for fine in ["/oauth/authorize?a=b", "/account", "/account/two-step", "/home", "/home/write?to=1"] {
            assert_eq!(known(fine), fine);
        }
        for wrong in [
            "",
            "/",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/oauth/authorize",
            "/account/\r\nx",
            "/homes",
        ] {
            assert_eq!(known(wrong), beginning(), "{wrong}");
        }
    }
}
