//! Poll.

use serde::Serialize;

use super::Emoji;
use crate::domain::PostId;

/// A question with choices.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Poll {
    pub id: PostId,
    pub expires_at: Option<String>,
    pub expired: bool,
    pub multiple: bool,
    pub votes_count: u64,
    pub voters_count: Option<u64>,
    pub options: Vec<PollOption>,
    pub emojis: Vec<Emoji>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_votes: Option<Vec<i32>>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct PollOption {
    pub title: String,
    pub votes_count: Option<u64>,
}
