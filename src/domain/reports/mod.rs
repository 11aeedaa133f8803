//! Reports: what somebody here or another server tells the company's moderators of an account, with what they point
//! at, and the rules that it breaks, as they were then.

mod desk;
mod file;

use diesel::prelude::*;

pub use desk::{
    Broken, Filter, Reported, assign, broken_in, find, find_many, list, prune, reopen, reported_in, resolve,
};
pub use file::{NewReport, arrived, file, forget_all_of};

use super::{AccountId, ActorId, ReportId};
use crate::db::{Timestamp, schema::reports};

/// How many characters somebody here may write about it.
pub const COMMENT: usize = 1_000;
/// How many characters of what another server writes are read.
pub const COMMENT_ELSEWHERE: usize = 5_000;
/// How many posts a report points at.
pub const POSTS: usize = 50;
/// How many reports somebody here files in a day.
pub const A_DAY: i64 = 100;
/// How many open reports of one server are kept.
pub const OF_A_SERVER: i64 = 200;

crate::text_enum! {
    /// What a report is about, named as in the Mastodon API.
    Category {
        /// Fake, repetitive, unwanted.
        Spam = "spam",
        /// Against the law.
        Legal = "legal",
        /// Against a rule of the company.
        Violation = "violation",
        /// Anything else.
        Other = "other",
    }
}

/// A report as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reports)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Report {
    pub id: ReportId,
    /// Who reports: one of ours, or the actor by which another server does.
    pub reporter_id: ActorId,
    /// Who is reported.
    pub target_id: ActorId,
    pub category: Category,
    /// Plain text.
    pub comment: String,
    /// The server of whoever is reported was told.
    pub forwarded: bool,
    /// The moderator who looks at it.
    pub assigned_id: Option<AccountId>,
    pub resolved_at: Option<Timestamp>,
    /// The moderator who was done with it.
    pub resolved_by: Option<AccountId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
