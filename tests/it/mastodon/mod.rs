//! Mastodon's client API, through the router.

mod announcements;
pub mod attacks;
mod audiences;
mod cards;
mod circles;
mod conversations;
mod doors;
pub mod emojis;
mod encodings;
mod filters;
mod finding;
mod golden;
mod habits;
mod lengths;
mod limited;
mod lists;
pub mod media;
mod notifications;
mod offers;
mod paging;
mod people;
mod pins;
pub mod push;
mod push_services;
mod scheduled;
mod shapes;
mod shelves;
mod slow_listeners;
pub mod streaming;
mod tags;
mod teams;
mod telling;
mod threads;
mod writing;

use std::sync::Arc;

use axum::{Router, body::Body};
use guildhall::{
    app::App,
    config::Config,
    db::Timestamp,
    domain::{
        AccountId, ActorId, By, PostId, Site,
        accounts::{self, AccountKind, GrantRole, NewAccount, Role},
        actors::{self, ActorKind, RemoteActor},
        posts::{self, Audience, Draft},
    },
    jobs::{Handlers, runner::Runner},
    net::Documents,
    secrets::{self, SecretKey},
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{contract, database::TestDatabase, keys, people::remote};

/// Where the server of these tests says that it is.
pub const BASE: &str = "https://social.company.example";

/// A running server without a network.
pub struct House {
    pub app: App,
    /// What other servers have.
    pub documents: Arc<Documents>,
    router: Router,
    pub database: TestDatabase,
    /// Where files are kept; it goes with the house.
    pub folder: tempfile::TempDir,
}

/// Somebody with a token.
pub struct Person {
    pub actor: ActorId,
    pub account: AccountId,
    pub token: String,
}

impl Person {
    pub fn id(&self) -> String {
        self.actor.to_string()
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
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    /// Status and sentence of a refusal.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"].as_str().unwrap_or_default())
    }

    /// The address after `rel` in the Link header, without our own origin.
    pub fn link(&self, rel: &str) -> Option<String> {
        let links = self.headers.get(header::LINK)?.to_str().unwrap();
        let link = links.split(", ").find(|link| link.ends_with(&format!("rel=\"{rel}\"")))?;
        let url = link.strip_prefix('<')?.split_once('>')?.0;
        Some(url.strip_prefix(BASE).unwrap().to_owned())
    }
}

/// The ids of a list.
pub fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

impl House {
    /// A server whose clock stands still at noon on 1 November 2026.
    pub async fn open(database: TestDatabase) -> Self {
        Self::open_with(database, |config| config.limits.enabled = false).await
    }

    /// The same with other settings.
    pub async fn open_with(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let database = database.with_clock(Timestamp::parse_rfc3339("2026-11-01T12:00:00Z").unwrap());
        let site = Site {
            base_url: BASE.to_owned(),
            domain: "company.example".to_owned(),
            post_characters: 500,
            federates: true,
        };
        let secrets = SecretKey::generate().unwrap();
        let documents = Arc::new(Documents::default());
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().to_owned();
        let mut config = Config { base_url: Some(BASE.parse().unwrap()), data_dir, ..Config::default() };
        // Whether ffmpeg is on this machine changes what becomes of a film.
        config.media.ffmpeg = folder.path().join("nowhere/ffmpeg").display().to_string();
        change(&mut config);
        let app = App::new(config, site, database.db.clone(), secrets, documents.clone()).await.unwrap();
        keys::lend(&app).await;
        let router = contract::router(app.clone());
        Self { app, documents, router, database, folder }
    }

    /// Time passes.
    pub fn wait(&self, seconds: u64) {
        self.database.clock.as_ref().unwrap().advance(std::time::Duration::from_secs(seconds));
    }

    /// Everything that was put off is done.
    pub async fn work(&self) {
        let handlers = Arc::new(Handlers::new(self.app.clone()));
        Runner::new(self.app.db.clone(), handlers, 1).run_until_idle().await.unwrap();
    }

    /// A person with a token for everything.
    pub async fn person(&self, username: &str, kind: AccountKind, role: Role) -> Person {
        self.person_with(username, kind, role, "read write follow push admin:read admin:write guildhall:approve").await
    }

    pub async fn employee(&self, username: &str) -> Person {
        self.person(username, AccountKind::Employee, Role::Member).await
    }

    pub async fn customer(&self, username: &str) -> Person {
        self.person(username, AccountKind::Customer, Role::Member).await
    }

    pub async fn person_with(&self, username: &str, kind: AccountKind, role: Role, scopes: &str) -> Person {
        let token = format!("{username}-{scopes}");
        let hash = secrets::token_hash(&token);
        let (site, scopes, username) = (self.app.site.clone(), scopes.to_owned(), username.to_owned());
        let (account, actor) = self
            .app
            .db
            .write(move |tx| {
                let new = NewAccount {
                    username: username.clone(),
                    display_name: username.to_uppercase(),
                    email: None,
                    password_hash: None,
                    kind,
                    role,
                };
                let (account, actor) = accounts::create(tx, &site, &new)?;
                accounts::issue_token(tx, account.id, actor.id, &scopes, "test", &hash)?;
                Ok((account.id, actor.id))
            })
            .await
            .unwrap();
        Person { actor, account, token }
    }

    /// A brand with a token, for which this employee speaks.
    pub async fn brand_of(&self, holder: &Person) -> Person {
        let (site, account) = (self.app.site.clone(), holder.account);
        let token = "brand-token".to_owned();
        let hash = secrets::token_hash(&token);
        let made = self.app.db.write(move |tx| {
            let brand = actors::NewLocal {
                kind: ActorKind::Organization,
                username: "company".to_owned(),
                name: "Company".to_owned(),
                summary: String::new(),
                locked: false,
            };
            let actor = actors::create_local(tx, &site, &brand)?.id;
            accounts::grant(tx, account, actor, GrantRole::Publisher)?;
            accounts::issue_token(tx, account, actor, "read write follow", "brand", &hash)?;
            Ok(actor)
        });
        Person { actor: made.await.unwrap(), account, token }
    }

    /// Somebody on another server.
    pub async fn stranger(&self, username: &str, host: &str) -> actors::Actor {
        let remote = RemoteActor {
            url: Some(format!("https://{host}/@{username}")),
            name: username.to_uppercase(),
            summary: "<p>Elsewhere</p>".to_owned(),
            shared_inbox: None,
            followers_uri: None,
            ..remote(username, host, None)
        };
        self.app.db.write(move |tx| actors::upsert_remote(tx, &remote)).await.unwrap().actor
    }

    /// A post that arrived from elsewhere.
    pub async fn arrived(&self, author: &actors::Actor, change: impl Fn(&mut Draft) + Send + 'static) -> PostId {
        let (site, author) = (self.app.site.clone(), author.clone());
        self.app
            .db
            .write(move |tx| {
                let id = tx.new_id();
                let mut draft = Draft::note(Audience::Public, "<p>Hello from elsewhere</p>".to_owned());
                draft.uri = Some(format!("{}/posts/{id}", author.uri));
                change(&mut draft);
                posts::create(tx, &site, &By::Remote { actor: author.id, activity: None }, &draft)
            })
            .await
            .unwrap()
    }

    /// Lets our server fetch, and another server answer for `eve@remote.example` and one post of hers.
    pub async fn reaches_eve(&self) {
        let site = self.app.site.clone();
        self.app
            .db
            .write(move |tx| {
                let server = actors::NewLocal {
                    kind: ActorKind::Application,
                    username: "social.company.example".to_owned(),
                    name: String::new(),
                    summary: String::new(),
                    locked: false,
                };
                actors::create_local(tx, &site, &server)
            })
            .await
            .unwrap();
        let eve = "https://remote.example/users/eve";
        let put = |url: &str, content_type: &str, body: Value| self.documents.put(url, content_type, body.to_string());
        put(
            "https://remote.example/.well-known/webfinger?resource=acct%3Aeve%40remote.example",
            "application/jrd+json",
            json!({"subject": "acct:eve@remote.example", "links": [{"rel": "self", "type": "application/activity+json", "href": eve}]}),
        );
        put(
            eve,
            "application/activity+json",
            json!({"@context": "https://www.w3.org/ns/activitystreams", "id": eve, "type": "Person", "preferredUsername": "eve",
                "inbox": format!("{eve}/inbox"), "outbox": format!("{eve}/outbox")}),
        );
        put(
            "https://remote.example/notes/1",
            "application/activity+json",
            json!({"@context": "https://www.w3.org/ns/activitystreams", "id": "https://remote.example/notes/1", "type": "Note",
                "attributedTo": eve, "to": ["https://www.w3.org/ns/activitystreams#Public"], "content": "<p>Tea?</p>"}),
        );
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into());
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// A request with a JSON body.
    pub async fn call(&self, who: Option<&Person>, method: Method, path: &str, body: Value) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(person) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, who: impl Into<Option<&Person>>, path: &str) -> Reply {
        self.call(who.into(), Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, who: impl Into<Option<&Person>>, path: &str, body: Value) -> Reply {
        self.call(who.into(), Method::POST, path, body).await
    }

    pub async fn put(&self, who: &Person, path: &str, body: Value) -> Reply {
        self.call(Some(who), Method::PUT, path, body).await
    }

    pub async fn delete(&self, who: &Person, path: &str) -> Reply {
        self.call(Some(who), Method::DELETE, path, Value::Null).await
    }

    /// Writes a post and answers its id.
    pub async fn says(&self, who: &Person, body: Value) -> String {
        self.post(who, "/api/v1/statuses", body).await.ok()["id"].as_str().unwrap().to_owned()
    }
}

/// Follows somebody, and answers what came of it.
pub async fn follow(house: &House, who: &Person, whom: &str) {
    house.post(who, &format!("/api/v1/accounts/{whom}/follow"), json!({})).await.ok();
}

/// Walks a list down by its links, and up again, and answers the ids both ways: each from the newest to the oldest.
pub async fn walk(house: &House, who: &Person, path: &str) -> (Vec<String>, Vec<String>) {
    let mut page = house.get(who, path).await;
    let mut down = ids(&page.body);
    while let Some(link) = page.link("next") {
        let next = house.get(who, &link).await;
        if next.body == json!([]) {
            break;
        }
        down.extend(ids(&next.body));
        page = next;
    }
    let mut up = vec![ids(&page.body)];
    while let Some(link) = page.link("prev") {
        page = house.get(who, &link).await;
        up.insert(0, ids(&page.body));
    }
    (down, up.concat())
}

/// The same JSON with ids replaced by names, so that it is the same in every run.
pub fn calm(value: &Value, names: &[(&str, &str)]) -> Value {
    match value {
        Value::String(text) => {
            let mut text = text.clone();
            for (id, name) in names {
                text = text.replace(id, name);
            }
            Value::String(text)
        }
        Value::Array(list) => list.iter().map(|item| calm(item, names)).collect(),
        Value::Object(object) => object.iter().map(|(key, item)| (key.clone(), calm(item, names))).collect(),
        other => other.clone(),
    }
}
