//! Claims jobs and runs them: in order within a lane, again with back-off when they fail, parked when they go on
//! failing. Several processes may run it on PostgreSQL.
//!
//! A job is `ready` (waits for `run_at`), `behind` (waits for an earlier one of its lane, which makes it ready when it
//! ends), `running` (leased) or `parked` (an operator decides); a finished one is deleted. Tries are counted before the work, so that a job which kills the process is parked too.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::{Id, JoinError, JoinSet},
};

pub(super) use super::rows::move_back;
pub use super::rows::{
    ParkedJob, QueueState, backoff, count_parked, ensure, finish, free_stranded, is_idle, parked, parked_page, prune,
    queue, resume, retry, retry_all, waiting,
};
use super::{
    claim::claim,
    look::{self, Soonest},
    rows::{self, Claim, LEASE, TRIES},
};
use crate::{
    db::{Db, Timestamp, woken},
    domain::work::Room,
    error::{Error, Kind, Result},
    telemetry,
};

/// How long the runner sleeps at most when it was not woken.
const LOOK_AROUND: Duration = Duration::from_secs(5);
/// How long jobs under way may take to end when the server stops, unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(8);

/// Why a job is given up that was never seen to end.
pub(super) const DEADLY: &str = "the process ended while this job ran, again and again";
/// How soon it is tried again to write down how a job ended.
const MOMENT: Duration = Duration::from_secs(1);

/// A job that is ours to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Row id.
    pub id: i64,
    /// The name of the handler.
    pub kind: String,
    /// The jobs among which it is the first.
    pub lane: Option<Arc<str>>,
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
    /// It was not its turn, and comes again after this long: no try.
    NotNow(Duration),
}

/// Does jobs. May be called again for the same job.
pub trait Handler: Send + Sync + 'static {
    /// Does one job.
    fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome>;

    /// What becomes of a job during which the process ended again and again: an operator decides, unless the handler
    /// knows what of it may be to blame.
    fn give_up(&self, _job: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(std::future::ready(Outcome::Park(Error::internal(DEADLY))))
    }
}

/// Runs jobs for as long as the server does.
pub struct Runner {
    db: Db,
    handler: Arc<dyn Handler>,
    permits: Arc<Semaphore>,
    at_once: usize,
    rooms: &'static [Room],
    patience: Duration,
    abandon: watch::Sender<bool>,
}

/// What a look for work found.
#[derive(Default)]
struct Look {
    /// What is ours now, each with the place that it takes.
    claimed: Vec<(Claimed, OwnedSemaphorePermit)>,
    /// When the next job is due, as far as we know.
    next: Option<Timestamp>,
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
            rooms: Room::ALL,
            patience: PATIENCE,
            abandon: watch::channel(false).0,
        }
    }

    /// Does only the jobs of these rooms.
    #[must_use]
    pub fn of(mut self, rooms: &'static [Room]) -> Self {
        self.rooms = rooms;
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
            let look = match self.look(running.ids()).await {
                Ok(look) => look,
                Err(error) => {
                    tracing::error!(%error, "Could not look for jobs");
                    Look::default()
                }
            };
            let found = !look.claimed.is_empty();
            for (job, permit) in look.claimed {
                let worker = self.worker();
                running.start(job.id, async move {
                    worker.do_one(job).await;
                    drop(permit);
                });
            }
            if found && self.permits.available_permits() > 0 {
                continue;
            }
            let nap = look.next.map_or(LOOK_AROUND, |next| next.since(self.db.now()).min(LOOK_AROUND));
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
            let claimed = self.look(Vec::new()).await?.claimed;
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

    /// Takes as many due jobs as there are places free.
    async fn look(&self, under_way: Vec<i64>) -> Result<Look> {
        let mut permits = Vec::new();
        while permits.len() < self.at_once
            && let Ok(permit) = self.permits.clone().try_acquire_owned()
        {
            permits.push(permit);
        }
        let places = permits.len();
        if places == 0 {
            return Ok(Look::default());
        }
        let (now, rooms) = (self.db.now(), self.rooms);
        if let Soonest::Later(next) = self.db.read(move |conn| look::soonest(conn, rooms, now)).await? {
            return Ok(Look { claimed: Vec::new(), next });
        }
        let claimed = self.db.write(move |tx| claim(tx, rooms, places, &under_way)).await?;
        let next = if claimed.is_empty() {
            // What is due is not ours to begin yet. What is due later may be.
            self.db.read(move |conn| look::first_after(conn, rooms, now)).await?
        } else {
            None
        };
        Ok(Look { claimed: claimed.into_iter().zip(permits).collect(), next })
    }
}

impl Worker {
    /// Does one job and writes down how it ended.
    async fn do_one(self, job: Claimed) {
        let mut claim =
            Claim { id: job.id, lane: job.lane.clone(), attempts: job.attempts, leased_until: job.leased_until };
        let (id, kind, attempts) = (job.id, job.kind.clone(), job.attempts);
        let outcome = self.work(job, &mut claim).await;
        let Some(outcome) = outcome else {
            tracing::info!(job.id = id, "Gave back a job that had no time to end");
            let given = self.db.write(move |tx| rows::give_back(tx, &claim)).await;
            if let Err(error) = given {
                // The lease runs out and the job is done again.
                tracing::error!(job.id = id, %error, "Could not give back a job");
            }
            return;
        };
        let label = match &outcome {
            Outcome::Done => "done",
            Outcome::Later(_) | Outcome::NotNow(_) => "later",
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
        let ended = Arc::new((claim, outcome));
        let mut abandon = self.abandon.clone();
        loop {
            let told = ended.clone();
            let Err(error) = self.db.write(move |tx| rows::conclude(tx, &told.0, &told.1)).await else { return };
            tracing::error!(job.id = ended.0.id, %error, "Could not write down how a job ended");
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
        let deadly = job.attempts > TRIES;
        // A panic is a bug in one handler; it fails its job and nothing else.
        let work = AssertUnwindSafe(async {
            if deadly { self.handler.give_up(job).await } else { self.handler.handle(job).await }
        })
        .catch_unwind();
        tokio::pin!(work);
        let mut abandon = self.abandon.clone();
        loop {
            tokio::select! {
                outcome = &mut work => {
                    return Some(outcome.unwrap_or_else(|_| Outcome::Retry(Error::internal("the handler panicked"))));
                }
                () = abandoned(&mut abandon) => return None,
                () = tokio::time::sleep(LEASE / 3) => {
                    let held = claim.clone();
                    match self.db.write(move |tx| rows::renew(tx, &held)).await {
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
