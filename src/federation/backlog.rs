//! How much work for later one server may make us write down: somebody who sends what needs an answer that never
//! comes does not fill our database.

use std::time::Duration;

use crate::{
    db::{Later, Tx},
    domain::work::{Job, machine_in},
    error::{Error, Result},
};

/// How many bytes of one server's activities may wait.
pub const BYTES: i64 = 64 * 1024 * 1024;
/// How many things of one kind that one server made us look up may wait.
pub const FETCHES: i64 = 1_000;
/// When a server whose share is used up should come again.
const COME_AGAIN: Duration = Duration::from_secs(600);

/// Writes down an activity for later, unless too much of its server waits already: then that is asked to come again.
pub(super) fn store(tx: &mut Tx<'_>, job: &Job, most: u32) -> Result<()> {
    let Some(origin) = job.origin() else { return tx.defer(job) };
    let (waiting, bytes) = tx.waiting_for(&origin, job.kind())?;
    let length = i64::try_from(job.payload()?.len()).unwrap_or(i64::MAX);
    if waiting >= i64::from(most) || bytes.saturating_add(length) > BYTES {
        let busy = "So much that your server sent waits for others that do not answer. Please send this again later.";
        return Err(Error::too_many("activity.backlog", busy).retry_in(COME_AGAIN));
    }
    tx.defer(job)
}

/// Whether activities that this actor's server sent wait for something.
pub(super) fn waits_for(tx: &mut Tx<'_>, actor: &str) -> Result<bool> {
    let Some(origin) = machine_in(actor) else { return Ok(false) };
    for kind in Job::ARRIVED {
        if tx.waiting_for(&origin, kind)?.0 > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes down that something is to be looked up because of what a server sent. Where too much of that kind waits
/// because of the same server, it is left out: the next that needs it asks again.
pub(super) fn store_lookup(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    if let Some(origin) = job.origin()
        && tx.waiting_for(&origin, job.kind())?.0 >= FETCHES
    {
        tracing::debug!(origin, job.kind = job.kind(), "Too much that this server caused waits to be looked up");
        return Ok(());
    }
    tx.defer(job)
}
