//! The server's process is killed at random moments while activities arrive and posts leave; nothing acknowledged
//! is lost, and nothing has its effect twice. With the real binary, on both databases.
//!
//! Three rounds. In each, 200 signed activities arrive over four connections, the brand writes 50 posts for
//! followers on four servers (one answers slowly, one is dead, one says 503 at first), and the process is killed
//! three times. Whoever was not answered asks again, as clients and servers do.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails loudly"
)]

mod rig;

use std::{
    collections::{BTreeMap, BTreeSet},
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
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use guildhall::net::{Signer, SigningKey};
use http::StatusCode;
use rig::{Connection, PUBLIC, Server, actor_document};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

const ROUNDS: usize = 3;
const KILLS: usize = 3;
const ACTIVITIES: usize = 200;
const POSTS: usize = 50;
const AUTHORS: usize = 10;
const CONNECTIONS: usize = 4;
/// How long anything may take to come right.
const PATIENCE: Duration = Duration::from_secs(150);

/// The servers of the others: the first writes to us, the rest follow the brand.
const WRITER: usize = 0;
const SLOW: usize = 2;
const DEAD: usize = 3;
const BUSY: usize = 4;
const SERVERS: usize = 5;
const FOLLOWERS: std::ops::Range<usize> = 1..SERVERS;

/// The others, each at an address of its own.
struct Others {
    port: u16,
    key: Arc<SigningKey>,
    /// How often each activity arrived, by server and id; with its object.
    arrived: Mutex<BTreeMap<(usize, String), (usize, String)>>,
    /// Follows that we sent them.
    follows: Mutex<Vec<Value>>,
    /// How many times the busy server still answers 503.
    refusals: AtomicUsize,
    listening: Mutex<Vec<Option<JoinHandle<()>>>>,
}

impl Others {
    async fn open() -> Arc<Self> {
        let first = TcpListener::bind("127.0.1.1:0").await.unwrap();
        let others = Arc::new(Self {
            port: first.local_addr().unwrap().port(),
            key: Arc::new(SigningKey::generate("rsa").unwrap()),
            arrived: Mutex::default(),
            follows: Mutex::default(),
            refusals: AtomicUsize::new(0),
            listening: Mutex::default(),
        });
        drop(first);
        for server in 0..SERVERS {
            others.listening.lock().unwrap().push(None);
            others.rise(server).await;
        }
        others
    }

    /// Begins to listen.
    async fn rise(self: &Arc<Self>, server: usize) {
        let router = Router::new()
            .route("/users/{name}", get(actor))
            .route("/users/{name}/inbox", post(inbox))
            .with_state((self.clone(), server));
        let listener = TcpListener::bind(format!("127.0.1.{}:{}", server + 1, self.port)).await.unwrap();
        let listening = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        self.listening.lock().unwrap()[server] = Some(listening);
    }

    /// Stops listening: connections are refused.
    fn die(&self, server: usize) {
        if let Some(listening) = self.listening.lock().unwrap()[server].take() {
            listening.abort();
        }
    }

    fn uri(&self, server: usize, number: usize) -> String {
        format!("http://127.0.1.{}:{}/users/u{number}", server + 1, self.port)
    }

    fn letter(&self, server: usize, number: usize, to: &str, activity: &Value) -> Vec<u8> {
        let signer = Signer { key: self.key.clone(), key_id: format!("{}#main-key", self.uri(server, number)) };
        rig::letter(&signer, to, activity)
    }

    /// The objects of which a server heard, each with the ids of the activities that told of it.
    fn heard(&self, server: usize) -> BTreeMap<String, BTreeSet<String>> {
        let mut heard: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for ((at, id), (_, object)) in self.arrived.lock().unwrap().iter().filter(|((at, _), _)| *at == server) {
            assert_eq!(*at, server);
            heard.entry(object.clone()).or_default().insert(id.clone());
        }
        heard
    }
}

type At = State<(Arc<Others>, usize)>;

async fn actor(State((others, server)): At, Path(name): Path<String>) -> Response {
    let uri = others.uri(server, name[1..].parse().unwrap());
    let signer = Signer { key: others.key.clone(), key_id: format!("{uri}#main-key") };
    let document = actor_document(&uri, &name, &signer).to_string();
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

/// Something that is sent until it is answered.
struct Call {
    request: Vec<u8>,
    wanted: u16,
}

/// Sends every call until it is answered as it should be, whatever happens to the server meanwhile. Counts what was
/// answered; hands back the answers.
async fn send(
    address: (&'static str, u16),
    calls: Vec<Call>,
    answered: Arc<AtomicUsize>,
    tick: Arc<Notify>,
) -> Vec<Vec<u8>> {
    let (mut connection, mut answers) = (None, Vec::new());
    let started = Instant::now();
    for call in calls {
        loop {
            assert!(started.elapsed() < PATIENCE, "a call was never answered");
            if connection.is_none() {
                connection = Connection::open(address).await.ok();
            }
            let Some(open) = &mut connection else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            match open.exchange(&call.request).await {
                Ok((status, answer)) if status == call.wanted => {
                    answered.fetch_add(1, Ordering::SeqCst);
                    tick.notify_one();
                    answers.push(answer);
                    break;
                }
                Ok((503, _)) => tokio::time::sleep(Duration::from_millis(50)).await,
                Ok((status, answer)) => panic!("{status}: {}", String::from_utf8_lossy(&answer)),
                Err(_) => connection = None,
            }
        }
    }
    answers
}

fn random(below: usize) -> usize {
    let mut bytes = [0_u8; 4];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u32::from_le_bytes(bytes) as usize % below
}

/// The company, its follower Ana and its brand.
struct Scene {
    server: Server,
    others: Arc<Others>,
    ana: String,
    brand: String,
}

impl Scene {
    async fn open(database: Option<String>) -> Self {
        let others = Others::open().await;
        let server = Server::open(&format!("127.0.1.0/24:{}", others.port), database).await;
        let (ana, brand) = (server.person("ana"), server.brand());
        let scene = Self { server, others, ana, brand };
        for author in 0..AUTHORS {
            scene.server.follow(&scene.ana, &scene.others.uri(WRITER, author)).await;
        }
        wait_for("follows to leave", || scene.others.follows.lock().unwrap().len() == AUTHORS).await;
        let follows = scene.others.follows.lock().unwrap().clone();
        for follow in follows {
            let author: usize = follow["object"].as_str().unwrap().rsplit_once("/u").unwrap().1.parse().unwrap();
            let uri = scene.others.uri(WRITER, author);
            let accept = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/accept"), "type": "Accept", "actor": uri, "object": follow });
            scene.deliver(WRITER, author, &accept).await;
        }
        let own = scene.server.call("GET", "/api/v1/accounts/verify_credentials", &scene.brand, Value::Null).await;
        let target = format!("{}/ap/actors/{}", scene.server.origin, own["id"].as_str().unwrap());
        for follower in FOLLOWERS {
            let uri = scene.others.uri(follower, 0);
            let follow = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/follow"), "type": "Follow", "actor": uri, "object": target });
            scene.deliver(follower, 0, &follow).await;
        }
        let path = format!("/api/v1/accounts/{}", own["id"].as_str().unwrap());
        let started = Instant::now();
        while scene.server.call("GET", &path, &scene.brand, Value::Null).await["followers_count"] != FOLLOWERS.len() {
            assert!(started.elapsed() < PATIENCE, "the followers do not come");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        scene
    }

    async fn deliver(&self, server: usize, number: usize, activity: &Value) {
        let letter = self.others.letter(server, number, &self.server.origin, activity);
        let call = Call { request: letter, wanted: 202 };
        send(self.server.address(), vec![call], Arc::default(), Arc::default()).await;
    }

    fn writing(&self, text: &str) -> Call {
        let key = format!("idempotency-key: {}\r\n", text.replace(' ', "-"));
        let body = json!({ "status": text, "visibility": "public" });
        Call { request: self.server.request("POST", "/api/v1/statuses", &self.brand, &key, &body), wanted: 200 }
    }

    /// Everything on a timeline, newest first.
    async fn all(&self, path: &str, token: &str) -> Vec<Value> {
        let (mut all, mut below) = (Vec::new(), String::new());
        loop {
            let page = self.server.call("GET", &format!("{path}?limit=40{below}"), token, Value::Null).await;
            let page = page.as_array().unwrap().clone();
            let Some(last) = page.last() else { return all };
            below = format!("&max_id={}", last["id"].as_str().unwrap());
            all.extend(page);
        }
    }

    /// One round; answers how often the servers were told the same thing again.
    async fn round(&mut self, round: usize) {
        let written: Vec<Call> =
            (0..ACTIVITIES / 4).map(|number| self.writing(&format!("Before {round} {number}"))).collect();
        let answers = send(self.server.address(), written, Arc::default(), Arc::default()).await;
        let targets: Vec<String> = answers
            .iter()
            .map(|answer| serde_json::from_slice::<Value>(answer).unwrap()["uri"].as_str().unwrap().to_owned())
            .collect();
        self.others.die(DEAD);
        self.others.refusals.store(5, Ordering::Relaxed);

        let mut calls: Vec<Vec<Call>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
        for number in 0..ACTIVITIES {
            let activity = self.activity(round, number, &targets);
            let request = self.others.letter(WRITER, number % AUTHORS, &self.server.origin, &activity);
            calls[number % CONNECTIONS].push(Call { request, wanted: 202 });
        }
        calls.push((0..POSTS).map(|number| self.writing(&format!("During {round} {number}"))).collect());
        let (answered, tick) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let senders: Vec<_> = calls
            .into_iter()
            .map(|calls| {
                let sent = send(self.server.address(), calls, answered.clone(), tick.clone());
                tokio::spawn(async move { sent.await.len() })
            })
            .collect();
        for kill in 0..KILLS {
            // Somewhere in this part of the round, by what was answered and not by the clock.
            let part = (ACTIVITIES + POSTS) / KILLS;
            let moment = kill * part + random(part);
            while answered.load(Ordering::SeqCst) < moment {
                tick.notified().await;
            }
            tokio::time::sleep(Duration::from_micros(random(20_000) as u64)).await;
            self.server.kill();
            self.server.start().await;
        }
        let mut acknowledged = 0;
        for sender in senders {
            acknowledged += sender.await.unwrap();
        }
        assert_eq!(acknowledged, ACTIVITIES + POSTS);
        // The dead server lives again, and we hear of it.
        self.others.rise(DEAD).await;
        let uri = self.others.uri(DEAD, 0);
        let like = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/back/{round}"), "type": "Like", "actor": uri, "object": targets[0] });
        self.deliver(DEAD, 0, &like).await;
    }

    /// Half are posts, a quarter likes and a quarter boosts, each of another post of the brand.
    fn activity(&self, round: usize, number: usize, targets: &[String]) -> Value {
        let uri = self.others.uri(WRITER, number % AUTHORS);
        let id = format!("{uri}/{round}/{number}");
        let mut activity = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{id}/activity"), "actor": uri, "to": [PUBLIC] });
        match number % 4 {
            2 => (activity["type"], activity["object"]) = ("Like".into(), targets[number / 4].clone().into()),
            3 => (activity["type"], activity["object"]) = ("Announce".into(), targets[number / 4].clone().into()),
            _ => {
                activity["type"] = "Create".into();
                activity["object"] = json!({ "id": id, "type": "Note", "attributedTo": uri, "to": [PUBLIC], "published": "2026-11-01T10:00:00Z", "content": format!("<p>{round} {number}</p>") });
            }
        }
        activity
    }

    /// What there is after all rounds: everything once.
    async fn check(&self) {
        let home = self.all("/api/v1/timelines/home", &self.ana).await;
        let mut posts: Vec<&str> =
            home.iter().filter(|entry| entry["reblog"].is_null()).map(|entry| entry["uri"].as_str().unwrap()).collect();
        posts.sort_unstable();
        let mut wanted: Vec<String> = (0..ROUNDS)
            .flat_map(|round| (0..ACTIVITIES).filter(|number| number % 4 < 2).map(move |number| (round, number)))
            .map(|(round, number)| format!("{}/{round}/{number}", self.others.uri(WRITER, number % AUTHORS)))
            .collect();
        wanted.sort_unstable();
        assert_eq!(posts, wanted, "every post that was accepted is at home, once");

        let own = self.server.call("GET", "/api/v1/accounts/verify_credentials", &self.brand, Value::Null).await;
        let path = format!("/api/v1/accounts/{}/statuses", own["id"].as_str().unwrap());
        let own = self.all(&path, &self.brand).await;
        let mut texts: Vec<String> =
            own.iter().map(|post| post["content"].as_str().unwrap().replace("<p>", "").replace("</p>", "")).collect();
        texts.sort_unstable();
        let mut wanted: Vec<String> = (0..ROUNDS)
            .flat_map(|round| {
                let before = (0..ACTIVITIES / 4).map(move |number| format!("Before {round} {number}"));
                before.chain((0..POSTS).map(move |number| format!("During {round} {number}")))
            })
            .collect();
        wanted.sort_unstable();
        assert_eq!(texts, wanted, "every post that was written is there, once");
        for post in own.iter().filter(|post| post["content"].as_str().unwrap().contains("Before")) {
            let first = post["content"].as_str().unwrap().ends_with(" 0</p>");
            // The dead server's sign of life is a like of the first.
            assert_eq!(post["favourites_count"], if first { 2 } else { 1 }, "{post:#}");
            assert_eq!(post["reblogs_count"], 1, "{post:#}");
        }

        let uris: BTreeSet<String> = own.iter().map(|post| post["uri"].as_str().unwrap().to_owned()).collect();
        for follower in FOLLOWERS {
            wait_for(&format!("everything to arrive at server {follower}"), || {
                self.others.heard(follower).len() >= uris.len()
            })
            .await;
            let heard = self.others.heard(follower);
            assert_eq!(
                heard.keys().cloned().collect::<BTreeSet<_>>(),
                uris,
                "server {follower} heard of every post and no other"
            );
            assert!(heard.values().all(|ids| ids.len() == 1), "a post is told of by one activity");
        }
    }
}

async fn wait_for(what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn survive(engine: &str, database: Option<String>) {
    let mut scene = Scene::open(database).await;
    for round in 0..ROUNDS {
        scene.round(round).await;
    }
    scene.check().await;
    let arrived = scene.others.arrived.lock().unwrap();
    let again: usize = arrived.values().map(|(times, _)| times - 1).sum();
    println!(
        "{}",
        json!({
            "crash": engine, "rounds": ROUNDS, "kills": ROUNDS * KILLS,
            "acknowledged": ROUNDS * (ACTIVITIES + ACTIVITIES / 4 + POSTS), "lost": 0, "with_double_effect": 0,
            "deliveries": arrived.len(), "sent_again_under_the_same_id": again,
            "resident_mb": scene.server.resident(), "cpu_ms_since_the_last_start": scene.server.cpu().as_millis() as u64,
        })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9_sqlite() {
    Box::pin(survive("sqlite", None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9_postgres() {
    use diesel::{Connection, connection::SimpleConnection};
    let server =
        std::env::var("GUILDHALL_TEST_POSTGRES_URL").expect("GUILDHALL_TEST_POSTGRES_URL is not set: run `make test`");
    let name = format!("crash_{}", random(1 << 30));
    let mut admin = diesel::PgConnection::establish(&server).unwrap();
    admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    Box::pin(survive("postgresql", Some(url))).await;
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
}
