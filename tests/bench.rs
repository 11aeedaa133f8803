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

use std::{
    collections::HashMap,
    env, fs,
    process::{Child, Command, Stdio},
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
use guildhall::{
    db::Timestamp,
    net::{
        Algorithm, Signer, SigningKey,
        signatures::{Digested, cavage},
    },
};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const HOSTS: usize = 50;
const ACTORS: usize = 200;
const CREATES: usize = 2_000;
const CONNECTIONS: usize = 16;
const POSTS: usize = 10;
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

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
        let uri = self.uri(actor);
        let signer = self.signer(actor);
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": uri, "type": "Person", "preferredUsername": format!("u{actor}"), "name": format!("U {actor}"),
            "inbox": format!("{uri}/inbox"), "outbox": format!("{uri}/outbox"), "followers": format!("{uri}/followers"),
            "publicKey": { "id": signer.key_id, "owner": uri, "publicKeyPem": signer.key.public_key().unwrap().to_pem() },
        })
    }

    /// A signed POST to the server, as it goes over the wire.
    fn letter(&self, actor: usize, server: &str, activity: &Value) -> Vec<u8> {
        let body = activity.to_string().into_bytes();
        let digest = Digested::of(&body);
        let url = format!("{server}/ap/inbox").parse().unwrap();
        let host = server.strip_prefix("http://").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(host).unwrap());
        headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
        headers.insert("digest", HeaderValue::from_str(&digest.header()).unwrap());
        let now = Timestamp::wall_clock();
        cavage::sign(&self.signer(actor), "POST", &url, &mut headers, Some(&digest), true, now).unwrap();
        let mut letter = format!("POST /ap/inbox HTTP/1.1\r\ncontent-length: {}\r\n", body.len()).into_bytes();
        for (name, value) in &headers {
            letter.extend_from_slice(format!("{name}: {}\r\n", value.to_str().unwrap()).as_bytes());
        }
        letter.extend_from_slice(b"\r\n");
        letter.extend_from_slice(&body);
        letter
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

/// The server: the release binary in a process of its own.
struct Server {
    origin: String,
    environment: HashMap<&'static str, String>,
    process: Child,
    start: Duration,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    async fn open(fediverse: &Fediverse, database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let origin = format!("http://localhost:{port}");
        let mut environment = HashMap::from([
            ("GUILDHALL_BASE_URL", origin.clone()),
            ("GUILDHALL_LISTEN", format!("127.0.0.1:{port}")),
            ("GUILDHALL_DATA_DIR", folder.path().display().to_string()),
            ("GUILDHALL_FEDERATION__ALLOW_HTTP", "true".to_owned()),
            ("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", format!("[\"127.0.1.0/24:{}\"]", fediverse.port)),
            ("GUILDHALL_LIMITS__ENABLED", "false".to_owned()),
            ("GUILDHALL_LOG__FILTER", "warn".to_owned()),
        ]);
        if let Some(url) = database {
            environment.insert("GUILDHALL_DATABASE_URL", url);
        }
        let company = [
            "--name",
            "Acme",
            "--handle",
            "acme",
            "--owner",
            "olga",
            "--email",
            "olga@acme.test",
            "--password",
            "correct horse",
        ];
        run(&environment, &[&["setup"][..], &company].concat());
        let started = Instant::now();
        let process = Command::new(env!("CARGO_BIN_EXE_guildhall"))
            .arg("serve")
            .envs(&environment)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert!(started.elapsed() < Duration::from_secs(30), "the server does not start");
        }
        Self { origin, environment, process, start: started.elapsed(), _folder: folder }
    }

    /// Creates somebody; answers their token.
    fn person(&self, name: &str) -> String {
        let create = ["account", "create", name, "--role", "employee", "--token", "read write follow", "--json"];
        let created: Value = serde_json::from_str(&run(&self.environment, &create)).unwrap();
        created["token"].as_str().unwrap().to_owned()
    }

    /// The token with which the owner speaks as the brand.
    fn brand(&self) -> String {
        let issue = ["token", "create", "olga", "--as", "acme", "--scopes", "read write"];
        run(&self.environment, &issue).split_whitespace().last().unwrap().to_owned()
    }

    /// CPU time used so far, user and system.
    fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks: u64 = fields[11..=12].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Resident memory in MB.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1000
    }

    async fn call(&self, method: &str, path: &str, token: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let host = self.origin.strip_prefix("http://").unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = Connection::open(&self.origin).await;
        let (status, answer) = connection.exchange(request.as_bytes()).await;
        assert_eq!(status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).unwrap()
    }

    /// Sends the letters over several connections at once; each must be accepted.
    async fn send(&self, letters: Vec<Vec<u8>>) {
        let letters = Arc::new(Mutex::new(letters.into_iter()));
        let senders = (0..CONNECTIONS).map(|_| {
            let (letters, origin) = (letters.clone(), self.origin.clone());
            tokio::spawn(async move {
                let mut connection = Connection::open(&origin).await;
                loop {
                    let Some(letter) = letters.lock().unwrap().next() else { return };
                    let (status, answer) = connection.exchange(&letter).await;
                    assert_eq!(status, 202, "{}", String::from_utf8_lossy(&answer));
                }
            })
        });
        for sender in senders.collect::<Vec<_>>() {
            sender.await.unwrap();
        }
    }
}

fn run(environment: &HashMap<&'static str, String>, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_guildhall")).args(arguments).envs(environment).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An HTTP/1.1 connection that is kept open: little enough to cost nothing beside what is measured.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn open(origin: &str) -> Self {
        let port = origin.rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    async fn exchange(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.stream.write_all(request).await.unwrap();
        loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.read[..end]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1);
                let length: usize = length.map_or(0, |rest| rest.lines().next().unwrap().trim().parse().unwrap());
                if self.read.len() >= end + 4 + length {
                    let body = self.read[end + 4..end + 4 + length].to_vec();
                    self.read.drain(..end + 4 + length);
                    return (head[9..12].parse().unwrap(), body);
                }
            }
            assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the server closed the connection");
        }
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
    let server = Server::open(&fediverse, database).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    say(
        &json!({ "bench": "start", "engine": engine, "start_ms": server.start.as_millis() as u64, "idle_resident_mb": server.resident() }),
    );

    // Ana follows everybody.
    let ana = server.person("ana");
    for number in 0..ACTORS {
        let query = format!(
            "/api/v2/search?resolve=true&limit=1&type=accounts&q={}",
            fediverse.uri(number).replace(':', "%3A").replace('/', "%2F")
        );
        let found = server.call("GET", &query, &ana, Value::Null).await;
        let id = found["accounts"][0]["id"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned();
        server.call("POST", &format!("/api/v1/accounts/{id}/follow"), &ana, json!({})).await;
    }
    fediverse.wait_for(ACTORS).await;
    let accept = |follow: &Value| {
        let number: usize = follow["object"].as_str().unwrap().rsplit_once("/u").unwrap().1.parse().unwrap();
        let uri = fediverse.uri(number);
        let accept = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/accept"), "type": "Accept", "actor": uri, "object": follow });
        fediverse.letter(number, &server.origin, &accept)
    };
    let accepts: Vec<Vec<u8>> = fediverse.follows.lock().unwrap().iter().map(accept).collect();
    server.send(accepts).await;

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
    server.send(creates).await;
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
    server.send(follows.collect()).await;
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
