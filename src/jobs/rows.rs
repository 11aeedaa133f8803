//! The rows of jobs: how they are kept, concluded, and what an operator does with parked ones.

use std::{sync::Arc, time::Duration};

use diesel::prelude::*;

use super::runner::{Claimed, Outcome};
use crate::{
    db::{Among, Conn, Db, Key, Later, Signal, Timestamp, Tx, WAITING, lane_lock, schema::jobs},
    domain::Page,
    error::{Error, Result},
};

/// How long a job may run before others think that its process died; renewed while it runs.
pub(super) const LEASE: Duration = Duration::from_secs(60);
/// After this many tries an operator decides.
pub(super) const TRIES: i32 = 10;
/// How many characters of an error are kept.
const ERROR_LENGTH: usize = 2000;
/// How many jobs that stand behind nobody one statement makes ready.
const STRANDED: i64 = 1_000;
/// The longest wait after each try; the wait itself is random below it, and at least half.
const WAITS: [u64; 8] = [5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600];

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct ParkedJob {
    pub id: i64,
    pub kind: String,
    pub payload: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
}

/// What tells a claim from every other: the count of tries begins anew when a job comes again, the lease does not.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub id: i64,
    pub lane: Option<Arc<str>>,
    pub attempts: i32,
    pub leased_until: Timestamp,
}

/// Keeps a claim; answers the claim as it is from then on, or nothing when somebody else has the job.
pub(super) fn renew(tx: &mut Tx<'_>, claim: &Claim) -> Result<Option<Claim>> {
    let renewed = Claim { leased_until: tx.now().plus(LEASE), ..claim.clone() };
    let kept = diesel::update(
        jobs::table
            .find(claim.id)
            .filter(jobs::state.eq("running"))
            .filter(jobs::attempts.eq(claim.attempts))
            .filter(jobs::leased_until.eq(claim.leased_until)),
    )
    .set(jobs::leased_until.eq(renewed.leased_until))
    .execute(tx.conn())?;
    Ok((kept == 1).then_some(renewed))
}

/// Makes due at once what a process that died was doing. For the only process on its database, when it starts.
pub fn resume(tx: &mut Tx<'_>) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::state.eq("running")))
        .set(jobs::leased_until.eq(Timestamp(0)))
        .execute(tx.conn())?;
    Ok(())
}

/// The clock was set back: what waits for a time waits no longer for it.
pub(super) fn move_back(tx: &mut Tx<'_>, by: i64) -> Result<()> {
    let waiting = jobs::table.filter(jobs::state.among(WAITING)).filter(jobs::run_at.gt(tx.now()));
    diesel::update(waiting).set(jobs::run_at.eq(jobs::run_at - by)).execute(tx.conn())?;
    tx.signal(Signal { topic: "jobs", kind: "new", id: 0 });
    Ok(())
}

/// Gives back a job that was stopped before its end, as if it had not been begun.
pub(super) fn give_back(tx: &mut Tx<'_>, claim: &Claim) -> Result<()> {
    let ours = jobs::table
        .find(claim.id)
        .filter(jobs::state.eq("running"))
        .filter(jobs::attempts.eq(claim.attempts))
        .filter(jobs::leased_until.eq(claim.leased_until));
    diesel::update(ours)
        .set((jobs::state.eq("ready"), jobs::attempts.eq(claim.attempts - 1), jobs::run_at.eq(tx.now())))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "jobs", kind: "new", id: 0 });
    Ok(())
}

