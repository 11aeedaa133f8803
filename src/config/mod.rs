//! Settings: one struct per concern, from four sources, checked before anything starts.
//!
//! Later sources win: defaults, then `guildhall.toml`, then the environment, then flags. A value
//! that is not understood stops the start with a sentence that names the key, the value, where it
//! came from and what is allowed. See `section.rs` for how to add a setting.

mod check;
mod database;
mod federation;
mod hidden;
mod limits;
mod log;
mod mail;
mod media;
mod reference;
mod retention;
mod section;
mod server;
mod sources;

pub use crate::telemetry::LogFormat;
pub use check::{Alone, Notice, Warning};
pub use database::{Database, DatabaseTarget};
pub use federation::Federation;
pub use hidden::Hidden;
pub use limits::Limits;
pub use log::Log;
pub use mail::Mail;
pub use media::Media;
pub use reference::reference;
pub use retention::Retention;
pub use section::Key;
pub use server::{Metrics, Server};
pub use sources::Overrides;

use crate::error::{Error, Result};
use section::{optional, plain, section, text};
use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use toml::Value;
use url::Url;

section! {
    /// Everything that can be set.
    Config {
        /// The address at which people and servers reach this instance. Stored at set-up and fixed from then on. Not set: `http://localhost` with the port of `listen`.
        base_url: Option<Url> = None, "an http:// or https:// address without path, query or password, such as https://social.company.com", optional(origin);
        /// The domain of our handles, where it differs from the host of the base URL: `@press@company.com` on `https://social.company.com`. Stored at set-up and fixed from then on.
        domain: Option<String> = None, "a domain name, such as company.com", optional(domain);
        /// The address and port that the server listens on.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)), "an address with a port, such as 127.0.0.1:8080 or [::]:8080", plain;
        /// The folder of the SQLite database, the secret key and uploaded files.
        data_dir: PathBuf = PathBuf::from("./data"), "a folder", folder;
        /// The database. Not set: SQLite in the data folder.
        database_url: Option<Hidden> = None, "postgres://USER:PASSWORD@HOST/NAME or sqlite:PATH", optional(database_url);
        /// The key that encrypts the secrets in the database: 32 random bytes as base64 or hex. Not set: `secret.key` in the data folder, made at the first start.
        secret_key: Option<Hidden> = None, "32 bytes as base64 or hex, such as the output of: openssl rand -base64 32", optional(secret_key);
        /// Where the source of this server can be had, told on `/about` and to other servers. Whoever changes the program says here where the changed source is, as the licence asks. Not set: the project's own.
        source_url: Option<Url> = None, "an http:// or https:// address, such as https://code.company.com/guildhall", optional(web_address);
        section
        /// How we talk to the database.
        database: Database;
        section
        /// How we speak with other servers.
        federation: Federation;
        section
        /// How much one person, address or server may do.
        limits: Limits;
        section
        /// How e-mail is sent.
        mail: Mail;
        section
        /// How long what others wrote is kept.
        retention: Retention;
        section
        /// Where uploaded files are kept, and how much of them.
        media: Media;
        section
        /// How we answer HTTP requests.
        server: Server;
        section
        /// Where we publish figures about ourselves.
        metrics: Metrics;
        section
        /// What is logged, and how.
        log: Log;
    }
}

impl Config {
    /// Reads the settings of this process and refuses what must not be combined.
    pub fn load(flags: &Overrides) -> Result<Self> {
        Self::read(flags, std::env::vars_os(), Path::new("."))
    }

    /// Reads the settings from the given environment, looking for `guildhall.toml` in the given folder.
    pub fn read(
        flags: &Overrides,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        folder: &Path,
    ) -> Result<Self> {
        let config = sources::read(flags, environment, folder)?;
        config.check()?;
        Ok(config)
    }

    /// The address at which people and servers reach us.
    #[expect(clippy::expect_used, reason = "a literal with a port number always parses")]
    pub fn base_url(&self) -> Url {
        self.base_url.clone().unwrap_or_else(|| {
            Url::parse(&format!("http://localhost:{}", self.listen.port())).expect("a literal with a port parses")
        })
    }

    /// What stands behind the second @ of our handles: a domain, with the port where it is unusual.
    pub fn handle_domain(&self) -> String {
        self.domain.clone().unwrap_or_else(|| {
            let base = self.base_url();
            let host = base.host_str().unwrap_or("localhost");
            base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
        })
    }

    /// Where the source of this server can be had.
    pub fn source(&self) -> &str {
        self.source_url.as_ref().map_or(env!("CARGO_PKG_REPOSITORY"), Url::as_str)
    }

    /// Takes over who we are on the network, as it was stored at set-up, and checks all settings against that.
    pub fn settle(&mut self, base_url: &str, domain: &str) -> Result<()> {
        self.base_url = Some(Url::parse(base_url).map_err(Error::internal)?);
        self.domain = Some(domain.to_owned());
        self.check().map(|_| ())
    }

    /// Reads a domain as the setting `domain` does.
    pub fn read_domain(typed: &str) -> Result<String> {
        domain(&Value::String(typed.to_owned())).ok_or_else(|| {
            Error::invalid("config.bad_value", format!("“{typed}” is not a domain name, such as company.com."))
        })
    }

    /// Which database to open.
    pub fn database_target(&self) -> Result<DatabaseTarget> {
        DatabaseTarget::find(self.database_url.as_deref(), &self.data_dir)
            .ok_or_else(|| Error::invalid("config.bad_value", "database_url must be postgres://… or sqlite:PATH."))
    }
}

fn origin(value: &Value) -> Option<Url> {
    let url = Url::parse(&text(value)?).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && bare && anonymous).then_some(url)
}

/// Reads a domain name, optionally with a port, and writes it as it travels: lower case, punycode.
fn domain(value: &Value) -> Option<String> {
    let text = text(value)?;
    if text.contains(['/', '@', '?', '#', '\\', '%']) {
        return None;
    }
    let url = Url::parse(&format!("https://{text}")).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// Reads an address that a browser can open.
fn web_address(value: &Value) -> Option<Url> {
    let url = Url::parse(&text(value)?).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

fn folder(value: &Value) -> Option<PathBuf> {
    text(value).map(PathBuf::from)
}

fn database_url(value: &Value) -> Option<Hidden> {
    let url = text(value)?;
    DatabaseTarget::find(Some(&url), Path::new(""))?;
    Some(url.into())
}

fn secret_key(value: &Value) -> Option<Hidden> {
    let key = text(value)?;
    crate::secrets::SecretKey::parse(&key)?;
    Some(key.into())
}
