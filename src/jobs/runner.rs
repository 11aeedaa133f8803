//! Claims jobs and runs them: in order within a lane, again with back-off when they fail, parked when they go on
//! failing. Several processes may run it on PostgreSQL.
//!
//! A job is `ready` (waits for `run_at`), `running` (leased) or `parked` (an operator decides); a finished one is
//! deleted. Tries are counted before the work, so that a job which kills the process is parked too.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::{Id, JoinError, JoinSet},
};

pub(super) use super::rows::move_back;
pub use super::rows::{
    ParkedJob, QueueState, backoff, count_parked, ensure, finish, parked, parked_page, prune, queue, resume, retry,
    retry_all, waiting,
};
use super::{
    claim,
    rows::{self, Claim, LEASE, TRIES},
};
use crate::{
    db::{Db, Timestamp, woken},
    error::{Error, Kind, Result},
    telemetry,
};

/// How long the runner sleeps at most when it was not woken.
const LOOK_AROUND: Duration = Duration::from_secs(5);
/// How long jobs under way may take to end when the server stops, unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(8);

/// How soon it is tried again to write down how a job ended.
const MOMENT: Duration = Duration::from_secs(1);

/// Which jobs a runner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    pub(super) names: &'static [&'static str],
    /// Whether these, or every other.
    pub(super) inside: bool,
}

impl Kinds {
    /// All of them.
    pub const ALL: Self = Self::except(&[]);

    /// These and no others.
    pub const fn only(names: &'static [&'static str]) -> Self {
        Self { names, inside: true }
    }

    /// All but these.
    pub const fn except(names: &'static [&'static str]) -> Self {
        Self { names, inside: false }
    }

    /// Whether a kind is among them.
    pub(super) fn has(self, kind: &str) -> bool {
        self.names.contains(&kind) == self.inside
    }
}

/// A job that is ours to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Row id.
    pub id: i64,
    /// The name of the handler.
    pub kind: String,
    /// The job as JSON.
    pub payload: String,
    /// How often it was begun, this time included; a try during which the process died counts for four.
    pub attempts: i32,
    /// Until when it is ours, unless the claim is renewed.
    pub leased_until: Timestamp,
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

/// Runs jobs for as long as the server does.
pub struct Runner {
    db: Db,
    handler: Arc<dyn Handler>,
    permits: Arc<Semaphore>,
    at_once: usize,
    kinds: Kinds,
    patience: Duration,
    abandon: watch::Sender<bool>,
}

/// What is under way: the tasks, and which job each does.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<()>,
    jobs: HashMap<Id, i64>,
}

impl UnderWay {
    fn start(&mut self, job: i64, task: impl Future<Output = ()> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.jobs.insert(id, job);
    }

    /// Waits until one has ended; answers whether any was under way.
    async fn next(&mut self) -> bool {
        let Some(ended) = self.tasks.join_next_with_id().await else { return false };
        self.forget(ended);
        true
    }

    /// Forgets those that have ended.
    fn tidy(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.forget(ended);
        }
    }

    fn forget(&mut self, ended: std::result::Result<(Id, ()), JoinError>) {
        self.jobs.remove(&ended.map_or_else(|error| error.id(), |(id, ())| id));
    }

    fn ids(&self) -> Vec<i64> {
        self.jobs.values().copied().collect()
    }
}

/// What doing one job takes.
struct Worker {
    db: Db,
    handler: Arc<dyn Handler>,
    abandon: watch::Receiver<bool>,
}

