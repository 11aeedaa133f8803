//! Claims jobs and runs them: in order within a lane, again with back-off when they fail, parked when they go on
//! failing. Several processes may run it on PostgreSQL.
//!
//! A job is `ready` (waits for `run_at`), `running` (leased) or `parked` (an operator decides); a finished one is
//! deleted. Tries are counted before the work, so that a job which kills the process is parked too.

use std::{sync::Arc, time::Duration};

use diesel::prelude::*;
use futures_util::future::BoxFuture;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast::error::RecvError, watch},
    task::JoinSet,
};

use crate::{
    db::{Conn, Db, Signal, Timestamp, Tx, schema::jobs},
    error::{Error, Result},
    telemetry,
};

/// How long a job may run before others think that its process died; renewed while it runs.
const LEASE: Duration = Duration::from_secs(300);
/// How long the runner sleeps at most when it was not woken.
const LOOK_AROUND: Duration = Duration::from_secs(5);
/// After this many tries an operator decides.
const TRIES: i32 = 10;
/// The longest wait after each try; the wait itself is random below it, and at least half.
const WAITS: [u64; 8] = [5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600];

/// A job that is ours to do.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Claimed {
    /// Row id.
    pub id: i64,
    /// The name of the handler.
    pub kind: String,
    /// The job as JSON.
    pub payload: String,
    /// How often it was begun, this time included.
    pub attempts: i32,
}

/// How a try ended.
#[derive(Debug)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It failed; another try may help.
    Retry(Error),
    /// It failed and will go on failing.
    Park(Error),
    /// It comes again after this long; not a failure.
    Later(Duration),
}

/// Does jobs. May be called again for the same job.
pub trait Handler: Send + Sync + 'static {
    /// Does one job.
    fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome>;
}

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

/// Runs jobs for as long as the server does.
pub struct Runner {
    db: Db,
    handler: Arc<dyn Handler>,
    permits: Arc<Semaphore>,
    at_once: usize,
}

impl Runner {
    /// A runner that does `at_once` jobs at the same time.
    pub fn new(db: Db, handler: Arc<dyn Handler>, at_once: usize) -> Self {
        Self { db, handler, permits: Arc::new(Semaphore::new(at_once)), at_once }
    }

    /// Runs until told to stop; jobs under way are finished.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut signals = self.db.signals();
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            while running.try_join_next().is_some() {}
            let claimed = match self.claim().await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(%error, "Could not look for jobs");
                    Vec::new()
                }
            };
            let found = !claimed.is_empty();
            for (job, permit) in claimed {
                let (db, handler) = (self.db.clone(), self.handler.clone());
                running.spawn(async move {
                    do_one(&db, handler.as_ref(), job).await;
                    drop(permit);
                });
            }
            if found && self.permits.available_permits() > 0 {
                continue;
            }
            tokio::select! {
                _ = stop.changed() => break,
                _ = running.join_next(), if !running.is_empty() => {}
                () = woken(&mut signals) => {}
                () = tokio::time::sleep(LOOK_AROUND) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Runs everything that is due, and what comes of it, one after the other. Answers how many. For tests and
    /// the command line.
    pub async fn run_until_idle(&self) -> Result<usize> {
        let mut done = 0;
        loop {
            let claimed = self.claim().await?;
            if claimed.is_empty() {
                return Ok(done);
            }
            for (job, _permit) in claimed {
                do_one(&self.db, self.handler.as_ref(), job).await;
                done += 1;
            }
        }
    }

    /// Takes as many due jobs as there is room for.
    async fn claim(&self) -> Result<Vec<(Claimed, OwnedSemaphorePermit)>> {
        let mut permits = Vec::new();
        while permits.len() < self.at_once
            && let Ok(permit) = self.permits.clone().try_acquire_owned()
        {
            permits.push(permit);
        }
        let room = i64::try_from(permits.len()).unwrap_or(0);
        if room == 0 || !self.db.read(anything_due).await? {
            return Ok(Vec::new());
        }
        let claimed = self.db.write(move |tx| claim(tx, room)).await?;
        Ok(claimed.into_iter().zip(permits).collect())
    }
}

/// Waits for a signal that may mean work.
async fn woken(signals: &mut tokio::sync::broadcast::Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(signal) if signal.topic == "jobs" || signal.topic == "external" => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}

/// A cheap look before the writer is troubled.
fn anything_due(conn: &mut Conn) -> Result<bool> {
    let now = Timestamp::wall_clock();
    let ready = jobs::table.filter(jobs::state.eq("ready")).filter(jobs::run_at.le(now));
    if diesel::select(diesel::dsl::exists(ready)).get_result::<bool>(conn)? {
        return Ok(true);
    }
    let lapsed = jobs::table.filter(jobs::state.eq("running")).filter(jobs::leased_until.lt(now));
    Ok(diesel::select(diesel::dsl::exists(lapsed)).get_result(conn)?)
}

