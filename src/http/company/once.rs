//! `Idempotency-Key`: the same key with the same token is the same request for a day.

use http::HeaderMap;
use serde::Serialize;

use crate::{
    domain::Once,
    error::{Error, Result},
    http::extract::Session,
    text,
};

/// What a client calls this request, where it says so; `said` is all that tells it from others.
pub(super) fn once(me: &Session, headers: &HeaderMap, said: &impl Serialize) -> Result<Option<Once>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= 255);
    let key =
        key.ok_or_else(|| Error::malformed("request.idempotency_key", "An Idempotency-Key has 1 to 255 characters."))?;
    Ok(Some(Once { token: me.token.id, key: key.to_owned(), request: text::fingerprint(said)? }))
}
