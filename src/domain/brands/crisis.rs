//! Whether crisis mode is on, and by which rules a brand speaks while it is.

use std::ops::Deref;

use diesel::prelude::*;

use super::{Policy, ReplyLane, policies_of};
use crate::{
    db::{Conn, Key, Timestamp, Tx, schema::crises},
    domain::{
        AccountId, ActorId, CrisisId,
        accounts::{self, Certified},
        actors,
    },
    error::{Error, Result, Rule},
};

/// Held by who begins or ends crisis mode, and shared by whoever publishes as a brand: what is published is published
/// before the switch, or under what it asks for.
pub const CRISIS: Key = Key("crisis", &[]);

/// A time in which crisis mode is on.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = crises)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Crisis {
    pub id: CrisisId,
    pub started_at: Timestamp,
    /// Nobody, when it was the command line.
    pub started_by: Option<AccountId>,
    pub reason: String,
    /// How many drafts that waited for their time were held.
    pub held_drafts: i64,
    /// How many posts that apps scheduled as a brand were held.
    pub held_posts: i64,
    /// When somebody asked to end it.
    pub end_asked_at: Option<Timestamp>,
    /// Who that was; nobody, when it was the command line.
    pub end_asked_by: Option<AccountId>,
    pub end_reason: Option<String>,
    /// When it ended; nothing while it is on.
    pub ended_at: Option<Timestamp>,
}

/// The crisis, while crisis mode is on.
pub fn crisis(conn: &mut Conn) -> Result<Option<Crisis>> {
    Ok(crises::table.filter(crises::ended_at.is_null()).select(Crisis::as_select()).first(conn).optional()?)
}

/// A crisis, which may be over.
pub fn find_crisis(conn: &mut Conn, id: CrisisId) -> Result<Option<Crisis>> {
    Ok(crises::table.find(id).select(Crisis::as_select()).first(conn).optional()?)
}

/// Crisis mode is neither begun nor ended until this transaction is done. Taken before any other lock.
pub fn hold_crisis(tx: &mut Tx<'_>) -> Result<()> {
    tx.share(CRISIS)
}

/// Refuses what would be published by itself later, or now because its time has come, while crisis mode is on.
/// People's own posts are theirs.
pub fn may_wait(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    hold_crisis(tx)?;
    if !actors::get(tx.conn(), actor)?.kind.has_speakers() {
        return Ok(());
    }
    match crisis(tx.conn())? {
        Some(crisis) => Err(crisis.refusal().ruled_by(Rule::Brand(actor.0))),
        None => Ok(()),
    }
}

impl Crisis {
    /// What is said of what is held because of it.
    pub fn refusal(&self) -> Error {
        let told = format!(
            "Crisis mode is on since {}: nothing of a brand is published by itself. Publish it now with approval, or give it \
             a time when crisis mode is over.",
            self.started_at.rfc3339()
        );
        Error::forbidden("crisis.on", told)
    }
}

/// The rules of a brand that count at this moment: its own, and what crisis mode asks for on top of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    policy: Policy,
    /// Who of those with a role on the brand holds certificates; nobody, where these rules ask nobody for one.
    pub(super) certified: Certified,
    /// Since when crisis mode is on: earlier approvals were of another world, and do not count.
    pub crisis_since: Option<Timestamp>,
}

impl Deref for Rules {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.policy
    }
}

impl Rules {
    /// What counts of a brand's own rules, in a crisis that began then or in none, while these people hold certificates.
    pub fn of(policy: Policy, crisis_since: Option<Timestamp>, certified: Certified) -> Self {
        let policy = match crisis_since {
            None => policy,
            Some(_) => Policy {
                min_approvals: policy.min_approvals.max(1),
                self_approve: false,
                reply_lane: ReplyLane::Approval,
                typo_lane: false,
                ..policy
            },
        };
        Self { policy, certified, crisis_since }
    }
}

/// The rules of these brands that count now, in their order.
pub fn all_rules_of(conn: &mut Conn, brands: &[ActorId]) -> Result<Vec<Rules>> {
    let since = crisis(conn)?.map(|crisis| crisis.started_at);
    let policies = policies_of(conn, brands)?;
    let asking: Vec<ActorId> =
        policies.iter().filter(|policy| policy.asks_for_certificates()).map(|policy| policy.actor_id).collect();
    let certified = if asking.is_empty() { Certified::default() } else { accounts::certified_on(conn, &asking)? };
    let rules = |policy: Policy| {
        let of_brand = certified.of(policy.actor_id);
        Rules::of(policy, since, of_brand)
    };
    Ok(policies.into_iter().map(rules).collect())
}

/// The rules of a brand that count now.
pub fn rules_of(conn: &mut Conn, brand: ActorId) -> Result<Rules> {
    let rules = all_rules_of(conn, &[brand])?.pop();
    Ok(rules.unwrap_or_else(|| Rules::of(Policy::usual(brand), None, Certified::default())))
}
