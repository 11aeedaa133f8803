//! The other servers: each at an address of its own on loopback, all answered by this process.
//!
//! How far away they are is pretended: a server that is 100 ms away sleeps so long before it takes what it is sent.
//! They share a few keys, because making one for each of thousands would take minutes; whoever verifies cannot tell.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    middleware::map_response,
    response::Response,
    routing::{get, post},
};
use guildhall::net::{Signer, SigningKey};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::rig::{self, actor_document};

/// Where all of them are.
pub const ADDRESSES: &str = "127.0.0.0/8:1024-65535";
/// How many keys there are.
const KEYS: usize = 8;
/// How long anything may take to arrive.
const PATIENCE: Duration = Duration::from_secs(180);

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It takes things after this long.
    Away(Duration),
    /// It takes connections and says nothing.
    Hangs,
}

/// Somebody on another server.
#[derive(Debug, Clone)]
pub struct Person {
    pub host: String,
    pub uri: String,

    signer: Signer,
}

impl Person {
    /// A signed POST to the company's inbox, as it goes over the wire.
    pub fn letter(&self, server: &str, activity: &Value) -> Vec<u8> {
        rig::letter(&self.signer, server, activity)
    }

    /// A letter in this person's name that somebody else signed.
    pub fn forged(&self, by: &Self, server: &str, activity: &Value) -> Vec<u8> {
        let signer = Signer { key: by.signer.key.clone(), key_id: self.signer.key_id.clone() };
        rig::letter(&signer, server, activity)
    }
}

/// All other servers.
pub struct Fediverse {
    port: u16,
    keys: Vec<Arc<SigningKey>>,
    manners: RwLock<HashMap<String, Manner>>,
    arrived: Mutex<HashMap<String, Vec<Instant>>>,
    /// Follows that they were sent.
    pub follows: Mutex<Vec<Value>>,
    /// How many documents were asked of them.
    pub asked: AtomicUsize,
}

/// Servers that can be made to refuse connections: they listen at a port of their own.
pub struct Mortal {
    pub port: u16,
    listening: JoinHandle<()>,
}

impl Mortal {
    /// Nobody listens there any more.
    pub fn die(&self) {
        self.listening.abort();
    }
}

impl Fediverse {
    /// Begins to listen.
    pub async fn open() -> Arc<Self> {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let fediverse = Arc::new(Self {
            port: listener.local_addr().unwrap().port(),
            keys: (0..KEYS).map(|_| Arc::new(SigningKey::generate("rsa").unwrap())).collect(),
            manners: RwLock::default(),
            arrived: Mutex::default(),
            follows: Mutex::default(),
            asked: AtomicUsize::new(0),
        });
        let router = routes(&fediverse);
        tokio::spawn(async move { axum::serve(listener, router).await });
        fediverse
    }

    /// Servers that can die. They close each connection, so that none is left when they do.
    pub async fn mortal(self: &Arc<Self>) -> Mortal {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = routes(self).layer(map_response(|mut response: Response| async {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }));
        let listening = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Mortal { port, listening }
    }

    /// Somebody on a host of a street: streets have no host in common.
    pub fn person(&self, street: u8, host: usize, number: usize) -> Person {
        self.person_at(self.port, street, host, number)
    }

    /// The same at another port.
    pub fn person_at(&self, port: u16, street: u8, host: usize, number: usize) -> Person {
        let host = format!("127.{street}.{}.{}:{port}", host / 250, host % 250 + 1);
        let name = format!("u{number}");
        let uri = format!("http://{host}/users/{name}");
        let signer = Signer { key: self.key_of(&name), key_id: format!("{uri}#main-key") };
        Person { host, uri, signer }
    }

    fn key_of(&self, name: &str) -> Arc<SigningKey> {
        let number: usize = name[1..].parse().unwrap();
        self.keys[number % KEYS].clone()
    }

    /// How a host behaves from now on.
    pub fn teach(&self, host: &str, manner: Manner) {
        self.manners.write().unwrap().insert(host.to_owned(), manner);
    }

    fn manner(&self, host: &str) -> Manner {
        self.manners.read().unwrap().get(host).copied().unwrap_or(Manner::Away(Duration::ZERO))
    }

    /// When something arrived, each time: the id of a post, or the type of an activity that is about none.
    pub fn arrived(&self, what: &str) -> Vec<Instant> {
        self.arrived.lock().unwrap().get(what).cloned().unwrap_or_default()
    }

    /// Waits until so much of something arrived.
    pub async fn wait_for(&self, what: &str, count: usize) {
        let started = Instant::now();
        let arrived = || self.arrived.lock().unwrap().get(what).map_or(0, Vec::len);
        while arrived() < count {
            assert!(started.elapsed() < PATIENCE, "{} of {count} {what} arrived", arrived());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn routes(fediverse: &Arc<Fediverse>) -> Router {
    Router::new()
        .route("/users/{name}", get(actor))
        .route("/users/{name}/inbox", post(inbox))
        .with_state(fediverse.clone())
}

fn host_of(headers: &HeaderMap) -> String {
    headers[header::HOST].to_str().unwrap().to_owned()
}

async fn actor(
    State(fediverse): State<Arc<Fediverse>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> ([(header::HeaderName, &'static str); 1], String) {
    fediverse.asked.fetch_add(1, Ordering::Relaxed);
    let uri = format!("http://{}/users/{name}", host_of(&headers));
    let signer = Signer { key: fediverse.key_of(&name), key_id: format!("{uri}#main-key") };
    ([(header::CONTENT_TYPE, "application/activity+json")], actor_document(&uri, &name, &signer).to_string())
}

async fn inbox(State(fediverse): State<Arc<Fediverse>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let host = host_of(&headers);
    match fediverse.manner(&host) {
        Manner::Away(Duration::ZERO) => {}
        Manner::Away(time) => tokio::time::sleep(time).await,
        Manner::Hangs => std::future::pending().await,
    }
    let at = Instant::now();
    let activity: Value = serde_json::from_slice(&body).unwrap();
    let kind = activity["type"].as_str().unwrap().to_owned();
    let what = match activity["object"]["id"].as_str() {
        Some(post) if kind == "Create" => post.to_owned(),
        _ => kind.clone(),
    };
    fediverse.arrived.lock().unwrap().entry(what).or_default().push(at);
    if kind == "Follow" {
        fediverse.follows.lock().unwrap().push(activity);
    }
    StatusCode::ACCEPTED
}
