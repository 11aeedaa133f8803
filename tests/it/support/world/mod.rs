//! One instance of ours at https://company.example and other servers that are only documents: for what arrives.

mod letter;
mod state;

use std::sync::Arc;

use axum::{Router, body::Body, extract::ConnectInfo};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use guildhall::{
    app::App,
    config::{Config, Overrides},
    db::{self, TestClock, Timestamp},
    domain::{
        By, Site,
        accounts::{self, AccountKind, NewAccount, Role},
        actors::{self, Actor},
        follows, posts,
        setup::{self, Company, WayIn},
    },
    jobs::{Handlers, runner::Runner},
    net::{Documents, Signer},
    secrets::SecretKey,
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use url::Url;

pub use letter::Letter;
pub use state::State;

use super::{contract, database::TestDatabase, keys};

/// Where we are.
pub const OURS: &str = "https://company.example";
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// When it is, unless a test moves the clock: a few days after what strangers write.
pub const NOW: Timestamp = Timestamp(1_793_707_200_000_000);

/// An instance with one person, `ana`.
pub struct World {
    pub app: App,
    pub documents: Arc<Documents>,
    pub ana: Actor,
    pub router: Router,
    pub clock: Arc<TestClock>,
    database: TestDatabase,
}

/// An actor of another server with a key.
#[derive(Clone)]
pub struct Stranger {
    pub uri: String,
    pub signer: Signer,
}

impl Stranger {
    pub fn new(uri: &str, number: usize) -> Self {
        Self { uri: uri.to_owned(), signer: Signer { key: keys::rsa(number), key_id: format!("{uri}#main-key") } }
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

impl World {
    pub async fn open(database: TestDatabase) -> Self {
        Self::configured(database, &[]).await
    }

    /// An instance with these settings, as in the environment.
    pub async fn configured(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        let database = if database.clock.is_some() { database } else { database.with_clock(NOW) };
        let clock = database.clock.clone().unwrap();
        let environment = [("GUILDHALL_BASE_URL", OURS)].iter().chain(settings);
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let nowhere = tempfile::tempdir().unwrap();
        let config = Config::read(&Overrides::default(), environment, nowhere.path()).unwrap();
        let site = Site {
            base_url: OURS.to_owned(),
            domain: "company.example".to_owned(),
            post_characters: 5000,
            federates: true,
        };
        let place = site.clone();
        let ana = database
            .db
            .write(move |tx| {
                let company = Company {
                    name: "Company".to_owned(),
                    handle: "brand".to_owned(),
                    owner: "chief".to_owned(),
                    email: "a@b.example".to_owned(),
                    way_in: WayIn::Password("none".to_owned()),
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
        keys::lend(&app).await;
        let router = contract::router(app.clone());
        Self { app, documents, ana, router, clock, database }
    }

    /// Serves an actor's document at its address.
    pub fn publish(&self, stranger: &Stranger) {
        self.serve(&stranger.uri, &stranger.document());
    }

    pub fn serve(&self, uri: &str, document: &Value) {
        self.documents.put(uri, "application/activity+json", document.to_string());
    }

    /// Serves what a host's WebFinger says of a handle.
    pub fn finger(&self, handle: &str, subject: &str, href: &str) {
        let host = handle.split('@').next_back().unwrap();
        let mut url = Url::parse(&format!("https://{host}/.well-known/webfinger")).unwrap();
        url.query_pairs_mut().append_pair("resource", &format!("acct:{handle}"));
        let link = json!({"rel": "self", "type": "application/activity+json", "href": href});
        let answer = json!({"subject": subject, "links": [link]});
        self.documents.put(url.as_str(), "application/jrd+json", answer.to_string());
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
                follows::request(tx, &site, &by, target.id, &follows::Wishes::default())?;
                follows::accepted_elsewhere(tx, target.id, ana)?;
                Ok(())
            })
            .await
            .unwrap();
    }

    pub async fn send(&self, letter: Letter) -> StatusCode {
        self.answer(letter).await.status()
    }

    /// Sends, and answers everything that is said to it.
    pub async fn answer(&self, letter: Letter) -> axum::response::Response {
        let mut request = Request::builder().method("POST").uri(&letter.path).body(Body::from(letter.body)).unwrap();
        *request.headers_mut() = letter.headers;
        if let Some(peer) = letter.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        self.router.clone().oneshot(request).await.unwrap()
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

    /// The database, empty again, for another world.
    pub fn leave(self) -> TestDatabase {
        self.database.emptied()
    }

    /// Everything that an attack could have changed.
    pub async fn state(&self) -> State {
        let postgres = self.app.db.engine() == db::Engine::Postgres;
        self.app.db.read(move |conn| State::read(conn, postgres)).await.unwrap()
    }

    /// How many rows of a table meet a condition.
    pub async fn count(&self, table: &'static str, condition: &str) -> i64 {
        let condition = condition.to_owned();
        self.app
            .db
            .read(move |conn| {
                let query = format!("SELECT COUNT(*) AS count FROM {table} WHERE {condition}");
                Ok(sql_query(query).get_result::<Count>(conn)?.count)
            })
            .await
            .unwrap()
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}