/// Writes down how a try ended. When the lease ran out meanwhile and somebody else has the job, only success counts.
pub(super) fn conclude(tx: &mut Tx<'_>, claim: &Claim, outcome: &Outcome) -> Result<()> {
    let now = tx.now();
    let Claim { id, attempts, .. } = *claim;
    let ours = jobs::table
        .find(id)
        .filter(jobs::state.eq("running"))
        .filter(jobs::attempts.eq(attempts))
        .filter(jobs::leased_until.eq(claim.leased_until));
    match outcome {
        Outcome::Done => end(tx, id, claim.lane.as_deref())?,
        Outcome::Later(wait) | Outcome::NotNow(wait) => {
            // What was not its turn was no try; those before it were.
            let tries = if matches!(outcome, Outcome::NotNow(_)) { attempts - 1 } else { 0 };
            diesel::update(ours)
                .set((
                    jobs::state.eq("ready"),
                    jobs::run_at.eq(now.plus(*wait)),
                    jobs::attempts.eq(tries),
                    jobs::last_error.eq(None::<String>),
                ))
                .execute(tx.conn())?;
        }
        Outcome::Retry(error) if attempts < TRIES => {
            let wait = error.retry_after().unwrap_or_default().max(backoff(attempts, tx.new_id()));
            diesel::update(ours)
                .set((jobs::state.eq("ready"), jobs::run_at.eq(now.plus(wait)), jobs::last_error.eq(Some(told(error)))))
                .execute(tx.conn())?;
        }
        Outcome::Retry(error) | Outcome::Park(error) => {
            close(tx, claim.lane.as_deref())?;
            diesel::update(ours)
                .set((jobs::state.eq("parked"), jobs::last_error.eq(Some(told(error)))))
                .execute(tx.conn())?;
            let_next_come(tx, claim.lane.as_deref())?;
        }
    }
    tx.signal(Signal { topic: "jobs", kind: "delete", id: 0 });
    Ok(())
}

fn told(error: &Error) -> String {
    error.to_string().chars().filter(|character| *character != '\0').take(ERROR_LENGTH).collect()
}

/// The wait after the given try: between half of and the whole of its step.
pub fn backoff(attempts: i32, seed: i64) -> Duration {
    let step = usize::try_from(attempts - 1).unwrap_or(0).min(WAITS.len() - 1);
    let longest = WAITS.get(step).copied().unwrap_or(5) * 1000;
    // Ids differ in their low bits from call to call; spread them over the interval.
    let spread = seed.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    Duration::from_millis(longest / 2 + spread % (longest / 2))
}

/// What waits for a server, and was not begun or waits its turn, does so until this moment at least: it is not looked at
/// in vain meanwhile.
pub(super) fn postpone(tx: &mut Tx<'_>, target: &str, kind: &str, until: Timestamp) -> Result<()> {
    diesel::update(ready_for(target, kind).filter(jobs::run_at.lt(until)))
        .set(jobs::run_at.eq(until))
        .execute(tx.conn())?;
    Ok(())
}

/// What waits for a server and was never tried is due now.
pub(super) fn bring_forward(tx: &mut Tx<'_>, target: &str, kind: &str) -> Result<()> {
    let now = tx.now();
    diesel::update(ready_for(target, kind).filter(jobs::attempts.eq(0)).filter(jobs::run_at.gt(now)))
        .set(jobs::run_at.eq(now))
        .execute(tx.conn())?;
    tx.signal(Signal { topic: "jobs", kind: "new", id: 0 });
    Ok(())
}

#[diesel::dsl::auto_type]
fn ready_for<'a>(target: &'a str, kind: &'a str) -> _ {
    jobs::table.filter(jobs::target.eq(target)).filter(jobs::kind.eq(kind)).filter(jobs::state.eq("ready"))
}

/// Deletes a job that is done. A handler may call this in the transaction of its effect.
pub fn finish(tx: &mut Tx<'_>, job: &Claimed) -> Result<()> {
    end(tx, job.id, job.lane.as_deref())
}

fn end(tx: &mut Tx<'_>, id: i64, lane: Option<&str>) -> Result<()> {
    close(tx, lane)?;
    diesel::delete(jobs::table.find(id)).execute(tx.conn())?;
    let_next_come(tx, lane)
}

