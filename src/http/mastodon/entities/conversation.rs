//! Conversation.

use serde::Serialize;

use super::{Account, Status};
use crate::domain::ConversationId;

/// Direct posts with the same people.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Conversation {
    pub id: ConversationId,
    pub unread: bool,
    /// The others; oneself when there are none.
    pub accounts: Vec<Account>,
    pub last_status: Option<Status>,
}
