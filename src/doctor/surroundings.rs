//! What the doctor sees without the company's database: settings, machine, and the network around them.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use url::Url;

use crate::{
    config::Config,
    db::Timestamp,
    domain::Site,
    error::{Error, Result},
    net::{AddressPolicy, Client, ClientOptions},
};

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

/// The machine and the network, as far as settings tell where to look.
pub(super) struct Surroundings {
    pub config: Config,
    pub site: Site,
    pub options: Options,
    pub client: Client,
    /// Where we are.
    pub base: Url,
    /// Where our handles are asked for.
    pub handles: Url,
    pub places: Vec<Place>,
    /// When the run began.
    pub now: Timestamp,
}

impl Surroundings {
    pub(super) async fn look(config: &Config, site: &Site, options: Options, now: Timestamp) -> Result<Self> {
        let base = Url::parse(&site.base_url).map_err(Error::internal)?;
        let handles = Url::parse(&format!("{}://{}", base.scheme(), site.domain)).map_err(Error::internal)?;
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
        let federation = &config.federation;
        let client = Client::new(ClientOptions {
            // Only ourselves are asked, and whether we answer plain http is one of the questions.
            allow_http: true,
            policy: AddressPolicy::parse(&federation.allowed_private_addresses)?,
            user_agent: format!("Guildhall/{} doctor (+{})", env!("CARGO_PKG_VERSION"), site.base_url),
            connect_timeout: Duration::from_secs(federation.connect_timeout_seconds),
            total_timeout: Duration::from_secs(federation.request_timeout_seconds),
            pins,
            authorities: options.authorities.clone(),
            ..ClientOptions::default()
        })?;
        Ok(Self { config: config.clone(), site: site.clone(), options, client, base, handles, places, now })
    }

    /// Where one of our own addresses is looked for.
    pub(super) fn place_of(&self, url: &Url) -> Option<&Place> {
        let name = name_and_port(url);
        self.places.iter().find(|place| place.name == name)
    }

    /// Whether handles have another domain than the server.
    pub(super) fn is_split(&self) -> bool {
        name_and_port(&self.base) != name_and_port(&self.handles)
    }
}

/// A host with its port, also where that is the usual one.
pub(super) fn name_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    format!("{host}:{}", url.port_or_known_default().unwrap_or(443))
}

async fn look_up(name_and_port: &str) -> Vec<SocketAddr> {
    let Some((host, port)) = name_and_port.rsplit_once(':') else { return Vec::new() };
    let Ok(port) = port.parse::<u16>() else { return Vec::new() };
    // That nothing was found is what the check of the addresses tells.
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
    found.ok().and_then(std::result::Result::ok).map(Iterator::collect).unwrap_or_default()
}
