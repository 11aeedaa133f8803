//! Sending what is owed: in order per actor and server, signed at the moment of sending, again with back-off
//! until it arrives or a week is over. A slow or dead server delays nobody but itself.
//!
//! `queue` claims rows and writes results down, `worker` sends, `host` knows what a failure means for a server,
//! `backoff` how long to wait, `receipts` tells what became of each delivery.

mod backoff;
mod diagnosis;
mod host;
mod letter;
mod queue;
mod receipts;
mod worker;

use std::time::Duration;

use diesel::prelude::*;

pub use diagnosis::{HostDebt, Of, count_waiting, hosts, list, retry_of};
pub use host::heard_from;
pub use receipts::{QueueState, Receipt, queue_state, receipts, retry};
pub use worker::Deliverer;

use crate::{
    app::App,
    db::schema::{activities, deliveries},
    error::Result,
};

const DAY: u64 = 24 * 3600;
/// How long receipts of what arrived are kept.
const DELIVERED: Duration = Duration::from_secs(30 * DAY);
/// How long receipts of what did not are kept, and activities that nothing refers to any more.
const FAILED: Duration = Duration::from_secs(90 * DAY);

/// Deletes receipts that have outlived their use, and activities without any. Answers how many receipts.
pub async fn prune(app: &App) -> Result<usize> {
    app.db
        .write(|tx| {
            let (delivered, failed) = (tx.now().minus(DELIVERED), tx.now().minus(FAILED));
            let old = deliveries::table.filter(
                deliveries::state
                    .eq("delivered")
                    .and(deliveries::done_at.lt(delivered))
                    .or(deliveries::state.eq("failed").and(deliveries::done_at.lt(failed))),
            );
            let pruned = diesel::delete(old).execute(tx.conn())?;
            let owed = deliveries::table.filter(deliveries::activity_id.eq(activities::id));
            let forgotten = activities::table
                .filter(activities::created_at.lt(failed))
                .filter(diesel::dsl::not(diesel::dsl::exists(owed)));
            diesel::delete(forgotten).execute(tx.conn())?;
            Ok(pruned)
        })
        .await
}
