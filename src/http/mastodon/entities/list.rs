//! List.

use serde::Serialize;

use crate::domain::{ListId, lists::RepliesPolicy};

/// A list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct List {
    pub id: ListId,
    pub title: String,
    pub replies_policy: RepliesPolicy,
    pub exclusive: bool,
}
