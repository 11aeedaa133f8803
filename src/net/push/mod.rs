//! Web Push: messages to apps that are not open, by the push service that their device uses (RFC 8030).

mod encrypt;
mod vapid;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

pub use encrypt::{MESSAGE, Reader};
pub use vapid::VapidKey;

use super::{Answer, Transport};
use crate::{
    db::Timestamp,
    error::{Error, Result},
};

/// For how many seconds a push service keeps a message for a device that is off: as Mastodon, two days.
const LASTS: u32 = 48 * 3600;

/// How messages are written. Each app says which it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `aes128gcm`, the standard (RFC 8291).
    Standard,
    /// `aesgcm`, of the draft that many apps still read (draft-ietf-webpush-encryption-04).
    Draft,
}

/// A message for one app.
#[derive(Debug, Clone, Copy)]
pub struct Push<'a> {
    /// Where its push service takes it.
    pub endpoint: &'a Url,
    /// Who reads it.
    pub reader: &'a Reader,
    /// How it is written.
    pub encoding: Encoding,
    /// What it says; at most [`MESSAGE`] bytes.
    pub message: &'a [u8],
}

/// Sends a message, and answers what the push service said.
pub async fn send(transport: &dyn Transport, key: &VapidKey, push: Push<'_>) -> Result<Answer> {
    let (headers, body) = request(key, push, Timestamp::wall_clock())?;
    transport.post(push.endpoint, headers, body).await
}

fn request(key: &VapidKey, push: Push<'_>, now: Timestamp) -> Result<(HeaderMap, Bytes)> {
    let sealed = encrypt::seal(push.reader, push.encoding, push.message)?;
    let (token, ours) = (key.token(push.endpoint, now)?, key.public_key());
    let mut said = vec![
        ("ttl", LASTS.to_string()),
        ("urgency", "normal".to_owned()),
        ("content-type", "application/octet-stream".to_owned()),
    ];
    match push.encoding {
        Encoding::Standard => said.extend([
            ("content-encoding", "aes128gcm".to_owned()),
            ("authorization", format!("vapid t={token},k={ours}")),
        ]),
        Encoding::Draft => said.extend([
            ("content-encoding", "aesgcm".to_owned()),
            ("authorization", format!("WebPush {token}")),
            ("encryption", format!("salt={}", URL_SAFE_NO_PAD.encode(sealed.salt))),
            ("crypto-key", format!("dh={};p256ecdsa={ours}", URL_SAFE_NO_PAD.encode(&sealed.sender))),
        ]),
    }
    let mut headers = HeaderMap::new();
    for (name, value) in said {
        headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).map_err(Error::internal)?);
    }
    Ok((headers, sealed.body.into()))
}
