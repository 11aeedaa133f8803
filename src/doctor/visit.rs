//! One run of the doctor: whom it asks, how, and what it was answered already.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::StatusCode;
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::report::{Judged, Trouble, said};
use crate::{
    app::App,
    domain::{
        Site,
        actors::{self, Actor, ActorKind},
        setup,
    },
    error::{Error, Result},
    federation::keys,
    net::{AddressPolicy, Client, ClientOptions, Fetched, Get, Transport, content_type::ACCEPT_ACTIVITY},
};

/// What to ask for a page with.
pub(super) const HTML: &str = "text/html";
/// Anything.
pub(super) const ANY: &str = "*/*";
/// How long somebody who may wait does: reading a large database takes its time.
const LONGEST: Duration = Duration::from_secs(900);
/// How long DNS may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the doctor is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where names with their port, such as `company.com:443`, are to be found, instead of what DNS says.
    pub pins: HashMap<String, Vec<SocketAddr>>,
    /// Certificate authorities (DER) to believe besides those of the web.
    pub authorities: Vec<Vec<u8>>,
    /// Less free space than this, in bytes, is a failure; less than five times as much is a warning.
    pub least_space: u64,
    /// How long all checks together may take; what has not ended by then says so.
    pub longest: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { pins: HashMap::new(), authorities: Vec::new(), least_space: 200 * 1024 * 1024, longest: LONGEST }
    }
}

impl Options {
    /// Asks for the base URL at this address instead of the one in DNS.
    pub fn pin(&mut self, site: &Site, address: SocketAddr) -> Result<()> {
        let base = Url::parse(&site.base_url).map_err(Error::internal)?;
        self.pins.insert(name_and_port(&base), vec![address]);
        Ok(())
    }
}

/// A name of ours, and the addresses at which we look for it.
pub(super) struct Place {
    pub name: String,
    pub addresses: Vec<SocketAddr>,
    /// DNS says so, and not the operator.
    pub by_dns: bool,
}

/// An address, and what was accepted.
type Asked = (String, String);

/// What was answered, or why nothing was.
pub(super) type Answered = Arc<Result<Fetched>>;

/// One run of the doctor.
pub(super) struct Visit {
    pub app: App,
    pub options: Options,
    pub client: Client,
    /// Where we are.
    pub base: Url,
    /// Where our handles are asked for.
    pub handles: Url,
    pub places: Vec<Place>,
    /// The company's brand.
    pub brand: Actor,
    /// The server's own actor.
    pub server: Actor,
    /// Why nothing can be signed with the secret key that is there.
    pub locked: Option<String>,
    answers: Mutex<HashMap<Asked, Arc<OnceCell<Answered>>>>,
}

impl Visit {
    pub(super) async fn begin(app: &App, options: Options) -> Result<Self> {
        let base = Url::parse(&app.site.base_url).map_err(Error::internal)?;
        let handles = Url::parse(&format!("{}://{}", base.scheme(), app.site.domain)).map_err(Error::internal)?;
        let (mut places, mut pins) = (Vec::new(), options.pins.clone());
        for url in [&base, &handles] {
            let name = name_and_port(url);
            if places.iter().any(|place: &Place| place.name == name) {
                continue;
            }
            if let Some(addresses) = pins.get(&name) {
                places.push(Place { name, addresses: addresses.clone(), by_dns: false });
                continue;
            }
            let addresses = look_up(&name).await;
            if !addresses.is_empty() {
                pins.insert(name.clone(), addresses.clone());
                // Where https is, plain http is asked for too.
                let plain: Vec<SocketAddr> = addresses.iter().map(|at| SocketAddr::new(at.ip(), 80)).collect();
                pins.entry(format!("{}:80", url.host_str().unwrap_or_default())).or_insert(plain);
            }
            places.push(Place { name, addresses, by_dns: true });
        }
        let federation = &app.config.federation;
        let client = Client::new(ClientOptions {
            // Only ourselves are asked, and whether we answer plain http is one of the questions.
            allow_http: true,
            policy: AddressPolicy::parse(&federation.allowed_private_addresses)?,
            user_agent: format!("Guildhall/{} doctor (+{})", env!("CARGO_PKG_VERSION"), app.site.base_url),
            connect_timeout: Duration::from_secs(federation.connect_timeout_seconds),
            total_timeout: Duration::from_secs(federation.request_timeout_seconds),
            pins,
            authorities: options.authorities.clone(),
            ..ClientOptions::default()
        })?;
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
        Ok(Self { app, options, client, base, handles, places, brand, server, locked, answers: Mutex::default() })
    }