impl Runner {
    /// A runner that does `at_once` jobs at the same time.
    pub fn new(db: Db, handler: Arc<dyn Handler>, at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            db,
            handler,
            permits: Arc::new(Semaphore::new(at_once)),
            at_once,
            kinds: Kinds::ALL,
            patience: PATIENCE,
            abandon: watch::channel(false).0,
        }
    }

    /// Does only these jobs.
    #[must_use]
    pub fn of(mut self, kinds: Kinds) -> Self {
        self.kinds = kinds;
        self
    }

    /// Waits this long for jobs under way when it stops; then they are given back.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs until told to stop; jobs under way may end, and those that take too long are given back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut signals = self.db.signals();
        let mut running = UnderWay::default();
        while !*stop.borrow() {
            running.tidy();
            let claimed = match self.claim(running.ids()).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(%error, "Could not look for jobs");
                    Vec::new()
                }
            };
            let found = !claimed.is_empty();
            for (job, permit) in claimed {
                let worker = self.worker();
                running.start(job.id, async move {
                    worker.do_one(job).await;
                    drop(permit);
                });
            }
            if found && self.permits.available_permits() > 0 {
                continue;
            }
            let nap = self.nap().await;
            tokio::select! {
                // Whoever could tell us to stop is gone: that is a stop, too.
                _ = stop.changed() => break,
                _ = running.next(), if !running.tasks.is_empty() => {}
                _ = woken(&mut signals, &["jobs"]) => {}
                () = tokio::time::sleep(nap) => {}
            }
        }
        let ended = async { while running.next().await {} };
        if tokio::time::timeout(self.patience, ended).await.is_err() {
            self.abandon.send_replace(true);
            while running.next().await {}
        }
    }

    /// Runs everything that is due, and what comes of it, one after the other. Answers how many. For tests and
    /// the command line.
    pub async fn run_until_idle(&self) -> Result<usize> {
        let mut done = 0;
        loop {
            let claimed = self.claim(Vec::new()).await?;
            if claimed.is_empty() {
                return Ok(done);
            }
            for (job, _permit) in claimed {
                self.worker().do_one(job).await;
                done += 1;
            }
        }
    }

    fn worker(&self) -> Worker {
        Worker { db: self.db.clone(), handler: self.handler.clone(), abandon: self.abandon.subscribe() }
    }

    /// Takes as many due jobs as there is room for.
    async fn claim(&self, under_way: Vec<i64>) -> Result<Vec<(Claimed, OwnedSemaphorePermit)>> {
        let mut permits = Vec::new();
        while permits.len() < self.at_once
            && let Ok(permit) = self.permits.clone().try_acquire_owned()
        {
            permits.push(permit);
        }
        let room = permits.len();
        let (now, kinds) = (self.db.now(), self.kinds);
        if room == 0 || !self.db.read(move |conn| claim::is_any_due(conn, kinds, now)).await? {
            return Ok(Vec::new());
        }
        let claimed = self.db.write(move |tx| claim::claim(tx, kinds, room, &under_way)).await?;
        Ok(claimed.into_iter().zip(permits).collect())
    }

    /// How long there is nothing to do, as far as we know.
    async fn nap(&self) -> Duration {
        let (now, kinds) = (self.db.now(), self.kinds);
        match self.db.read(move |conn| claim::first_later(conn, kinds, now)).await {
            Ok(later) => later.map_or(LOOK_AROUND, |later| later.since(now).min(LOOK_AROUND)),
            Err(_) => LOOK_AROUND,
        }
    }
}

impl Worker {
    /// Does one job and writes down how it ended.
    async fn do_one(self, job: Claimed) {
        let mut claim = Claim { id: job.id, attempts: job.attempts, leased_until: job.leased_until };
        let (id, kind, attempts) = (job.id, job.kind.clone(), job.attempts);
        let outcome = self.work(job, &mut claim).await;
        let Some(outcome) = outcome else {
            tracing::info!(job.id = id, "Gave back a job that had no time to end");
            let given = self.db.write(move |tx| rows::give_back(tx, claim)).await;
            if let Err(error) = given {
                // The lease runs out and the job is done again.
                tracing::error!(job.id = id, %error, "Could not give back a job");
            }
            return;
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
        self.conclude(claim, outcome).await;
    }

    /// Writes down how a try ended. While the database is away this waits for it, so that the job need not be done
    /// again.
    async fn conclude(&self, claim: Claim, outcome: Outcome) {
        let outcome = Arc::new(outcome);
        let mut abandon = self.abandon.clone();
        loop {
            let ended = outcome.clone();
            let Err(error) = self.db.write(move |tx| rows::conclude(tx, claim, &ended)).await else { return };
            tracing::error!(job.id = claim.id, %error, "Could not write down how a job ended");
            if error.kind() != Kind::Unavailable {
                break;
            }
            tokio::select! {
                () = abandoned(&mut abandon) => break,
                () = tokio::time::sleep(MOMENT) => {}
            }
        }
        // The lease runs out and the job is done again.
    }

    /// Runs the handler and keeps the lease meanwhile. Nothing when told to abandon the work.
    async fn work(&self, job: Claimed, claim: &mut Claim) -> Option<Outcome> {
        let id = job.id;
        if job.attempts > TRIES {
            return Some(Outcome::Park(Error::internal("the process ended while this job ran, again and again")));
        }
        // A panic is a bug in one handler; it fails its job and nothing else.
        let work = AssertUnwindSafe(async { self.handler.handle(job).await }).catch_unwind();
        tokio::pin!(work);
        let mut abandon = self.abandon.clone();
        loop {
            tokio::select! {
                outcome = &mut work => {
                    return Some(outcome.unwrap_or_else(|_| Outcome::Retry(Error::internal("the handler panicked"))));
                }
                () = abandoned(&mut abandon) => return None,
                () = tokio::time::sleep(LEASE / 3) => {
                    let held = *claim;
                    match self.db.write(move |tx| rows::renew(tx, held)).await {
                        Ok(Some(renewed)) => *claim = renewed,
                        Ok(None) => tracing::warn!(job.id = id, "Somebody else has a job that we are still doing"),
                        Err(error) => tracing::warn!(job.id = id, %error, "Could not renew the lease of a job"),
                    }
                }
            }
        }
    }
}

/// Waits until the runner has no more time; for ever when it is gone.
async fn abandoned(abandon: &mut watch::Receiver<bool>) {
    if abandon.wait_for(|abandon| *abandon).await.is_err() {
        std::future::pending::<()>().await;
    }
}
