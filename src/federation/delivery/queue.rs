//! The rows of `deliveries`: which are due, and what became of them.

use std::{collections::HashMap, time::Duration};

use diesel::{prelude::*, sql_types::Bool};

use super::{
    backoff,
    days::{self, Deliveries},
    host::{self, Verdict},
    receipts::withdrawn_among,
    why::WITHDRAWN,
};
use crate::{
    db::{
        Among, Conn, Signal, Timestamp, Tx,
        schema::{deliveries, servers},
    },
    error::Result,
};

/// How long a try may take before others think that its process died. A slower one is made again, under the same id.
const LEASE: Duration = Duration::from_secs(60);
/// How often one claim looks again for servers that have room.
const ROUNDS: usize = 8;
/// A delivery that its server answered 500 to this often no longer holds up what comes after it.
const STUBBORN: i32 = 4;

/// A delivery that is ours to try.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(super) struct Due {
    pub id: i64,
    pub activity_id: i64,
    pub actor_id: i64,
    pub host: String,
    pub inbox: String,
    pub attempts: i32,
    pub created_at: Timestamp,
}

/// A try with what became of it.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    pub due: Due,
    pub verdict: Verdict,
}

/// Whether anything may be due: a cheap look before the writer is troubled.
pub(super) fn anything_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let due = deliveries::table.filter(deliveries::state.eq("waiting")).filter(deliveries::next_at.le(now));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// When the next delivery becomes due.
pub(super) fn next_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    Ok(deliveries::table
        .filter(deliveries::state.eq("waiting"))
        .filter(deliveries::next_at.gt(now))
        .select(deliveries::next_at)
        .order(deliveries::next_at)
        .first(conn)
        .optional()?)
}

/// How much may be claimed.
#[derive(Debug, Clone)]
pub(super) struct Room {
    /// How many deliveries altogether.
    pub all: usize,
    /// How many of them to servers that may not answer.
    pub doubtful: usize,
    /// How many to one server, together with those that are under way.
    pub per_host: usize,
    /// How many are under way to each server.
    pub busy: HashMap<String, usize>,
    /// Servers that answered slowly a moment ago.
    pub slow: Vec<String>,
    /// The deliveries that are under way here, whatever the clock says.
    pub under_way: Vec<i64>,
}

/// Whether a server is known to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It took what it was sent last, and in time.
    Proven,
    /// It failed, was slow, or was never sent anything.
    Doubtful,
}

/// Claims due deliveries while there is room: of each actor and server the earliest only, none to a paused server.
/// Doubtful servers have a share of their own, so that however many of them hang, the others are served.
pub(super) fn claim(tx: &mut Tx<'_>, room: &Room) -> Result<Vec<(Due, Standing)>> {
    let mut flying = room.busy.clone();
    let doubtful = gather(tx, room, Standing::Doubtful, room.doubtful.min(room.all), &mut flying)?;
    let proven = gather(tx, room, Standing::Proven, room.all.saturating_sub(doubtful.len()), &mut flying)?;
    let doubtful = doubtful.into_iter().map(|due| (due, Standing::Doubtful));
    Ok(doubtful.chain(proven.into_iter().map(|due| (due, Standing::Proven))).collect())
}

fn gather(
    tx: &mut Tx<'_>,
    room: &Room,
    standing: Standing,
    most: usize,
    flying: &mut HashMap<String, usize>,
) -> Result<Vec<Due>> {
    let mut claimed = Vec::new();
    for _ in 0..ROUNDS {
        let wanted = most.saturating_sub(claimed.len());
        if wanted == 0 {
            break;
        }
        let full: Vec<&str> =
            flying.iter().filter(|(_, count)| **count >= room.per_host).map(|(host, _)| host.as_str()).collect();
        let heads = heads(tx, &full, room, standing, i64::try_from(wanted).unwrap_or(i64::MAX))?;
        let looked_at = heads.len();
        let mut ours = Vec::new();
        for due in heads {
            let count = flying.entry(due.host.clone()).or_default();
            if *count < room.per_host {
                *count += 1;
                ours.push(due);
            }
        }
        lease(tx, &ours)?;
        let more = looked_at >= wanted && ours.len() < looked_at;
        claimed.extend(ours.into_iter().map(|due| Due { attempts: due.attempts + 1, ..due }));
        if !more {
            break;
        }
    }
    Ok(claimed)
}

