//! Search.

use serde::Serialize;

use super::{Account, Status, Tag};

/// What was found.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Search {
    pub accounts: Vec<Account>,
    pub statuses: Vec<Status>,
    pub hashtags: Vec<Tag>,
}
