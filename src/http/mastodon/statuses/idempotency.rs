//! `Idempotency-Key`: the same key with the same token is the same post for a day.

use http::HeaderMap;

use crate::{
    domain::{TokenId, posts::Once},
    error::{Error, Result},
};

/// The key of a request. Nothing when it has none; one that says nothing is none, as in Mastodon.
pub(super) fn key(token: TokenId, headers: &HeaderMap) -> Result<Option<Once>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    if value.as_bytes().trim_ascii().is_empty() {
        return Ok(None);
    }
    let key = value.to_str().ok().filter(|key| key.len() <= 255);
    let key =
        key.ok_or_else(|| Error::malformed("request.idempotency_key", "An Idempotency-Key has 1 to 255 characters."))?;
    Ok(Some(Once { token, key: key.to_owned() }))
}