    /// Whether handles have another domain than the server.
    pub(super) fn is_split(&self) -> bool {
        name_and_port(&self.base) != name_and_port(&self.handles)
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
        self.client.get(&url, Get { accept, signer: None, sign_query: true, most: None, refuses: &|_| false }).await
    }

    /// What is answered with 200; anything else is trouble.
    pub(super) async fn found(&self, url: &str, accept: &str, advice: &str) -> Result<Fetched, Trouble> {
        match self.get(url, accept).await.as_ref() {
            Ok(fetched) if fetched.status == StatusCode::OK => Ok(fetched.clone()),
            Ok(fetched) => Err(Trouble::failed(format!("{url} answers {}.", fetched.status), advice)),
            Err(error) => Err(Trouble::failed(format!("{url}: {}", said(error)), advice)),
        }
    }

    /// JSON that is answered with 200.
    pub(super) async fn json(&self, url: &str, accept: &str, advice: &str) -> Result<(Fetched, Value), Trouble> {
        let fetched = self.found(url, accept, advice).await?;
        match serde_json::from_slice(&fetched.body) {
            Ok(value) => Ok((fetched, value)),
            Err(_) => Err(Trouble::failed(format!("{url} answers something that is not JSON."), advice)),
        }
    }

    /// A document of ours as other servers ask for it.
    pub(super) async fn document(&self, url: &str) -> Result<(Fetched, Value), Trouble> {
        self.json(url, ACCEPT_ACTIVITY, MANGLED).await
    }
}

/// What to do when a document of ours does not arrive as we say it.
pub(super) const MANGLED: &str = "Something between the network and this server changes what it says. Ask for the same \
     address at the server's own port (see listen) with curl, compare, and let the proxy or the protection in front of \
     it pass everything below /ap/ and /.well-known/ as it is.";

/// All is well, or everything that is wrong at once.
pub(super) fn all_of(found: String, wrong: &[String], advice: &str) -> Judged {
    if wrong.is_empty() { Ok(found) } else { Err(Trouble::failed(wrong.join(" "), advice)) }
}

/// A host with its port, also where that is the usual one.
pub(super) fn name_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    format!("{host}:{}", url.port_or_known_default().unwrap_or(443))
}

/// Why the secret key at hand does not open what is in the database, if it does not.
async fn why_locked(app: &App, server: &Actor) -> Result<Option<String>> {
    let known = app.db.read(setup::key_fingerprint).await?;
    if known.is_some_and(|known| known != app.secrets.fingerprint()) {
        return Ok(Some("It is not the key with which this database was set up.".to_owned()));
    }
    let opened = keys::check_keys(app, server).await;
    Ok(opened.err().map(|error| format!("The private keys in the database cannot be opened: {}", said(&error))))
}

async fn look_up(name_and_port: &str) -> Vec<SocketAddr> {
    let Some((host, port)) = name_and_port.rsplit_once(':') else { return Vec::new() };
    let Ok(port) = port.parse::<u16>() else { return Vec::new() };
    // That nothing was found is what the check of the addresses tells.
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
    found.ok().and_then(std::result::Result::ok).map(Iterator::collect).unwrap_or_default()
}
