//! The servers of the others: the first writes to us, the rest follow the brand. One of those answers slowly, one
//! can die, one says 503 as often as it is told to.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use guildhall::net::{Signer, SigningKey};
use http::StatusCode;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::rig::actor_document;

/// Who writes to us.
pub const WRITER: usize = 0;
const SLOW: usize = 2;
/// The one that can die.
pub const DEAD: usize = 3;
const BUSY: usize = 4;
const SERVERS: usize = 5;
/// Those that follow the brand.
pub const FOLLOWERS: Range<usize> = 1..SERVERS;

/// The others, each at an address of its own.
pub struct Others {
    port: u16,
    key: Arc<SigningKey>,
    /// How often each activity arrived, by server and id; with its object.
    arrived: Mutex<BTreeMap<(usize, String), (usize, String)>>,
    /// Follows that we sent them.
    pub follows: Mutex<Vec<Value>>,
    /// How many times the busy server still answers 503.
    pub refusals: AtomicUsize,
    listening: Mutex<Vec<Option<JoinHandle<()>>>>,
}

impl Others {
    pub async fn open() -> Arc<Self> {
        let (port, listeners) = one_port_for_all().await;
        let others = Arc::new(Self {
            port,
            key: Arc::new(SigningKey::generate("rsa").unwrap()),
            arrived: Mutex::default(),
            follows: Mutex::default(),
            refusals: AtomicUsize::new(0),
            listening: Mutex::new((0..SERVERS).map(|_| None).collect()),
        });
        for (server, listener) in listeners.into_iter().enumerate() {
            others.listen(server, listener);
        }
        others
    }

    /// Listens again, once whoever took the port meanwhile (another test's connection) has left it.
    pub async fn rise(self: &Arc<Self>, server: usize) {
        for _ in 0..100 {
            match TcpListener::bind(address(server, self.port)).await {
                Ok(listener) => return self.listen(server, listener),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("{} stays taken", address(server, self.port));
    }

    fn listen(self: &Arc<Self>, server: usize, listener: TcpListener) {
        let router = Router::new()
            .route("/users/{name}", get(actor))
            .route("/users/{name}/inbox", post(inbox))
            .with_state((self.clone(), server));
        let listening = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        self.listening.lock().unwrap()[server] = Some(listening);
    }

    /// Stops listening: connections are refused.
    pub fn die(&self, server: usize) {
        if let Some(listening) = self.listening.lock().unwrap()[server].take() {
            listening.abort();
        }
    }

    /// Where all of them are.
    pub fn addresses(&self) -> String {
        format!("127.0.1.0/24:{}", self.port)
    }

    /// Who a server is.
    pub fn host(&self, server: usize) -> String {
        address(server, self.port)
    }

    pub fn uri(&self, server: usize, number: usize) -> String {
        format!("http://{}/users/u{number}", self.host(server))
    }

    /// Who signs the letters of somebody there.
    pub fn signer(&self, server: usize, number: usize) -> Signer {
        Signer { key: self.key.clone(), key_id: format!("{}#main-key", self.uri(server, number)) }
    }

    /// The objects of which a server heard, each with the ids of the activities that told of it.
    pub fn heard(&self, server: usize) -> BTreeMap<String, BTreeSet<String>> {
        let mut heard: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for ((_, id), (_, object)) in self.arrived.lock().unwrap().iter().filter(|((at, _), _)| *at == server) {
            heard.entry(object.clone()).or_default().insert(id.clone());
        }
        heard
    }

    /// How many deliveries arrived, and how many came again under the same id.
    pub fn count(&self) -> (usize, usize) {
        let arrived = self.arrived.lock().unwrap();
        (arrived.len(), arrived.values().map(|(times, _)| times - 1).sum())
    }
}

fn address(server: usize, port: u16) -> String {
    format!("127.0.1.{}:{port}", server + 1)
}

/// A port that is free at the address of every server, and a listener at each: other tests take ports at the same time.
async fn one_port_for_all() -> (u16, Vec<TcpListener>) {
    'port: for _ in 0..100 {
        let first = TcpListener::bind(address(0, 0)).await.unwrap();
        let port = first.local_addr().unwrap().port();
        let mut listeners = vec![first];
        for server in 1..SERVERS {
            match TcpListener::bind(address(server, port)).await {
                Ok(listener) => listeners.push(listener),
                Err(_) => continue 'port,
            }
        }
        return (port, listeners);
    }
    panic!("no port is free at {SERVERS} addresses");
}

type At = State<(Arc<Others>, usize)>;

async fn actor(State((others, server)): At, Path(name): Path<String>) -> Response {
    let number = name[1..].parse().unwrap();
    let document = actor_document(&others.uri(server, number), &name, &others.signer(server, number)).to_string();
    ([(header::CONTENT_TYPE, "application/activity+json"), (header::CONNECTION, "close")], document).into_response()
}

async fn inbox(State((others, server)): At, body: Bytes) -> Response {
    let close = [(header::CONNECTION, "close")];
    let activity: Value = serde_json::from_slice(&body).unwrap();
    if server == SLOW {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    if server == BUSY
        && others.refusals.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::CONNECTION, "close"), (header::RETRY_AFTER, "1")])
            .into_response();
    }
    if activity["type"] == "Follow" {
        others.follows.lock().unwrap().push(activity);
    } else if activity["type"] == "Create" {
        let id = activity["id"].as_str().unwrap().to_owned();
        let object = activity["object"]["id"].as_str().unwrap().to_owned();
        let mut arrived = others.arrived.lock().unwrap();
        arrived.entry((server, id)).or_insert((0, object)).0 += 1;
    }
    (StatusCode::ACCEPTED, close).into_response()
}