/// Due deliveries before which nothing waits for the same server from the same actor.
fn heads(tx: &mut Tx<'_>, full: &[&str], room: &Room, standing: Standing, limit: i64) -> Result<Vec<Due>> {
    let now = tx.now();
    let earlier = diesel::alias!(deliveries as earlier);
    let ahead = earlier
        .filter(earlier.field(deliveries::state).eq("waiting"))
        .filter(earlier.field(deliveries::host).eq(deliveries::host))
        .filter(earlier.field(deliveries::actor_id).eq(deliveries::actor_id))
        .filter(earlier.field(deliveries::id).lt(deliveries::id))
        .filter(
            earlier
                .field(deliveries::attempts)
                .lt(STUBBORN)
                .or(earlier.field(deliveries::last_status).is_null())
                .or(earlier.field(deliveries::last_status).assume_not_null().ne(500))
                .or(earlier.field(deliveries::leased_until).gt(now)),
        );
    let paused = servers::table.filter(servers::host.eq(deliveries::host)).filter(servers::paused_until.gt(now));
    let answers = servers::table
        .filter(servers::host.eq(deliveries::host))
        .filter(servers::failures.eq(0))
        .filter(servers::last_success_at.is_not_null());
    let proven = diesel::dsl::exists(answers).and(deliveries::host.ne_all(room.slow.clone()));
    let wanted = standing == Standing::Proven;
    let due = deliveries::table
        .filter(deliveries::state.eq("waiting"))
        .filter(deliveries::next_at.le(now))
        .filter(deliveries::host.ne_all(full.to_vec()))
        .filter(deliveries::id.ne_all(room.under_way.clone()))
        .filter(diesel::dsl::not(diesel::dsl::exists(ahead)))
        .filter(diesel::dsl::not(diesel::dsl::exists(paused)))
        .filter(
            wanted
                .into_sql::<Bool>()
                .and(proven.clone())
                .or((!wanted).into_sql::<Bool>().and(diesel::dsl::not(proven))),
        )
        .order((deliveries::next_at.asc(), deliveries::id.asc()))
        .limit(limit)
        .select((
            deliveries::id,
            deliveries::activity_id,
            deliveries::actor_id,
            deliveries::host,
            deliveries::inbox,
            deliveries::attempts,
            deliveries::created_at,
        ));
    Ok(match tx.conn() {
        Conn::Pg(conn) => due.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => due.load(conn)?,
    })
}

