//! StatusEdit and StatusSource.

use serde::Serialize;

use super::{Account, Emoji, MediaAttachment};
use crate::domain::PostId;

/// One version of a post.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct StatusEdit {
    pub content: String,
    pub spoiler_text: String,
    pub sensitive: bool,
    pub created_at: String,
    pub account: Account,
    pub media_attachments: Vec<MediaAttachment>,
    pub emojis: Vec<Emoji>,
    pub quote: Option<()>,
}

/// What the author of a post typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct StatusSource {
    pub id: PostId,
    pub text: String,
    pub spoiler_text: String,
    /// `text/plain` or `text/markdown`, as it may be given when writing.
    pub content_type: String,
}
