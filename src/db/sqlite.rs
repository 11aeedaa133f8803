//! The one writer of SQLite: a thread that commits many units at a time.
//!
//! One fdatasync costs some 4 ms, so units that wait are run in one transaction, each in a savepoint of its own,
//! and answered together after the commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use diesel::{RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types::BigInt};
use tokio::sync::oneshot;

use super::{Conn, Core, Signal, Tx, pool};
use crate::{
    error::{Error, Kind, Result},
    telemetry,
};

/// A batch ends after this many units,
const BATCH_UNITS: usize = 256;
/// or after this long.
const BATCH_TIME: Duration = Duration::from_millis(5);
/// How often an idle writer looks whether another process wrote.
const LOOK_AROUND: Duration = Duration::from_millis(250);

/// One unit of writing, with whoever waits for it.
pub(super) trait Unit: Send {
    /// Runs the unit; answers whether its savepoint may stay.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers the caller: the unit's own outcome, or why the batch could not be committed.
    fn answer(self: Box<Self>, fault: Option<Error>);
}

/// A unit whose work answers a `T`.
pub(super) struct UnitOf<T, F> {
    work: F,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> UnitOf<T, F> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T>>) -> Self {
        Self { work, outcome: None, reply }
    }
}

impl<T: Send, F: Fn(&mut Tx<'_>) -> Result<T> + Send> Unit for UnitOf<T, F> {
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let work = &self.work;
        // A panic is a bug; it must not take the writer and its neighbours with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx).and_then(|value| tx.conclude().map(|()| value))))
            .unwrap_or_else(|_| Err(Error::internal("a write operation panicked")));
        let ok = outcome.is_ok();
        self.outcome = Some(outcome);
        ok
    }

    fn answer(self: Box<Self>, fault: Option<Error>) {
        let outcome = match (self.outcome, fault) {
            // An error of the unit's own stays what it is.
            (Some(Err(error)), _) => Err(error),
            (_, Some(fault)) => Err(fault),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(Error::internal("a write operation did not run")),
        };
        // Nobody may be waiting any more.
        let _ = self.reply.send(outcome);
    }
}

/// The way to the writer thread.
pub(super) struct Writer {
    units: Option<mpsc::Sender<Box<dyn Unit>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(url: &str, core: Arc<Core>) -> Result<Self> {
        let path = pool::sqlite_path(url).ok_or_else(|| Error::internal("not a SQLite URL"))?;
        let conn = pool::open_sqlite(&path)?;
        let (sender, units) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || Thread { conn: Conn::Sqlite(conn), core, seen: 0 }.run(&units))
            .map_err(Error::internal)?;
        Ok(Self { units: Some(sender), thread: Some(thread) })
    }

    /// Puts a unit in the queue; whoever waits for it is answered after the commit.
    pub(super) fn write(&self, unit: Box<dyn Unit>) -> Result<()> {
        let sent = self.units.as_ref().is_some_and(|units| units.send(unit).is_ok());
        if sent { Ok(()) } else { Err(Error::internal("the writer is gone")) }
    }
}

impl Drop for Writer {
    /// What is queued is still written.
    fn drop(&mut self) {
        self.units = None;
        if let Some(thread) = self.thread.take()
            // A unit may have held the last copy of the database.
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

struct Thread {
    conn: Conn,
    core: Arc<Core>,
    /// `PRAGMA data_version` when we last looked: it moves when another connection commits.
    seen: i64,
}

#[derive(diesel::QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

impl Thread {
    fn run(mut self, units: &mpsc::Receiver<Box<dyn Unit>>) {
        self.look_around();
        loop {
            match units.recv_timeout(LOOK_AROUND) {
                Ok(first) => {
                    self.look_around();
                    self.batch(first, units);
                }
                Err(RecvTimeoutError::Timeout) => self.look_around(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match &mut self.conn {
            Conn::Sqlite(conn) => Some(conn),
            Conn::Pg(_) => None,
        }
    }

    fn execute(&mut self, statement: &str) -> Result<()> {
        Ok(self.conn.batch_execute(statement)?)
    }

    /// Tells listeners when another process changed the file.
    fn look_around(&mut self) {
        let Some(conn) = self.sqlite() else { return };
        let Ok(row) = diesel::sql_query("PRAGMA data_version").get_result::<DataVersion>(conn) else { return };
        if self.seen != 0 && self.seen != row.data_version {
            let _ = self.core.signals.send(Signal { topic: "external", kind: "change", id: 0 });
        }
        self.seen = row.data_version;
    }

    fn batch(&mut self, first: Box<dyn Unit>, units: &mpsc::Receiver<Box<dyn Unit>>) {
        let began = Instant::now();
        if let Err(error) = self.execute("BEGIN IMMEDIATE") {
            tracing::error!(%error, "Could not begin a write");
            // Should a transaction have been left open, this ends it; otherwise it does nothing.
            let _ = self.execute("ROLLBACK");
            first.answer(Some(error));
            return;
        }
        let (mut done, mut signals) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        let mut fault = None;
        while let Some(mut unit) = next.take() {
            let alive = self.run_one(unit.as_mut(), &mut signals);
            done.push(unit);
            if let Err(error) = alive {
                fault = Some(error);
                break;
            }
            if done.len() < BATCH_UNITS && began.elapsed() < BATCH_TIME {
                next = units.try_recv().ok();
            }
        }
        if fault.is_none() {
            fault = self.execute("COMMIT").err();
        }
        metrics::histogram!(telemetry::WRITE_SECONDS).record(began.elapsed().as_secs_f64());
        metrics::histogram!(telemetry::WRITE_BATCH).record(u32::try_from(done.len()).unwrap_or(u32::MAX));
        let Some(error) = fault else {
            for signal in signals {
                // Nobody may be listening.
                let _ = self.core.signals.send(signal);
            }
            for unit in done {
                unit.answer(None);
            }
            return;
        };
        // Fails when the transaction is gone already, which is what we want.
        let _ = self.execute("ROLLBACK");
        tracing::error!(%error, units = done.len(), "A batch of writes was rolled back");
        for unit in done {
            unit.answer(Some(match error.kind() {
                Kind::Unavailable => error.again(),
                _ => pool::unavailable().because(error.to_string()),
            }));
        }
    }

    /// Runs a unit in its savepoint. An error means that the whole transaction is lost.
    fn run_one(&mut self, unit: &mut dyn Unit, signals: &mut Vec<Signal>) -> Result<()> {
        self.execute("SAVEPOINT unit")?;
        let mut tx = Tx::new(&mut self.conn, &self.core);
        if unit.run(&mut tx) {
            for signal in tx.signals {
                if !signals.contains(&signal) {
                    signals.push(signal);
                }
            }
            self.execute("RELEASE unit")
        } else {
            // A full disk ends the whole transaction; then the savepoint is not there any more.
            self.execute("ROLLBACK TO unit; RELEASE unit")
        }
    }
}
