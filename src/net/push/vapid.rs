//! Who pushes: one key for the company, by which push services know us again (VAPID, RFC 8292).

use std::time::Duration;

use aws_lc_rs::{
    agreement::{ECDH_P256, PrivateKey},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use url::Url;

use crate::{
    db::Timestamp,
    error::{Error, Result},
};

/// For how long a push service may believe a token; at most a day (RFC 8292, section 2).
const LASTS: Duration = Duration::from_secs(12 * 3600);

/// The company's key for push services.
pub struct VapidKey {
    pair: EcdsaKeyPair,
    contact: String,
}

impl std::fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VapidKey({})", self.public_key())
    }
}

impl VapidKey {
    /// The key of these 32 bytes, if they are the private key of one. At `contact`, an address of the web, a push
    /// service finds who sends.
    pub fn new(private: &[u8; 32], contact: &str) -> Result<Self> {
        let point = PrivateKey::from_private_key(&ECDH_P256, private)
            .map_err(Error::internal)?
            .compute_public_key()
            .map_err(Error::internal)?;
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, private, point.as_ref());
        Ok(Self { pair: pair.map_err(Error::internal)?, contact: contact.to_owned() })
    }

    /// The public key, as apps give it to their push service: a point that is not compressed, in base64url.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }

    /// A signed token for one push service.
    pub(super) fn token(&self, endpoint: &Url, now: Timestamp) -> Result<String> {
        let head = json!({ "typ": "JWT", "alg": "ES256" });
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.plus(LASTS).0 / 1_000_000,
            "sub": self.contact,
        });
        let encoded = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let said = format!("{}.{}", encoded(&head), encoded(&claims));
        let signature = self.pair.sign(&SystemRandom::new(), said.as_bytes()).map_err(Error::internal)?;
        Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::Value;

    use super::VapidKey;
    use crate::db::Timestamp;

    #[test]
    fn a_token_is_signed_for_one_service_and_a_while() {
        let key = VapidKey::new(&[7; 32], "https://company.example").unwrap();
        assert_eq!(key.public_key(), VapidKey::new(&[7; 32], "https://company.example").unwrap().public_key());
        let endpoint = "https://push.example:8443/some/where?x=1".parse().unwrap();
        let token = key.token(&endpoint, Timestamp(1_000_000_000_000)).unwrap();
        let [head, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let point = URL_SAFE_NO_PAD.decode(key.public_key()).unwrap();
        assert_eq!(point.len(), 65);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(format!("{head}.{claims}").as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
            .unwrap();
        let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(read(head)["alg"], "ES256");
        let claims = read(claims);
        assert_eq!(claims["aud"], "https://push.example:8443");
        assert_eq!(claims["exp"], 1_000_000 + 12 * 3600);
        assert_eq!(claims["sub"], "https://company.example");
    }

    #[test]
    fn nothing_is_no_key() {
        assert!(VapidKey::new(&[0; 32], "").is_err() && VapidKey::new(&[0xff; 32], "").is_err());
    }
}
