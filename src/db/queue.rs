//! What the floor knows of jobs: how to write one down, and how much is written down for whom.

use diesel::{
    dsl::{count_star, exists, min, sum},
    prelude::*,
};

use super::{Among, Conn, Key, Later, Tx, octet_length, schema::jobs};
use crate::error::Result;

/// The states of a job that nobody has begun: `ready` to be found by whoever looks, or `behind` an earlier one of its
/// lane.
pub const WAITING: [&str; 2] = ["ready", "behind"];
/// What is locked by whoever ends a job of this lane, and shared by whoever lets one stand behind another: nobody is
/// left standing behind one that has just ended.
pub fn lane_lock(lane: &str) -> String {
    format!("jobs.lane {lane}")
}

pub(super) fn insert(tx: &mut Tx<'_>, job: &impl Later) -> Result<()> {
    let lane = job.lane();
    if let (true, Some(lane)) = (job.once(), &lane) {
        let waiting = jobs::table.filter(jobs::lane.eq(lane)).filter(jobs::state.among(WAITING));
        if diesel::select(exists(waiting.clone())).get_result(tx.conn())? {
            if let Some(due) = job.due() {
                let later = waiting.filter(jobs::run_at.gt(due));
                diesel::update(later).set(jobs::run_at.eq(due)).execute(tx.conn())?;
            }
            return Ok(());
        }
    }
    let (id, now) = (tx.new_id(), tx.now());
    let run_at = now.plus(job.delay()).max(job.due().unwrap_or(now));
    let state = match &lane {
        Some(lane) if stands_behind(tx, lane, id)? => "behind",
        _ => "ready",
    };
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq(job.kind()),
            jobs::lane.eq(lane),
            jobs::room.eq(job.room()),
            jobs::origin.eq(job.origin()),
            jobs::target.eq(job.target()),
            jobs::payload.eq(job.payload()?),
            jobs::state.eq(state),
            jobs::attempts.eq(0),
            jobs::run_at.eq(run_at),
            jobs::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether an earlier job of the lane must end before this one. While somebody ends one nobody can say; then this one
/// is ready, and whoever comes to it looks again.
fn stands_behind(tx: &mut Tx<'_>, lane: &str, id: i64) -> Result<bool> {
    if !tx.try_share(Key(&lane_lock(lane), &[]))? {
        return Ok(false);
    }
    Ok(first_of_lane(tx.conn(), lane)?.is_some_and(|first| first < id))
}

/// The first job of a lane that waits or runs. It is never one that stands behind others. Two questions, because each
/// is answered by the first row of an index; PostgreSQL reads whole tables for one that asks whether there is any.
pub fn first_of_lane(conn: &mut Conn, lane: &str) -> Result<Option<i64>> {
    let first = |state| {
        jobs::table.filter(jobs::lane.eq(lane)).filter(jobs::state.eq(state)).select(min(jobs::id)).single_value()
    };
    let (ready, running): (Option<i64>, Option<i64>) =
        diesel::select((first("ready"), first("running"))).get_result(conn)?;
    Ok(ready.into_iter().chain(running).min())
}

/// Whether so many jobs of this kind wait for this server.
pub(super) fn is_full(tx: &mut Tx<'_>, target: &str, kind: &str, most: i64) -> Result<bool> {
    let last: Option<i64> = jobs::table
        .filter(jobs::target.eq(target))
        .filter(jobs::kind.eq(kind))
        .select(jobs::id)
        .offset(most - 1)
        .first(tx.conn())
        .optional()?;
    Ok(last.is_some())
}

/// How many jobs of this kind wait that this server caused, and how many bytes they are.
pub(super) fn waiting_for(tx: &mut Tx<'_>, origin: &str, kind: &str) -> Result<(i64, i64)> {
    let (count, bytes): (i64, Option<i64>) = jobs::table
        .filter(jobs::origin.eq(origin))
        .filter(jobs::kind.eq(kind))
        .filter(jobs::state.ne("parked"))
        .select((count_star(), sum(octet_length(jobs::payload))))
        .get_result(tx.conn())?;
    Ok((count, bytes.unwrap_or(0)))
}
