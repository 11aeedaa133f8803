//! Which jobs are due, and taking them: in order within a lane, and few at a time of what one server caused, or of what
//! waits for one; who has nothing running comes first.

use std::collections::{BTreeSet, HashMap};

use diesel::{
    dsl::{case_when, min},
    prelude::*,
    sql_types::BigInt,
};

use super::{look::has_lapsed, rows::LEASE, runner::Claimed};
use crate::{
    db::{Among, Conn, Key, Tx, first_of_lane, lane_lock, schema::jobs},
    domain::work::Room,
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
/// How many jobs of a lane are set aside in one statement.
const ASIDE: i64 = 500;

/// A due job as it stands in the table.
#[derive(Queryable)]
struct Row {
    id: i64,
    kind: String,
    lane: Option<String>,
    origin: Option<String>,
    target: Option<String>,
    payload: String,
    attempts: i32,
    /// The first ready one of its lane.
    ready: Option<i64>,
    /// The first one of its lane that is done now.
    running: Option<i64>,
}

impl Row {
    /// Whether another one of its lane must end first: one that is done now, also where that has a greater id (it was
    /// begun before this one was written, or tried again), or an earlier one that is ready.
    fn waits(&self) -> bool {
        self.running.is_some() || self.ready.is_some_and(|first| first < self.id)
    }
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

/// Marks as many due jobs of these rooms as ours as there are `places`. Those `under_way` here are ours already,
/// whatever the clock says.
pub(super) fn claim(tx: &mut Tx<'_>, rooms: &[Room], places: usize, under_way: &[i64]) -> Result<Vec<Claimed>> {
    let mut claimed = Vec::new();
    for room in rooms {
        let free = places.saturating_sub(claimed.len());
        if free > 0 {
            claimed.extend(claim_in(tx, *room, free, under_way)?);
        }
    }
    // What was written down first begins first.
    claimed.sort_by_key(|job| job.id);
    Ok(claimed)
}

/// A job of a lane is due only when no earlier one of its lane is ready or running; parked ones do not hold their lane
/// up. A server of which nothing runs has a free place before those that have some: however many of them there are, it
/// does not wait for what they have written down before.
fn claim_in(tx: &mut Tx<'_>, room: Room, places: usize, under_way: &[i64]) -> Result<Vec<Claimed>> {
    let Running { mut busy, lapsed } = running(tx, room)?;
    if lapsed.iter().any(|id| !under_way.contains(id)) {
        begin_again(tx, room, under_way)?;
    }
    let mut claimed = Vec::new();
    for (share, rounds) in [(FIRST, places), (SHARE, ROUNDS)] {
        // Where nothing runs of anybody, there is nobody behind the first.
        if share > FIRST && busy.is_empty() {
            break;
        }
        for _ in 0..rounds {
            let wanted = places.saturating_sub(claimed.len());
            if wanted == 0 {
                break;
            }
            let rows = due(tx, room, (&busy, share), i64::try_from(wanted).unwrap_or(i64::MAX))?;
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

/// What runs in a room.
struct Running {
    busy: Busy,
    /// What nobody does any more.
    lapsed: Vec<i64>,
}

fn running(tx: &mut Tx<'_>, room: Room) -> Result<Running> {
    let now = tx.now();
    let rows: Vec<(i64, Option<String>, Option<String>, bool)> = jobs::table
        .filter(jobs::state.eq("running"))
        .filter(jobs::room.eq(room.name()))
        .select((jobs::id, jobs::origin, jobs::target, has_lapsed(now)))
        .load(tx.conn())?;
    let mut running = Running { busy: Busy::default(), lapsed: Vec::new() };
    for (id, origin, target, lapsed) in rows {
        if lapsed {
            running.lapsed.push(id);
        } else {
            running.busy.add(origin, target);
        }
    }
    Ok(running)
}

/// What a process that died was doing is there to be done again.
fn begin_again(tx: &mut Tx<'_>, room: Room, under_way: &[i64]) -> Result<()> {
    let now = tx.now();
    let lapsed = jobs::table
        .filter(jobs::state.eq("running"))
        .filter(jobs::room.eq(room.name()))
        .filter(has_lapsed(now))
        .filter(jobs::id.ne_all(under_way.to_vec()));
    // It was due once, whatever the clock says now.
    let due = case_when(jobs::run_at.gt(now), now.into_sql::<BigInt>()).otherwise(jobs::run_at);
    diesel::update(lapsed)
        .set((jobs::state.eq("ready"), jobs::attempts.eq(jobs::attempts + DEATH), jobs::run_at.eq(due)))
        .execute(tx.conn())?;
    Ok(())
}

/// Jobs that are due, each the first of its lane, none of a server whose share is used up. What is found to wait for
/// an earlier one is set aside, so that nobody comes to it again before its turn.
fn due(tx: &mut Tx<'_>, room: Room, shares: (&Busy, usize), limit: i64) -> Result<Vec<Row>> {
    loop {
        let (waiting, first): (Vec<Row>, Vec<Row>) = ready(tx, room, shares, limit)?.into_iter().partition(Row::waits);
        let lanes: BTreeSet<String> = waiting.into_iter().filter_map(|row| row.lane).collect();
        let mut aside = 0;
        for lane in &lanes {
            aside += set_aside(tx, lane)?;
        }
        if aside == 0 {
            return Ok(first);
        }
    }
}

fn ready(tx: &mut Tx<'_>, room: Room, (busy, share): (&Busy, usize), limit: i64) -> Result<Vec<Row>> {
    let now = tx.now();
    let earlier = diesel::alias!(jobs as earlier);
    let first = |state: &'static str| {
        earlier
            .filter(earlier.field(jobs::lane).eq(jobs::lane))
            .filter(earlier.field(jobs::state).eq(state))
            .select(min(earlier.field(jobs::id)))
            .single_value()
    };
    let ready = jobs::table
        .filter(jobs::room.eq(room.name()))
        .filter(jobs::state.eq("ready"))
        .filter(jobs::run_at.le(now))
        .filter(jobs::origin.is_null().or(jobs::origin.assume_not_null().ne_all(full(&busy.origins, share))))
        .filter(jobs::target.is_null().or(jobs::target.assume_not_null().ne_all(full(&busy.targets, share))))
        .order((jobs::run_at.asc(), jobs::id.asc()))
        .limit(limit)
        .select((
            jobs::id,
            jobs::kind,
            jobs::lane,
            jobs::origin,
            jobs::target,
            jobs::payload,
            jobs::attempts,
            first("ready"),
            first("running"),
        ));
    Ok(match tx.conn() {
        Conn::Pg(conn) => ready.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => ready.load(conn)?,
    })
}

/// Lets the ready jobs of a lane stand behind its first; answers how many, which are none while somebody ends one of
/// them.
fn set_aside(tx: &mut Tx<'_>, lane: &str) -> Result<usize> {
    if !tx.try_share(Key(&lane_lock(lane), &[]))? {
        return Ok(0);
    }
    let Some(first) = first_of_lane(tx.conn(), lane)? else { return Ok(0) };
    let ready = jobs::table
        .filter(jobs::lane.eq(lane))
        .filter(jobs::state.eq("ready"))
        .filter(jobs::id.gt(first))
        .order(jobs::id)
        .limit(ASIDE)
        .select(jobs::id);
    let ids: Vec<i64> = match tx.conn() {
        Conn::Pg(conn) => ready.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => ready.load(conn)?,
    };
    let set = diesel::update(jobs::table.filter(jobs::id.among(ids))).set(jobs::state.eq("behind"));
    Ok(set.execute(tx.conn())?)
}

/// Marks rows as being done. A row whose process dies is due again when the lease ends; the try is counted.
fn lease(tx: &mut Tx<'_>, rows: Vec<Row>) -> Result<Vec<Claimed>> {
    let leased_until = tx.now().plus(LEASE);
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    if !ids.is_empty() {
        diesel::update(jobs::table.filter(jobs::id.among(ids)))
            .set((
                jobs::state.eq("running"),
                jobs::attempts.eq(jobs::attempts + 1),
                jobs::leased_until.eq(leased_until),
            ))
            .execute(tx.conn())?;
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let (lane, attempts) = (row.lane.map(Into::into), row.attempts + 1);
            Claimed { id: row.id, kind: row.kind, lane, payload: row.payload, attempts, leased_until }
        })
        .collect())
}
