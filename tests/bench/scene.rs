//! Where most figures are taken: a company, its brand and Ana, two hundred people elsewhere whom Ana follows, and a
//! few conversations.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    company::Company,
    fediverse::{Fediverse, Person},
    load,
    machine::Machine,
    report::say,
    rig::PUBLIC,
};

/// How many people write to us, on how many servers.
pub const AUTHORS: usize = 200;
const HOSTS: usize = 50;
/// The street in which they live.
const STREET: u8 = 1;
/// How many posts of the brand there are to begin with, and how many answers the latest has.
pub const POSTS: usize = 40;
const ANSWERS: usize = 12;

/// Everybody who is there from the start.
pub struct Scene {
    pub company: Company,
    pub fediverse: Arc<Fediverse>,
    pub machine: Machine,
    /// Their tokens.
    pub ana: String,
    pub brand: String,
    pub authors: Vec<Person>,
    /// Posts of the brand as the client API shows them, oldest first; the last one has answers.
    pub posts: Vec<Value>,
}

impl Scene {
    /// Sets it up. Says what the machine can do, and what the server takes when it has done nothing yet.
    pub async fn open(engine: &'static str, url: Option<String>) -> Self {
        let company = Company::open(engine, url).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        say(&json!({ "bench": "start", "engine": engine, "milliseconds": company.server.start.as_millis() as u64 }));
        say(&json!({ "bench": "memory", "engine": engine, "when": "idle", "resident_mb": company.server.resident() }));
        let machine = Machine::measure(&company).await;
        let fediverse = Fediverse::open().await;
        let authors = (0..AUTHORS).map(|number| fediverse.person(STREET, number % HOSTS, number)).collect();
        let (ana, brand) = (company.server.person("ana"), company.server.brand());
        let mut scene = Self { company, fediverse, machine, ana, brand, authors, posts: Vec::new() };
        scene.make_friends().await;
        scene.talk().await;
        scene
    }

    /// The id of the actor of whom this is the token.
    pub async fn actor(&self, token: &str) -> String {
        let own = self.company.server.call("GET", "/api/v1/accounts/verify_credentials", token, Value::Null).await;
        format!("{}/ap/actors/{}", self.company.server.origin, own["id"].as_str().unwrap())
    }

    /// Somebody's letter to the company.
    pub fn letter(&self, from: &Person, activity: &Value) -> Vec<u8> {
        from.letter(&self.company.server.origin, activity)
    }

    /// Ana follows every author, and each accepts.
    async fn make_friends(&self) {
        let server = &self.company.server;
        for author in &self.authors {
            server.follow(&self.ana, &author.uri).await;
        }
        self.fediverse.wait_for("Follow", AUTHORS).await;
        let follows = std::mem::take(&mut *self.fediverse.follows.lock().unwrap());
        let accept = |follow: &Value| {
            let followed = self.authors.iter().find(|author| follow["object"] == author.uri.as_str()).unwrap();
            let uri = &followed.uri;
            self.letter(followed, &activity(uri, &format!("{uri}/accept"), "Accept", follow))
        };
        load::accepted(server, follows.iter().map(accept).collect()).await;
    }

    /// The brand writes, and is answered by Ana and by people elsewhere.
    async fn talk(&mut self) {
        let server = &self.company.server;
        for number in 0..POSTS {
            let text = format!("What we learned this week about #news, number {number}: https://acme.example/{number}");
            let post = json!({ "status": text, "visibility": "public" });
            self.posts.push(server.call("POST", "/api/v1/statuses", &self.brand, post).await);
        }
        let last = self.posts.last().unwrap();
        for number in 0..ANSWERS / 2 {
            let answer =
                json!({ "status": format!("@acme Number {number} helped me most."), "in_reply_to_id": last["id"] });
            server.call("POST", "/api/v1/statuses", &self.ana, answer).await;
        }
        let answers = self.authors.iter().take(ANSWERS / 2).map(|author| {
            let mut note = note(author, "answer", "<p>And how did you find out? I would like to read more of it.</p>");
            note["inReplyTo"] = last["uri"].clone();
            self.letter(author, &create(author, &note))
        });
        load::accepted(server, answers.collect()).await;
    }
}

/// An activity about something.
pub fn activity(actor: &str, id: &str, kind: &str, object: &Value) -> Value {
    json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": kind, "actor": actor, "object": object })
}

/// A public post.
pub fn note(author: &Person, name: &str, content: &str) -> Value {
    let uri = &author.uri;
    json!({
        "id": format!("{uri}/{name}"), "type": "Note", "attributedTo": uri, "to": [PUBLIC], "cc": [format!("{uri}/followers")],
        "published": "2026-11-01T10:00:00Z", "sensitive": false, "summary": null, "inReplyTo": null, "content": content,
    })
}

/// What tells of a post.
pub fn create(author: &Person, note: &Value) -> Value {
    let id = format!("{}/activity", note["id"].as_str().unwrap());
    let mut create = activity(&author.uri, &id, "Create", note);
    create["to"] = note["to"].clone();
    create["cc"] = note["cc"].clone();
    create
}
