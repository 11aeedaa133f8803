//! One form of a JSON document (RFC 8785), and its fingerprint.

use serde::Serialize;

/// The SHA-256 of the canonical form of a value, in hexadecimal: the same for whoever computes it from the same facts.
/// Numbers beyond 2^53 must be written as text, because they have no exact form there.
pub fn fingerprint(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &canonical(value)?)))
}

/// The canonical form itself.
pub fn canonical(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    serde_jcs::to_vec(value)
}
