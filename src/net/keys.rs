//! Keys: made, read in every form that peers publish, used to sign and to verify. RSA and Ed25519 by aws-lc-rs.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa,
    signature::{self, Ed25519KeyPair, KeyPair as _, ParsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Multicodec of an Ed25519 public key.
const ED25519_PREFIX: [u8; 2] = [0xed, 0x01];
/// Multicodec of an RSA public key (PKCS#1).
const RSA_PREFIX: [u8; 2] = [0x85, 0x24];

/// What a key is for signing with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// Ed25519.
    Ed25519,
}

/// The private half of a key pair.
pub enum SigningKey {
    /// RSA of 2,048 bits.
    Rsa(Box<rsa::KeyPair>),
    /// Ed25519.
    Ed25519(Box<Ed25519KeyPair>),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Rsa(_) => "SigningKey(rsa)",
            Self::Ed25519(_) => "SigningKey(ed25519)",
        })
    }
}

fn unspecified(_: impl std::fmt::Debug) -> Error {
    Error::internal("the cryptographic library refused")
}

impl SigningKey {
    /// Makes a pair: `rsa` (70–80 ms) or `ed25519`.
    pub fn generate(algorithm: &str) -> Result<Self> {
        match algorithm {
            "rsa" => Ok(Self::Rsa(Box::new(rsa::KeyPair::generate(rsa::KeySize::Rsa2048).map_err(unspecified)?))),
            "ed25519" => Ok(Self::Ed25519(Box::new(Ed25519KeyPair::generate().map_err(unspecified)?))),
            other => Err(Error::internal(format!("no such key algorithm: {other}"))),
        }
    }

    /// Reads what [`SigningKey::to_pkcs8`] wrote.
    pub fn from_pkcs8(algorithm: &str, der: &[u8]) -> Result<Self> {
        match algorithm {
            "rsa" => Ok(Self::Rsa(Box::new(rsa::KeyPair::from_pkcs8(der).map_err(unspecified)?))),
            "ed25519" => Ok(Self::Ed25519(Box::new(Ed25519KeyPair::from_pkcs8(der).map_err(unspecified)?))),
            other => Err(Error::internal(format!("no such key algorithm: {other}"))),
        }
    }

    /// The private key as PKCS#8.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>> {
        match self {
            Self::Rsa(pair) => Ok(AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(pair.as_ref())
                .map_err(unspecified)?
                .as_ref()
                .to_vec()),
            Self::Ed25519(pair) => Ok(pair.to_pkcs8().map_err(unspecified)?.as_ref().to_vec()),
        }
    }

    /// The public half.
    pub fn public_key(&self) -> Result<PublicKey> {
        match self {
            Self::Rsa(pair) => {
                let der = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(unspecified)?;
                PublicKey::from_bytes("rsa", der.as_ref())
            }
            Self::Ed25519(pair) => PublicKey::from_bytes("ed25519", pair.public_key().as_ref()),
        }
    }

    /// Signs: RSA with SHA-256 (0.3–0.4 ms), or Ed25519 (10 µs).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut out)
                    .map_err(unspecified)?;
                Ok(out)
            }
            Self::Ed25519(pair) => Ok(pair.try_sign(message).map_err(unspecified)?.as_ref().to_vec()),
        }
    }

    /// Whether this is an RSA key.
    pub fn is_rsa(&self) -> bool {
        matches!(self, Self::Rsa(_))
    }
}

/// A public key, parsed once and cheap to clone.
#[derive(Clone)]
pub struct PublicKey(Arc<Parsed>);

struct Parsed {
    bytes: Vec<u8>,
    key: ParsedPublicKey,
    /// The same RSA key for SHA-512, which few peers use.
    sha512: OnceLock<Option<ParsedPublicKey>>,
    rsa: bool,
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", self.algorithm())
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.rsa == other.0.rsa && self.0.bytes == other.0.bytes
    }
}

fn refused() -> Error {
    Error::invalid("key.unusable", "This public key cannot be used: RSA of 2,048 to 8,192 bits and Ed25519 can.")
}

impl PublicKey {
    /// Reads what [`PublicKey::to_bytes`] wrote: SPKI for `rsa`, 32 bytes for `ed25519`.
    pub fn from_bytes(algorithm: &str, bytes: &[u8]) -> Result<Self> {
        let rsa = algorithm == "rsa";
        let key = match algorithm {
            "rsa" => {
                // Both forms are read; kept is SPKI, the form that others read.
                ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, bytes).map_err(|_| refused())?
            }
            "ed25519" if bytes.len() == 32 => {
                ParsedPublicKey::new(&signature::ED25519, bytes).map_err(|_| refused())?
            }
            _ => return Err(refused()),
        };
        let bytes = if rsa {
            AsDer::<PublicKeyX509Der<'_>>::as_der(&key).map_err(|_| refused())?.as_ref().to_vec()
        } else {
            bytes.to_vec()
        };
        Ok(Self(Arc::new(Parsed { bytes, key, sha512: OnceLock::new(), rsa })))
    }

    /// Reads `-----BEGIN PUBLIC KEY-----` (RSA or Ed25519) or `-----BEGIN RSA PUBLIC KEY-----`.
    pub fn from_pem(pem: &str) -> Result<Self> {
        if pem.len() > 8192 {
            return Err(refused());
        }
        let body: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(body.replace(char::is_whitespace, "")).map_err(|_| refused())?;
        // An Ed25519 SPKI is a fixed head of twelve bytes before the key.
        if let (44, Some(key)) =
            (der.len(), der.strip_prefix(&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]))
        {
            return Self::from_bytes("ed25519", key);
        }
        Self::from_bytes("rsa", &der)
    }

    /// Reads a Multikey (`z…`): Ed25519 or RSA. FEP-521a.
    pub fn from_multibase(text: &str) -> Result<Self> {
        if text.len() > 4096 {
            return Err(refused());
        }
        let bytes = text.strip_prefix('z').and_then(|rest| bs58::decode(rest).into_vec().ok()).ok_or_else(refused)?;
        match bytes.split_at_checked(2) {
            Some((prefix, key)) if prefix == ED25519_PREFIX => Self::from_bytes("ed25519", key),
            Some((prefix, key)) if prefix == RSA_PREFIX => Self::from_bytes("rsa", key),
            _ => Err(refused()),
        }
    }

    /// `rsa` or `ed25519`.
    pub fn algorithm(&self) -> &'static str {
        if self.0.rsa { "rsa" } else { "ed25519" }
    }

    /// The form that is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.bytes.clone()
    }

    /// `-----BEGIN PUBLIC KEY-----`, for RSA keys.
    pub fn to_pem(&self) -> String {
        let text = STANDARD.encode(&self.0.bytes);
        let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }

    /// A Multikey, for Ed25519 keys.
    pub fn to_multibase(&self) -> String {
        let mut bytes = ED25519_PREFIX.to_vec();
        bytes.extend(&self.0.bytes);
        format!("z{}", bs58::encode(bytes).into_string())
    }

    /// Whether the signature over the message is this key's (RSA: 20 µs).
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (algorithm, self.0.rsa) {
            (Algorithm::RsaSha256, true) | (Algorithm::Ed25519, false) => {
                self.0.key.verify_sig(message, signature).is_ok()
            }
            (Algorithm::RsaSha512, true) => {
                let parse = || ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA512, &self.0.bytes).ok();
                self.0.sha512.get_or_init(parse).as_ref().is_some_and(|key| key.verify_sig(message, signature).is_ok())
            }
            (Algorithm::RsaSha256 | Algorithm::RsaSha512, false) | (Algorithm::Ed25519, true) => false,
        }
    }
}
