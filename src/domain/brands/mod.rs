//! How a brand comes into being, and by which rules it speaks: how many must agree to what it publishes, what answers and
//! small edits need, and who changes the rules themselves.

mod acts;
mod answers;
mod authority;
mod change;
mod crisis;
mod establish;
mod lane;
mod topics;

use std::time::Duration;

use diesel::prelude::*;

pub use acts::{act_for, edit_profile};
pub use answers::{Answers, Asks, all_answers, answers, hold_policy, may_have_asked, what_asks};
pub use authority::{Authority, Lane, authority};
pub use change::{
    Changed, PolicyChange, Proposal, REASON, WAITS, change_policy, confirm_policy, drop_proposal, find_proposal,
};
pub use crisis::{CRISIS, Crisis, Rules, all_rules_of, crisis, find_crisis, hold_crisis, may_wait, rules_of};
pub use establish::{NewBrand, create, establish, establish_for};
pub use lane::MissingCertificate;
pub use topics::{Said, Speech, Topic, WithUploads};

use super::{
    AccountId, ActorId,
    accounts::{self, Right},
};
use crate::{
    db::{Among, Conn, Json, Timestamp, Tx, schema::brand_policies},
    error::Result,
};

crate::text_enum! {
    /// What an answer to somebody needs, each more than the one before.
    ReplyLane {
        /// Nothing more than the right to answer.
        Free = "free",
        /// The right to answer, and a certificate that lets one answer; without it, what every post needs.
        Certified = "certified",
        /// What every post needs.
        Approval = "approval",
    }
}

crate::text_enum! {
    /// How posts of a brand say who of its people wrote them.
    Signature {
        /// Not at all.
        Nobody = "none",
        /// By the first letters of the name.
        Initials = "initials",
        /// By the name.
        Name = "name",
        /// By the name, which leads to the person's page.
        NameLink = "name_link",
        /// By the name with a mention, so that answers reach the person too.
        Mention = "mention",
    }
}

/// The rules of a brand.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = brand_policies)]
pub struct Policy {
    /// The brand.
    pub actor_id: ActorId,
    /// How many people must approve what is published.
    pub min_approvals: i32,
    /// Whether somebody who wrote in a draft may be one of them.
    pub self_approve: bool,
    /// For how many hours an approval counts.
    pub approval_hours: i32,
    /// What answers need.
    pub reply_lane: ReplyLane,
    /// How often the rules were changed.
    pub version: i64,
    /// When they were changed last.
    pub updated_at: Timestamp,
    /// How posts say who wrote them.
    pub signature: Signature,
    /// Whether small edits of what is published go at once.
    pub typo_lane: bool,
    /// Of what not everybody speaks without asking.
    pub topics: Json<Vec<Topic>>,
    /// Whether the department stands after the name.
    pub signature_department: bool,
    /// Whether approvals count only of those who hold a certificate as approver.
    pub certified_approvers: bool,
}

impl Policy {
    /// The rules of a brand that has none of its own: whoever may publish does.
    pub fn usual(actor_id: ActorId) -> Self {
        Self {
            actor_id,
            min_approvals: 0,
            self_approve: false,
            approval_hours: 72,
            reply_lane: ReplyLane::Free,
            version: 0,
            updated_at: Timestamp(0),
            signature: Signature::Nobody,
            typo_lane: false,
            topics: Json(Vec::new()),
            signature_department: false,
            certified_approvers: false,
        }
    }

    /// Whether these rules ask anybody for a certificate.
    fn asks_for_certificates(&self) -> bool {
        self.certified_approvers || self.reply_lane == ReplyLane::Certified
    }

    /// Whether anything at all waits for approval under these rules.
    pub fn may_ask(&self) -> bool {
        self.min_approvals > 0 || !self.topics.0.is_empty()
    }

    /// Whether these rules could be made weaker at all, for which a second person is asked.
    pub fn can_be_weaker(&self) -> bool {
        self.may_ask() || self.certified_approvers || self.reply_lane != ReplyLane::Free
    }

    /// Whether something could be published under these rules that the other ones would have held back.
    pub fn is_weaker_than(&self, old: &Self) -> bool {
        self.reply_lane < old.reply_lane
            || old.certified_approvers && !self.certified_approvers
            || old.may_ask()
                && (self.opens_topics_of(old)
                    || self.min_approvals < old.min_approvals
                    || self.self_approve && !old.self_approve
                    || self.approval_hours > old.approval_hours
                    || self.typo_lane && !old.typo_lane)
    }

    /// How long an approval counts.
    pub fn approval_lasts(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.approval_hours).unwrap_or(0) * 3600)
    }
}

/// The rules that these brands gave themselves, in their order. What counts while crisis mode is on, [`all_rules_of`]
/// says.
pub fn policies_of(conn: &mut Conn, brands: &[ActorId]) -> Result<Vec<Policy>> {
    let stored: Vec<Policy> = brand_policies::table
        .filter(brand_policies::actor_id.among(brands.to_vec()))
        .select(Policy::as_select())
        .load(conn)?;
    let of = |brand: &ActorId| stored.iter().find(|policy| policy.actor_id == *brand).cloned();
    Ok(brands.iter().map(|brand| of(brand).unwrap_or_else(|| Policy::usual(*brand))).collect())
}

/// The rules that a brand gave itself. What counts while crisis mode is on, [`rules_of`] says.
pub fn policy_of(conn: &mut Conn, brand: ActorId) -> Result<Policy> {
    Ok(policies_of(conn, &[brand])?.pop().unwrap_or_else(|| Policy::usual(brand)))
}

/// The brands for which a person may approve, and for which something may wait for that: their rules ask for it, or some
/// of their people write nothing but drafts.
pub fn approved_by(conn: &mut Conn, account: AccountId) -> Result<Vec<ActorId>> {
    let brands = accounts::brands_with(conn, account, Right::Approve)?;
    let publish = accounts::people_with(conn, &brands, Right::Publish)?;
    let write = accounts::people_with(conn, &brands, Right::WriteDraft)?;
    let waits = |brand: ActorId| write.iter().any(|one| one.0 == brand && !publish.contains(one));
    let asking = all_rules_of(conn, &brands)?;
    let asking = asking.into_iter().filter(|rules| rules.may_ask() || waits(rules.actor_id));
    Ok(asking.map(|rules| rules.actor_id).collect())
}

/// Forgets the rules of a brand that is gone.
pub fn forget_policy(tx: &mut Tx<'_>, brand: ActorId) -> Result<()> {
    change::forget_proposal(tx, brand)?;
    diesel::delete(brand_policies::table.find(brand)).execute(tx.conn())?;
    Ok(())
}
