//! Which jobs are due, and taking them: in order within a lane, and few at a time of what one server caused, or of what
//! waits for one; who has nothing running comes first.

use std::collections::HashMap;

use diesel::{prelude::*, sql_types::Bool};

use super::{
    rows::LEASE,
    runner::{Claimed, Kinds},
};
use crate::{
    db::{Conn, Timestamp, Tx, schema::jobs},
    error::Result,
};

/// A try that never ended counts this much more: three of them in a row and the job is taken for what kills us.
const DEATH: i32 = 3;
/// How many jobs that one server caused, and how many that wait for one, run at the same time: the others do not wait
/// for it.
const SHARE: usize = 4;
/// How many of these run of a server that goes before others: of one that has nothing running.
const FIRST: usize = 1;
/// How often one claim looks again for jobs behind those whose server has its share.
const ROUNDS: usize = 4;

/// A due job as it stands in the table.
#[derive(Queryable)]
struct Row {
    id: i64,
    kind: String,
    origin: Option<String>,
    target: Option<String>,
    payload: String,
    attempts: i32,
    state: String,
}

impl Row {
    /// How much this try counts.
    fn step(&self) -> i32 {
        if self.state == "running" { 1 + DEATH } else { 1 }
    }
}

/// Whether nobody does a job any more that is marked as running. No lease is that long: one that seems to be was made
/// before the clock was set back.
#[diesel::dsl::auto_type]
fn has_lapsed(now: Timestamp) -> _ {
    let longest: Timestamp = now.plus(LEASE).plus(LEASE);
    jobs::leased_until.lt(now).or(jobs::leased_until.gt(longest))
}

/// How many jobs run that each server caused, and that wait for each.
#[derive(Default)]
struct Busy {
    origins: HashMap<String, usize>,
    targets: HashMap<String, usize>,
}

impl Busy {
    fn is_empty(&self) -> bool {
        self.origins.is_empty() && self.targets.is_empty()
    }

    fn add(&mut self, origin: Option<String>, target: Option<String>) {
        for (counts, name) in [(&mut self.origins, origin), (&mut self.targets, target)] {
            if let Some(name) = name {
                *counts.entry(name).or_default() += 1;
            }
        }
    }

    /// Counts a job, unless a share of it is used up.
    fn take(&mut self, row: &Row, share: usize) -> bool {
        let has_room = |counts: &HashMap<String, usize>, name: &Option<String>| {
            name.as_ref().and_then(|name| counts.get(name)).is_none_or(|count| *count < share)
        };
        let fits = has_room(&self.origins, &row.origin) && has_room(&self.targets, &row.target);
        if fits {
            self.add(row.origin.clone(), row.target.clone());
        }
        fits
    }
}

/// Those whose share is used up.
fn full(counts: &HashMap<String, usize>, share: usize) -> Vec<String> {
    counts.iter().filter(|(_, count)| **count >= share).map(|(name, _)| name.clone()).collect()
}

/// Whether a job may be due: a cheap look before the writer is troubled. Jobs that wait for their lane are due too.
pub(super) fn is_any_due(conn: &mut Conn, kinds: Kinds, now: Timestamp) -> Result<bool> {
    let among = jobs::kind
        .eq_any(kinds.names)
        .and(kinds.inside.into_sql::<Bool>())
        .or(jobs::kind.ne_all(kinds.names).and((!kinds.inside).into_sql::<Bool>()));
    let ready = jobs::table.filter(jobs::state.eq("ready")).filter(jobs::run_at.le(now)).filter(among.clone());
    if diesel::select(diesel::dsl::exists(ready)).get_result(conn)? {
        return Ok(true);
    }
    let lapsed = jobs::table.filter(jobs::state.eq("running")).filter(has_lapsed(now)).filter(among);
    Ok(diesel::select(diesel::dsl::exists(lapsed)).get_result(conn)?)
}

/// When the first job of the future is due.
pub(super) fn first_later(conn: &mut Conn, kinds: Kinds, now: Timestamp) -> Result<Option<Timestamp>> {
    let among = jobs::kind
        .eq_any(kinds.names)
        .and(kinds.inside.into_sql::<Bool>())
        .or(jobs::kind.ne_all(kinds.names).and((!kinds.inside).into_sql::<Bool>()));
    let later = jobs::table.filter(jobs::state.eq("ready")).filter(jobs::run_at.gt(now)).filter(among);
    Ok(later.select(diesel::dsl::min(jobs::run_at)).first(conn)?)
}

