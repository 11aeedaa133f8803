//! What must not be combined, and what the operator should know before the server starts.

use super::Config;
use crate::error::{Error, Result};
use std::{fmt, net::SocketAddr};
use url::{Host, Url};

/// Something that works, and that the operator should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The stable name, such as `config.limits_off`.
    pub code: &'static str,
    /// The sentence for the operator.
    pub text: String,
    /// What it is about, for whoever says it in another language.
    pub notice: Notice,
}

/// What a warning is about, with the values in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// federation.allow_http is on.
    AllowHttp,
    /// federation.allowed_private_addresses has some.
    PrivateAddresses,
    /// limits.enabled is off.
    NoLimits,
    /// We do not talk with other servers.
    Alone(Alone),
    /// server.trusted_proxies is empty behind a proxy.
    NoTrustedProxies,
    /// The links on pages lead to a port at which this server does not listen.
    OtherPort {
        /// Where the company is.
        base: Url,
        /// Where this server listens.
        listen: SocketAddr,
        /// Where links lead.
        port: u16,
    },
    /// This server listens at the port of https, and speaks plain http.
    PortOfHttps {
        /// Where it listens.
        listen: SocketAddr,
    },
}

/// Why an instance serves, but does not talk with other servers: they could not reach it safely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    /// Where it serves.
    pub base: Url,
    /// Whether several instances may talk with each other there, when a setting allows it.
    pub is_for_tests: bool,
}

impl fmt::Display for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "This instance serves {} but does not talk with other servers, because they could not reach it safely \
             there. To federate, set base_url to an https address before you set the company up. What was set up here \
             cannot move: begin anew with another folder (data_dir) or another database.",
            self.base
        )?;
        if self.is_for_tests {
            f.write_str(" For several instances on one machine set federation.allow_http = true.")?;
        }
        Ok(())
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}

impl Config {
    /// Refuses settings that are unsafe together and lists what the operator should know.
    pub fn check(&self) -> Result<Vec<Warning>> {
        let base = self.base_url();
        let mut warnings = Vec::new();
        for (setting, meaning, notice) in self.test_settings() {
            if !is_for_tests(&base) {
                return Err(Error::invalid(
                    "config.only_for_tests",
                    format!(
                        "{setting} is for tests and demos and is refused for {base}: it needs a base URL whose host is \
                         a loopback address, localhost, *.localhost or *.test. Remove the setting."
                    ),
                ));
            }
            let text = format!("{setting} is on: {meaning} This is for tests and demos only.");
            warnings.push(Warning { code: "config.only_for_tests", text, notice });
        }
        let media = &self.media;
        let keys = [&media.s3_access_key, &media.s3_secret_key];
        if media.s3_endpoint.is_some() != media.s3_bucket.is_some()
            || media.s3_endpoint.is_some() && keys.iter().any(|key| key.is_none())
        {
            return Err(Error::invalid(
                "config.s3_incomplete",
                "To keep files with S3 set media.s3_endpoint, media.s3_bucket, media.s3_access_key and \
                 media.s3_secret_key, all four; to keep them in a folder set none of them.",
            ));
        }
        if let Some(alone) = self.why_not_federating() {
            let text = alone.to_string();
            warnings.push(Warning { code: "config.not_federating", text, notice: Notice::Alone(alone) });
        }
        if base.scheme() == "https" && self.server.trusted_proxies.is_empty() {
            let text = "The base URL is https, so a proxy stands in front of this server, but server.trusted_proxies \
                        is empty: all visitors seem to come from the proxy and share its limits."
                .to_owned();
            warnings.push(Warning { code: "config.no_trusted_proxies", text, notice: Notice::NoTrustedProxies });
        }
        warnings.extend(self.why_not_listening(&base));
        Ok(warnings)
    }

    /// Whether nobody will be answered at the base URL, as far as that can be seen from here.
    fn why_not_listening(&self, base: &Url) -> Option<Warning> {
        let code = "config.listen";
        let (listen, port) = (self.listen, base.port_or_known_default().unwrap_or(80));
        // Port 0 is any; who knows which becomes the public one.
        if base.scheme() == "http" && is_loopback(base) && listen.port() != 0 && listen.port() != port {
            let text = format!(
                "The company is at {base}, but this server listens on {listen}: the links on its pages lead to port \
                 {port}, where it does not answer. Set listen to that port, unless something there passes requests on."
            );
            return Some(Warning { code, text, notice: Notice::OtherPort { base: base.clone(), listen, port } });
        }
        let is_tls = base.scheme() == "https" && listen.port() == 443;
        is_tls.then(|| {
            let text = format!(
                "This server speaks plain http and listens on {listen}, the port of https. Put a proxy with a certificate \
                 there, and let this server listen on another port, such as 127.0.0.1:8080."
            );
            Warning { code, text, notice: Notice::PortOfHttps { listen } }
        })
    }

    /// Whether this instance talks with other servers.
    pub fn federates(&self) -> bool {
        self.why_not_federating().is_none()
    }

    /// Why this instance serves but does not talk with other servers; nothing when it does.
    pub fn why_not_federating(&self) -> Option<Alone> {
        let base = self.base_url();
        if self.federation.allow_http || (base.scheme() == "https" && !is_loopback(&base)) {
            return None;
        }
        Some(Alone { is_for_tests: is_for_tests(&base), base })
    }

    /// The settings for tests and demos that are on, each with what it means.
    fn test_settings(&self) -> Vec<(&'static str, &'static str, Notice)> {
        let mut on = Vec::new();
        if self.federation.allow_http {
            let meaning = "we speak with other servers without encryption.";
            on.push(("federation.allow_http", meaning, Notice::AllowHttp));
        }
        if !self.federation.allowed_private_addresses.is_empty() {
            on.push((
                "federation.allowed_private_addresses",
                "other servers can make us connect to private addresses.",
                Notice::PrivateAddresses,
            ));
        }
        if !self.limits.enabled {
            on.push(("limits.enabled = false", "nobody's requests are counted or limited.", Notice::NoLimits));
        }
        on
    }
}

/// Whether the host is this machine itself.
fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether nobody outside can reach the host by that name.
fn is_for_tests(base: &Url) -> bool {
    is_loopback(base) || matches!(base.host(), Some(Host::Domain(name)) if name.ends_with(".test"))
}
