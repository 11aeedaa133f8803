//! A company whose network the test writes.

use std::sync::Arc;

use super::peers::Peers;
use axum::body::Body;
use diesel::prelude::*;
use guildhall::{
    app::App,
    config::Config,
    db::{
        Timestamp,
        schema::{activities, deliveries, jobs},
    },
    domain::{
        ActorId, By, PostId, Site,
        actors::{self, Actor},
        follows::{self, Wishes},
        posts::{self, Audience, Draft},
        setup::{self, Company, WayIn},
        work::{Change, Job},
    },
    error::Result,
    federation::{delivery::Deliverer, outbound::handle_federate},
    net::SigningKey,
    secrets::SecretKey,
};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::{contract, database::TestDatabase, keys, people::remote};

/// Where the server of these tests says that it is.
pub const BASE: &str = "https://social.company.example";

/// A company with a brand, an owner and a network.
pub struct House {
    pub app: App,
    pub peers: Arc<Peers>,
    pub brand: Actor,
    pub owner: Actor,
    pub database: TestDatabase,
}

/// An activity as it was stored, with those it is owed to.
#[derive(Debug)]
pub struct Said {
    pub kind: String,
    pub body: Value,
    pub inboxes: Vec<String>,
}

impl House {
    /// A company whose clock stands still at noon on 1 November 2026.
    pub async fn open(database: TestDatabase) -> Self {
        Self::build(database.with_clock(Timestamp::parse_rfc3339("2026-11-01T12:00:00Z").unwrap())).await
    }

    /// A company on the machine's clock.
    pub async fn build(database: TestDatabase) -> Self {
        let site = Site {
            base_url: BASE.to_owned(),
            domain: "company.example".to_owned(),
            post_characters: 5_000,
            federates: true,
        };
        let secret_key = Some("ab".repeat(32).into());
        let config = Config { base_url: Some(BASE.parse().unwrap()), secret_key, ..Config::default() };
        let peers = Arc::new(Peers::default());
        let secrets = SecretKey::load(config.secret_key.as_deref(), &config.data_dir).unwrap();
        let app = App::new(config, site.clone(), database.db.clone(), secrets, peers.clone()).await.unwrap();
        keys::lend(&app).await;
        let company = Company {
            name: "Company".to_owned(),
            handle: "company".to_owned(),
            owner: "ana".to_owned(),
            email: "ana@company.example".to_owned(),
            way_in: WayIn::Password(String::new()),
        };
        let (brand, owner) = database.db.write(move |tx| setup::establish(tx, &site, &company)).await.unwrap();
        Self { app, peers, brand, owner, database }
    }

    /// Somebody on another server, reached at its shared inbox.
    pub async fn stranger(&self, name: &str, host: &str) -> Actor {
        self.stranger_with_key(name, host, None).await
    }

