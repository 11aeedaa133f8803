//! Notification, alone and in groups; NotificationRequest and NotificationPolicy.

use serde::Serialize;

use super::{Account, Colleague, Report, Status};
use crate::domain::{
    ActorId, DraftId, NotificationId, NotificationRequestId, PostId,
    notifications::{DraftNews, PolicyAction},
};

/// Something that one is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Notification {
    pub id: NotificationId,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub group_key: String,
    /// It waits; only then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtered: Option<bool>,
    pub created_at: String,
    pub account: Account,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guildhall: Option<NotificationExtension>,
}

/// What Mastodon has no place for: one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationExtension {
    /// With which draft somebody did something.
    Draft(NotifiedDraft),
    /// Which role one has.
    Role(NotifiedRole),
}

/// A role of one's own, as it is at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotifiedRole {
    /// The brand; none, where it is about the house.
    pub actor: Option<ActorId>,
    /// The role; none, where one has none.
    pub role: Option<&'static str>,
    /// Who gave or took it; nobody, where the command line did or the reader does not work here.
    pub by: Option<Colleague>,
}

/// A draft with which somebody did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotifiedDraft {
    /// The draft.
    pub id: DraftId,
    /// What was done with it.
    pub news: DraftNews,
    /// The brand.
    pub actor: ActorId,
    /// How its text begins, in one line.
    pub excerpt: String,
}

/// A page of groups; people and posts are told once.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct GroupedNotifications {
    pub accounts: Vec<Account>,
    /// Those of whom only the picture is shown, when a client wants no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial_accounts: Option<Vec<PartialAccount>>,
    pub statuses: Vec<Status>,
    pub notification_groups: Vec<NotificationGroup>,
}

/// Several notifications that are shown as one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct NotificationGroup {
    pub group_key: String,
    pub notifications_count: i64,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// A number, as clients with 64 bits read it; others page by the ids below.
    pub most_recent_notification_id: i64,
    pub page_min_id: NotificationId,
    pub page_max_id: NotificationId,
    pub latest_page_notification_at: String,
    pub sample_account_ids: Vec<ActorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_id: Option<PostId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guildhall: Option<NotificationExtension>,
}

/// As much of an account as its picture needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct PartialAccount {
    pub id: ActorId,
    pub acct: String,
    pub locked: bool,
    pub bot: bool,
    pub url: String,
    pub avatar: String,
    pub avatar_static: String,
}

/// Somebody whose notifications wait.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct NotificationRequest {
    pub id: NotificationRequestId,
    pub created_at: String,
    pub updated_at: String,
    /// Text, as in Mastodon.
    pub notifications_count: String,
    pub account: Account,
    pub last_status: Option<Status>,
}

/// By whom one is told at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct NotificationPolicy {
    pub for_not_following: PolicyAction,
    pub for_not_followers: PolicyAction,
    pub for_new_accounts: PolicyAction,
    pub for_private_mentions: PolicyAction,
    pub for_limited_accounts: PolicyAction,
    pub summary: PolicySummary,
}

/// The same in its first version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct NotificationPolicyV1 {
    pub filter_not_following: bool,
    pub filter_not_followers: bool,
    pub filter_new_accounts: bool,
    pub filter_private_mentions: bool,
    pub summary: PolicySummary,
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct PolicySummary {
    pub pending_requests_count: i64,
    pub pending_notifications_count: i64,
}
