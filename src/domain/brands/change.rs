//! Changing the rules of a brand. To make them weaker takes two, as publishing does: else whoever may change them
//! could take them away, publish, and put them back.

use std::time::Duration;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Policy, ReplyLane, Signature, Topic, policy_of, topics};
use crate::{
    db::{
        Conn, Json, Key, Timestamp, Tx,
        schema::{brand_policies, policy_proposals},
    },
    domain::{
        AccountId, ActorId,
        accounts::{self, Right},
        audit::{self, About, Act, Entry},
        work::tell_of_act,
    },
    error::{Error, Result},
    on_conn, text,
};

/// How many approvals a brand may ask for at most.
const MOST_APPROVALS: i32 = 3;
/// How long an approval may last at most, in hours: a month.
const LONGEST: i32 = 31 * 24;
/// How many characters the reason for weaker rules has at least, and at most.
pub const REASON: (usize, usize) = (15, 1_000);
/// How long a proposal waits for a second person.
pub const WAITS: Duration = Duration::from_secs(7 * 24 * 3600);

/// Other rules; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named as in Policy")]
pub struct PolicyChange {
    pub min_approvals: Option<i32>,
    pub self_approve: Option<bool>,
    pub approval_hours: Option<i32>,
    pub reply_lane: Option<ReplyLane>,
    pub signature: Option<Signature>,
    pub typo_lane: Option<bool>,
    pub topics: Option<Vec<Topic>>,
    pub signature_department: Option<bool>,
    pub certified_approvers: Option<bool>,
}

/// Weaker rules that somebody wishes, until a second person agrees.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = policy_proposals)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Proposal {
    pub actor_id: ActorId,
    pub id: i64,
    pub change: Json<PolicyChange>,
    /// Which version the rules had.
    pub seen_version: i64,
    /// Whose wish it is.
    pub account_id: AccountId,
    pub reason: Option<String>,
    pub created_at: Timestamp,
}

/// What came of a wish for other rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// They count.
    Done,
    /// They are weaker, and wait for a second person.
    Proposed,
    /// Somebody else changed the rules since the version that was seen: nothing was done.
    Stale,
}

/// Changes the rules of a brand. They count for everything that is not published yet. Weaker ones wait for a second
/// person who may change rules; where there is none, a reason is asked for, and everybody with a role on the brand is
/// told of it. Nothing is done where somebody else changed them since the version `seen`.
pub fn change_policy(
    tx: &mut Tx<'_>,
    person: AccountId,
    brand: ActorId,
    change: &PolicyChange,
    reason: Option<&str>,
    seen: Option<i64>,
) -> Result<Changed> {
    accounts::need_right(tx.conn(), person, brand, Right::ChangePolicy)?;
    tx.lock(Key("brand.policy", &[brand.0]))?;
    let old = policy_of(tx.conn(), brand)?;
    if seen.is_some_and(|seen| seen != old.version) {
        return Ok(Changed::Stale);
    }
    let mut new = changed(&old, change, tx.now());
    check(&new)?;
    if change.topics.is_some() {
        topics::settle(tx.conn(), &mut new)?;
    }
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if let Some(reason) = reason {
        check_reason(reason)?;
    }
    if !new.is_weaker_than(&old) {
        store(tx, &old, &new, reason, json!({}), Vec::new())?;
        return Ok(Changed::Done);
    }
    let second = accounts::people_with(tx.conn(), &[brand], Right::ChangePolicy)?;
    if second.iter().any(|(_, other)| *other != person) {
        propose(tx, person, &old, change, reason)?;
        return Ok(Changed::Proposed);
    }
    let reason = reason.ok_or_else(|| {
        let told = "These rules are weaker, and nobody else may change them who could agree. Say why in `reason`, with \
                    15 characters or more: everybody with a role on this brand is told.";
        Error::invalid("policy.reason", told)
    })?;
    let mut told = accounts::people_on(tx.conn(), brand)?;
    told.retain(|account| *account != person);
    store(tx, &old, &new, Some(reason), json!({ "alone": true }), told)?;
    Ok(Changed::Done)
}

