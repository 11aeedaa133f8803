//! Account.

use serde::Serialize;

use crate::domain::ActorId;

/// Somebody, as everybody sees them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Account {
    pub id: ActorId,
    pub username: String,
    pub acct: String,
    pub display_name: String,
    pub locked: bool,
    pub bot: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub group: bool,
    /// At midnight, as in Mastodon.
    pub created_at: String,
    pub note: String,
    pub url: String,
    pub uri: String,
    pub avatar: String,
    pub avatar_static: String,
    pub header: String,
    pub header_static: String,
    pub followers_count: i64,
    pub following_count: i64,
    pub statuses_count: i64,
    /// A date without time.
    pub last_status_at: Option<String>,
    pub hide_collections: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noindex: Option<bool>,
    pub emojis: Vec<Emoji>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<super::Role>>,
    pub fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Box<Account>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limited: Option<bool>,
    pub guildhall: AccountExtension,
}

/// Somebody who is muted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MutedAccount {
    /// Who it is.
    #[serde(flatten)]
    pub account: Account,
    /// Until when; nothing when it is for good.
    pub mute_expires_at: Option<String>,
}

/// What Mastodon does not know of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountExtension {
    /// The ActivityPub type: `Person`, `Organization`, `Group`, …
    pub kind: &'static str,
}

/// One line of the table on a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Field {
    pub name: String,
    pub value: String,
    pub verified_at: Option<String>,
}

/// A picture that stands for `:shortcode:`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Emoji {
    pub shortcode: String,
    pub url: String,
    pub static_url: String,
    pub visible_in_picker: bool,
    /// Said where apps choose from all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}
