//! The rows of `deliveries`: claimed, concluded, tried again, pruned.

use std::{sync::Arc, time::Duration};

use diesel::{dsl, prelude::*};

use super::backoff;
use crate::{
    app::App,
    db::{
        Conn, Signal, Timestamp, Tx,
        schema::{activities, deliveries, servers as servers_table},
    },
    domain::{ActorId, servers},
    error::{Error, Result},
};

/// How long a claimed delivery is ours.
const LEASE: Duration = Duration::from_secs(120);
const DAY: u64 = 24 * 3600;

/// A delivery that is ours to make.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(super) struct Claimed {
    pub id: i64,
    pub activity_id: i64,
    pub actor_id: ActorId,
    pub host: String,
    pub inbox: String,
    pub attempts: i32,
    pub created_at: Timestamp,
}

/// How a try ended.
#[derive(Debug, Clone)]
pub(super) enum Ending {
    /// Delivered; `news` when the server's row must say so.
    Delivered { status: i32, scheme: &'static str, news: bool },
    /// The server will never take it.
    Refused { status: Option<i32>, reason: String },
    /// It may work later; the host is paused.
    Later { status: Option<i32>, reason: String, asked: Option<Duration> },
}

/// Whether anything is due; a cheap look before the writer is troubled.
pub(super) fn anything_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let due = deliveries::table
        .filter(deliveries::state.eq("waiting"))
        .filter(deliveries::next_at.le(now))
        .filter(deliveries::leased_until.lt(now));
    Ok(diesel::select(dsl::exists(due)).get_result(conn)?)
}

/// Takes up to `room` due deliveries: to hosts that are neither paused nor busy, and of one actor to one host only
/// the earliest. The try is counted now, so that one which ends the process counts too.
pub(super) fn claim(tx: &mut Tx<'_>, room: i64, busy: &[String]) -> Result<Vec<Claimed>> {
    let now = tx.now();
    let until = now.plus(LEASE);
    let earlier = diesel::alias!(deliveries as earlier);
    let ahead = earlier
        .filter(earlier.field(deliveries::state).eq("waiting"))
        .filter(earlier.field(deliveries::host).eq(deliveries::host))
        .filter(earlier.field(deliveries::actor_id).eq(deliveries::actor_id))
        .filter(earlier.field(deliveries::id).lt(deliveries::id));
    let paused = servers_table::table
        .filter(servers_table::host.eq(deliveries::host))
        .filter(servers_table::paused_until.gt(now).or(servers_table::blocked.eq(true)));
    let due = deliveries::table
        .filter(deliveries::state.eq("waiting"))
        .filter(deliveries::next_at.le(now))
        .filter(deliveries::leased_until.lt(now))
        .filter(deliveries::host.ne_all(busy.to_vec()))
        .filter(dsl::not(dsl::exists(ahead)))
        .filter(dsl::not(dsl::exists(paused)))
        .order((deliveries::next_at.asc(), deliveries::id.asc()))
        .limit(room)
        .select((
            deliveries::id,
            deliveries::activity_id,
            deliveries::actor_id,
            deliveries::host,
            deliveries::inbox,
            deliveries::attempts,
            deliveries::created_at,
        ));
    let rows: Vec<Claimed> = match tx.conn() {
        Conn::Pg(conn) => due.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => due.load(conn)?,
    };
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids)))
        .set((deliveries::leased_until.eq(until), deliveries::attempts.eq(deliveries::attempts + 1)))
        .execute(tx.conn())?;
    Ok(rows.into_iter().map(|row| Claimed { attempts: row.attempts + 1, ..row }).collect())
}

/// The bytes of an activity.
pub(super) fn body(conn: &mut Conn, activity: i64) -> Result<Option<String>> {
    Ok(activities::table.find(activity).select(activities::body).first(conn).optional()?)
}

/// Writes down how many tries ended.
pub(super) fn conclude(tx: &mut Tx<'_>, ended: &[(Claimed, Ending)]) -> Result<()> {
    for (row, ending) in ended {
        conclude_one(tx, row, ending)?;
    }
    // What waited behind these may go now.
    tx.signal(Signal { topic: "deliveries", kind: "update", id: 0 });
    Ok(())
}

