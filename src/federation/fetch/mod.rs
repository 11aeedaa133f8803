//! Reads other servers' documents: signed by the instance actor, under a budget, believed only at their origin.

mod actor;
mod creator;
mod document;
mod failures;
mod fields;
mod file;
mod flights;
mod key;
mod mentioned;
mod page;
mod post;
mod quote;
mod resolve;
mod webfinger;

pub(super) use actor::check_links;
pub use actor::{actor, handle_refresh_actor};
pub use creator::handle_find_creator;
pub use failures::Memory;
pub(crate) use failures::host_in;
pub use fields::handle_verify_fields;
pub use file::{FILE, FileFetches, Largest, file, folder};
pub use flights::Flights;
pub use key::{SenderKey, key, key_again};
pub use mentioned::{mentioned, newly_mentioned, unknown_in};
pub use page::handle_fetch_card;
pub use post::{handle_fetch_post, post, post_job, refresh};
pub use quote::handle_check_quote;
pub use resolve::{Resolved, resolve};
pub use webfinger::{Door, doors, scheme};

use crate::error::{Error, Result};
use webfinger::Finger;

/// How many documents one activity, or one question of a person, may cost.
const FETCHES: u8 = 20;

/// What may still be fetched for one cause, and what was answered about handles meanwhile.
#[derive(Debug, Clone)]
pub struct Budget {
    left: u8,
    depth: u8,
    fingers: Vec<((String, String), Finger)>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(FETCHES)
    }
}

impl Budget {
    /// A budget of at most `fetches`.
    pub fn of(fetches: u8) -> Self {
        Self { left: fetches.min(FETCHES), depth: 0, fingers: Vec::new() }
    }

    /// The same for something to which so many quotes lead.
    #[must_use]
    fn at_depth(mut self, depth: u8) -> Self {
        self.depth = depth;
        self
    }

    /// Takes one fetch out of it.
    fn spend(&mut self) -> Result<()> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            Error::invalid("fetch.budget", "This needs more documents than we fetch for one activity.")
        })?;
        Ok(())
    }
}
