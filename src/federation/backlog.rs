//! How much work for later one server may make us write down: somebody who sends what needs an answer that never
//! comes does not fill our database.

use std::time::Duration;

use crate::{
    db::{Later, Tx},
    domain::work::Job,
    error::{Error, Result},
};

/// How many bytes of one server's activities may wait.
pub const BYTES: i64 = 64 * 1024 * 1024;
/// How many posts to which one server refers may wait to be fetched.
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

/// Writes down that a post is to be fetched because another refers to it. Where too much waits because of the same
/// server, the other is shown without it: it comes with the next reply to it, or when somebody looks for it.
pub(super) fn store_fetch(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    if let Some(origin) = job.origin()
        && tx.waiting_for(&origin, job.kind())?.0 >= FETCHES
    {
        tracing::debug!(origin, "Too many posts of this server wait to be fetched");
        return Ok(());
    }
    tx.defer(job)
}
