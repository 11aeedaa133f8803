//! Who may say what without asking, as it is told before anything is written.

use super::{Answers, Rules, Topic, rules_of};
use crate::{
    db::Conn,
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
    /// The brand's topics, each with whether the person speaks of it without asking, as far as the lanes let them.
    pub topics: Vec<(Topic, bool)>,
}

/// What a person with this role may say for a brand.
pub fn authority(conn: &mut Conn, brand: ActorId, account: AccountId, role: GrantRole) -> Result<Authority> {
    let rules = rules_of(conn, brand)?;
    let asks = |answers| rules.needed_for(answers, false) > 0;
    let lane = |by_role: bool, answers| match (role.may(Right::WriteDraft), by_role && !asks(answers)) {
        (false, _) => Lane::Closed,
        (true, true) => Lane::Free,
        (true, false) => Lane::Approval,
    };
    let publishes = role.may(Right::Publish);
    let replies = if rules.is_free(Answers::Others) { role.may(Right::ReplyWithoutApproval) } else { publishes };
    Ok(Authority {
        posts: lane(publishes, Answers::Nobody),
        replies: lane(replies, Answers::Others),
        edits: lane(role.may(Right::EditPublished), Answers::Nobody),
        topics: rules.topics.0.iter().map(|topic| (topic.clone(), topic.lets(account))).collect(),
        rules,
    })
}
