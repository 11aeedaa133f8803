//! Who may say what without asking, as it is told before anything is written.

use super::{MissingCertificate, ReplyLane, Rules, Topic, rules_of};
use crate::{
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId,
        accounts::{GrantRole, Right},
    },
    error::Result,
};

crate::text_enum! {
    /// What becomes of something that a person writes for a brand.
    Lane {
        /// It is published at once.
        Free = "free",
        /// A colleague agrees to it first, or publishes it.
        Approval = "approval",
        /// It is not theirs to write.
        Closed = "closed",
    }
}

/// What a person may say for a brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// What begins a thread, or goes on with what the brand or a colleague said.
    pub posts: Lane,
    /// Answers to others.
    pub replies: Lane,
    /// Changes of what is published.
    pub edits: Lane,
    /// The rules that count.
    pub rules: Rules,
    /// What the person lacks for the lanes that they could have.
    pub missing: Vec<MissingCertificate>,
    /// The brand's topics, each with whether the person speaks of it without asking, as far as the lanes let them.
    pub topics: Vec<(Topic, bool)>,
}

/// What a person with this role may say for a brand.
pub fn authority(
    conn: &mut Conn,
    brand: ActorId,
    account: AccountId,
    role: GrantRole,
    now: Timestamp,
) -> Result<Authority> {
    let rules = rules_of(conn, brand)?;
    let freely = rules.answers_freely(account, now);
    let lane = |by_role: bool, free| match (role.may(Right::WriteDraft), by_role && rules.needed(free) == 0) {
        (false, _) => Lane::Closed,
        (true, true) => Lane::Free,
        (true, false) => Lane::Approval,
    };
    let publishes = role.may(Right::Publish);
    let answers = role.may(Right::ReplyWithoutApproval);
    let replies = lane(if freely { answers } else { publishes }, freely);
    let lacks_to_answer =
        rules.reply_lane == ReplyLane::Certified && answers && !freely && !matches!(replies, Lane::Free);
    let lacks_to_approve = role.may(Right::Approve) && !rules.counts_approval_of(account, now);
    let missing = [
        lacks_to_answer.then_some(MissingCertificate::CertificateToAnswer),
        lacks_to_approve.then_some(MissingCertificate::CertificateToApprove),
    ];
    Ok(Authority {
        posts: lane(publishes, false),
        replies,
        edits: lane(role.may(Right::EditPublished), false),
        missing: missing.into_iter().flatten().collect(),
        topics: rules.topics.0.iter().map(|topic| (topic.clone(), topic.lets(account))).collect(),
        rules,
    })
}
