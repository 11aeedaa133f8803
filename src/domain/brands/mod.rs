//! By which rules a brand speaks: how many must agree to what it publishes, and what answers need.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::json;

use crate::{
    db::{Conn, Key, Timestamp, Tx, schema::brand_policies},
    domain::{
        AccountId, ActorId,
        accounts::{self, Right},
        audit::{self, About, Act, Entry},
    },
    error::{Error, Result},
    on_conn,
};

/// How many approvals a brand may ask for at most.
const MOST_APPROVALS: i32 = 3;
/// How long an approval may last at most, in hours: a month.
const LONGEST: i32 = 31 * 24;

crate::text_enum! {
    /// What an answer to somebody needs. Answers by who passed an exercise (`certified`) come with the exercises.
    ReplyLane {
        /// Nothing more than the right to answer.
        Free = "free",
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
        }
    }

    /// Whether what answers this author needs no more than the right to answer. A brand that goes on with what it said
    /// itself answers nobody.
    pub fn lets_go(&self, answered: Option<ActorId>) -> bool {
        self.reply_lane == ReplyLane::Free && answered.is_some_and(|author| author != self.actor_id)
    }

    /// How many approvals something needs that answers this author; nobody, for what answers nothing.
    pub fn needed(&self, answered: Option<ActorId>) -> usize {
        if self.lets_go(answered) { 0 } else { usize::try_from(self.min_approvals).unwrap_or(0) }
    }

    /// How long an approval counts.
    pub fn approval_lasts(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.approval_hours).unwrap_or(0) * 3600)
    }
}

/// Other rules; what is `None` stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in Policy")]
pub struct PolicyChange {
    pub min_approvals: Option<i32>,
    pub self_approve: Option<bool>,
    pub approval_hours: Option<i32>,
    pub reply_lane: Option<ReplyLane>,
    pub signature: Option<Signature>,
}

/// The rules of these brands, in their order.
pub fn policies_of(conn: &mut Conn, brands: &[ActorId]) -> Result<Vec<Policy>> {
    let stored: Vec<Policy> = brand_policies::table
        .filter(brand_policies::actor_id.eq_any(brands.to_vec()))
        .select(Policy::as_select())
        .load(conn)?;
    let of = |brand: &ActorId| stored.iter().find(|policy| policy.actor_id == *brand).cloned();
    Ok(brands.iter().map(|brand| of(brand).unwrap_or_else(|| Policy::usual(*brand))).collect())
}

/// The rules of a brand.
pub fn policy_of(conn: &mut Conn, brand: ActorId) -> Result<Policy> {
    Ok(policies_of(conn, &[brand])?.pop().unwrap_or_else(|| Policy::usual(brand)))
}

/// Changes the rules of a brand. They count for everything that is not published yet. Answers whether it was done:
/// nothing is where somebody else changed them since the version `seen`.
pub fn change_policy(
    tx: &mut Tx<'_>,
    person: AccountId,
    brand: ActorId,
    change: &PolicyChange,
    seen: Option<i64>,
) -> Result<bool> {
    accounts::need_right(tx.conn(), person, brand, Right::ChangePolicy)?;
    tx.lock(Key("brand.policy", &[brand.0]))?;
    let old = policy_of(tx.conn(), brand)?;
    if seen.is_some_and(|seen| seen != old.version) {
        return Ok(false);
    }
    let new = Policy {
        min_approvals: change.min_approvals.unwrap_or(old.min_approvals),
        self_approve: change.self_approve.unwrap_or(old.self_approve),
        approval_hours: change.approval_hours.unwrap_or(old.approval_hours),
        reply_lane: change.reply_lane.unwrap_or(old.reply_lane),
        signature: change.signature.unwrap_or(old.signature),
        version: old.version + 1,
        updated_at: tx.now(),
        ..old.clone()
    };
    check(&new)?;
    let values = (
        brand_policies::min_approvals.eq(new.min_approvals),
        brand_policies::self_approve.eq(new.self_approve),
        brand_policies::approval_hours.eq(new.approval_hours),
        brand_policies::reply_lane.eq(new.reply_lane),
        brand_policies::version.eq(new.version),
        brand_policies::updated_at.eq(new.updated_at),
        brand_policies::signature.eq(new.signature),
    );
    on_conn!(tx.conn(), |c| diesel::insert_into(brand_policies::table)
        .values((brand_policies::actor_id.eq(brand), values))
        .on_conflict(brand_policies::actor_id)
        .do_update()
        .set(values)
        .execute(c))?;
    let said = |policy: &Policy| {
        json!({
            "min_approvals": policy.min_approvals,
            "self_approve": policy.self_approve,
            "approval_hours": policy.approval_hours,
            "reply_lane": policy.reply_lane,
            "signature": policy.signature,
        })
    };
    let details = json!({ "now": said(&new), "before": said(&old) });
    let about = About::Brand(brand);
    audit::record(tx, &Entry { act: Act::PolicyChanged, about, brand: Some(brand), reason: None, details })?;
    Ok(true)
}

fn check(policy: &Policy) -> Result<()> {
    if !(0..=MOST_APPROVALS).contains(&policy.min_approvals) {
        return Err(Error::invalid("policy.min_approvals", "A brand asks for 0 to 3 approvals."));
    }
    if !(1..=LONGEST).contains(&policy.approval_hours) {
        return Err(Error::invalid("policy.approval_hours", "An approval counts for 1 to 744 hours."));
    }
    Ok(())
}

/// Forgets the rules of a brand that is gone.
pub fn forget_policy(tx: &mut Tx<'_>, brand: ActorId) -> Result<()> {
    diesel::delete(brand_policies::table.find(brand)).execute(tx.conn())?;
    Ok(())
}
