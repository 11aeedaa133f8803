//! One server of the demo, in this process: opened, peopled, and asked through its front door.

use std::{collections::HashMap, path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
};
use http::{Method, Request, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tower::ServiceExt;

use super::{
    super::{desk::open_with_clock, serve},
    cast,
};
use crate::{
    app::App,
    config::{Config, Overrides},
    db::LateClock,
    domain::{
        ActorId, Site,
        accounts::{self, AccountKind, NewAccount, Role},
        actors::{self, Profile},
        org,
        setup::{self, Company, WayIn},
    },
    error::{Error, Result},
    federation::delivery,
    http as rim,
    jobs::runner,
    secrets::{self, SecretKey},
    text,
};

/// The largest answer that is read.
const ANSWER: usize = 4 * 1024 * 1024;

/// A server of the demo.
pub struct House {
    /// The company's name.
    pub name: String,
    /// Where it answers.
    pub origin: String,
    /// The username of its brand.
    pub handle: String,
    /// Everybody who can act there: the token of each, by username.
    pub tokens: HashMap<String, String>,
    /// The usernames of those who can sign in there.
    pub people: Vec<String>,
    app: App,
    router: Router,
    listener: Option<TcpListener>,
}

impl House {
    /// Sets the company up in a folder of its own. It listens from now on, and answers when it is served.
    pub async fn open(
        cast: &cast::House,
        folder: &Path,
        port: u16,
        ports: (u16, u16),
        password_hash: &str,
        clock: Arc<LateClock>,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
            let sentence =
                format!("Port {port} is in use. Stop what listens there, or choose other ports with --port.");
            Error::unavailable("demo.port", sentence).because(error)
        })?;
        let origin = format!("http://localhost:{port}");
        let config = settings(&origin, port, &folder.join(&cast.key), ports)?;
        let db = open_with_clock(&config, clock)?;
        db.migrate()?;
        let secrets = SecretKey::load(config.secret_key.as_deref(), &config.data_dir)?;
        let site = Site {
            base_url: origin.clone(),
            domain: config.handle_domain(),
            post_characters: config.limits.post_characters,
            federates: config.federates(),
        };
        let app = serve::build(config, site, db, secrets).await?;
        let mut house = Self {
            name: cast.name.clone(),
            origin,
            handle: cast.handle.clone(),
            tokens: HashMap::new(),
            people: cast.people.iter().map(|person| person.username.clone()).collect(),
            router: rim::router(app.clone()),
            app,
            listener: Some(listener),
        };
        house.move_in(cast, password_hash).await?;
        Ok(house)
    }

    /// Serves until told to stop.
    pub fn serve(&mut self, stopped: watch::Receiver<bool>) -> Option<JoinHandle<Result<()>>> {
        let listener = self.listener.take()?;
        Some(tokio::spawn(serve::serve(self.app.clone(), listener, stopped)))
    }

    /// Whether nothing is on its way to other servers, and no work is due.
    pub async fn is_idle(&self) -> Result<bool> {
        let now = self.app.db.now();
        let idle = self.app.db.read(move |conn| Ok(runner::is_idle(conn, now)? && delivery::count_waiting(conn)? == 0));
        idle.await
    }

    /// The address of somebody who lives here.
    pub fn address_of(&self, username: &str) -> String {
        format!("@{username}@{}", self.app.site.domain)
    }

    /// Calls the client API as somebody who lives here.
    pub async fn call(&self, who: &str, method: Method, path: &str, body: &Value) -> Result<Value> {
        Ok(serde_json::from_slice(&self.send(who, method, path, body).await?)?)
    }

    /// Hands an object to the ActivityPub outbox of somebody who lives here.
    pub async fn hand_in(&self, who: &str, actor: &str, object: &Value) -> Result<()> {
        self.send(who, Method::POST, &format!("/ap/actors/{actor}/outbox"), object).await.map(drop)
    }

    async fn send(&self, who: &str, method: Method, path: &str, body: &Value) -> Result<Bytes> {
        let token = self.tokens.get(who).ok_or_else(|| Error::internal(format!("{who} has no token")))?;
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
            .map_err(Error::internal)?;
        let response = self.router.clone().oneshot(request).await.map_err(Error::internal)?;
        let status = response.status();
        let body = http_body_util::Limited::new(response.into_body(), ANSWER).collect().await;
        let body = body.map_err(|error| Error::internal(error.to_string()))?.to_bytes();
        if !status.is_success() {
            let said = String::from_utf8_lossy(&body).into_owned();
            return Err(Error::internal(format!("{who}: {method} {path} was answered {status}: {said}")));
        }
        Ok(body)
    }

    async fn move_in(&mut self, cast: &cast::House, password_hash: &str) -> Result<()> {
        let owner = cast.people.first().ok_or_else(|| Error::internal("a house has nobody in it"))?;
        let company = Company {
            name: cast.name.clone(),
            handle: cast.handle.clone(),
            owner: owner.username.clone(),
            email: format!("{}@{}.test", owner.username, cast.key),
            way_in: WayIn::Password(password_hash.to_owned()),
        };
        let site = self.app.site.clone();
        let (brand, first) = self.app.db.write(move |tx| setup::establish(tx, &site, &company)).await?;
        let look = org::Edit {
            colour: Some(cast.colour.clone()),
            description: Some(cast.about.clone()),
            ..org::Edit::default()
        };
        let settled = self.app.db.write(move |tx| {
            org::edit_company(tx, &look)?;
            setup::end(tx)
        });
        settled.await?;
        self.introduce(brand.id, &cast.name, &cast.about).await?;
        self.give_token(first.id, brand.id, &cast.handle).await?;
        for person in &cast.people {
            let actor =
                if person.username == owner.username { first.id } else { self.create(person, password_hash).await? };
            self.introduce(actor, &person.name, &person.about).await?;
            self.give_token(actor, actor, &person.username).await?;
        }
        Ok(())
    }

    async fn create(&self, person: &cast::Person, password_hash: &str) -> Result<ActorId> {
        let new = NewAccount {
            username: person.username.clone(),
            display_name: person.name.clone(),
            email: None,
            password_hash: Some(password_hash.to_owned()),
            kind: if person.role == "customer" { AccountKind::Customer } else { AccountKind::Employee },
            role: Role::Member,
        };
        let site = self.app.site.clone();
        self.app.db.write(move |tx| Ok(accounts::create(tx, &site, &new)?.1.id)).await
    }

    async fn introduce(&self, actor: ActorId, name: &str, about: &str) -> Result<()> {
        let profile = Profile {
            name: Some(name.to_owned()),
            summary: Some((about.to_owned(), format!("<p>{}</p>", text::escape(about)))),
            discoverable: Some(true),
            indexable: Some(true),
            ..Profile::default()
        };
        self.app.db.write(move |tx| actors::edit_profile(tx, actor, &profile)).await
    }

    /// Gives `person` a token with which they act as `actor`.
    async fn give_token(&mut self, person: ActorId, actor: ActorId, username: &str) -> Result<()> {
        let token = secrets::new_token();
        let hash = secrets::token_hash(&token);
        self.app
            .db
            .write(move |tx| {
                let account = accounts::find_by_actor(tx.conn(), person)?
                    .ok_or_else(|| Error::internal("somebody of the story has no login"))?;
                accounts::issue_token(tx, account.id, actor, "read write follow", "demo", &hash)
            })
            .await?;
        self.tokens.insert(username.to_owned(), token);
        Ok(())
    }
}

fn settings(origin: &str, port: u16, folder: &Path, ports: (u16, u16)) -> Result<Config> {
    let (first, last) = ports;
    let environment = [
        ("GUILDHALL_BASE_URL", origin.to_owned()),
        ("GUILDHALL_LISTEN", format!("127.0.0.1:{port}")),
        ("GUILDHALL_DATA_DIR", folder.display().to_string()),
        ("GUILDHALL_FEDERATION__ALLOW_HTTP", "true".to_owned()),
        ("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", format!("[\"127.0.0.1:{first}-{last}\"]")),
        ("GUILDHALL_LIMITS__ENABLED", "false".to_owned()),
    ];
    let environment = environment.map(|(name, value)| (name.into(), value.into()));
    // Settings of the surrounding process are for a real company, not for this one.
    Config::read(&Overrides::default(), environment, folder)
}
