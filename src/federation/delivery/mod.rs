//! Sending what is owed: in order per actor and server, signed at the moment of sending, again with back-off
//! until it arrives or a week is over. A slow or dead server delays nobody but itself.
//!
//! `queue` claims rows and writes results down, `worker` sends, `host` knows what a failure means for a server,
//! `backoff` how long to wait, `receipts` tells what became of each delivery of a post, `diagnosis` of any, `why` what
//! kept one from arriving, `days` how many arrived on which day.

mod backoff;
mod days;
mod diagnosis;
mod host;
mod letter;
mod queue;
mod receipts;
mod why;
mod worker;

use std::time::Duration;

use diesel::prelude::*;

pub use days::{Deliveries, MOST_DAYS, days};
pub use diagnosis::{Debt, HostDebt, Of, count_waiting, debts, hosts, list, retry_of};
pub use host::heard_from;
pub use queue::{move_back, resume};
pub use receipts::{QueueState, Receipt, queue_state, receipts};
pub use why::{TOO_MUCH, WITHDRAWN, code, status};
pub use worker::Deliverer;

use crate::{
    db::{
        Among, Tx, first_id_at,
        schema::{activities, deliveries},
    },
    error::Result,
};

const DAY: u64 = 24 * 3600;
/// How long receipts of what arrived are kept.
const DELIVERED: Duration = Duration::from_secs(30 * DAY);
/// How long receipts of what did not are kept, and activities that nothing refers to any more.
const FAILED: Duration = Duration::from_secs(90 * DAY);

/// Deletes up to `limit` receipts that have outlived their use; answers how many.
pub fn prune(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let (delivered, failed) = (tx.now().minus(DELIVERED), tx.now().minus(FAILED));
    let old: Vec<i64> = deliveries::table
        .filter(
            deliveries::state
                .eq("delivered")
                .and(deliveries::done_at.lt(delivered))
                .or(deliveries::state.eq("failed").and(deliveries::done_at.lt(failed))),
        )
        .order(deliveries::done_at)
        .limit(limit)
        .select(deliveries::id)
        .load(tx.conn())?;
    Ok(diesel::delete(deliveries::table.filter(deliveries::id.among(old))).execute(tx.conn())?)
}

/// Deletes up to `limit` old activities of which no receipt is left; answers how many.
pub fn prune_activities(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let before = tx.now().minus(FAILED);
    let owed = deliveries::table.filter(deliveries::activity_id.eq(activities::id));
    let old: Vec<i64> = activities::table
        // Ids grow with time, and only they have an index.
        .filter(activities::id.lt(first_id_at(before)))
        .filter(activities::created_at.lt(before))
        .filter(diesel::dsl::not(diesel::dsl::exists(owed)))
        .order(activities::id)
        .limit(limit)
        .select(activities::id)
        .load(tx.conn())?;
    Ok(diesel::delete(activities::table.filter(activities::id.among(old))).execute(tx.conn())?)
}
