//! What the server can do and how much of it, shared by both versions of Instance.

use serde::Serialize;

/// The `configuration` of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Configuration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urls: Option<Urls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vapid: Option<Vapid>,
    pub accounts: AccountLimits,
    pub statuses: StatusLimits,
    pub media_attachments: MediaLimits,
    pub polls: PollLimits,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<Translation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timelines_access: Option<TimelinesAccess>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limited_federation: Option<bool>,
}

/// Where things are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Urls {
    /// A WebSocket address without a path.
    pub streaming: String,
    pub status: Option<String>,
    pub about: Option<String>,
    pub privacy_policy: Option<String>,
    pub terms_of_service: Option<String>,
}

/// The key of push messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Vapid {
    pub public_key: String,
}

/// Limits of profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct AccountLimits {
    pub max_featured_tags: usize,
    pub max_pinned_statuses: usize,
    pub max_display_name_length: usize,
    pub max_note_length: usize,
    pub max_profile_fields: usize,
    pub profile_field_name_limit: usize,
    pub profile_field_value_limit: usize,
}

/// Limits of posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct StatusLimits {
    pub max_characters: usize,
    pub max_media_attachments: usize,
    pub characters_reserved_per_url: usize,
    pub supported_mime_types: Vec<&'static str>,
}

/// Limits of uploads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct MediaLimits {
    pub description_limit: usize,
    pub supported_mime_types: Vec<&'static str>,
    pub image_size_limit: usize,
    pub image_matrix_limit: usize,
    pub video_size_limit: usize,
    pub video_frame_rate_limit: usize,
    pub video_matrix_limit: usize,
}

/// Limits of polls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct PollLimits {
    pub max_options: usize,
    pub max_characters_per_option: usize,
    pub min_expiration: u64,
    pub max_expiration: u64,
}

/// Whether posts can be translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Translation {
    pub enabled: bool,
}

/// Who may read which timelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct TimelinesAccess {
    pub live_feeds: Feeds,
    pub hashtag_feeds: Feeds,
    pub trending_link_feeds: Feeds,
}

/// Who may read posts of this server and of others in one kind of timeline: `public` or `disabled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Feeds {
    pub local: &'static str,
    pub remote: &'static str,
}

/// How far the API goes, in Mastodon's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct ApiVersions {
    pub mastodon: u32,
}
