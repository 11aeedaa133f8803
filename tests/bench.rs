//! `make bench`: what an activity that arrives and one that leaves cost the release binary.
//!
//! A fediverse of 200 actors on 50 hosts lives in this process, on loopback; the server is the real binary in a
//! process of its own, whose CPU time is read from the system. Each figure stands beside the machine's own limit,
//! measured in the same run. One JSON line for each.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench fails loudly"
)]

mod rig;

use std::{
    env, fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    routing::{get, post},
};
use guildhall::net::{Algorithm, Signer, SigningKey};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use rig::{Connection, PUBLIC, Server, actor_document};

const HOSTS: usize = 50;
const ACTORS: usize = 200;
const CREATES: usize = 2_000;
const CONNECTIONS: usize = 16;
const POSTS: usize = 10;

/// The fediverse: who lives there, and what it was sent.
struct Fediverse {
    port: u16,
    keys: Vec<Arc<SigningKey>>,
    arrived: AtomicUsize,
    follows: Mutex<Vec<Value>>,
}

impl Fediverse {
    /// Listens on 127.0.1.1 to 127.0.1.50, all on one port.
    async fn open() -> Arc<Self> {
        let keys = (0..HOSTS).map(|_| Arc::new(SigningKey::generate("rsa").unwrap())).collect();
        let first = TcpListener::bind("127.0.1.1:0").await.unwrap();
        let port = first.local_addr().unwrap().port();
        let fediverse = Arc::new(Self { port, keys, arrived: AtomicUsize::new(0), follows: Mutex::default() });
        let router = Router::new()
            .route("/users/{name}", get(actor))
            .route("/users/{name}/inbox", post(inbox))
            .with_state(fediverse.clone());
        let mut listeners = vec![first];
        for host in 2..=HOSTS {
            listeners.push(TcpListener::bind(format!("127.0.1.{host}:{port}")).await.unwrap());
        }
        for listener in listeners {
            let router = router.clone();
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        fediverse
    }

    fn host(&self, actor: usize) -> String {
        format!("127.0.1.{}:{}", actor % HOSTS + 1, self.port)
    }

    fn uri(&self, actor: usize) -> String {
        format!("http://{}/users/u{actor}", self.host(actor))
    }

    fn signer(&self, actor: usize) -> Signer {
        Signer { key: self.keys[actor % HOSTS].clone(), key_id: format!("{}#main-key", self.uri(actor)) }
    }

    fn document(&self, actor: usize) -> Value {
        actor_document(&self.uri(actor), &format!("u{actor}"), &self.signer(actor))
    }

    /// A signed POST to the server, as it goes over the wire.
    fn letter(&self, actor: usize, server: &str, activity: &Value) -> Vec<u8> {
        rig::letter(&self.signer(actor), server, activity)
    }

    async fn wait_for(&self, arrived: usize) {
        let started = Instant::now();
        while self.arrived.load(Ordering::Relaxed) < arrived {
            assert!(started.elapsed() < Duration::from_secs(120), "{:?} of {arrived} arrived", self.arrived);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn actor(
    State(fediverse): State<Arc<Fediverse>>,
    Path(name): Path<String>,
) -> ([(&'static str, &'static str); 1], String) {
    let number = name[1..].parse().unwrap();
    ([("content-type", "application/activity+json")], fediverse.document(number).to_string())
}

async fn inbox(State(fediverse): State<Arc<Fediverse>>, body: Bytes) -> StatusCode {
    let activity: Value = serde_json::from_slice(&body).unwrap();
    if activity["type"] == "Follow" {
        fediverse.follows.lock().unwrap().push(activity);
    }
    fediverse.arrived.fetch_add(1, Ordering::Relaxed);
    StatusCode::ACCEPTED
}

/// Sends the letters over several connections at once; each must be accepted.
async fn send(server: &Server, letters: Vec<Vec<u8>>) {
    let letters = Arc::new(Mutex::new(letters.into_iter()));
    let senders = (0..CONNECTIONS).map(|_| {
        let (letters, address) = (letters.clone(), server.address());
        tokio::spawn(async move {
            let mut connection = Connection::open(address).await.unwrap();
            loop {
                let Some(letter) = letters.lock().unwrap().next() else { return };
                let (status, answer) = connection.exchange(&letter).await.unwrap();
                assert_eq!(status, 202, "{}", String::from_utf8_lossy(&answer));
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
}

/// What signing and verifying alone cost on this machine, in milliseconds.
fn limits(fediverse: &Fediverse) -> (f64, f64) {
    let (key, message) = (&fediverse.keys[0], b"message");
    let (public, signature) = (key.public_key().unwrap(), key.sign(message).unwrap());
    let time = |rounds: u32, work: &dyn Fn()| {
        let started = Instant::now();
        for _ in 0..rounds {
            work();
        }
        started.elapsed().as_secs_f64() * 1000.0 / f64::from(rounds)
    };
    let sign = time(500, &|| drop(key.sign(message).unwrap()));
    let verify = time(2_000, &|| assert!(public.verify(Algorithm::RsaSha256, message, &signature)));
    (sign, verify)
}

fn say(line: &Value) {
    println!("{line}");
}

fn milliseconds(time: Duration, count: usize) -> f64 {
    (time.as_secs_f64() * 1_000_000.0 / count as f64).round() / 1000.0
}

async fn measure(engine: &str, database: Option<String>) {
    let fediverse = Fediverse::open().await;
    let (sign, verify) = limits(&fediverse);
    let server = Server::open(&format!("127.0.1.0/24:{}", fediverse.port), database).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    say(
        &json!({ "bench": "start", "engine": engine, "start_ms": server.start.as_millis() as u64, "idle_resident_mb": server.resident() }),
    );

    // Ana follows everybody.
    let ana = server.person("ana");
    for number in 0..ACTORS {
        server.follow(&ana, &fediverse.uri(number)).await;
    }
    fediverse.wait_for(ACTORS).await;
    let accept = |follow: &Value| {
        let number: usize = follow["object"].as_str().unwrap().rsplit_once("/u").unwrap().1.parse().unwrap();
        let uri = fediverse.uri(number);
        let accept = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/accept"), "type": "Accept", "actor": uri, "object": follow });
        fediverse.letter(number, &server.origin, &accept)
    };
    let accepts: Vec<Vec<u8>> = fediverse.follows.lock().unwrap().iter().map(accept).collect();
    send(&server, accepts).await;

    // What arrives: pre-signed Creates of everybody, in a mixed order.
    let creates: Vec<Vec<u8>> = (0..CREATES).map(|number| {
        let uri = fediverse.uri(number % ACTORS);
        let followers = format!("{uri}/followers");
        let note = json!({
            "id": format!("{uri}/{number}"), "type": "Note", "attributedTo": uri, "to": [PUBLIC], "cc": [followers],
            "published": "2026-11-01T10:00:00Z", "sensitive": false, "summary": null, "inReplyTo": null,
            "content": format!("<p>Number {number}: <a href=\"https://news.example/{number}\">something</a> that many people may like to read, and to answer.</p>"),
        });
        let create = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/{number}/activity"), "type": "Create",
            "actor": uri, "to": [PUBLIC], "cc": [followers], "object": note,
        });
        fediverse.letter(number % ACTORS, &server.origin, &create)
    }).collect();
    let (cpu, started) = (server.cpu(), Instant::now());
    send(&server, creates).await;
    let took = started.elapsed();
    let mut seen = 0;
    let mut page = server.call("GET", "/api/v1/timelines/home?limit=40", &ana, Value::Null).await;
    let used = server.cpu() - cpu;
    while let Some(last) = page.as_array().unwrap().last() {
        seen += page.as_array().unwrap().len();
        let older = format!("/api/v1/timelines/home?limit=40&max_id={}", last["id"].as_str().unwrap());
        page = server.call("GET", &older, &ana, Value::Null).await;
    }
    assert_eq!(seen, CREATES, "all are in Ana's home feed");
    say(&json!({
        "bench": "inbox_create", "engine": engine, "activities": CREATES, "connections": CONNECTIONS,
        "cpu_ms_each": milliseconds(used, CREATES), "per_second": (CREATES as f64 / took.as_secs_f64()).round(),
        "limit_rsa_verify_ms": verify, "ratio_to_verify": milliseconds(used, CREATES) / verify,
    }));

    // What leaves: everybody follows the brand, which writes.
    let brand = server.brand();
    let own = server.call("GET", "/api/v1/accounts/verify_credentials", &brand, Value::Null).await;
    let target = format!("{}/ap/actors/{}", server.origin, own["id"].as_str().unwrap());
    let before = fediverse.arrived.load(Ordering::Relaxed);
    let follows = (0..ACTORS).map(|number| {
        let uri = fediverse.uri(number);
        let follow = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/follow"), "type": "Follow", "actor": uri, "object": target });
        fediverse.letter(number, &server.origin, &follow)
    });
    send(&server, follows.collect()).await;
    fediverse.wait_for(before + ACTORS).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (cpu, started) = (server.cpu(), Instant::now());
    for number in 0..POSTS {
        server
            .call(
                "POST",
                "/api/v1/statuses",
                &brand,
                json!({ "status": format!("News {number}"), "visibility": "public" }),
            )
            .await;
    }
    fediverse.wait_for(before + ACTORS + ACTORS * POSTS).await;
    let took = started.elapsed();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let used = server.cpu() - cpu;
    let deliveries = ACTORS * POSTS;
    say(&json!({
        "bench": "delivery", "engine": engine, "deliveries": deliveries, "hosts": HOSTS,
        "cpu_ms_each": milliseconds(used, deliveries), "per_second": (deliveries as f64 / took.as_secs_f64()).round(),
        "limit_rsa_sign_ms": sign, "ratio_to_sign": milliseconds(used, deliveries) / sign,
        "resident_mb": server.resident(),
    }));
}

#[tokio::main]
async fn main() {
    let binary = fs::metadata(env!("CARGO_BIN_EXE_guildhall")).unwrap().len();
    say(&json!({ "bench": "binary", "bytes": binary }));
    measure("sqlite", None).await;
    match env::var("GUILDHALL_BENCH_POSTGRES_URL") {
        Ok(url) => measure("postgresql", Some(url)).await,
        Err(_) => println!("PostgreSQL is not measured: GUILDHALL_BENCH_POSTGRES_URL names no empty database"),
    }
}
