//! What a client calls one request, so that it may ask twice.

use super::TokenId;
use crate::error::{Error, Result};

/// What a client calls one request, so that it may ask twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The token that acts.
    pub token: TokenId,
    /// The client's name for the request.
    pub key: String,
    /// What it said, as a fingerprint.
    pub request: String,
}

impl Once {
    /// Refuses other words under a key that was used.
    pub(in crate::domain) fn must_be(&self, said: Option<&str>) -> Result<()> {
        if said == Some(self.request.as_str()) {
            return Ok(());
        }
        let told = "This Idempotency-Key was used for another request. Please use a new one.";
        Err(Error::invalid("request.idempotency_key_reused", told))
    }
}
