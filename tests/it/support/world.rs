//! One instance of ours at https://company.example and other servers that are only documents: for what arrives.

use std::sync::{Arc, OnceLock};

use axum::{Router, body::Body};
use guildhall::{
    app::App,
    config::{Config, Overrides},
    db::Timestamp,
    domain::{
        By, Site,
        accounts::{self, AccountKind, NewAccount, Role},
        actors::{self, Actor},
        follows, posts,
        setup::{self, Company},
    },
    http as rim,
    jobs::{Handlers, runner::Runner},
    net::{
        Documents, Signer, SigningKey,
        signatures::{Digested, cavage, rfc9421},
    },
    secrets::SecretKey,
};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

use super::database::TestDatabase;

/// Where we are.
pub const OURS: &str = "https://company.example";
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// An instance with one person, `ana`.
pub struct World {
    pub app: App,
    pub documents: Arc<Documents>,
    pub ana: Actor,
    pub router: Router,
    _database: TestDatabase,
}

/// An actor of another server with a key.
#[derive(Clone)]
pub struct Stranger {
    pub uri: String,
    pub signer: Signer,
}

/// RSA keys are slow to make: a few serve all tests of a process.
fn key(number: usize) -> Arc<SigningKey> {
    static KEYS: [OnceLock<Arc<SigningKey>>; 4] = [const { OnceLock::new() }; 4];
    KEYS[number].get_or_init(|| Arc::new(SigningKey::generate("rsa").unwrap())).clone()
}

impl Stranger {
    pub fn new(uri: &str, number: usize) -> Self {
        Self { uri: uri.to_owned(), signer: Signer { key: key(number), key_id: format!("{uri}#main-key") } }
    }

    /// The actor's document.
    pub fn document(&self) -> Value {
        let name = self.uri.rsplit('/').next().unwrap();
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.uri, "type": "Person", "preferredUsername": name, "name": name,
            "inbox": format!("{}/inbox", self.uri), "outbox": format!("{}/outbox", self.uri), "followers": format!("{}/followers", self.uri),
            "publicKey": { "id": self.signer.key_id, "owner": self.uri, "publicKeyPem": self.signer.key.public_key().unwrap().to_pem() },
        })
    }

    pub fn note(&self, id: &str, content: &str) -> Value {
        json!({
            "id": format!("{}/{id}", self.uri), "type": "Note", "attributedTo": self.uri, "content": content,
            "to": [PUBLIC], "cc": [format!("{}/followers", self.uri)], "published": "2026-11-01T10:00:00Z",
        })
    }

    pub fn create(&self, note: &Value) -> Value {
        self.does("Create", note["id"].as_str().unwrap(), note)
    }

    pub fn does(&self, kind: &str, id: &str, object: impl serde::Serialize) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{}#{kind}-{}", self.uri, id.replace('/', "-")),
            "type": kind, "actor": self.uri, "object": object, "to": [PUBLIC],
        })
    }
}

/// A request on its way to an inbox, to be changed by an attacker.
pub struct Letter {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Letter {
    pub fn signed(by: &Stranger, activity: &Value) -> Self {
        Self::signed_at(by, activity, Timestamp::wall_clock())
    }

    pub fn signed_at(by: &Stranger, activity: &Value, now: Timestamp) -> Self {
        let mut letter = Self::unsigned(activity);
        let digest = Digested::of(&letter.body);
        letter.headers.insert("digest", HeaderValue::from_str(&digest.header()).unwrap());
        let url = Url::parse(&format!("{OURS}/ap/inbox")).unwrap();
        cavage::sign(&by.signer, "POST", &url, &mut letter.headers, Some(&digest), true, now).unwrap();
        letter
    }

    pub fn signed_9421(by: &Stranger, activity: &Value) -> Self {
        let mut letter = Self::unsigned(activity);
        let digest = Digested::of(&letter.body);
        let url = Url::parse(&format!("{OURS}/ap/inbox")).unwrap();
        rfc9421::sign(&by.signer, "POST", &url, &mut letter.headers, Some(&digest), Timestamp::wall_clock()).unwrap();
        letter
    }

    pub fn unsigned(activity: &Value) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("company.example"));
        headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
        Self { path: "/ap/inbox".to_owned(), headers, body: activity.to_string().into_bytes() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// Changes a part of a header.
    pub fn edit(mut self, name: &'static str, from: &str, to: &str) -> Self {
        let value = self.headers[name].to_str().unwrap().replace(from, to);
        self.headers.insert(name, HeaderValue::from_str(&value).unwrap());
        self
    }
}

impl World {
    pub async fn open(database: TestDatabase) -> Self {
        Self::configured(database, &[]).await
    }

