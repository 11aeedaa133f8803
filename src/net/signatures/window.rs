//! How old or how far ahead a signature may be.

use std::time::Duration;

use super::bad;
use crate::{db::Timestamp, error::Result};

/// Clocks may differ by this much.
const SKEW: Duration = Duration::from_secs(3600);
/// A signature may wait this long in the sender's queue.
const AGE: Duration = Duration::from_secs(12 * 3600);

/// Refuses a signature from the future or from long ago.
pub(super) fn check_created(created: Timestamp, now: Timestamp) -> Result<()> {
    if created > now.plus(SKEW) {
        return Err(bad("The signature is from the future. Check the clock of your server."));
    }
    if created < now.minus(AGE + SKEW) {
        return Err(bad("The signature is too old. Sign when you send, and check the clock of your server."));
    }
    Ok(())
}

/// Refuses a signature that has expired.
pub(super) fn check_expires(expires: Timestamp, now: Timestamp) -> Result<()> {
    if expires < now.minus(SKEW) { Err(bad("The signature has expired.")) } else { Ok(()) }
}

/// Whole seconds of a signature parameter as a moment.
pub(super) fn seconds(value: i64) -> Timestamp {
    Timestamp(value.saturating_mul(1_000_000))
}
