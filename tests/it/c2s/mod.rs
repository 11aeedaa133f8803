//! A person's own ActivityPub client, through the router.

mod conformance;
mod edits;
mod lengths;
mod people;
mod pins;
mod profiles;
mod quotes;
mod reading;
mod refusals;
mod servers;
mod uploads;
mod writing;

use axum::body::Body;
use diesel::prelude::*;
use guildhall::{
    db::schema::{activities, deliveries},
    domain::{
        AccountId,
        accounts::{self, AccountKind, NewAccount, Role},
        actors::Actor,
    },
    secrets,
};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{
    database::TestDatabase,
    world::{OURS, PUBLIC, World},
};

const LD: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// A company whose people use ActivityPub clients, and other servers that are documents.
pub struct Desk {
    pub world: World,
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Writer {
    pub actor: Actor,
    pub account: AccountId,
    pub token: String,
}

impl Writer {
    pub fn followers(&self) -> String {
        format!("{}/followers", self.actor.uri)
    }

    pub fn outbox(&self) -> String {
        format!("{}/outbox", self.actor.uri)
    }

    pub fn inbox(&self) -> String {
        format!("{}/inbox", self.actor.uri)
    }
}

/// What was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    /// Status and code of a refusal, which is a problem document.
    #[track_caller]
    pub fn refusal(&self) -> (u16, &str) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{:?}", self.body);
        assert_eq!(self.body["status"], self.status.as_u16(), "{}", self.body);
        assert!(self.headers.get(header::LOCATION).is_none());
        (self.status.as_u16(), self.body["code"].as_str().unwrap())
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }
}

/// An activity as it was stored to be sent.
#[derive(Debug)]
pub struct Sent {
    pub kind: String,
    pub body: Value,
    pub inboxes: Vec<String>,
}

impl Desk {
    pub async fn open(database: TestDatabase) -> Self {
        Self { world: World::open(database).await }
    }

    /// An employee with a token.
    pub async fn writer(&self, name: &str, scopes: &str) -> Writer {
        let (site, name) = (self.world.app.site.clone(), name.to_owned());
        let (account, actor) = self
            .world
            .app
            .db
            .write(move |tx| {
                let new = NewAccount {
                    username: name.clone(),
                    display_name: name.to_uppercase(),
                    email: None,
                    password_hash: None,
                    kind: AccountKind::Employee,
                    role: Role::Member,
                };
                accounts::create(tx, &site, &new)
            })
            .await
            .unwrap();
        let token = self.token(account.id, &actor, scopes).await;
        Writer { actor, account: account.id, token }
    }

    pub async fn token(&self, account: AccountId, actor: &Actor, scopes: &str) -> String {
        let (secret, actor, scopes) = (secrets::new_token(), actor.id, scopes.to_owned());
        let hash = secrets::token_hash(&secret);
        let issue =
            move |tx: &mut guildhall::db::Tx<'_>| accounts::issue_token(tx, account, actor, &scopes, "client", &hash);
        self.world.app.db.write(issue).await.unwrap();
        secret
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into());
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// Posts bytes to an outbox, whosever it is.
    pub async fn post_to(&self, token: Option<&str>, outbox: &str, media: &str, body: impl Into<Body>) -> Reply {
        let mut request = Request::post(outbox.strip_prefix(OURS).unwrap()).header(header::CONTENT_TYPE, media);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Posts to one's own outbox.
    pub async fn submit(&self, who: &Writer, document: Value) -> Reply {
        self.post_to(Some(&who.token), &who.outbox(), LD, document.to_string()).await
    }

    /// Posts to one's own outbox, which works; answers where the activity is.
    #[track_caller]
    pub fn say(&self, who: &Writer, document: Value) -> impl Future<Output = String> {
        let place = std::panic::Location::caller();
        async move {
            let reply = self.submit(who, document.clone()).await;
            assert_eq!(reply.status, StatusCode::CREATED, "{place}: {document}: {}", reply.body);
            let location = reply.headers[header::LOCATION].to_str().unwrap().to_owned();
            assert!(location.starts_with(&format!("{OURS}/ap/activities/")), "{location}");
            location
        }
    }

    /// Gets one of our own documents.
    pub async fn get(&self, who: Option<&Writer>, url: &str) -> Reply {
        let mut request = Request::get(url.strip_prefix(OURS).unwrap_or(url)).header(header::ACCEPT, LD);
        if let Some(who) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Publishes and answers the post's id on the network.
    pub async fn writes(&self, who: &Writer, document: Value) -> String {
        let activity = self.say(who, document).await;
        let activity = self.get(Some(who), &activity).await.ok();
        activity["object"]["id"].as_str().unwrap().to_owned()
    }

    /// A post as the client API shows it.
    pub async fn status(&self, who: Option<&Writer>, uri: &str) -> Reply {
        self.get(who, &format!("/api/v1/statuses/{}", number(uri))).await
    }

    /// Everything that was said, once all jobs have run.
    pub async fn sent(&self) -> Vec<Sent> {
        self.world.work().await;
        self.world
            .app
            .db
            .read(|conn| {
                let rows: Vec<(i64, String, String)> = activities::table
                    .order(activities::id)
                    .select((activities::id, activities::kind, activities::body))
                    .load(conn)?;
                let mut sent = Vec::new();
                for (id, kind, body) in rows {
                    let inboxes = deliveries::table
                        .filter(deliveries::activity_id.eq(id))
                        .order(deliveries::inbox)
                        .select(deliveries::inbox)
                        .load(conn)?;
                    sent.push(Sent { kind, body: serde_json::from_str(&body).unwrap(), inboxes });
                }
                Ok(sent)
            })
            .await
            .unwrap()
    }

    /// The activity that was said last.
    pub async fn last_sent(&self) -> Sent {
        self.sent().await.pop().expect("something was said")
    }
}

/// The number at the end of an id.
pub fn number(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap()
}

/// A public note.
pub fn note(content: &str) -> Value {
    json!({ "@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "content": content, "to": PUBLIC })
}