/// Marks rows as being tried. A row whose process dies is due again when the lease ends; the try is counted.
fn lease(tx: &mut Tx<'_>, rows: &[Due]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let until = tx.now().plus(LEASE);
    let ids: Vec<i64> = rows.iter().map(|due| due.id).collect();
    diesel::update(deliveries::table.filter(deliveries::id.among(ids)))
        .set((
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::leased_until.eq(until),
            deliveries::next_at.eq(until),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Makes due at once what a process that died was sending. For the only process on its database, when it starts.
pub fn resume(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    let under_way = deliveries::table.filter(deliveries::state.eq("waiting")).filter(deliveries::leased_until.gt(now));
    diesel::update(under_way)
        .set((deliveries::leased_until.eq(Timestamp(0)), deliveries::next_at.eq(now)))
        .execute(tx.conn())?;
    Ok(())
}

/// The clock was set back: what waits for a time, and servers that are paused until one, wait no longer for it.
pub fn move_back(tx: &mut Tx<'_>, by: i64) -> Result<()> {
    let now = tx.now();
    let waiting = deliveries::table.filter(deliveries::state.eq("waiting"));
    diesel::update(waiting.filter(deliveries::next_at.gt(now)))
        .set(deliveries::next_at.eq(deliveries::next_at - by))
        .execute(tx.conn())?;
    diesel::update(waiting.filter(deliveries::leased_until.gt(now)))
        .set(deliveries::leased_until.eq(deliveries::leased_until - by))
        .execute(tx.conn())?;
    diesel::update(servers::table.filter(servers::paused_until.gt(now)))
        .set(servers::paused_until.eq(servers::paused_until - by))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "deliveries", kind: "update", id: 0 });
    Ok(())
}

/// Writes down what became of many tries. What still cannot be sent after `days` is given up.
pub(super) fn settle(tx: &mut Tx<'_>, tries: &[Tried], days: u32) -> Result<()> {
    let now = tx.now();
    let mut arrived: HashMap<u16, Vec<i64>> = HashMap::new();
    let mut counted = Deliveries::default();
    let again_wanted: Vec<i64> =
        tries.iter().filter(|tried| matches!(tried.verdict, Verdict::Again { .. })).map(|tried| tried.due.id).collect();
    // What was taken back while it was under way.
    let withdrawn = if again_wanted.is_empty() { Vec::new() } else { withdrawn_among(tx.conn(), &again_wanted)? };
    for Tried { due, verdict } in tries {
        match verdict {
            Verdict::Delivered { status, scheme } => {
                arrived.entry(*status).or_default().push(due.id);
                counted.delivered += 1;
                host::remember_success(tx, due, *scheme)?;
            }
            Verdict::Final { status, error } => {
                counted.given_up += 1;
                fail(tx, due, *status, error)?;
            }
            Verdict::Again { status, error, retry_after, pause } => {
                let last_chance = due.created_at.plus(Duration::from_secs(u64::from(days) * 24 * 3600));
                if withdrawn.contains(&due.id) {
                    fail(tx, due, *status, WITHDRAWN)?;
                } else if now >= last_chance {
                    counted.given_up += 1;
                    fail(tx, due, *status, error)?;
                } else {
                    counted.retried += 1;
                    again(tx, due, *status, error, *retry_after)?;
                }
                if *pause {
                    host::pause(tx, due, error, *retry_after)?;
                }
            }
        }
    }
    for (status, ids) in arrived {
        diesel::update(deliveries::table.filter(deliveries::id.among(ids)))
            .set((
                deliveries::state.eq("delivered"),
                deliveries::last_status.eq(i32::from(status)),
                deliveries::last_error.eq(None::<String>),
                deliveries::leased_until.eq(Timestamp(0)),
                deliveries::done_at.eq(now),
            ))
            .execute(tx.conn())?;
    }
    // Everybody who sends counts in the row of today: nobody waits for it while others look for work.
    tx.at_the_end(move |tx| days::count(tx, &counted));
    Ok(())
}

fn fail(tx: &mut Tx<'_>, due: &Due, status: Option<u16>, error: &str) -> Result<()> {
    let now = tx.now();
    diesel::update(deliveries::table.find(due.id))
        .set((
            deliveries::state.eq("failed"),
            deliveries::last_status.eq(status.map(i32::from)),
            deliveries::last_error.eq(error),
            deliveries::leased_until.eq(Timestamp(0)),
            deliveries::done_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

fn again(tx: &mut Tx<'_>, due: &Due, status: Option<u16>, error: &str, retry_after: Option<Duration>) -> Result<()> {
    let at = tx.now().plus(backoff::after(due.attempts, retry_after));
    diesel::update(deliveries::table.find(due.id))
        .set((
            deliveries::next_at.eq(at),
            deliveries::leased_until.eq(Timestamp(0)),
            deliveries::last_status.eq(status.map(i32::from)),
            deliveries::last_error.eq(error),
        ))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "deliveries", kind: "update", id: 0 });
    Ok(())
}
