//! A mail server and an app's push service, as much of them as the company needs.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use aws_lc_rs::{aead, agreement, hmac};
use axum::{Router, body::Bytes, extract::State, routing::post};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
};

/// Where letters go; what each address was sent.
pub struct Postbox {
    pub address: SocketAddr,
    letters: Mutex<BTreeMap<String, Vec<String>>>,
}

impl Postbox {
    pub async fn open() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let postbox = Arc::new(Self { address: listener.local_addr().unwrap(), letters: Mutex::default() });
        let takes = postbox.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let postbox = takes.clone();
                // A sender that is killed is not listened to any longer.
                tokio::spawn(async move { drop(postbox.take(stream).await) });
            }
        });
        postbox
    }

    /// The letters to this address, in the order in which they came.
    pub fn letters(&self, to: &str) -> Vec<String> {
        self.letters.lock().unwrap().get(to).cloned().unwrap_or_default()
    }

    /// One conversation (RFC 5321), without a word too many.
    async fn take(&self, stream: TcpStream) -> std::io::Result<()> {
        let (mut stream, mut to, mut line) = (BufStream::new(stream), String::new(), String::new());
        let mut answer = "220 postbox.test\r\n";
        loop {
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            answer = "250 postbox.test\r\n";
            if let Some(rest) = line.strip_prefix("RCPT TO:<") {
                rest.split('>').next().unwrap().clone_into(&mut to);
            } else if line.starts_with("DATA") {
                stream.write_all(b"354 go on\r\n").await?;
                stream.flush().await?;
                let mut letter = String::new();
                while line != ".\r\n" {
                    line.clear();
                    if stream.read_line(&mut line).await? == 0 {
                        return Ok(());
                    }
                    letter.push_str(&line);
                }
                // Long lines of what is written in quoted-printable go on in the next one.
                let letter = letter.replace("=\r\n", "").replace("=3D", "=");
                self.letters.lock().unwrap().entry(to.clone()).or_default().push(letter);
            }
        }
    }
}

/// An app that is not open, and what its push service got for it.
pub struct Device {
    pub address: SocketAddr,
    key: agreement::PrivateKey,
    auth: [u8; 16],
    messages: Mutex<Vec<Bytes>>,
}

impl Device {
    pub async fn open() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut auth = [0; 16];
        aws_lc_rs::rand::fill(&mut auth).unwrap();
        let device = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            key: agreement::PrivateKey::generate(&agreement::ECDH_P256).unwrap(),
            auth,
            messages: Mutex::default(),
        });
        let take = async |State(device): State<Arc<Self>>, body: Bytes| {
            device.messages.lock().unwrap().push(body);
            StatusCode::CREATED
        };
        let router = Router::new().route("/send", post(take)).with_state(device.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        device
    }

    /// What the app says to be told of these.
    pub fn subscription(&self, alerts: &Value) -> Value {
        let key = URL_SAFE_NO_PAD.encode(self.key.compute_public_key().unwrap());
        json!({
            "subscription": {
                "endpoint": format!("http://{}/send", self.address), "standard": true,
                "keys": { "p256dh": key, "auth": URL_SAFE_NO_PAD.encode(self.auth) },
            },
            "data": { "alerts": alerts },
        })
    }

    /// Of which notifications it was told, and how often of each.
    pub fn told(&self) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for message in self.messages.lock().unwrap().iter() {
            let message: Value = serde_json::from_slice(&self.read(message)).unwrap();
            *told.entry(message["notification_id"].to_string()).or_default() += 1;
        }
        told
    }

    /// A message as the app reads it (RFC 8188 and RFC 8291).
    fn read(&self, message: &[u8]) -> Vec<u8> {
        let (salt, rest) = message.split_at(16);
        let (theirs, sealed) = rest[5..].split_at(usize::from(rest[4]));
        let public = agreement::UnparsedPublicKey::new(&agreement::ECDH_P256, theirs);
        let secret = agreement::agree(&self.key, public, (), |secret| Ok(secret.to_vec())).unwrap();
        let ours = self.key.compute_public_key().unwrap();
        let info = [b"WebPush: info\0", ours.as_ref(), theirs, &[1]].concat();
        let input = digest(&digest(&self.auth, &secret), &info);
        let key = digest(salt, &input);
        let part = |name: &[u8], length: usize| digest(&key, &[name, &[0, 1]].concat())[..length].to_vec();
        let (cipher, nonce) = (part(b"Content-Encoding: aes128gcm", 16), part(b"Content-Encoding: nonce", 12));
        let cipher = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_128_GCM, &cipher).unwrap());
        let nonce = aead::Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let mut opened = sealed.to_vec();
        let plain = cipher.open_in_place(nonce, aead::Aad::empty(), &mut opened).unwrap();
        let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
        plain[..end].to_vec()
    }
}

fn digest(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref().to_vec()
}