/// Marks up to `room` due jobs of these kinds as ours. A job of a lane is due only when no earlier one of its lane is
/// ready or running; parked ones do not hold their lane up. Those `under_way` here are ours already, whatever the
/// clock says. A server of which nothing runs has a free place before those that have some: however many of them there
/// are, it does not wait for what they have written down before.
pub(super) fn claim(tx: &mut Tx<'_>, kinds: Kinds, room: usize, under_way: &[i64]) -> Result<Vec<Claimed>> {
    let mut busy = running(tx, kinds)?;
    let mut claimed = Vec::new();
    for (share, rounds) in [(FIRST, room), (SHARE, ROUNDS)] {
        // Where nothing runs of anybody, there is nobody behind the first.
        if share > FIRST && busy.is_empty() {
            break;
        }
        for _ in 0..rounds {
            let wanted = room.saturating_sub(claimed.len());
            if wanted == 0 {
                break;
            }
            let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
            let rows = due(tx, kinds, Beside { busy: &busy, share, under_way }, limit)?;
            let found = rows.len();
            let ours: Vec<Row> = rows.into_iter().filter(|row| busy.take(row, share)).collect();
            let more = found >= wanted && ours.len() < found;
            claimed.extend(lease(tx, ours)?);
            if !more {
                break;
            }
        }
    }
    Ok(claimed)
}

/// What a job is claimed beside.
#[derive(Clone, Copy)]
struct Beside<'b> {
    busy: &'b Busy,
    share: usize,
    under_way: &'b [i64],
}

/// What runs in the same room.
fn running(tx: &mut Tx<'_>, kinds: Kinds) -> Result<Busy> {
    let now = tx.now();
    let running: Vec<(String, Option<String>, Option<String>)> = jobs::table
        .filter(jobs::state.eq("running"))
        .filter(diesel::dsl::not(has_lapsed(now)))
        .filter(jobs::origin.is_not_null().or(jobs::target.is_not_null()))
        .select((jobs::kind, jobs::origin, jobs::target))
        .load(tx.conn())?;
    let mut busy = Busy::default();
    for (_, origin, target) in running.into_iter().filter(|(kind, ..)| kinds.has(kind)) {
        busy.add(origin, target);
    }
    Ok(busy)
}

/// Jobs that are due, none whose share is used up or of those under way here.
fn due(tx: &mut Tx<'_>, kinds: Kinds, beside: Beside<'_>, limit: i64) -> Result<Vec<Row>> {
    let (now, Beside { busy, share, under_way }) = (tx.now(), beside);
    let among = jobs::kind
        .eq_any(kinds.names)
        .and(kinds.inside.into_sql::<Bool>())
        .or(jobs::kind.ne_all(kinds.names).and((!kinds.inside).into_sql::<Bool>()));
    let earlier = diesel::alias!(jobs as earlier);
    let ahead = earlier
        .filter(earlier.field(jobs::lane).is_not_null())
        .filter(earlier.field(jobs::lane).eq(jobs::lane))
        .filter(earlier.field(jobs::id).lt(jobs::id))
        .filter(earlier.field(jobs::state).ne("parked"));
    let due = jobs::table
        .filter(
            jobs::state
                .eq("ready")
                .and(jobs::run_at.le(now))
                .or(jobs::state.eq("running").and(has_lapsed(now)).and(jobs::id.ne_all(under_way.to_vec()))),
        )
        .filter(jobs::origin.is_null().or(jobs::origin.assume_not_null().ne_all(full(&busy.origins, share))))
        .filter(jobs::target.is_null().or(jobs::target.assume_not_null().ne_all(full(&busy.targets, share))))
        .filter(diesel::dsl::not(diesel::dsl::exists(ahead)))
        .filter(among)
        .order((jobs::run_at.asc(), jobs::id.asc()))
        .limit(limit)
        .select((jobs::id, jobs::kind, jobs::origin, jobs::target, jobs::payload, jobs::attempts, jobs::state));
    Ok(match tx.conn() {
        Conn::Pg(conn) => due.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => due.load(conn)?,
    })
}

/// Marks rows as being done. A row whose process dies is due again when the lease ends; the try is counted.
fn lease(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Claimed>> {
    let leased_until = tx.now().plus(LEASE);
    for step in [1, 1 + DEATH] {
        let ids: Vec<i64> = rows.iter().filter(|row| row.step() == step).map(|row| row.id).collect();
        if !ids.is_empty() {
            diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
                .set((
                    jobs::state.eq("running"),
                    jobs::attempts.eq(jobs::attempts + step),
                    jobs::leased_until.eq(leased_until),
                ))
                .execute(tx.conn())?;
        }
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let attempts = row.attempts + row.step();
            Claimed { id: row.id, kind: row.kind, payload: row.payload, attempts, leased_until }
        })
        .collect())
}
