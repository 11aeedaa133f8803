//! Apps that are told while they are not open, and read what they are told: nobody on the way can.

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    hkdf::{HKDF_SHA256, KeyType, Salt},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use guildhall::{domain::accounts, secrets};
use serde_json::json;

use crate::mastodon::{House, Person};

/// An app of somebody.
pub struct Phone {
    pub whose: &'static str,
    endpoint: String,
    key: PrivateKey,
}

const AUTH: [u8; 16] = [7; 16];

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[&[u8]]) -> [u8; N] {
    let mut key = [0; N];
    Salt::new(HKDF_SHA256, salt).extract(input).expand(info, Length(N)).unwrap().fill(&mut key).unwrap();
    key
}

impl Phone {
    /// One that wants to tell its owner of everything.
    pub async fn of(house: &House, whose: &'static str, owner: &Person) -> Self {
        let key = PrivateKey::generate(&ECDH_P256).unwrap();
        let endpoint = format!("https://push.example/{whose}");
        let token = format!("phone of {whose}");
        let (account, actor, hash) = (owner.account, owner.actor, secrets::token_hash(&token));
        house.app.db.write(move |tx| accounts::issue_token(tx, account, actor, "push", "phone", &hash)).await.unwrap();
        let kinds = ["mention", "follow", "follow_request", "favourite", "reblog", "status", "update", "poll"];
        let alerts: serde_json::Map<String, serde_json::Value> =
            kinds.iter().map(|kind| ((*kind).to_owned(), json!(true))).collect();
        let public = URL_SAFE_NO_PAD.encode(key.compute_public_key().unwrap().as_ref());
        let keys = json!({ "p256dh": public, "auth": URL_SAFE_NO_PAD.encode(AUTH) });
        let wish = json!({
            "subscription": { "endpoint": endpoint, "keys": keys, "standard": true }, "data": { "alerts": alerts },
        });
        let app = Person { actor, account, token };
        house.post(&app, "/api/v1/push/subscription", wish).await.ok();
        Self { whose, endpoint, key }
    }

    /// Everything that it was told, as it reads it (RFC 8291).
    pub fn heard(&self, house: &House) -> String {
        let mine = house.documents.posts().into_iter().filter(|(url, ..)| *url == self.endpoint);
        mine.map(|(_, _, body)| self.read(&body)).collect::<Vec<_>>().join("\n")
    }

    fn read(&self, body: &[u8]) -> String {
        let (salt, rest) = body.split_at(16);
        let (sender, sealed) = rest[5..].split_at(usize::from(rest[4]));
        let own = self.key.compute_public_key().unwrap();
        let context = [b"WebPush: info\0".as_slice(), own.as_ref(), sender].concat();
        let theirs = UnparsedPublicKey::new(&ECDH_P256, sender);
        let input: [u8; 32] = agree(&self.key, theirs, (), |shared| Ok(derive(&AUTH, shared, &[&context]))).unwrap();
        let key: [u8; 16] = derive(salt, &input, &[b"Content-Encoding: aes128gcm\0"]);
        let nonce: [u8; NONCE_LEN] = derive(salt, &input, &[b"Content-Encoding: nonce\0"]);
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut text = sealed.to_vec();
        let text = cipher.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text).unwrap();
        String::from_utf8(text.strip_suffix(&[2]).unwrap().to_vec()).unwrap()
    }
}
