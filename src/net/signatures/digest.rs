//! `Digest` (RFC 3230) and `Content-Digest` (RFC 9530) over the raw bytes.

use aws_lc_rs::digest::{self, SHA256, SHA512};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderMap;
use sfv::{Dictionary, ListEntry, Parser};

use super::{bad, malformed, single};
use crate::error::Result;

/// The SHA-256 of a body, computed once for many requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digested(String);

impl Digested {
    /// Digests a body.
    pub fn of(body: &[u8]) -> Self {
        Self(STANDARD.encode(digest::digest(&SHA256, body)))
    }

    /// The value of `Digest`.
    pub fn header(&self) -> String {
        format!("SHA-256={}", self.0)
    }

    /// The value of `Content-Digest`.
    pub fn content_header(&self) -> String {
        format!("sha-256=:{}:", self.0)
    }
}

const MISMATCH: &str = "The digest does not match the body.";

/// Checks a `Digest` header: SHA-256 is among the digests, and every one that we can compute is right.
pub(super) fn check_digest(headers: &HeaderMap, body: &[u8]) -> Result<()> {
    let header = single(headers, "digest")?.ok_or_else(|| bad("There is no Digest header."))?;
    let mut seen = false;
    for part in header.split(',') {
        let (name, value) =
            part.trim().split_once('=').ok_or_else(|| malformed("The Digest header cannot be read."))?;
        let algorithm = match name.trim().to_ascii_lowercase().as_str() {
            "sha-256" => &SHA256,
            "sha-512" => &SHA512,
            _ => continue,
        };
        let given = STANDARD.decode(value.trim()).map_err(|_| malformed("The Digest header cannot be read."))?;
        if given != digest::digest(algorithm, body).as_ref() {
            return Err(bad(MISMATCH));
        }
        seen |= algorithm == &SHA256;
    }
    if seen { Ok(()) } else { Err(bad("The Digest header has no SHA-256.")) }
}

/// Checks a `Content-Digest` header by the same rule.
pub(super) fn check_content_digest(headers: &HeaderMap, body: &[u8]) -> Result<()> {
    let header = single(headers, "content-digest")?.ok_or_else(|| bad("There is no Content-Digest header."))?;
    let listed: Dictionary =
        Parser::new(header).parse().map_err(|_| malformed("The Content-Digest header cannot be read."))?;
    let mut seen = false;
    for (name, entry) in &listed {
        let algorithm = match name.as_str() {
            "sha-256" => &SHA256,
            "sha-512" => &SHA512,
            _ => continue,
        };
        let ListEntry::Item(item) = entry else { return Err(malformed("The Content-Digest header cannot be read.")) };
        let given =
            item.bare_item.as_byte_sequence().ok_or_else(|| malformed("The Content-Digest header cannot be read."))?;
        if given != digest::digest(algorithm, body).as_ref() {
            return Err(bad(MISMATCH));
        }
        seen |= algorithm == &SHA256;
    }
    if seen { Ok(()) } else { Err(bad("The Content-Digest header has no sha-256.")) }
}