fn conclude_one(tx: &mut Tx<'_>, row: &Claimed, ending: &Ending) -> Result<()> {
    let now = tx.now();
    match ending {
        Ending::Delivered { status, scheme, news } => {
            finish(tx, row.id, "delivered", Some(*status), None)?;
            if *news {
                servers::succeeded(tx, &row.host, scheme)?;
            }
        }
        Ending::Refused { status, reason } => finish(tx, row.id, "failed", *status, Some(reason))?,
        Ending::Later { status, reason, asked } => {
            let wait = backoff::wait(row.attempts, *asked, row.id.unsigned_abs());
            servers::failed(tx, &row.host, reason, wait)?;
            if now.plus(wait) > row.created_at.plus(backoff::GIVE_UP) {
                return finish(tx, row.id, "failed", *status, Some(reason));
            }
            diesel::update(deliveries::table.find(row.id))
                .set((
                    deliveries::next_at.eq(now.plus(wait)),
                    deliveries::leased_until.eq(Timestamp(0)),
                    deliveries::last_status.eq(*status),
                    deliveries::last_error.eq(Some(reason)),
                ))
                .execute(tx.conn())?;
        }
    }
    Ok(())
}

fn finish(tx: &mut Tx<'_>, id: i64, state: &str, status: Option<i32>, reason: Option<&String>) -> Result<()> {
    let now = tx.now();
    diesel::update(deliveries::table.find(id))
        .set((
            deliveries::state.eq(state),
            deliveries::done_at.eq(now),
            deliveries::last_status.eq(status),
            deliveries::last_error.eq(reason),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// A signed activity arrived from a host: if sending to it was paused, everything owed to it goes now.
pub fn heard_from(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    if servers::heard_from(tx, host)? {
        let now = tx.now();
        diesel::update(deliveries::table.filter(deliveries::host.eq(host)).filter(deliveries::state.eq("waiting")))
            .set(deliveries::next_at.eq(now))
            .execute(tx.conn())?;
        tx.signal(Signal { topic: "deliveries", kind: "new", id: 0 });
    }
    Ok(())
}

/// Tries a delivery again now, whatever became of it.
pub fn retry(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let now = tx.now();
    let row: Option<(String, String)> =
        deliveries::table.find(id).select((deliveries::host, deliveries::state)).first(tx.conn()).optional()?;
    let Some((host, _)) = row.filter(|(_, state)| state != "delivered") else {
        return Err(Error::not_found("delivery.not_found", "There is no such delivery, or it has arrived."));
    };
    servers::heard_from(tx, &host)?;
    diesel::update(deliveries::table.find(id))
        .set((
            deliveries::state.eq("waiting"),
            deliveries::next_at.eq(now),
            deliveries::leased_until.eq(Timestamp(0)),
            deliveries::attempts.eq(0),
            deliveries::created_at.eq(now),
            deliveries::done_at.eq(None::<Timestamp>),
        ))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "deliveries", kind: "new", id: 0 });
    Ok(())
}

/// Deletes receipts by age: delivered ones after 30 days, failed ones after 90; and activities that nobody is owed
/// or can ask for. Answers how many receipts.
pub async fn prune(app: &App) -> Result<usize> {
    app.db
        .write(|tx| {
            let now = tx.now();
            let old = |state: &'static str, days: u64| {
                deliveries::table
                    .filter(deliveries::state.eq(state))
                    .filter(deliveries::done_at.lt(now.minus(Duration::from_secs(days * DAY))))
            };
            let gone = diesel::delete(old("delivered", 30)).execute(tx.conn())?
                + diesel::delete(old("failed", 90)).execute(tx.conn())?;
            let owed = deliveries::table.filter(deliveries::activity_id.eq(activities::id));
            diesel::delete(
                activities::table
                    .filter(activities::created_at.lt(now.minus(Duration::from_secs(90 * DAY))))
                    .filter(activities::post_id.is_null())
                    .filter(dsl::not(dsl::exists(owed))),
            )
            .execute(tx.conn())?;
            Ok(gone)
        })
        .await
}

/// Endings on their way to the database, shared so that the write can run again.
pub(super) type Ended = Arc<Vec<(Claimed, Ending)>>;