    pub async fn stranger_with_key(&self, name: &str, host: &str, key: Option<&SigningKey>) -> Actor {
        let remote = remote(name, host, key);
        self.write(move |tx| actors::upsert_remote(tx, &remote)).await.actor
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut guildhall::db::Tx<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.app.db.write(work).await.unwrap()
    }

    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut guildhall::db::Conn) -> Result<T> + Send + 'static,
    ) -> T {
        self.app.db.read(work).await.unwrap()
    }

    /// `follower`, from elsewhere, follows `target`.
    pub async fn follow(&self, follower: &Actor, target: ActorId) {
        let (site, follower, uri) = (self.app.site.clone(), follower.id, format!("{}/follows/1", follower.uri));
        self.write(move |tx| {
            let by = By::Remote { actor: follower, activity: Some(uri.clone()) };
            follows::request(tx, &site, &by, target, &Wishes::default())
        })
        .await;
    }

    /// Somebody here publishes.
    pub async fn post(&self, author: ActorId, draft: Draft) -> PostId {
        let site = self.app.site.clone();
        self.write(move |tx| posts::create(tx, &site, &here(author), &draft)).await
    }

    /// A note by the brand.
    pub async fn note(&self, audience: Audience, text: &str) -> PostId {
        self.post(self.brand.id, Draft::note(audience, format!("<p>{text}</p>"))).await
    }

    /// A post from elsewhere.
    pub async fn arrives(&self, author: &Actor, number: u32, audience: Audience, mentions: Vec<ActorId>) -> PostId {
        let (site, author_id) = (self.app.site.clone(), author.id);
        let mut draft = Draft::note(audience, format!("<p>Number {number}</p>"));
        draft.uri = Some(format!("{}/notes/{number}", author.uri));
        draft.mentions = mentions;
        self.write(move |tx| posts::create(tx, &site, &By::Remote { actor: author_id, activity: None }, &draft)).await
    }

    /// The changes that wait to be told, in order.
    pub async fn changes(&self) -> Vec<(ActorId, Change)> {
        let rows: Vec<String> = self
            .read(|conn| {
                Ok(jobs::table.filter(jobs::kind.eq("federate")).order(jobs::id).select(jobs::payload).load(conn)?)
            })
            .await;
        rows.iter()
            .map(|row| match serde_json::from_str(row).unwrap() {
                Job::Federate { actor, change } => (actor, change),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Tells every change that waits, and forgets it.
    pub async fn tell(&self) {
        for (actor, change) in self.changes().await {
            handle_federate(&self.app, actor, &change).await.unwrap();
        }
        self.write(|tx| {
            diesel::delete(jobs::table.filter(jobs::kind.eq("federate"))).execute(tx.conn())?;
            Ok(())
        })
        .await;
    }

    /// Tells every change that waits and answers the one activity that came of it.
    pub async fn says(&self) -> Said {
        let before = self.said().await.len();
        self.tell().await;
        let mut said = self.said().await.split_off(before);
        assert_eq!(said.len(), 1, "{said:#?}");
        said.remove(0)
    }

    /// Everything that was said so far.
    pub async fn said(&self) -> Vec<Said> {
        self.read(|conn| {
            let rows: Vec<(i64, String, String)> = activities::table
                .order(activities::id)
                .select((activities::id, activities::kind, activities::body))
                .load(conn)?;
            rows.into_iter()
                .map(|(id, kind, body)| {
                    let inboxes = deliveries::table
                        .filter(deliveries::activity_id.eq(id))
                        .order(deliveries::inbox)
                        .select(deliveries::inbox)
                        .load(conn)?;
                    Ok(Said { kind, body: serde_json::from_str(&body)?, inboxes })
                })
                .collect()
        })
        .await
    }

    /// Tells and sends everything that is due.
    pub async fn send(&self) {
        self.tell().await;
        self.deliverer().run_until_idle().await;
    }

    pub fn deliverer(&self) -> Deliverer {
        Deliverer::new(self.app.clone())
    }

    /// State, attempts, last status and next time of every delivery, oldest first.
    pub async fn owed(&self) -> Vec<Owed> {
        self.read(|conn| {
            Ok(deliveries::table
                .order(deliveries::id)
                .select((
                    deliveries::id,
                    deliveries::inbox,
                    deliveries::state,
                    deliveries::attempts,
                    deliveries::last_status,
                    deliveries::next_at,
                ))
                .load(conn)?)
        })
        .await
    }

    /// Time passes.
    pub fn wait(&self, seconds: u64) {
        self.database.clock.as_ref().unwrap().advance(std::time::Duration::from_secs(seconds));
    }

    pub fn now(&self) -> Timestamp {
        self.app.db.now()
    }

    /// Gets an address of ours.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
        let (status, headers, body) = self.get_bytes(path, headers).await;
        (status, headers, String::from_utf8(body).unwrap())
    }

    /// Gets an address of ours that may not be text.
    pub async fn get_bytes(&self, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::get(path).header("host", "social.company.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.body(Body::empty()).unwrap()).await
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
        let response = contract::router(self.app.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, body.to_vec())
    }

    /// Gets an address of ours as ActivityPub.
    pub async fn get_object(&self, uri: &str) -> (StatusCode, Value) {
        let path = uri.strip_prefix(BASE).unwrap_or(uri);
        let (status, _, body) = self.get(path, &[("accept", "application/activity+json")]).await;
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Owed {
    pub id: i64,
    pub inbox: String,
    pub state: String,
    pub attempts: i32,
    pub status: Option<i32>,
    pub next_at: Timestamp,
}

/// Somebody here, as themselves.
pub fn here(actor: ActorId) -> By {
    By::Local { actor, account: None }
}

/// The same JSON with everything that differs from run to run replaced: long numbers, keys, proofs.
pub fn steady(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(steady_text(text)),
        Value::Array(items) => items.iter().map(steady).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match name.as_str() {
                "proofValue" | "publicKeyPem" | "publicKeyMultibase" => (name.clone(), Value::from("[key]")),
                _ => (name.clone(), steady(value)),
            })
            .collect(),
        other => other.clone(),
    }
}

fn steady_text(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if digits.len() >= 12 {
            out.push_str("[id]");
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}
