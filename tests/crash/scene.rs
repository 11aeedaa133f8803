//! The company, its follower Ana and its brand, and the servers around them.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use guildhall::db::Timestamp;
use serde_json::{Value, json};

use crate::{
    database::Database,
    load::{Call, PATIENCE, Traffic, send, wait_for},
    others::{FOLLOWERS, Others, WRITER},
    rig::{self, PUBLIC, Server},
};

/// How many people on the writing server Ana follows.
pub const AUTHORS: usize = 10;
/// Over how many connections their letters come.
pub const CONNECTIONS: usize = 4;

/// Everybody in place.
pub struct Scene {
    pub server: Server,
    pub others: Arc<Others>,
    pub ana: String,
    pub brand: String,
    /// How far the clocks of all servers are ahead of the machine's, in seconds.
    pub ahead: i64,
}

/// What was acknowledged, and has to be there.
#[derive(Default)]
pub struct Ledger {
    /// The posts that arrived.
    pub received: BTreeSet<String>,
    /// The texts that the brand wrote.
    pub written: BTreeSet<String>,
}

impl Ledger {
    pub fn add(&mut self, more: Self) {
        self.received.extend(more.received);
        self.written.extend(more.written);
    }
}

impl Scene {
    /// Sets the company up on this database.
    pub async fn open(database: &Database) -> Self {
        let others = Others::open().await;
        let server = Server::open(&others.addresses(), database.url(), |_| {}).await;
        Self::furnish(server, others).await
    }

    /// The same; `prepare` may arrange for more before anything runs.
    pub async fn prepared(database: &Database, prepare: impl FnOnce(&mut Server)) -> Self {
        let others = Others::open().await;
        let server = Server::open(&others.addresses(), database.url(), prepare).await;
        Self::furnish(server, others).await
    }

    async fn furnish(server: Server, others: Arc<Others>) -> Self {
        let (ana, brand) = (server.person("ana"), server.brand());
        let scene = Self { server, others, ana, brand, ahead: 0 };
        scene.ana_follows_the_authors().await;
        scene.the_others_follow_the_brand().await;
        scene
    }

    async fn ana_follows_the_authors(&self) {
        for author in 0..AUTHORS {
            self.server.follow(&self.ana, &self.others.uri(WRITER, author)).await;
        }
        wait_for("follows to leave", || self.others.follows.lock().unwrap().len() == AUTHORS).await;
        let follows = self.others.follows.lock().unwrap().clone();
        for follow in follows {
            let author: usize = follow["object"].as_str().unwrap().rsplit_once("/u").unwrap().1.parse().unwrap();
            let uri = self.others.uri(WRITER, author);
            let accept = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/accept"), "type": "Accept", "actor": uri, "object": follow });
            self.deliver(WRITER, author, &accept).await;
        }
    }

    async fn the_others_follow_the_brand(&self) {
        let own = self.server.call("GET", "/api/v1/accounts/verify_credentials", &self.brand, Value::Null).await;
        let target = format!("{}/ap/actors/{}", self.server.origin, own["id"].as_str().unwrap());
        for follower in FOLLOWERS {
            let uri = self.others.uri(follower, 0);
            let follow = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/follow"), "type": "Follow", "actor": uri, "object": target });
            self.deliver(follower, 0, &follow).await;
        }
        let path = format!("/api/v1/accounts/{}", own["id"].as_str().unwrap());
        let started = Instant::now();
        while self.server.call("GET", &path, &self.brand, Value::Null).await["followers_count"] != FOLLOWERS.len() {
            assert!(started.elapsed() < PATIENCE, "the followers do not come");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// A letter of the others, signed when their clocks say that it is now.
    pub fn letter(&self, server: usize, number: usize, activity: &Value) -> Vec<u8> {
        let signer = self.others.signer(server, number);
        match self.ahead {
            0 => rig::letter(&signer, &self.server.origin, activity),
            ahead => {
                let now = Timestamp(Timestamp::wall_clock().0 + ahead * 1_000_000);
                rig::letter_at(now, &signer, &self.server.origin, activity)
            }
        }
    }

    /// One of the others sends something, until it is accepted.
    pub async fn deliver(&self, server: usize, number: usize, activity: &Value) {
        let call = Call { request: self.letter(server, number, activity), wanted: 202 };
        send(self.server.address(), vec![call], Arc::default()).await;
    }

    /// A sign of life: a server of the others likes a post of ours.
    pub async fn like(&self, server: usize, name: &str, object: &str) {
        let uri = self.others.uri(server, 0);
        let like = json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{uri}/likes/{name}"), "type": "Like", "actor": uri, "object": object });
        self.deliver(server, 0, &like).await;
    }

    /// The brand writes something.
    pub fn writing(&self, text: &str) -> Call {
        let key = format!("idempotency-key: {}\r\n", text.replace(' ', "-"));
        let body = json!({ "status": text, "visibility": "public" });
        Call { request: self.server.request("POST", "/api/v1/statuses", &self.brand, &key, &body), wanted: 200 }
    }

    /// An author's post, and its activity.
    pub fn note(&self, name: &str, number: usize) -> (String, Value) {
        let uri = self.others.uri(WRITER, number % AUTHORS);
        let id = format!("{uri}/{name}/{number}");
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{id}/activity"), "actor": uri, "to": [PUBLIC],
            "type": "Create",
            "object": { "id": id, "type": "Note", "attributedTo": uri, "to": [PUBLIC], "published": "2026-11-01T10:00:00Z", "content": format!("<p>{name} {number}</p>") },
        });
        (id, activity)
    }

