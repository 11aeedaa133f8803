//! Announcement.

use serde::Serialize;

use super::Emoji;
use crate::domain::AnnouncementId;

/// What the company tells everybody who has an account here.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Announcement {
    pub id: AnnouncementId,
    pub content: String,
    pub starts_at: Option<String>,
    pub ends_at: Option<String>,
    pub all_day: bool,
    pub published_at: String,
    pub updated_at: String,
    /// Told to whom it is known of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    pub mentions: [(); 0],
    pub statuses: [(); 0],
    pub tags: [(); 0],
    pub emojis: Vec<Emoji>,
    /// Nobody can react.
    pub reactions: [(); 0],
}
