//! Browsers in which somebody signed in before, as they say it by a cookie that only we can make.
//!
//! Whoever knows a name can use up the tries to sign in under it. In a browser that is known for the account they are
//! counted apart, so that its owner gets in all the same.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};

use super::visitor::{cookie, cookie_name};
use crate::{
    app::App,
    db::Timestamp,
    domain::{AccountId, Site},
    error::{Error, Result},
    limits::KnownBrowser,
    secrets,
};

/// What the cookie is sealed for.
const PURPOSE: &str = "known-browser";
/// How long a browser stays known.
const LASTS: Duration = Duration::from_secs(180 * 24 * 3600);
/// How many accounts it is known for at most, the latest.
const ACCOUNTS: usize = 4;
/// Of one account: whose, since when, and the browser's name.
const ENTRY: usize = 48;

/// For whom a browser is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(Vec<(AccountId, Timestamp, KnownBrowser)>);

impl Known {
    /// What the cookie says that is still true. Anything that we did not write says nothing.
    pub(super) fn read(headers: &HeaderMap, app: &App) -> Self {
        let sealed = cookie(headers, &name(&app.site)).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let Some(plain) = sealed.and_then(|sealed| app.secrets.open(PURPOSE, &sealed).ok()) else {
            return Self::default();
        };
        let now = app.db.now();
        let entries = plain.chunks_exact(ENTRY).filter_map(entry);
        Self(entries.filter(|(_, since, _)| now.since(*since) < LASTS).take(ACCOUNTS).collect())
    }

    /// The name of this browser, when the person signed in here before.
    pub(super) fn of(&self, account: AccountId) -> Option<KnownBrowser> {
        self.0.iter().find(|(known, ..)| *known == account).map(|(.., browser)| *browser)
    }

    /// The cookie by which this browser is known for one more person.
    pub(super) fn cookie_with(&self, app: &App, account: AccountId) -> Result<HeaderValue> {
        let browser = self.of(account).unwrap_or_else(|| secrets::token_hash(&secrets::new_token()));
        let others = self.0.iter().filter(|(known, ..)| *known != account).take(ACCOUNTS - 1);
        let mut plain = Vec::with_capacity(ACCOUNTS * ENTRY);
        for (account, since, browser) in std::iter::once(&(account, app.db.now(), browser)).chain(others) {
            plain.extend_from_slice(&account.0.to_be_bytes());
            plain.extend_from_slice(&since.0.to_be_bytes());
            plain.extend_from_slice(&browser[..]);
        }
        let sealed = URL_SAFE_NO_PAD.encode(app.secrets.seal(PURPOSE, &plain));
        let secure = if app.site.base_url.starts_with("https://") { "; Secure" } else { "" };
        let (name, seconds) = (name(&app.site), LASTS.as_secs());
        let cookie = format!("{name}={sealed}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={seconds}");
        HeaderValue::from_str(&cookie).map_err(Error::internal)
    }
}

fn entry(bytes: &[u8]) -> Option<(AccountId, Timestamp, KnownBrowser)> {
    let (account, rest) = bytes.split_first_chunk::<8>()?;
    let (since, browser) = rest.split_first_chunk::<8>()?;
    let browser = browser.first_chunk::<32>()?;
    Some((AccountId(i64::from_be_bytes(*account)), Timestamp(i64::from_be_bytes(*since)), *browser))
}

fn name(site: &Site) -> String {
    format!("{}-known", cookie_name(site))
}
