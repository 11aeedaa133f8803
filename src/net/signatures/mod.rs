//! HTTP signatures as the Fediverse uses them: draft-cavage-12 and RFC 9421, and integrity proofs (FEP-8b32).
//!
//! [`parse`] judges everything that needs no key: digest over the raw bytes, required components, our host,
//! freshness. What it lets through is a [`Candidate`] that only its key can still refuse.

pub mod cavage;
mod digest;
pub mod proof;
pub mod rfc9421;
mod window;

use std::sync::Arc;

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use url::Url;

pub use digest::Digested;

use super::keys::{Algorithm, PublicKey, SigningKey};
use crate::{
    db::Timestamp,
    error::{Error, Result},
};

/// Which of the two schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12.
    Cavage,
    /// RFC 9421.
    Rfc9421,
}

impl Scheme {
    /// The name under which it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cavage => "cavage",
            Self::Rfc9421 => "rfc9421",
        }
    }
}

/// A request as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct RequestParts<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// Path with query, as sent.
    pub path_and_query: &'a str,
    /// All headers; `host` must be among them.
    pub headers: &'a HeaderMap,
    /// The raw body.
    pub body: &'a [u8],
}

/// What we hold a request against.
#[derive(Debug, Clone, Copy)]
pub struct Expectations<'a> {
    /// Our own authorities, lower case, such as `company.example` or `localhost:8080`.
    pub hosts: &'a [String],
    /// `https` or `http`: what `@target-uri` begins with.
    pub scheme: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// A signature that is right but for its key.
#[derive(Debug, Clone)]
pub struct Candidate {
    key_id: String,
    scheme: Scheme,
    /// What the label says; the key decides.
    algorithm: Option<Algorithm>,
    /// The signing strings that may have been meant: with and without the query.
    messages: Vec<Vec<u8>>,
    signature: Vec<u8>,
}

impl Candidate {
    /// Which key signed.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Which scheme it is.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The digest of the signature: the same letter has the same, and no other letter of the same key has it.
    pub fn fingerprint(&self) -> String {
        hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.signature))
    }

    /// Whether `key` made the signature.
    pub fn verify(&self, key: &PublicKey) -> bool {
        let algorithms: &[Algorithm] = match (key.algorithm(), self.algorithm) {
            ("rsa", Some(Algorithm::Ed25519)) => return false,
            ("rsa", Some(Algorithm::RsaSha512)) => &[Algorithm::RsaSha512],
            ("rsa", Some(Algorithm::RsaSha256)) => &[Algorithm::RsaSha256],
            ("rsa", None) => &[Algorithm::RsaSha256, Algorithm::RsaSha512],
            (_, None | Some(Algorithm::Ed25519)) => &[Algorithm::Ed25519],
            (_, Some(_)) => return false,
        };
        algorithms
            .iter()
            .any(|algorithm| self.messages.iter().any(|message| key.verify(*algorithm, message, &self.signature)))
    }

    /// The signature as text, to be verified when its key is known; nothing for one whose signing string is no text.
    pub fn keep(&self) -> Option<String> {
        let messages: std::result::Result<Vec<String>, _> =
            self.messages.iter().cloned().map(String::from_utf8).collect();
        let kept = Kept {
            key_id: self.key_id.clone(),
            scheme: self.scheme,
            algorithm: self.algorithm,
            messages: messages.ok()?,
            signature: hex::encode(&self.signature),
        };
        serde_json::to_string(&kept).ok()
    }

    /// A signature that was kept.
    pub fn from_kept(text: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        Some(Self {
            key_id: kept.key_id,
            scheme: kept.scheme,
            algorithm: kept.algorithm,
            messages: kept.messages.into_iter().map(String::into_bytes).collect(),
            signature: hex::decode(kept.signature).ok()?,
        })
    }
}

/// A [`Candidate`] as text.
#[derive(Serialize, Deserialize)]
struct Kept {
    key_id: String,
    scheme: Scheme,
    algorithm: Option<Algorithm>,
    messages: Vec<String>,
    signature: String,
}

pub(super) fn bad(reason: &'static str) -> Error {
    Error::unauthorized("signature.invalid", reason)
}

fn malformed(reason: &'static str) -> Error {
    Error::malformed("signature.malformed", reason)
}

/// The one value of a header; several are refused, because peers disagree on which counts.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed("A header that is signed, or that signs, was sent twice."));
    }
    first.to_str().map(Some).map_err(|_| malformed("A header that is signed, or that signs, is not plain text."))
}

/// The signatures of a request that only their keys can still refuse, the best first: RFC 9421 where
/// `Signature-Input` is present, else draft-cavage. An `Authorization` header is never one.
pub fn parse(request: &RequestParts<'_>, expect: &Expectations<'_>) -> Result<Vec<Candidate>> {
    let Some(header) = single(request.headers, "signature")? else {
        return Err(bad("The request is not signed."));
    };
    if header.len() > 16 * 1024 {
        return Err(malformed("The Signature header is too long."));
    }
    host_is_ours(request, expect)?;
    if let Some(input) = single(request.headers, "signature-input")? {
        // Some peers send both; a broken new one does not spoil a good old one.
        let fault = match rfc9421::parse(request, expect, input, header) {
            Ok(candidates) => return Ok(candidates),
            Err(fault) => fault,
        };
        return cavage::parse(request, expect, header).map(|candidate| vec![candidate]).map_err(|_| fault);
    }
    Ok(vec![cavage::parse(request, expect, header)?])
}

fn host_is_ours(request: &RequestParts<'_>, expect: &Expectations<'_>) -> Result<()> {
    let host = single(request.headers, "host")?.ok_or_else(|| bad("There is no Host header."))?;
    let default_port = if expect.scheme == "https" { ":443" } else { ":80" };
    let host = host.to_ascii_lowercase();
    let plain = host.strip_suffix(default_port).unwrap_or(&host);
    if expect.hosts.iter().any(|ours| ours == plain || *ours == host) {
        Ok(())
    } else {
        Err(bad("The request was signed for another host."))
    }
}

/// A keyId that can be looked up.
fn key_id(text: &str) -> Result<String> {
    let url = Url::parse(text).map_err(|_| bad("The keyId is not a URL."))?;
    if !matches!(url.scheme(), "https" | "http") || text.len() > 2048 {
        return Err(bad("The keyId is not a web address."));
    }
    Ok(text.to_owned())
}

/// A key of ours with its id, to sign requests with.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The key.
    pub key: Arc<SigningKey>,
    /// The keyId that others look up.
    pub key_id: String,
}
