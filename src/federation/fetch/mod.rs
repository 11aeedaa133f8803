//! Reads other servers' documents: signed by the instance actor, under a budget, believed only at their origin.

mod actor;
mod document;
mod fields;
mod key;
mod post;
mod resolve;
mod webfinger;

use std::time::Duration;

pub use actor::{actor, handle_refresh_actor};
pub use fields::handle_verify_fields;
pub use key::{key, key_again};
pub use post::{handle_fetch_post, parent_job, post};
pub use resolve::{Resolved, resolve};

use crate::error::{Error, Result};

/// How many documents one activity, or one question of a person, may cost.
const FETCHES: u8 = 20;

/// What may still be fetched for one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget(u8);

impl Default for Budget {
    fn default() -> Self {
        Self(FETCHES)
    }
}

impl Budget {
    /// A budget of at most `fetches`.
    pub fn of(fetches: u8) -> Self {
        Self(fetches.min(FETCHES))
    }

    /// Takes one fetch out of it.
    fn spend(&mut self) -> Result<()> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| {
            Error::invalid("fetch.budget", "This needs more documents than we fetch for one activity.")
        })?;
        Ok(())
    }
}

/// What is remembered of fetches.
pub struct Memory {
    /// Addresses that had nothing for us lately.
    missing: moka::sync::Cache<String, ()>,
    /// Keys that were fetched again lately because a signature failed.
    again: moka::sync::Cache<String, ()>,
}

impl Default for Memory {
    fn default() -> Self {
        let cache = || moka::sync::Cache::builder().max_capacity(20_000).time_to_live(Duration::from_secs(300)).build();
        Self { missing: cache(), again: cache() }
    }
}
