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

/// How long an address that did not answer is left alone.
pub(super) const DOWN: Duration = Duration::from_secs(60);
/// How many keys of one host are fetched again within five minutes because signatures failed.
const DOUBTS: u32 = 100;
/// How many people of one server are asked for within an hour because pages name them as their authors.
const CREATORS: u32 = 100;
/// How many keys of one server are fetched in five minutes because somebody asks for a consent with them.
const READERS: u32 = 20;
/// How many addresses, keys, actors and hosts are remembered, of each.
const REMEMBERED: u64 = 20_000;

/// Why an address had nothing for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Missing,
    Gone,
}

/// Whether a key that we have may be fetched again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It may, and whoever else asks now may not.
    Yes,
    /// It was, a moment ago.
    Lately,
    /// So many keys of its host were that this one must wait.
    TooOften,
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
    /// How many keys of a host were fetched again lately.
    doubts: moka::sync::Cache<String, Arc<AtomicU32>>,
    /// Handles that were asked for lately because a page names them as its author.
    creators: moka::sync::Cache<String, ()>,
    /// How many of a host were.
    named: moka::sync::Cache<String, Arc<AtomicU32>>,
    /// How many keys of a host were fetched lately because somebody asked for a consent with them.
    readers: moka::sync::Cache<String, Arc<AtomicU32>>,
}

impl Default for Memory {
    fn default() -> Self {
        let lasting = |seconds| Duration::from_secs(seconds);
        Self {
            missing: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(lasting(300)).build(),
            down: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(DOWN).build(),
            again: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(lasting(300)).build(),
            verified: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(lasting(600)).build(),
            doubts: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(lasting(300)).build(),
            creators: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(lasting(3600)).build(),
            named: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(lasting(3600)).build(),
            readers: moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(lasting(300)).build(),
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
            return Err(Error::unavailable("fetch.down", "This address did not answer a moment ago.").retry_in(DOWN));
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

    /// Whether this key may be fetched again; at most once in five minutes, and of one host not too many.
    pub(super) fn may_ask_again(&self, key_id: &str, host: &str) -> Again {
        if !self.again.entry_by_ref(key_id).or_insert(()).is_fresh() {
            return Again::Lately;
        }
        let asked = self.doubts.get_with_by_ref(host, Arc::default).fetch_add(1, Ordering::Relaxed);
        if asked < DOUBTS { Again::Yes } else { Again::TooOften }
    }

    /// Whether the links of this actor may be checked; at most once in ten minutes.
    pub(super) fn may_verify(&self, actor: ActorId) -> bool {
        let first = !self.verified.contains_key(&actor);
        self.verified.insert(actor, ());
        first
    }

    /// Whether somebody may be asked for whom a page names as its author; once in an hour, and of one host not too many.
    pub(super) fn may_ask_for_creator(&self, username: &str, host: &str) -> bool {
        let handle = format!("{}@{host}", username.to_lowercase());
        self.creators.entry(handle).or_insert(()).is_fresh()
            && self.named.get_with_by_ref(host, Arc::default).fetch_add(1, Ordering::Relaxed) < CREATORS
    }

    /// Whether a key of this host that we do not have may be fetched for somebody who asks with it: anybody can name one,
    /// and each would be a question to that host.
    pub(in crate::federation) fn may_ask_for_reader(&self, host: &str) -> bool {
        self.readers.get_with_by_ref(host, Arc::default).fetch_add(1, Ordering::Relaxed) < READERS
    }

    /// Their server did not answer: they may be asked for again, as often as others of it.
    pub(super) fn forget_creator(&self, username: &str, host: &str) {
        self.creators.invalidate(&format!("{}@{host}", username.to_lowercase()));
    }

    /// The host did not answer: what was asked may be asked again.
    pub(super) fn forget_asked(&self, key_id: &str) {
        self.again.invalidate(key_id);
    }

    /// Forgets every failure.
    pub fn forget(&self) {
        self.missing.invalidate_all();
        self.down.invalidate_all();
        self.again.invalidate_all();
        self.verified.invalidate_all();
        self.doubts.invalidate_all();
        self.creators.invalidate_all();
        self.named.invalidate_all();
        self.readers.invalidate_all();
    }
}

/// The host of an address, empty when it is none.
pub(crate) fn host_in(address: &str) -> String {
    Url::parse(address).map(|url| host_of(&url)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_remembered_than_the_guide_says() {
        let memory = Memory::default();
        for number in 0..i64::try_from(REMEMBERED).unwrap() + 5_000 {
            let url = Url::parse(&format!("https://h{number}.example/")).unwrap();
            memory.failed(&url, Kind::NotFound);
            memory.failed(&url, Kind::Unavailable);
            memory.may_ask_again(url.as_str(), &host_of(&url));
            memory.verified.insert(ActorId(number), ());
            memory.may_ask_for_creator("eve", &host_of(&url));
            memory.may_ask_for_reader(&host_of(&url));
        }
        memory.missing.run_pending_tasks();
        memory.down.run_pending_tasks();
        memory.again.run_pending_tasks();
        memory.verified.run_pending_tasks();
        memory.doubts.run_pending_tasks();
        memory.creators.run_pending_tasks();
        memory.named.run_pending_tasks();
        memory.readers.run_pending_tasks();
        let counts = [
            memory.missing.entry_count(),
            memory.down.entry_count(),
            memory.again.entry_count(),
            memory.verified.entry_count(),
            memory.doubts.entry_count(),
            memory.creators.entry_count(),
            memory.named.entry_count(),
            memory.readers.entry_count(),
        ];
        assert!(counts.iter().all(|count| (1..=REMEMBERED).contains(count)), "{counts:?}");
    }
}