fn propose(
    tx: &mut Tx<'_>,
    person: AccountId,
    old: &Policy,
    change: &PolicyChange,
    reason: Option<&str>,
) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    let values = (
        policy_proposals::id.eq(id),
        policy_proposals::change.eq(Json(change.clone())),
        policy_proposals::seen_version.eq(old.version),
        policy_proposals::account_id.eq(person),
        policy_proposals::reason.eq(reason),
        policy_proposals::created_at.eq(now),
    );
    on_conn!(tx.conn(), |c| diesel::insert_into(policy_proposals::table)
        .values((policy_proposals::actor_id.eq(old.actor_id), values.clone()))
        .on_conflict(policy_proposals::actor_id)
        .do_update()
        .set(values.clone())
        .execute(c))?;
    let details = json!({ "proposal": id.to_string(), "wished": change, "before": said(old) });
    let (about, brand) = (About::Brand(old.actor_id), Some(old.actor_id));
    audit::record(tx, &Entry { act: Act::PolicyProposed, about, brand, reason, details })
}

/// The weaker rules that wait for a second person, while they may still be agreed to.
pub fn find_proposal(conn: &mut Conn, brand: ActorId, now: Timestamp) -> Result<Option<Proposal>> {
    let version = policy_of(conn, brand)?.version;
    Ok(policy_proposals::table
        .find(brand)
        .filter(policy_proposals::seen_version.eq(version))
        .filter(policy_proposals::created_at.gt(now.minus(WAITS)))
        .select(Proposal::as_select())
        .first(conn)
        .optional()?)
}

fn get_proposal(tx: &mut Tx<'_>, brand: ActorId, id: i64) -> Result<Proposal> {
    let now = tx.now();
    let known = find_proposal(tx.conn(), brand, now)?.filter(|known| known.id == id);
    known.ok_or_else(|| {
        let told = "Nobody wishes these rules any more: they were changed or withdrawn meanwhile, or a week went by.";
        Error::not_found("policy.no_proposal", told)
    })
}

/// Agrees to weaker rules that a colleague wishes; from now on they count.
pub fn confirm_policy(tx: &mut Tx<'_>, person: AccountId, brand: ActorId, id: i64) -> Result<()> {
    accounts::need_right(tx.conn(), person, brand, Right::ChangePolicy)?;
    tx.lock(Key("brand.policy", &[brand.0]))?;
    let proposal = get_proposal(tx, brand, id)?;
    if proposal.account_id == person {
        return Err(Error::forbidden("policy.own", "This is your own wish: somebody else agrees to it."));
    }
    // Whose wish it is must still be somebody with a say.
    let role = accounts::role_on(tx.conn(), proposal.account_id, brand)?;
    if !role.is_some_and(|role| role.may(Right::ChangePolicy)) {
        let told =
            "Whoever wished these rules may not change them any more. Wish them yourself, and let another agree.";
        return Err(Error::conflict("policy.proposer", told));
    }
    let old = policy_of(tx.conn(), brand)?;
    let mut new = changed(&old, &proposal.change.0, tx.now());
    check(&new)?;
    if proposal.change.0.topics.is_some() {
        topics::settle(tx.conn(), &mut new)?;
    }
    store(tx, &old, &new, proposal.reason.as_deref(), json!({ "proposed_by": proposal.account_id }), Vec::new())?;
    forget_proposal(tx, brand)
}

