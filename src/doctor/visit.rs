//! One run of the doctor: whom it asks, and what it was answered already.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use http::StatusCode;
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::{
    report::{Judged, Known, Told, Trouble, said, told},
    surroundings::Surroundings,
};
use crate::{
    app::App,
    domain::{
        actors::{self, Actor, ActorKind},
        setup,
    },
    error::{Error, Result},
    federation::keys,
    net::{Fetched, Get, Transport, content_type::ACCEPT_ACTIVITY},
};

/// What to ask for a page with.
pub(super) const HTML: &str = "text/html";
/// Anything.
pub(super) const ANY: &str = "*/*";

/// An address, and what was accepted.
type Asked = (String, String);

/// What was answered, or why nothing was.
pub(super) type Answered = Arc<Result<Fetched>>;

/// One run of the doctor on a company.
pub(super) struct Visit {
    pub app: App,
    around: Surroundings,
    /// The company's brand.
    pub brand: Actor,
    /// The server's own actor.
    pub server: Actor,
    /// Why nothing can be signed with the secret key that is there.
    pub locked: Option<Told>,
    answers: Mutex<HashMap<Asked, Arc<OnceCell<Answered>>>>,
}

impl Deref for Visit {
    type Target = Surroundings;
    fn deref(&self) -> &Surroundings {
        &self.around
    }
}

impl Visit {
    pub(super) async fn begin(app: &App, around: Surroundings) -> Result<Self> {
        let (brand, server) = app
            .db
            .read(|conn| {
                let ours = actors::list_local(conn, 100)?;
                let brand = ours.iter().find(|actor| actor.kind == ActorKind::Organization).or(ours.first()).cloned();
                Ok((brand, actors::instance_actor(conn)?))
            })
            .await?;
        let missing = || Error::unavailable("setup.missing", "This server is not set up yet. Run: guildhall setup");
        let (brand, server) = (brand.ok_or_else(missing)?, server.ok_or_else(missing)?);
        let (locked, app) = (why_locked(app, &server).await?, app.clone());
        Ok(Self { app, around, brand, server, locked, answers: Mutex::default() })
    }

    /// What it sees of the machine and the network.
    pub(super) const fn around(&self) -> &Surroundings {
        &self.around
    }

    /// What is answered at an address; asked once.
    pub(super) async fn get(&self, url: &str, accept: &str) -> Answered {
        let asked = (url.to_owned(), accept.to_owned());
        let answer = self.answers.lock().unwrap_or_else(PoisonError::into_inner).entry(asked).or_default().clone();
        answer.get_or_init(async || Arc::new(self.get_again(url, accept).await)).await.clone()
    }

    /// What is answered at an address now.
    pub(super) async fn get_again(&self, url: &str, accept: &str) -> Result<Fetched> {
        let url = Url::parse(url).map_err(|_| Error::invalid("net.address", "This is not a web address."))?;
        self.client
            .get(&url, Get { accept, signer: None, sign_query: true, most: None, ends: None, refuses: &|_| false })
            .await
    }

    /// What is answered with 200; anything else is trouble.
    pub(super) async fn found(&self, url: &str, accept: &str, advice: Known) -> Result<Fetched, Trouble> {
        match self.get(url, accept).await.as_ref() {
            Ok(fetched) if fetched.status == StatusCode::OK => Ok(fetched.clone()),
            Ok(fetched) => {
                let found = Told::of("found.answers", format!("{url} answers {}.", fetched.status));
                Err(Trouble::failed(found.with("url", &url).with("status", &fetched.status.as_u16()), advice))
            }
            Err(error) => Err(Trouble::failed(silent(url, error), advice)),
        }
    }

    /// JSON that is answered with 200.
    pub(super) async fn json(&self, url: &str, accept: &str, advice: Known) -> Result<(Fetched, Value), Trouble> {
        let fetched = self.found(url, accept, advice).await?;
        match serde_json::from_slice(&fetched.body) {
            Ok(value) => Ok((fetched, value)),
            Err(_) => {
                let found = Told::of("found.no_json", format!("{url} answers something that is not JSON."));
                Err(Trouble::failed(found.with("url", &url), advice))
            }
        }
    }

    /// A document of ours as other servers ask for it.
    pub(super) async fn document(&self, url: &str) -> Result<(Fetched, Value), Trouble> {
        self.json(url, ACCEPT_ACTIVITY, MANGLED).await
    }
}

/// That nothing is answered at an address, and why.
pub(super) fn silent(url: &str, error: &Error) -> Told {
    Told::of("found.silent", format!("{url}: {}", said(error))).with("url", &url).with("why", &said(error))
}

/// What to do when a document of ours does not arrive as we say it.
pub(super) const MANGLED: Known = (
    "advice.mangled",
    "Something between the network and this server changes what it says. Ask for the same address at the server's own \
     port (see listen) with curl, compare, and let the proxy or the protection in front of it pass everything below \
     /ap/ and /.well-known/ as it is.",
);

/// All is well, or everything that is wrong at once.
pub(super) fn all_of(found: Told, wrong: Vec<Told>, advice: Known) -> Judged {
    if wrong.is_empty() { Ok(found) } else { Err(Trouble::failed(Told::all(wrong), advice)) }
}

/// Why the secret key at hand does not open what is in the database, if it does not.
async fn why_locked(app: &App, server: &Actor) -> Result<Option<Told>> {
    let known = app.db.read(setup::key_fingerprint).await?;
    if known.is_some_and(|known| known != app.secrets.fingerprint()) {
        return Ok(Some(("found.another_key", "It is not the key with which this database was set up.").into()));
    }
    let opened = keys::check_keys(app, server).await;
    Ok(opened.err().map(|error| {
        told!("found.keys_closed", "The private keys in the database cannot be opened: {why}", why = said(&error))
    }))
}
