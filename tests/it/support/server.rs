//! Whole instances of ours on loopback, with jobs and deliveries running, that federate over real HTTP.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use ::http::{Method, Request, StatusCode, header};
use axum::{
    Router,
    body::Body,
    extract::{Request as Incoming, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use guildhall::{
    app::App,
    config::{Config, Overrides},
    domain::{
        ActorId, Site,
        accounts::{self, AccountKind, NewAccount, Role},
        setup::{self, Company, WayIn},
    },
    federation::delivery::Deliverer,
    http,
    jobs::{Handlers, runner::Runner},
    net::{AddressPolicy, Client, ClientOptions},
    secrets::{self, SecretKey},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch};
use tower::ServiceExt;

use super::{contract, database::TestDatabase, keys};

/// How long something may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running instance; stops when dropped.
pub struct Server {
    pub app: App,
    pub origin: String,
    router: Router,
    letters: Letters,
    stop: watch::Sender<bool>,
    #[expect(dead_code, reason = "goes with the server")]
    database: TestDatabase,
}

/// Something that came to an inbox, and what we said to it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    /// Signed by RFC 9421, else by draft-cavage.
    pub rfc9421: bool,
    pub status: StatusCode,
}

/// Room for everybody who sends a head within this time.
pub fn connections(head_timeout: Duration) -> http::Connections {
    http::Connections { head_timeout, most: 10_000, per_address: 10_000, proxies: Vec::new() }
}

type Letters = Arc<Mutex<Vec<Seen>>>;

async fn record(State(letters): State<Letters>, request: Incoming, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let letter = request.method() == Method::POST && path.ends_with("/inbox");
    let rfc9421 = request.headers().contains_key("signature-input");
    let response = next.run(request).await;
    if letter {
        letters.lock().unwrap().push(Seen { path, rfc9421, status: response.status() });
    }
    response
}

/// Somebody with a token on an instance.
#[derive(Debug, Clone)]
pub struct Person {
    pub actor: ActorId,
    pub uri: String,
    pub handle: String,
    pub token: String,
}

impl Server {
    /// Starts an instance with a brand `@brand` and an owner `@owner`.
    pub async fn start(database: TestDatabase) -> Self {
        Self::admitting(database, r#"["127.0.0.1:1024-65535", "[::1]:1024-65535"]"#).await
    }

    /// Starts an instance that connects to these private addresses and no others.
    pub async fn admitting(database: TestDatabase, addresses: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let origin = format!("http://localhost:{port}");
        let environment = [
            ("GUILDHALL_BASE_URL", origin.as_str()),
            ("GUILDHALL_LISTEN", "127.0.0.1:1"),
            ("GUILDHALL_FEDERATION__ALLOW_HTTP", "true"),
            ("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", addresses),
            ("GUILDHALL_LIMITS__ENABLED", "false"),
        ];
        let nowhere = tempfile::tempdir().unwrap();
        let config = Config::read(
            &Overrides::default(),
            environment.map(|(name, value)| (name.into(), value.into())),
            nowhere.path(),
        )
        .unwrap();
        let site = Site {
            base_url: origin.clone(),
            domain: format!("localhost:{port}"),
            post_characters: 5000,
            federates: true,
        };
        let (db, place) = (database.db.clone(), site.clone());
        let company = Company {
            name: "Acme".to_owned(),
            handle: "brand".to_owned(),
            owner: "owner".to_owned(),
            email: "owner@acme.test".to_owned(),
            way_in: WayIn::Password("none".to_owned()),
        };
        db.write(move |tx| setup::establish(tx, &place, &company)).await.unwrap();
        let transport = Client::new(ClientOptions {
            allow_http: true,
            policy: AddressPolicy::parse(&config.federation.allowed_private_addresses).unwrap(),
            ..ClientOptions::default()
        })
        .unwrap();
        let app =
            App::new(config, site, db.clone(), SecretKey::generate().unwrap(), Arc::new(transport)).await.unwrap();
        keys::lend(&app).await;
        let router = contract::router(app.clone());
        let (stop, stopped) = watch::channel(false);
        let letters = Letters::default();
        let recorded = router.clone().layer(from_fn_with_state(letters.clone(), record));
        tokio::spawn(http::serve(listener, recorded, connections(PATIENCE), stopped.clone()));
        tokio::spawn(app.clone().keep_fresh());
        tokio::spawn(Runner::new(db, Arc::new(Handlers::new(app.clone())), 8).run(stopped.clone()));
        tokio::spawn(Deliverer::new(app.clone()).run(stopped));
        Self { app, origin, router, letters, stop, database }
    }

    /// Everything that came to our inboxes over the network, in order.
    pub fn letters(&self) -> Vec<Seen> {
        self.letters.lock().unwrap().clone()
    }

    pub async fn person(&self, username: &str, kind: AccountKind) -> Person {
        let token = secrets::new_token();
        let hash = secrets::token_hash(&token);
        let (site, name) = (self.app.site.clone(), username.to_owned());
        let actor = self
            .app
            .db
            .write(move |tx| {
                let new = NewAccount {
                    username: name.clone(),
                    display_name: name.to_uppercase(),
                    email: None,
                    password_hash: None,
                    kind,
                    role: Role::Member,
                };
                let (account, actor) = accounts::create(tx, &site, &new)?;
                accounts::issue_token(tx, account.id, actor.id, "read write follow push", "test", &hash)?;
                Ok(actor)
            })
            .await
            .unwrap();
        Person { actor: actor.id, handle: format!("@{}", actor.handle(&self.app.site)), uri: actor.uri, token }
    }

    /// A call to the client API; the body is JSON.
    pub async fn try_call(&self, who: Option<&Person>, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        if let Some(who) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into()))
    }

    pub async fn call(&self, who: &Person, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_call(Some(who), method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    pub async fn get(&self, who: &Person, path: &str) -> Value {
        self.call(who, "GET", path, Value::Null).await
    }

    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Value {
        self.call(who, "POST", path, body).await
    }

    /// The id of somebody, found by handle as a person would.
    pub async fn find(&self, who: &Person, handle: &str) -> String {
        let found = self.get(who, &format!("/api/v2/search?resolve=true&type=accounts&q={handle}")).await;
        found["accounts"][0]["id"].as_str().unwrap_or_else(|| panic!("{handle} was not found: {found}")).to_owned()
    }

    /// The id of a post by its address, when it is here or can be fetched.
    pub async fn find_post(&self, who: &Person, uri: &str) -> String {
        let found = self.get(who, &format!("/api/v2/search?resolve=true&type=statuses&q={uri}")).await;
        found["statuses"][0]["id"].as_str().unwrap_or_else(|| panic!("{uri} was not found: {found}")).to_owned()
    }

    /// Waits until a GET answers what is wanted.
    pub async fn wait_for(&self, who: &Person, path: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let (_, answer) = self.try_call(Some(who), "GET", path, Value::Null).await;
            if wanted(&answer) {
                return answer;
            }
            assert!(tokio::time::Instant::now() < deadline, "{what} did not happen; {path} answers {answer:#}");
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Waits until a post of this address is in somebody's home, and answers it.
    pub async fn wait_at_home(&self, who: &Person, uri: &str) -> Value {
        let home = self
            .wait_for(who, "/api/v1/timelines/home?limit=40", &format!("{uri} at home"), |home| {
                home.as_array()
                    .is_some_and(|posts| posts.iter().any(|post| post["uri"] == uri || post["reblog"]["uri"] == uri))
            })
            .await;
        home.as_array().unwrap().iter().find(|post| post["uri"] == uri || post["reblog"]["uri"] == uri).unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