    /// An instance with these settings, as in the environment.
    pub async fn configured(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        let environment = [("GUILDHALL_BASE_URL", OURS)].iter().chain(settings);
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let nowhere = tempfile::tempdir().unwrap();
        let config = Config::read(&Overrides::default(), environment, nowhere.path()).unwrap();
        let site = Site { base_url: OURS.to_owned(), domain: "company.example".to_owned(), post_characters: 5000 };
        let place = site.clone();
        let ana = database
            .db
            .write(move |tx| {
                let company = Company {
                    name: "Company".to_owned(),
                    handle: "brand".to_owned(),
                    owner: "chief".to_owned(),
                    email: "a@b.example".to_owned(),
                    password_hash: "none".to_owned(),
                };
                setup::establish(tx, &place, &company)?;
                let new = NewAccount {
                    username: "ana".to_owned(),
                    display_name: "Ana".to_owned(),
                    email: None,
                    password_hash: None,
                    kind: AccountKind::Employee,
                    role: Role::Member,
                };
                Ok(accounts::create(tx, &place, &new)?.1)
            })
            .await
            .unwrap();
        let documents = Arc::new(Documents::default());
        let app = App::new(config, site, database.db.clone(), SecretKey::generate().unwrap(), documents.clone())
            .await
            .unwrap();
        let router = rim::router(app.clone());
        Self { app, documents, ana, router, _database: database }
    }

    /// Serves an actor's document at its address.
    pub fn publish(&self, stranger: &Stranger) {
        self.serve(&stranger.uri, &stranger.document());
    }

    pub fn serve(&self, uri: &str, document: &Value) {
        self.documents.put(uri, "application/activity+json", document.to_string());
    }

    /// A stranger whom Ana follows.
    pub async fn followed(&self, uri: &str, number: usize) -> Stranger {
        let stranger = Stranger::new(uri, number);
        self.publish(&stranger);
        self.follow(uri).await;
        stranger
    }

    /// Ana follows whoever has this id, and is accepted.
    pub async fn follow(&self, uri: &str) {
        let target =
            guildhall::federation::fetch::actor(&self.app, uri, &mut guildhall::federation::fetch::Budget::default())
                .await
                .unwrap();
        let (site, ana) = (self.app.site.clone(), self.ana.id);
        self.app
            .db
            .write(move |tx| {
                let by = By::Local { actor: ana, account: None };
                follows::request(tx, &site, &by, target.id, follows::Wishes::default())?;
                follows::accepted_elsewhere(tx, target.id, ana)?;
                Ok(())
            })
            .await
            .unwrap();
    }

    pub async fn send(&self, letter: Letter) -> StatusCode {
        let mut request = Request::builder().method("POST").uri(&letter.path).body(Body::from(letter.body)).unwrap();
        *request.headers_mut() = letter.headers;
        self.router.clone().oneshot(request).await.unwrap().status()
    }

    /// Signs and sends.
    pub async fn receive(&self, by: &Stranger, activity: &Value) -> StatusCode {
        self.send(Letter::signed(by, activity)).await
    }

    /// Does everything that was put off.
    pub async fn work(&self) {
        Runner::new(self.app.db.clone(), Arc::new(Handlers::new(self.app.clone())), 1).run_until_idle().await.unwrap();
    }

    pub async fn post(&self, uri: &str) -> Option<posts::Post> {
        let uri = uri.to_owned();
        self.app.db.read(move |conn| posts::find_by_uri(conn, &uri)).await.unwrap()
    }

    pub async fn actor(&self, uri: &str) -> Option<Actor> {
        let uri = uri.to_owned();
        self.app.db.read(move |conn| actors::find_by_uri(conn, &uri)).await.unwrap()
    }

    /// A public post by Ana.
    pub async fn ana_writes(&self, text: &str) -> posts::Post {
        let (site, ana, text) = (self.app.site.clone(), self.ana.id, format!("<p>{text}</p>"));
        self.app
            .db
            .write(move |tx| {
                let draft = posts::Draft::note(posts::Audience::Public, text.clone());
                let id = posts::create(tx, &site, &By::Local { actor: ana, account: None }, &draft)?;
                posts::get(tx.conn(), id)
            })
            .await
            .unwrap()
    }

    /// Everything that an attack could have changed.
    pub async fn state(&self) -> Vec<(String, i64)> {
        use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
        #[derive(QueryableByName)]
        struct Sum {
            #[diesel(sql_type = BigInt)]
            sum: i64,
        }
        self.app
            .db
            .read(|conn| {
                let mut state = Vec::new();
                for (table, value) in [
                    (
                        "posts",
                        "COUNT(*) + COALESCE(SUM(LENGTH(content) + LENGTH(audience) + likes_count + boosts_count), 0)",
                    ),
                    ("mentions", "COUNT(*)"),
                    ("likes", "COUNT(*)"),
                    ("boosts", "COUNT(*)"),
                    ("follows", "COUNT(*) + COALESCE(SUM(LENGTH(state)), 0)"),
                    ("blocks", "COUNT(*)"),
                    ("notifications", "COUNT(*)"),
                    ("tombstones", "COUNT(*)"),
                    ("actors", "COALESCE(SUM(LENGTH(name) + LENGTH(inbox) + LENGTH(COALESCE(moved_to, ''))), 0)"),
                ] {
                    let row: Sum =
                        sql_query(format!("SELECT CAST({value} AS BIGINT) AS sum FROM {table}")).get_result(conn)?;
                    state.push((table.to_owned(), row.sum));
                }
                Ok(state)
            })
            .await
            .unwrap()
    }
}
