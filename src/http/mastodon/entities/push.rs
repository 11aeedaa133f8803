//! Where an app is told while it is not open.

use serde::Serialize;

use crate::domain::notifications::PushPolicy;

/// <https://docs.joinmastodon.org/entities/WebPushSubscription/>
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "named and described as in Mastodon's documentation")]
pub struct WebPushSubscription {
    pub id: i64,
    pub endpoint: String,
    pub standard: bool,
    pub alerts: Alerts,
    pub policy: PushPolicy,
    /// The company's public key, to compare with the one that the app gave to its push service.
    pub server_key: String,
}

/// Of what an app is told.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "named as in Mastodon's documentation")]
pub struct Alerts {
    pub mention: bool,
    pub follow: bool,
    pub follow_request: bool,
    pub favourite: bool,
    pub reblog: bool,
    pub status: bool,
    pub update: bool,
    pub poll: bool,
    pub quote: bool,
    pub quoted_update: bool,
    /// No kind of Mastodon's, so only who asked for it is told of it.
    #[serde(rename = "guildhall.review", skip_serializing_if = "Option::is_none")]
    pub review: Option<bool>,
    /// As `review`.
    #[serde(rename = "guildhall.consent", skip_serializing_if = "Option::is_none")]
    pub consent: Option<bool>,
    /// As `review`.
    #[serde(rename = "guildhall.draft", skip_serializing_if = "Option::is_none")]
    pub draft: Option<bool>,
    /// As `review`.
    #[serde(rename = "guildhall.role", skip_serializing_if = "Option::is_none")]
    pub role: Option<bool>,
    #[serde(rename = "admin.sign_up")]
    pub admin_sign_up: bool,
    #[serde(rename = "admin.report")]
    pub admin_report: bool,
}
