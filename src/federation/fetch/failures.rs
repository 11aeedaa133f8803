//! What is remembered of fetches that failed, so that nobody can make us ask again and again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use url::Url;

use crate::{
    domain::ActorId,
    error::{Error, Kind, Result},
    net::host_of,
};

/// How many keys of one host may fail within five minutes before its unknown keys wait.
const DOUBTS: u32 = 100;

/// Why an address had nothing for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Missing,
    Gone,
}

/// What is remembered of fetches.
pub struct Memory {
    /// Addresses that had nothing for us in the last five minutes.
    missing: moka::sync::Cache<String, Failure>,
    /// Addresses that did not answer in the last minute.
    down: moka::sync::Cache<String, ()>,
    /// Keys that were fetched again lately because a signature failed.
    again: moka::sync::Cache<String, ()>,
    /// Actors whose links were checked lately.
    verified: moka::sync::Cache<ActorId, ()>,
    /// How many signatures and keys of a host failed lately.
    doubts: moka::sync::Cache<String, Arc<AtomicU32>>,
}

impl Default for Memory {
    fn default() -> Self {
        let lasting = |seconds| Duration::from_secs(seconds);
        let sized = 20_000;
        Self {
            missing: moka::sync::Cache::builder().max_capacity(sized).time_to_live(lasting(300)).build(),
            down: moka::sync::Cache::builder().max_capacity(sized).time_to_live(lasting(60)).build(),
            again: moka::sync::Cache::builder().max_capacity(sized).time_to_live(lasting(300)).build(),
            verified: moka::sync::Cache::builder().max_capacity(sized).time_to_live(lasting(600)).build(),
            doubts: moka::sync::Cache::builder().max_capacity(sized).time_to_live(lasting(300)).build(),
        }
    }
}

impl Memory {
    /// An error when this address failed a moment ago.
    pub(super) fn check(&self, url: &Url) -> Result<()> {
        match self.missing.get(url.as_str()) {
            Some(Failure::Missing) => {
                return Err(Error::not_found("fetch.missing", "There was nothing at this address a moment ago."));
            }
            Some(Failure::Gone) => return Err(Error::gone("fetch.gone", "It was deleted.")),
            None => {}
        }
        if self.down.contains_key(url.as_str()) {
            return Err(Error::unavailable("fetch.down", "This address did not answer a moment ago."));
        }
        Ok(())
    }

    /// Remembers how a fetch failed.
    pub(super) fn failed(&self, url: &Url, kind: Kind) {
        let address = url.to_string();
        match kind {
            Kind::Internal => {}
            Kind::Unavailable | Kind::TooMany => self.down.insert(address, ()),
            Kind::Gone => self.missing.insert(address, Failure::Gone),
            _ => self.missing.insert(address, Failure::Missing),
        }
    }

    /// Whether this key may be fetched again; at most once in five minutes.
    pub(super) fn may_ask_again(&self, key_id: &str) -> bool {
        let first = !self.again.contains_key(key_id);
        self.again.insert(key_id.to_owned(), ());
        first
    }

    /// Whether the links of this actor may be checked; at most once in ten minutes.
    pub(super) fn may_verify(&self, actor: ActorId) -> bool {
        let first = !self.verified.contains_key(&actor);
        self.verified.insert(actor, ());
        first
    }

    /// A key of this host failed.
    pub(super) fn doubt(&self, host: &str) {
        self.doubts.get_with(host.to_owned(), Arc::default).fetch_add(1, Ordering::Relaxed);
    }

    /// Whether so many keys of this host failed that its unknown ones must wait.
    pub(super) fn is_doubted(&self, host: &str) -> bool {
        self.doubts.get(host).is_some_and(|count| count.load(Ordering::Relaxed) >= DOUBTS)
    }

    /// Forgets every failure.
    pub fn forget(&self) {
        self.missing.invalidate_all();
        self.down.invalidate_all();
        self.again.invalidate_all();
        self.verified.invalidate_all();
        self.doubts.invalidate_all();
    }
}

/// The host of an address, empty when it is none.
pub(crate) fn host_in(address: &str) -> String {
    Url::parse(address).map(|url| host_of(&url)).unwrap_or_default()
}
