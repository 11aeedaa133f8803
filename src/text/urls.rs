//! Web addresses that may be shown as links.

use url::Url;

/// How long an address is at most, in bytes.
const LONGEST: usize = 2048;

/// The address in its normal form, when it is http or https, has a host and no password, and is not overlong.
pub fn http_url(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let sound = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none();
    // Letters that are not ASCII take three times their room in it.
    sound.then(|| url.to_string()).filter(|address| address.len() <= LONGEST)
}
