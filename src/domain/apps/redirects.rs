//! Where people may be sent after they let an app in.

use super::ADDRESS_LENGTH;
use crate::{
    error::{Error, Result},
    text,
};

/// Stands for no address: the person copies the code from our page.
pub const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// Schemes that run something, show something in our name, or reach what is not an app.
const REFUSED: &[&str] = &[
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "jar",
    "mailto",
    "resource",
    "sms",
    "steam",
    "tel",
    "urn",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Schemes of systems and browsers, of which there are new ones each year.
fn starts_programs(scheme: &str) -> bool {
    scheme.starts_with("ms-") || scheme.starts_with("search-ms") || scheme.ends_with("-extension")
}

/// Refuses an address that nobody should be sent to. An app's own scheme is fine: its system knows which app that is.
pub(super) fn check(address: &str) -> Result<()> {
    if address == OUT_OF_BAND {
        return Ok(());
    }
    let wrong = |why: &str| {
        let shown: String = address.chars().take(100).collect();
        Err(Error::invalid("app.redirect_uri", format!("Validation failed: Redirect URI “{shown}” {why}")))
    };
    if address.len() > ADDRESS_LENGTH {
        return wrong("is too long");
    }
    // The address becomes a header of ours: to the letter as it was registered.
    if !address.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\')) {
        return wrong("holds characters that must be escaped in an address");
    }
    if address.contains('#') {
        return wrong("cannot contain a fragment");
    }
    let Some((scheme, rest)) = address.split_once(':') else { return wrong("must be an absolute URI") };
    let mut letters = scheme.chars();
    let named = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !named || rest.is_empty() {
        return wrong("must be an absolute URI");
    }
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if text::http_url(address).is_none() => wrong("is no address of the web"),
        refused if REFUSED.contains(&refused) || starts_programs(refused) => wrong("has a scheme that is not allowed"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_apps_are_taken_and_dangerous_ones_are_not() {
        let fine = [
            OUT_OF_BAND,
            "https://app.example/callback?x=1",
            "http://localhost:4711/",
            "http://[::1]:9/cb",
            "icecubesapp://",
            "com.example.app:/oauth",
            "tusky://com.keylesspalace.tusky/",
        ];
        for address in fine {
            assert!(check(address).is_ok(), "{address}");
        }
        let wrong = [
            "",
            "/callback",
            "//evil.example",
            "https://",
            "https://app.example/#x",
            "https://company.example@evil.example/",
            "https://app.example/\r\nSet-Cookie: a=b",
            "https://app.example/ x",
            "javascript:alert(1)",
            "JavaScript://%0aalert(1)",
            "data:text/html,x",
            "vbscript:x",
            "MS-Settings:x",
            "ms-msdt:/id",
            "search-ms:query=x",
            "chrome-extension://x/y",
            "moz-extension://x/y",
            "steam://run/1",
            "file:///etc/passwd",
            "urn:other",
            "1app://x",
            "app:",
        ];
        for address in wrong {
            assert!(check(address).is_err(), "{address}");
        }
    }
}
