//! Instance, version 2.

use serde::Serialize;

use super::{Account, ApiVersions, Configuration, Rule};

/// The server.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Instance {
    pub domain: String,
    pub title: String,
    pub version: String,
    pub source_url: String,
    pub description: String,
    pub usage: Usage,
    pub thumbnail: Thumbnail,
    pub icon: Vec<Icon>,
    pub languages: Vec<String>,
    pub configuration: Configuration,
    pub registrations: Registrations,
    pub api_versions: ApiVersions,
    pub contact: Contact,
    pub rules: Vec<Rule>,
}

/// How much it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Usage {
    pub users: UsageUsers,
}

/// By how many people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct UsageUsers {
    pub active_month: i64,
}

/// What it looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Thumbnail {
    pub url: String,
}

/// Its icon in one size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Icon {
    pub src: String,
    pub size: &'static str,
}

/// Whether one can sign up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Registrations {
    pub enabled: bool,
    pub approval_required: bool,
    pub reason_required: bool,
    pub message: Option<String>,
    pub min_age: Option<u32>,
    pub url: Option<String>,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Contact {
    pub email: String,
    pub account: Option<Account>,
}
