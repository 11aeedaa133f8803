//! The one thing the floor knows of jobs: how to write one down.

use diesel::prelude::*;

use super::{Later, Tx, schema::jobs};
use crate::error::Result;

pub(super) fn insert(tx: &mut Tx<'_>, job: &impl Later) -> Result<()> {
    let lane = job.lane();
    if let (true, Some(lane)) = (job.once(), &lane) {
        let waiting = jobs::table.filter(jobs::lane.eq(lane)).filter(jobs::state.eq("ready"));
        if diesel::select(diesel::dsl::exists(waiting)).get_result(tx.conn())? {
            return Ok(());
        }
    }
    let (id, now) = (tx.new_id(), tx.now());
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq(job.kind()),
            jobs::lane.eq(lane),
            jobs::payload.eq(job.payload()?),
            jobs::state.eq("ready"),
            jobs::attempts.eq(0),
            jobs::run_at.eq(now.plus(job.delay())),
            jobs::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}
