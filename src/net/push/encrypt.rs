//! Encrypting a message so that only the app reads it. The push service in between learns its length.
//!
//! No library writes both encodings, so this puts together what `aws-lc-rs` has: a key agreed on with P-256, HKDF, and
//! AES-128-GCM.

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand,
};

use super::Encoding;
use crate::error::{Error, Result};

/// The most bytes that a message may have: a push service takes 4,096, of which the encodings need up to 103.
pub const MESSAGE: usize = 3_900;
/// The length of a public key, not compressed.
const POINT: usize = 65;
/// How long a record may be; ours are one record each (RFC 8188, section 2).
const RECORD: u32 = 4_096;

/// Who reads messages: what an app says of itself when it subscribes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Its public key, a point of P-256 that is not compressed.
    pub public_key: Vec<u8>,
    /// Its secret, 16 bytes.
    pub auth: Vec<u8>,
}

impl Reader {
    /// A reader, if the key is one with which a secret can be agreed on.
    pub fn new(public_key: Vec<u8>, auth: Vec<u8>) -> Option<Self> {
        let reader = Self { public_key, auth };
        (reader.auth.len() == 16 && seal(&reader, Encoding::Standard, b"").is_ok()).then_some(reader)
    }
}

/// An encrypted message.
pub(super) struct Sealed {
    pub(super) body: Vec<u8>,
    pub(super) salt: [u8; 16],
    pub(super) sender: Vec<u8>,
}

/// Encrypts a message with a key that is used for nothing else.
pub(super) fn seal(reader: &Reader, encoding: Encoding, message: &[u8]) -> Result<Sealed> {
    let mut salt = [0_u8; 16];
    rand::fill(&mut salt).map_err(Error::internal)?;
    let own = PrivateKey::generate(&ECDH_P256).map_err(Error::internal)?;
    seal_with(&own, salt, reader, encoding, message)
}

fn seal_with(own: &PrivateKey, salt: [u8; 16], reader: &Reader, encoding: Encoding, message: &[u8]) -> Result<Sealed> {
    if message.len() > MESSAGE {
        return Err(Error::too_large("push.too_large", "This message is too long to be pushed."));
    }
    let sender = own.compute_public_key().map_err(Error::internal)?.as_ref().to_vec();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &reader.public_key);
    let wrong = || Error::invalid("push.key", "This is not a public key of P-256.");
    if reader.public_key.len() != POINT {
        return Err(wrong());
    }
    let (kind, context) = match encoding {
        Encoding::Standard => ("aes128gcm", [b"WebPush: info\0".as_slice(), &reader.public_key, &sender].concat()),
        Encoding::Draft => ("aesgcm", b"Content-Encoding: auth\0".to_vec()),
    };
    let input: [u8; 32] = agreement::agree(own, theirs, wrong(), |shared| derive(&reader.auth, shared, &[&context]))?;
    let named = |name: &str| [b"Content-Encoding: ", name.as_bytes(), b"\0"].concat();
    let points = match encoding {
        Encoding::Standard => Vec::new(),
        Encoding::Draft => {
            let length = u8::try_from(POINT).map_err(Error::internal)?;
            [b"P-256\0\0".as_slice(), &[length], &reader.public_key, &[0, length], &sender].concat()
        }
    };
    let key: [u8; 16] = derive(&salt, &input, &[&named(kind), &points])?;
    let nonce: [u8; NONCE_LEN] = derive(&salt, &input, &[&named("nonce"), &points])?;
    let mut text = match encoding {
        // No padding, and this is the last record (RFC 8188, section 2).
        Encoding::Standard => [message, &[2]].concat(),
        // No padding, which is what the two bytes say.
        Encoding::Draft => [&[0, 0], message].concat(),
    };
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(Error::internal)?);
    // Key and nonce come from a key pair that is made for this message.
    cipher
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .map_err(Error::internal)?;
    let body = match encoding {
        Encoding::Standard => {
            let length = u8::try_from(sender.len()).map_err(Error::internal)?;
            [salt.as_slice(), &RECORD.to_be_bytes(), &[length], &sender, &text].concat()
        }
        Encoding::Draft => text,
    };
    Ok(Sealed { body, salt, sender })
}

/// How many bytes are derived.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[&[u8]]) -> Result<[u8; N]> {
    let mut derived = [0; N];
    Salt::new(HKDF_SHA256, salt)
        .extract(input)
        .expand(info, Bytes(N))
        .and_then(|key| key.fill(&mut derived))
        .map_err(Error::internal)?;
    Ok(derived)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::{MESSAGE, Reader, seal, seal_with};
    use crate::net::push::Encoding;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn reader() -> Reader {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        Reader::new(bytes(key), bytes("BTBZMqHH6r4Tts7J_aSIgg")).unwrap()
    }

    #[test]
    fn the_example_of_the_standard_comes_out_as_it_stands_there() {
        // RFC 8291, section 5.
        let own = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let own = PrivateKey::from_private_key(&ECDH_P256, &own).unwrap();
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let text = b"When I grow up, I want to be a watermelon";
        let sealed = seal_with(&own, salt, &reader(), Encoding::Standard, text).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(&sealed.body), expected);
    }

    #[test]
    fn a_message_is_never_written_twice_the_same_way_and_not_too_long() {
        for encoding in [Encoding::Standard, Encoding::Draft] {
            let one = seal(&reader(), encoding, b"x").unwrap();
            assert_ne!(one.body, seal(&reader(), encoding, b"x").unwrap().body);
            assert!(seal(&reader(), encoding, &[b'x'; MESSAGE]).unwrap().body.len() <= 4_096);
            assert_eq!(seal(&reader(), encoding, &[b'x'; MESSAGE + 1]).err().unwrap().code(), "push.too_large");
        }
    }

    #[test]
    fn what_is_no_key_is_no_reader() {
        let sound = reader();
        let mut off_the_curve = sound.public_key.clone();
        off_the_curve[40] ^= 1;
        for key in [Vec::new(), vec![4; 65], off_the_curve, sound.public_key[..64].to_vec()] {
            assert_eq!(Reader::new(key, sound.auth.clone()), None);
        }
        assert_eq!(Reader::new(sound.public_key.clone(), sound.auth[..15].to_vec()), None);
    }
}
