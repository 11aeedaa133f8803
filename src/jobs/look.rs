//! Whether there is anything to do: what a runner asks before it troubles the writer, and before it sleeps.

use diesel::{
    dsl::{exists, min},
    prelude::*,
};

use super::rows::LEASE;
use crate::{
    db::{Conn, Timestamp, schema::jobs},
    domain::work::Room,
    error::Result,
};

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Soonest {
    /// Something is due.
    Now,
    /// Nothing is; the next thing will be then, as far as anything is known.
    Later(Option<Timestamp>),
}

/// What there is to do in these rooms: a cheap look before the writer is troubled.
pub(super) fn soonest(conn: &mut Conn, rooms: &[Room], now: Timestamp) -> Result<Soonest> {
    let first = first_after(conn, rooms, Timestamp(i64::MIN))?;
    if first.is_some_and(|first| first <= now) {
        return Ok(Soonest::Now);
    }
    for room in rooms {
        let lapsed = jobs::table.filter(jobs::state.eq("running")).filter(jobs::room.eq(room.name()));
        if diesel::select(exists(lapsed.filter(has_lapsed(now)))).get_result(conn)? {
            return Ok(Soonest::Now);
        }
    }
    Ok(Soonest::Later(first))
}

/// When the first job after a moment is due.
pub(super) fn first_after(conn: &mut Conn, rooms: &[Room], moment: Timestamp) -> Result<Option<Timestamp>> {
    let mut first: Option<Timestamp> = None;
    for room in rooms {
        let later = jobs::table.filter(jobs::room.eq(room.name())).filter(jobs::state.eq("ready"));
        let here: Option<Timestamp> = later.filter(jobs::run_at.gt(moment)).select(min(jobs::run_at)).first(conn)?;
        first = first.into_iter().chain(here).min();
    }
    Ok(first)
}

/// Whether nobody does a job any more that is marked as running. No lease is that long: one that seems to be was made
/// before the clock was set back.
#[diesel::dsl::auto_type]
pub(super) fn has_lapsed(now: Timestamp) -> _ {
    let longest: Timestamp = now.plus(LEASE).plus(LEASE);
    jobs::leased_until.lt(now).or(jobs::leased_until.gt(longest))
}
