//! A device that keeps a passkey (WebAuthn, level 3), and answers as a browser hands its answers on.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::{self, SystemRandom},
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Somebody was there, and showed that they are its owner.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
/// A new public key follows.
const KEY_FOLLOWS: u8 = 0x40;

/// A device with one passkey.
pub struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    owner: String,
    /// The site on which it is used.
    pub origin: String,
    /// How often it has signed. Those that copy their passkeys to others do not count.
    pub count: u32,
    pub counts: bool,
    /// Its owner shows a finger.
    pub verifies: bool,
}

impl Device {
    /// Makes a passkey as the page asks for it, at `origin`; answers what the page sends.
    pub fn make(options: &Value, origin: &str) -> (Self, String) {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let mut id = vec![0; 16];
        rand::fill(&mut id).unwrap();
        let owner = options["user"]["id"].as_str().unwrap().to_owned();
        let device = Self { key, id, owner, origin: origin.to_owned(), count: 0, counts: false, verifies: true };
        let mut data = device.data(options["rp"]["id"].as_str().unwrap(), KEY_FOLLOWS);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(&device.id);
        data.extend(device.cose_key());
        // A map of CBOR: no attestation, and the data.
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        let client = device.client("webauthn.create", options);
        let response = json!({ "clientDataJSON": text(client.as_bytes()), "attestationObject": text(&attestation) });
        let answer = device.answer(&response);
        (device, answer)
    }

    /// Signs a challenge of the page; answers what the page sends.
    pub fn sign(&mut self, options: &Value) -> String {
        self.count += u32::from(self.counts);
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client = self.client("webauthn.get", options);
        let signed = [data.as_slice(), digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "clientDataJSON": text(client.as_bytes()), "authenticatorData": text(&data),
            "signature": text(signature.as_ref()), "userHandle": self.owner,
        }))
    }

    /// As the script of our page writes it.
    fn answer(&self, response: &Value) -> String {
        json!({ "id": text(&self.id), "type": "public-key", "response": response }).to_string()
    }

    fn client(&self, kind: &str, options: &Value) -> String {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn data(&self, site: &str, more: u8) -> Vec<u8> {
        let flags = more | PRESENT | if self.verifies { VERIFIED } else { 0 };
        let mut data = digest(&SHA256, site.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    /// The public key as RFC 9052 writes one of ES256.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
    }

    /// Its name, as pages that know it already write it.
    pub fn id(&self) -> String {
        text(&self.id)
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
