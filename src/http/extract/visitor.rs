//! A person's browser: who is signed in there, and whether a form came from our own page.
//!
//! Everybody who sees a form has a cookie with a secret, signed in or not. A form holds a fingerprint of it, which no
//! other site can know. At every sign-in the secret is a new one, so a cookie that somebody else put there is worth
//! nothing afterwards.

use axum::{extract::FromRequestParts, response::Response};
use http::{HeaderMap, HeaderValue, header, request::Parts};

use super::{
    known::Known,
    language::{self, Reader},
};
use crate::{
    app::App,
    domain::{
        AccountId, ActorId, Site,
        accounts::{self, Account, Browser},
        actors::Actor,
    },
    error::{Error, Result},
    limits::KnownBrowser,
    secrets,
    text::Language,
};

/// Somebody who is signed in with a browser, or whose password was right and whose code is still to come.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Where.
    pub browser: Browser,
    /// Who.
    pub account: Account,
    /// Their own actor.
    pub actor: Actor,
}

/// Who looks at a page.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// What is in the cookie, or will be.
    secret: String,
    /// The browser does not have it yet.
    fresh: bool,
    /// The person, whether or not the second step is done.
    found: Option<SignedIn>,
    /// Another site says that it sent this request.
    foreign: bool,
    /// For whom the browser is known.
    known: Known,
    /// In which language they read.
    reader: Reader,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let (foreign, known) = (is_foreign(&parts.headers, &app.site), Known::read(&parts.headers, app));
        let mut reader = Reader::of(&parts.method, &parts.uri, &parts.headers);
        let secret = cookie(&parts.headers, &cookie_name(&app.site)).filter(|secret| secrets::is_token(secret));
        let Some(secret) = secret.map(str::to_owned) else {
            return Ok(Self { secret: secrets::new_token(), fresh: true, found: None, foreign, known, reader });
        };
        let (hash, now) = (secrets::token_hash(&secret), app.db.now());
        let found = app.db.read(move |conn| accounts::find_browser(conn, &hash, now)).await?;
        let found = found.map(|(browser, account, actor)| SignedIn { browser, account, actor });
        if let Some(seen) =
            found.as_ref().filter(|found| found.browser.is_to_be_seen(now)).map(|found| found.browser.id)
        {
            app.db.write(move |tx| accounts::see_browser(tx, seen)).await?;
        }
        // Their own language comes before the browser's, and what was chosen in it before both.
        if language::chosen(&parts.headers).is_none()
            && let Some(own) = found.as_ref().and_then(|found| found.account.language())
        {
            reader.language = own;
        }
        Ok(Self { secret, fresh: false, found, foreign, known, reader })
    }
}

impl Visitor {
    /// Who is signed in.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        self.found.as_ref().filter(|found| !found.browser.code_due)
    }

    /// Whose password was right, and whose code is still to come.
    pub fn code_due(&self) -> Option<&SignedIn> {
        self.found.as_ref().filter(|found| found.browser.code_due)
    }

    /// In which language they read, and at which address.
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// In which language they read.
    pub const fn language(&self) -> Language {
        self.reader.language
    }

    /// What the forms of a page hold.
    pub fn form_token(&self) -> String {
        secrets::form_token(&self.secret)
    }

    /// The token with which this browser acts as somebody, once it was given to it.
    pub fn token_as(&self, actor: ActorId) -> String {
        secrets::browser_token(&self.secret, actor.0)
    }

    /// The SHA-256 of what is in the cookie.
    pub fn secret_hash(&self) -> [u8; 32] {
        secrets::token_hash(&self.secret)
    }

    /// Refuses a form that was not on a page of ours, in this browser.
    pub fn check(&self, form_token: &str) -> Result<()> {
        if !self.fresh && !self.foreign && secrets::same(form_token, &self.form_token()) {
            return Ok(());
        }
        Err(Error::forbidden(
            "form.token",
            "This form was open for too long, or your browser keeps no cookies. Go back, load the page again, and send it once more.",
        ))
    }

    /// The name of this browser, when this person signed in here before.
    pub fn known_for(&self, account: AccountId) -> Option<KnownBrowser> {
        self.known.of(account)
    }

    /// Makes the browser known for a person who has just signed in here.
    pub fn become_known(&self, response: &mut Response, app: &App, account: AccountId) -> Result<()> {
        response.headers_mut().append(header::SET_COOKIE, self.known.cookie_with(app, account)?);
        Ok(())
    }

    /// Gives the browser its cookie, when it has none.
    pub fn keep(&self, response: &mut Response, site: &Site) {
        if self.fresh {
            set_cookie(response, site, &self.secret, None);
        }
    }
}

/// Gives the browser another secret, which lasts until it is closed or for so many seconds.
pub fn set_cookie(response: &mut Response, site: &Site, secret: &str, seconds: Option<u64>) {
    let secure = if site.base_url.starts_with("https://") { "; Secure" } else { "" };
    let lasts = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let cookie = format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{lasts}", cookie_name(site));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// With https no other host of the domain can set it. Without, several servers on one machine share a host.
pub(super) fn cookie_name(site: &Site) -> String {
    if site.base_url.starts_with("https://") {
        return "__Host-guildhall".to_owned();
    }
    let port = site.base_url.rsplit(':').next().filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    port.map_or_else(|| "guildhall".to_owned(), |port| format!("guildhall-{port}"))
}

/// What the cookie of this name holds.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether the browser says that another site sent this. Old browsers say nothing; the form's token is there for all.
fn is_foreign(headers: &HeaderMap, site: &Site) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(from), _) => !matches!(from, "same-origin" | "none"),
        (None, Some(origin)) => origin != "null" && origin != site.base_url,
        (None, None) => false,
    }
}