/// Takes weaker rules back that somebody wished, or says no to them.
pub fn drop_proposal(tx: &mut Tx<'_>, person: AccountId, brand: ActorId, id: i64) -> Result<()> {
    accounts::need_right(tx.conn(), person, brand, Right::ChangePolicy)?;
    tx.lock(Key("brand.policy", &[brand.0]))?;
    let proposal = get_proposal(tx, brand, id)?;
    forget_proposal(tx, brand)?;
    let details = json!({ "proposal": proposal.id.to_string(), "proposed_by": proposal.account_id });
    let about = About::Brand(brand);
    audit::record(tx, &Entry { act: Act::PolicyDropped, about, brand: Some(brand), reason: None, details })
}

pub(super) fn forget_proposal(tx: &mut Tx<'_>, brand: ActorId) -> Result<()> {
    diesel::delete(policy_proposals::table.find(brand)).execute(tx.conn())?;
    Ok(())
}

fn changed(old: &Policy, change: &PolicyChange, now: Timestamp) -> Policy {
    Policy {
        actor_id: old.actor_id,
        min_approvals: change.min_approvals.unwrap_or(old.min_approvals),
        self_approve: change.self_approve.unwrap_or(old.self_approve),
        approval_hours: change.approval_hours.unwrap_or(old.approval_hours),
        reply_lane: change.reply_lane.unwrap_or(old.reply_lane),
        signature: change.signature.unwrap_or(old.signature),
        typo_lane: change.typo_lane.unwrap_or(old.typo_lane),
        topics: change.topics.clone().map_or_else(|| old.topics.clone(), Json),
        signature_department: change.signature_department.unwrap_or(old.signature_department),
        certified_approvers: change.certified_approvers.unwrap_or(old.certified_approvers),
        version: old.version + 1,
        updated_at: now,
    }
}

/// Puts other rules in the place of the old ones, and writes to whom it must be told.
fn store(
    tx: &mut Tx<'_>,
    old: &Policy,
    new: &Policy,
    reason: Option<&str>,
    mut details: Value,
    told: Vec<AccountId>,
) -> Result<()> {
    let values = (
        brand_policies::min_approvals.eq(new.min_approvals),
        brand_policies::self_approve.eq(new.self_approve),
        brand_policies::approval_hours.eq(new.approval_hours),
        brand_policies::reply_lane.eq(new.reply_lane),
        brand_policies::version.eq(new.version),
        brand_policies::updated_at.eq(new.updated_at),
        brand_policies::signature.eq(new.signature),
        brand_policies::typo_lane.eq(new.typo_lane),
        brand_policies::topics.eq(&new.topics),
        brand_policies::signature_department.eq(new.signature_department),
        brand_policies::certified_approvers.eq(new.certified_approvers),
    );
    on_conn!(tx.conn(), |c| diesel::insert_into(brand_policies::table)
        .values((brand_policies::actor_id.eq(new.actor_id), values))
        .on_conflict(brand_policies::actor_id)
        .do_update()
        .set(values)
        .execute(c))?;
    if let Value::Object(fields) = &mut details {
        fields.insert("now".to_owned(), said(new));
        fields.insert("before".to_owned(), said(old));
    }
    let (about, brand) = (About::Brand(new.actor_id), Some(new.actor_id));
    tell_of_act(tx, &Entry { act: Act::PolicyChanged, about, brand, reason, details }, told)
}

fn said(policy: &Policy) -> Value {
    json!({
        "min_approvals": policy.min_approvals,
        "self_approve": policy.self_approve,
        "approval_hours": policy.approval_hours,
        "reply_lane": policy.reply_lane,
        "signature": policy.signature,
        "typo_lane": policy.typo_lane,
        "topics": policy.topics,
        "signature_department": policy.signature_department,
        "certified_approvers": policy.certified_approvers,
    })
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

fn check_reason(reason: &str) -> Result<()> {
    let (shortest, longest) = REASON;
    let count = reason.chars().count();
    if (shortest..=longest).contains(&count) && !text::is_blank(reason) {
        return Ok(());
    }
    let told = format!("A reason has {shortest} to {longest} characters; this one has {count}.");
    Err(Error::invalid("policy.reason", told))
}
