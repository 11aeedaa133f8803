//! Report, Admin::Report and Admin::Account.

use serde::Serialize;

use super::{Account, Role, Rule, Status};
use crate::domain::{
    ActorId, PostId, ReportId,
    accounts::{self, AccountKind},
    reports::Category,
};

/// A report, as whoever filed it sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Report {
    pub id: ReportId,
    pub action_taken: bool,
    pub action_taken_at: Option<String>,
    pub category: Category,
    pub comment: String,
    pub forwarded: bool,
    pub created_at: String,
    pub status_ids: Vec<PostId>,
    pub rule_ids: Vec<String>,
    pub target_account: Account,
}

/// A report, as moderators see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct AdminReport {
    pub id: ReportId,
    pub action_taken: bool,
    pub action_taken_at: Option<String>,
    pub category: Category,
    pub comment: String,
    pub forwarded: bool,
    pub created_at: String,
    pub updated_at: String,
    pub account: AdminAccount,
    pub target_account: AdminAccount,
    pub assigned_account: Option<AdminAccount>,
    pub action_taken_by_account: Option<AdminAccount>,
    /// As far as the moderator may see them as a reader.
    pub statuses: Vec<Status>,
    /// As they were when it was filed.
    pub rules: Vec<Rule>,
    pub guildhall: AdminReportExtension,
}

/// What Mastodon does not know of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdminReportExtension {
    /// The posts as they were when they were reported.
    pub reported: Vec<ReportedPost>,
    /// What whoever it is about is here; nothing where they have no login here.
    pub target: Option<ReportedLogin>,
}

/// What somebody is here: it says who may limit them or lock them out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedLogin {
    /// As what they are here.
    pub kind: AccountKind,
    /// What they may do with the server.
    pub role: accounts::Role,
}

/// A post as it was when it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedPost {
    /// Its id; it may be gone.
    pub id: PostId,
    /// Its id on the network.
    pub uri: Option<String>,
    /// Clean HTML.
    pub content: String,
}

/// Somebody, as moderators see them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct AdminAccount {
    pub id: ActorId,
    pub username: String,
    pub domain: Option<String>,
    pub created_at: String,
    pub email: Option<String>,
    /// Addresses are not kept.
    pub ip: Option<()>,
    pub ips: Vec<()>,
    pub locale: Option<String>,
    pub invite_request: Option<()>,
    pub role: Option<Role>,
    pub confirmed: bool,
    pub approved: bool,
    pub disabled: bool,
    pub silenced: bool,
    pub suspended: bool,
    pub sensitized: bool,
    pub account: Account,
}