/// From now on nobody lets a job stand behind another of this lane, until the transaction ends.
fn close(tx: &mut Tx<'_>, lane: Option<&str>) -> Result<()> {
    lane.map_or(Ok(()), |lane| tx.lock(Key(&lane_lock(lane), &[])))
}

/// Makes ready what stands first behind a job that has ended. Should yet another one be before it, whoever comes to it
/// sees that, so this may be done too often, and never too seldom.
fn let_next_come(tx: &mut Tx<'_>, lane: Option<&str>) -> Result<()> {
    let Some(lane) = lane else { return Ok(()) };
    let behind = diesel::alias!(jobs as behind);
    let next = behind
        .filter(behind.field(jobs::lane).eq(lane))
        .filter(behind.field(jobs::state).eq("behind"))
        .order(behind.field(jobs::id))
        .limit(1)
        .select(behind.field(jobs::id))
        .single_value();
    diesel::update(jobs::table.filter(jobs::id.nullable().eq(next)).filter(jobs::state.eq("behind")))
        .set(jobs::state.eq("ready"))
        .execute(tx.conn())?;
    Ok(())
}

/// Makes ready what stands behind nobody: whoever ended the one before it did not know that anything can stand behind
/// (an older version beside this one, or a hand in the database).
pub async fn free_stranded(db: &Db) -> Result<usize> {
    db.write(|tx| {
        let ahead = diesel::alias!(jobs as ahead);
        let holds = ahead
            .filter(ahead.field(jobs::lane).eq(jobs::lane))
            .filter(ahead.field(jobs::state).among(["ready", "running"]));
        let stranded: Vec<i64> = jobs::table
            .filter(jobs::state.eq("behind"))
            .filter(diesel::dsl::not(diesel::dsl::exists(holds)))
            .order(jobs::id)
            .limit(STRANDED)
            .select(jobs::id)
            .load(tx.conn())?;
        if stranded.is_empty() {
            return Ok(0);
        }
        tx.signal(Signal { topic: "jobs", kind: "new", id: 0 });
        let of = jobs::table.filter(jobs::id.among(stranded)).filter(jobs::state.eq("behind"));
        Ok(diesel::update(of).set(jobs::state.eq("ready")).execute(tx.conn())?)
    })
    .await
}

/// How many jobs wait to be run.
pub async fn waiting(db: &Db) -> Result<i64> {
    db.read(|conn| Ok(jobs::table.filter(jobs::state.among(WAITING)).count().get_result(conn)?)).await
}

/// How the work stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueState {
    /// How many jobs wait for their time or their turn.
    pub waiting: i64,
    /// Since when the oldest is due that nobody has begun.
    pub oldest_due: Option<Timestamp>,
    /// How many were given up.
    pub parked: i64,
    /// What the last of those failed with.
    pub last_error: Option<String>,
}

/// How the work stands.
pub fn queue(conn: &mut Conn, now: Timestamp) -> Result<QueueState> {
    let waiting = || jobs::table.filter(jobs::state.among(WAITING));
    let parked = || jobs::table.filter(jobs::state.eq("parked"));
    let last_error: Option<Option<String>> =
        parked().order(jobs::id.desc()).select(jobs::last_error).first(conn).optional()?;
    Ok(QueueState {
        waiting: waiting().count().get_result(conn)?,
        oldest_due: waiting().filter(jobs::run_at.le(now)).select(diesel::dsl::min(jobs::run_at)).first(conn)?,
        parked: parked().count().get_result(conn)?,
        last_error: last_error.flatten(),
    })
}

/// Whether no job is due or being done.
pub fn is_idle(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let due = jobs::table.filter(jobs::state.among(WAITING)).filter(jobs::run_at.le(now)).count();
    let running = jobs::table.filter(jobs::state.eq("running")).count();
    Ok(due.get_result::<i64>(conn)? + running.get_result::<i64>(conn)? == 0)
}