/// Marks up to `room` due jobs as ours. A job of a lane is due only when no earlier one of its lane is ready or
/// running; parked ones do not hold their lane up.
fn claim(tx: &mut Tx<'_>, room: i64) -> Result<Vec<Claimed>> {
    let now = tx.now();
    let until = now.plus(LEASE);
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
                .or(jobs::state.eq("running").and(jobs::leased_until.lt(now))),
        )
        .filter(diesel::dsl::not(diesel::dsl::exists(ahead)))
        .order((jobs::run_at.asc(), jobs::id.asc()))
        .limit(room)
        .select((jobs::id, jobs::kind, jobs::payload, jobs::attempts));
    let rows: Vec<Claimed> = match tx.conn() {
        Conn::Pg(conn) => due.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => due.load(conn)?,
    };
    let ids: Vec<i64> = rows.iter().map(|job| job.id).collect();
    diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
        .set((jobs::state.eq("running"), jobs::attempts.eq(jobs::attempts + 1), jobs::leased_until.eq(until)))
        .execute(tx.conn())?;
    Ok(rows.into_iter().map(|job| Claimed { attempts: job.attempts + 1, ..job }).collect())
}

/// Does one job and writes down how it ended.
async fn do_one(db: &Db, handler: &dyn Handler, job: Claimed) {
    let (id, kind, attempts) = (job.id, job.kind.clone(), job.attempts);
    let outcome = if attempts > TRIES {
        Outcome::Park(Error::internal("the process ended while this job ran, again and again"))
    } else {
        let work = handler.handle(job);
        tokio::pin!(work);
        loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = tokio::time::sleep(LEASE / 3) => {
                    if let Err(error) = db.write(move |tx| renew(tx, id)).await {
                        tracing::warn!(job.id = id, %error, "Could not renew the lease of a job");
                    }
                }
            }
        }
    };
    let label = match &outcome {
        Outcome::Done => "done",
        Outcome::Later(_) => "later",
        Outcome::Retry(_) if attempts < TRIES => "retry",
        Outcome::Retry(_) | Outcome::Park(_) => "parked",
    };
    metrics::counter!(telemetry::JOBS, "kind" => kind.clone(), "outcome" => label).increment(1);
    if let Outcome::Retry(error) | Outcome::Park(error) = &outcome {
        tracing::warn!(job.id = id, job.kind = kind, job.attempts = attempts, %error, "Job {kind} failed: {label}");
    }
    let outcome = Arc::new(outcome);
    let written = db.write(move |tx| conclude(tx, id, attempts, &outcome)).await;
    if let Err(error) = written {
        // The lease runs out and the job is done again.
        tracing::error!(job.id = id, %error, "Could not write down how a job ended");
    }
}

fn renew(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let until = tx.now().plus(LEASE);
    diesel::update(jobs::table.find(id)).set(jobs::leased_until.eq(until)).execute(tx.conn())?;
    Ok(())
}

fn conclude(tx: &mut Tx<'_>, id: i64, attempts: i32, outcome: &Outcome) -> Result<()> {
    let now = tx.now();
    let again = |tx: &mut Tx<'_>, at: Timestamp, attempts: i32, error: Option<String>| -> Result<()> {
        diesel::update(jobs::table.find(id))
            .set((
                jobs::state.eq("ready"),
                jobs::run_at.eq(at),
                jobs::attempts.eq(attempts),
                jobs::last_error.eq(error),
            ))
            .execute(tx.conn())?;
        Ok(())
    };
    match outcome {
        Outcome::Done => {
            finish(tx, id)?;
            // The next one of its lane may be waiting.
            tx.signal(Signal { topic: "jobs", kind: "delete", id: 0 });
        }
        Outcome::Later(wait) => again(tx, now.plus(*wait), 0, None)?,
        Outcome::Retry(error) if attempts < TRIES => {
            let wait = error.retry_after().unwrap_or_default().max(backoff(attempts, tx.new_id()));
            again(tx, now.plus(wait), attempts, Some(error.to_string()))?;
        }
        Outcome::Retry(error) | Outcome::Park(error) => {
            diesel::update(jobs::table.find(id))
                .set((jobs::state.eq("parked"), jobs::last_error.eq(Some(error.to_string()))))
                .execute(tx.conn())?;
            tx.signal(Signal { topic: "jobs", kind: "delete", id: 0 });
        }
    }
    Ok(())
}

/// The wait after the given try: between half of and the whole of its step.
pub fn backoff(attempts: i32, seed: i64) -> Duration {
    let step = usize::try_from(attempts - 1).unwrap_or(0).min(WAITS.len() - 1);
    let longest = WAITS.get(step).copied().unwrap_or(5) * 1000;
    // Ids differ in their low bits from call to call; spread them over the interval.
    let spread = seed.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    Duration::from_millis(longest / 2 + spread % (longest / 2))
}

/// Deletes a job that is done. A handler may call this in the transaction of its effect.
pub fn finish(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    diesel::delete(jobs::table.find(id)).execute(tx.conn())?;
    Ok(())
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

/// Deletes parked jobs older than this; answers how many.
pub async fn prune(db: &Db, older_than: Duration) -> Result<usize> {
    db.write(move |tx| {
        let before = tx.now().minus(older_than);
        Ok(diesel::delete(jobs::table.filter(jobs::state.eq("parked")).filter(jobs::created_at.lt(before)))
            .execute(tx.conn())?)
    })
    .await
}
