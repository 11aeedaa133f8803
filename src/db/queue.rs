//! What the floor knows of jobs: how to write one down, and how much is written down for whom.

use diesel::{
    dsl::{count_star, sum},
    prelude::*,
};

use super::{Later, Tx, octet_length, schema::jobs};
use crate::error::Result;

pub(super) fn insert(tx: &mut Tx<'_>, job: &impl Later) -> Result<()> {
    let lane = job.lane();
    if let (true, Some(lane)) = (job.once(), &lane) {
        let waiting = jobs::table.filter(jobs::lane.eq(lane)).filter(jobs::state.eq("ready"));
        if diesel::select(diesel::dsl::exists(waiting)).get_result(tx.conn())? {
            if let Some(due) = job.due() {
                let later = waiting.filter(jobs::run_at.gt(due));
                diesel::update(later).set(jobs::run_at.eq(due)).execute(tx.conn())?;
            }
            return Ok(());
        }
    }
    let (id, now) = (tx.new_id(), tx.now());
    let run_at = now.plus(job.delay()).max(job.due().unwrap_or(now));
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq(job.kind()),
            jobs::lane.eq(lane),
            jobs::origin.eq(job.origin()),
            jobs::target.eq(job.target()),
            jobs::payload.eq(job.payload()?),
            jobs::state.eq("ready"),
            jobs::attempts.eq(0),
            jobs::run_at.eq(run_at),
            jobs::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
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
