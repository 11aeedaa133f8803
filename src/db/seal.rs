//! A mark under a key, for what nobody may write anew who can only write to the database.

use aws_lc_rs::hmac;

/// Makes marks: HMAC-SHA256 under a key that the database does not hold.
#[derive(Debug, Clone)]
pub struct Seal(hmac::Key);

impl Seal {
    /// Marks under this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The mark of some bytes, in hexadecimal.
    pub fn mark(&self, bytes: &[u8]) -> String {
        hex::encode(hmac::sign(&self.0, bytes))
    }
}