/// How many jobs were given up.
pub async fn count_parked(db: &Db) -> Result<i64> {
    db.read(|conn| Ok(jobs::table.filter(jobs::state.eq("parked")).count().get_result(conn)?)).await
}

/// The jobs that were given up, oldest first.
pub async fn parked(db: &Db) -> Result<Vec<ParkedJob>> {
    db.read(|conn| {
        Ok(jobs::table
            .filter(jobs::state.eq("parked"))
            .order(jobs::id)
            .limit(1000)
            .select((jobs::id, jobs::kind, jobs::payload, jobs::attempts, jobs::last_error, jobs::created_at))
            .load(conn)?)
    })
    .await
}

/// A page of the jobs that were given up, newest first.
pub fn parked_page(conn: &mut Conn, page: &Page) -> Result<Vec<ParkedJob>> {
    let (above, below) = page.bounds();
    let mut query = jobs::table
        .filter(jobs::state.eq("parked"))
        .filter(jobs::id.gt(above))
        .filter(jobs::id.lt(below))
        .limit(page.limit)
        .select((jobs::id, jobs::kind, jobs::payload, jobs::attempts, jobs::last_error, jobs::created_at))
        .into_boxed();
    query = if page.upwards() { query.order(jobs::id.asc()) } else { query.order(jobs::id.desc()) };
    let mut found: Vec<ParkedJob> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    Ok(found)
}

/// Tries a parked job again, from the beginning.
pub async fn retry(db: &Db, id: i64) -> Result<()> {
    let changed = db
        .write(move |tx| {
            let now = tx.now();
            let changed = diesel::update(jobs::table.find(id).filter(jobs::state.eq("parked")))
                .set((jobs::state.eq("ready"), jobs::attempts.eq(0), jobs::run_at.eq(now)))
                .execute(tx.conn())?;
            tx.signal(Signal { topic: "jobs", kind: "new", id: 0 });
            Ok(changed)
        })
        .await?;
    if changed == 0 {
        return Err(Error::not_found(
            "job.not_found",
            format!("There is no parked job {id}. See: guildhall jobs parked"),
        ));
    }
    Ok(())
}

/// Tries every parked job again, from the beginning; answers how many.
pub async fn retry_all(db: &Db) -> Result<usize> {
    db.write(|tx| {
        let now = tx.now();
        let changed = diesel::update(jobs::table.filter(jobs::state.eq("parked")))
            .set((jobs::state.eq("ready"), jobs::attempts.eq(0), jobs::run_at.eq(now)))
            .execute(tx.conn())?;
        tx.signal(Signal { topic: "jobs", kind: "new", id: 0 });
        Ok(changed)
    })
    .await
}

/// Deletes up to `limit` parked jobs older than this; answers how many.
pub async fn prune(db: &Db, older_than: Duration, limit: i64) -> Result<usize> {
    db.write(move |tx| {
        let before = tx.now().minus(older_than);
        let old: Vec<i64> = jobs::table
            .filter(jobs::state.eq("parked"))
            .filter(jobs::created_at.lt(before))
            .limit(limit)
            .select(jobs::id)
            .load(tx.conn())?;
        Ok(diesel::delete(jobs::table.filter(jobs::id.among(old))).execute(tx.conn())?)
    })
    .await
}

/// Makes sure that there is one job of this kind: one that was given up is begun anew.
pub async fn ensure(db: &Db, job: impl Later + Send + Sync + 'static) -> Result<()> {
    db.write(move |tx| {
        tx.lock(Key("job.ensure", &[]))?;
        let same = jobs::table.filter(jobs::kind.eq(job.kind()));
        diesel::delete(same.filter(jobs::state.eq("parked"))).execute(tx.conn())?;
        if diesel::select(diesel::dsl::exists(same)).get_result::<bool>(tx.conn())? { Ok(()) } else { tx.defer(&job) }
    })
    .await
}