    /// Begins to send so many posts of the authors and so many of the brand. When all of it was answered, all of it
    /// is what the ledger says.
    pub fn traffic(&self, name: &str, notes: usize, posts: usize) -> (Traffic, Ledger) {
        let mut ledger = Ledger::default();
        let mut lists: Vec<Vec<Call>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
        for number in 0..notes {
            let (id, activity) = self.note(name, number);
            let request = self.letter(WRITER, number % AUTHORS, &activity);
            lists[number % CONNECTIONS].push(Call { request, wanted: 202 });
            ledger.received.insert(id);
        }
        // Numbers of one width, so that the texts sort in the order in which they are written.
        let texts: Vec<String> = (0..posts).map(|number| format!("{name} {number:03}")).collect();
        lists.push(texts.iter().map(|text| self.writing(text)).collect());
        ledger.written.extend(texts);
        (Traffic::begin(self.server.address(), lists), ledger)
    }

    /// Everything on a timeline, newest first.
    pub async fn all(&self, path: &str, token: &str) -> Vec<Value> {
        let (mut all, mut below) = (Vec::new(), String::new());
        loop {
            let page = self.server.call("GET", &format!("{path}?limit=40{below}"), token, Value::Null).await;
            let page = page.as_array().unwrap().clone();
            let Some(last) = page.last() else { return all };
            below = format!("&max_id={}", last["id"].as_str().unwrap());
            all.extend(page);
        }
    }

    /// What the brand wrote, newest first.
    pub async fn own(&self) -> Vec<Value> {
        let own = self.server.call("GET", "/api/v1/accounts/verify_credentials", &self.brand, Value::Null).await;
        self.all(&format!("/api/v1/accounts/{}/statuses", own["id"].as_str().unwrap()), &self.brand).await
    }

    /// The posts of others in Ana's home.
    pub async fn home(&self) -> Vec<String> {
        let home = self.all("/api/v1/timelines/home", &self.ana).await;
        let posts = home.iter().filter(|entry| entry["reblog"].is_null());
        posts.map(|entry| entry["uri"].as_str().unwrap().to_owned()).collect()
    }

    /// Everything in the ledger is there, once, and nothing else; each post of the brand reached each follower.
    pub async fn check(&self, ledger: &Ledger) -> Vec<Value> {
        let mut home = self.home().await;
        home.sort_unstable();
        assert_eq!(
            home,
            ledger.received.iter().cloned().collect::<Vec<_>>(),
            "every post that was accepted is at home, once"
        );
        let own = self.own().await;
        let mut texts: Vec<String> = own.iter().map(text).collect();
        texts.sort_unstable();
        assert_eq!(
            texts,
            ledger.written.iter().cloned().collect::<Vec<_>>(),
            "every post that was written is there, once"
        );
        self.everybody_heard(&own).await;
        own
    }

    /// Each of these posts of the brand reached each follower, and no other did.
    pub async fn everybody_heard(&self, own: &[Value]) {
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

    /// Tells the busy server to refuse so often from now on.
    pub fn refuse(&self, times: usize) {
        self.others.refusals.store(times, Ordering::Relaxed);
    }
}

/// The text of a post of ours.
pub fn text(post: &Value) -> String {
    post["content"].as_str().unwrap().replace("<p>", "").replace("</p>", "")
}
