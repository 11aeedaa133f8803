//! The floor: one interface to SQLite and PostgreSQL that knows nothing of the product.
//!
//! `db.read` hands out a connection; `db.write` runs a closure in a transaction and answers after the commit.
//! The closure may run again (PostgreSQL, after a serialization failure or a deadlock), so it borrows its input
//! and has no effect outside its [`Tx`].

mod among;
mod backup;
mod clock;
mod conn;
mod health;
mod ids;
mod listen;
mod lock;
mod migrate;
mod newest;
mod pool;
mod postgres;
mod presence;
mod queue;
mod refused;
pub mod schema;
mod seal;
mod signals;
mod slot;
mod sqlite;
mod tx;
mod types;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Semaphore, broadcast, oneshot};

pub use among::{Among, InJson, Listed};
pub use backup::restore;
pub use clock::{Clock, LateClock, TestClock, WallClock};
pub use conn::{Conn, MultiBackend};
pub use health::Health;
pub use ids::{IdSource, SLOTS, first_id_at, time_of};
pub use lock::Key;
pub use presence::Presence;
pub use queue::{WAITING, first_of_lane, lane_lock};
pub use refused::{locked_out, must_be_writable};
pub use seal::Seal;
pub use signals::woken;
pub use slot::shorten_leases;
pub use tx::{Later, Signal, Tx};
pub(crate) use types::octet_length;
pub use types::{Json, Timestamp, id_schema, names_schema};

use crate::error::{Error, Result};

/// Which database, and how many connections.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://…` or `sqlite:PATH`.
    pub url: String,
    /// Connections of PostgreSQL, or readers of SQLite.
    pub pool: usize,
}

/// The engine that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database. Cloning shares it.
#[derive(Clone)]
pub struct Db(Arc<Shared>);

struct Shared {
    url: String,
    pool: pool::Pool,
    /// One permit a connection, so that no thread waits for one.
    permits: Arc<Semaphore>,
    /// The one writer of SQLite.
    writer: Option<sqlite::Writer>,
    core: Arc<Core>,
}

/// What a running transaction needs besides its connection.
struct Core {
    ids: IdSource,
    clock: Arc<dyn Clock>,
    signals: broadcast::Sender<Signal>,
    /// Tells our own notifications from those of other processes.
    process: String,
    /// Whether this process leases a slot for its ids.
    leased: AtomicBool,
    /// Held while a slot is looked for.
    leasing: Mutex<()>,
    /// Marks what nobody may write anew, as soon as whoever opened the database has the key.
    seal: RwLock<Option<Seal>>,
    /// By how many microseconds the clock is behind the one that this database was used with before.
    set_back: AtomicI64,
}

impl Core {
    fn seal(&self) -> Option<Seal> {
        self.seal.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Db {
    /// Opens the database; makes the SQLite file and its folder. Does not migrate.
    pub fn open(options: &Options) -> Result<Self> {
        Self::open_with_clock(options, Arc::new(WallClock))
    }

    /// As [`Db::open`], with a clock of the caller's.
    pub fn open_with_clock(options: &Options, clock: Arc<dyn Clock>) -> Result<Self> {
        let mut process = [0_u8; 8];
        aws_lc_rs::rand::fill(&mut process).map_err(Error::internal)?;
        let core = Arc::new(Core {
            ids: IdSource::new(0),
            clock,
            signals: broadcast::channel(4096).0,
            process: hex::encode(process),
            leased: AtomicBool::new(false),
            leasing: Mutex::new(()),
            seal: RwLock::default(),
            set_back: AtomicI64::new(0),
        });
        let size = options.pool.max(1);
        let pool = pool::open(&options.url, size)?;
        let writer = match pool.engine() {
            Engine::Sqlite => Some(sqlite::Writer::start(&options.url, core.clone())?),
            Engine::Postgres => {
                listen::start(&options.url, Arc::downgrade(&core));
                None
            }
        };
        let url = options.url.clone();
        Ok(Self(Arc::new(Shared { url, pool, permits: Arc::new(Semaphore::new(size)), writer, core })))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.0.pool.engine()
    }

    /// The time as this database's clock has it.
    pub fn now(&self) -> Timestamp {
        self.0.core.clock.now()
    }

    /// Says under which key marks are made from now on.
    pub fn seal_with(&self, seal: Seal) {
        *self.0.core.seal.write().unwrap_or_else(PoisonError::into_inner) = Some(seal);
    }

    /// What makes marks here, if the key is known.
    pub fn seal(&self) -> Option<Seal> {
        self.0.core.seal()
    }

    /// By how much the clock was set back since the database was last used, as was seen when this process leased its
    /// slot; zero as long as it has none.
    pub fn set_back(&self) -> Duration {
        Duration::from_micros(self.0.core.set_back.load(Ordering::SeqCst).unsigned_abs())
    }

    /// What is told after commits, here and (as `external` on SQLite) in other processes.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.0.core.signals.subscribe()
    }

    /// Tells those who listen in this process of what another one wrote.
    pub fn tell(&self, signal: Signal) {
        // Nobody may be listening.
        let _ = self.0.core.signals.send(signal);
    }

    /// Makes the first connection, and says what is wrong where PostgreSQL refuses it: for whoever typed the URL.
    pub fn knock(&self) -> Result<()> {
        self.0.pool.get().map(|_| ()).map_err(refused::explain)
    }

    /// Runs the migrations that are pending and answers their names. Refuses a database that a newer version has changed.
    pub fn migrate(&self) -> Result<Vec<String>> {
        let done = migrate::run(&mut self.0.pool.get()?.conn)?;
        slot::lease(self)?;
        Ok(done)
    }

    /// Whether the database holds nothing yet: no migration was ever run.
    pub fn is_new(&self) -> Result<bool> {
        migrate::is_new(&mut self.0.pool.get()?.conn)
    }

    /// The migrations that are pending. Refuses a database that a newer version has changed.
    pub fn pending_migrations(&self) -> Result<Vec<String>> {
        migrate::pending(&mut self.0.pool.get()?.conn)
    }

    /// Leases a slot for the ids of this process, unless it has one. Migrating and the first write do it too.
    pub fn lease_slot(&self) -> Result<()> {
        slot::lease(self)
    }

    /// Keeps this process's slot for ids; to be called at least every 30 seconds.
    pub async fn renew_slot(&self) -> Result<()> {
        slot::renew(self).await
    }

    /// Says that this process serves, for as long as what is answered lives. When no other one does, as always on
    /// SQLite, `alone` is done first, before another one may begin to.
    pub async fn serve(&self, alone: fn(&mut Tx<'_>) -> Result<()>) -> Result<Option<Presence>> {
        Presence::say(self, &self.0.url, alone).await
    }

    /// Runs a unit of reading on one connection.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = Box::new(move |shared: &Shared| {
            // Nobody may be waiting any more.
            let _ = reply.send(shared.pool.get().and_then(|mut pooled| {
                let outcome = work(&mut pooled.conn);
                pooled.broken |= outcome.as_ref().is_err_and(pool::is_lost);
                outcome
            }));
        });
        self.blocking(work).await?;
        answer.await.map_err(Error::internal)?
    }

    /// Runs a unit of writing in a transaction; answers after the commit. It completes even when the caller
    /// stops waiting for it.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.lease_before_writing().await?;
        let (reply, answer) = oneshot::channel();
        match &self.0.writer {
            Some(writer) => writer.write(Box::new(sqlite::UnitOf::new(work, reply)))?,
            None => {
                let work = Box::new(move |shared: &Shared| {
                    let mut value = Err(Error::internal("a write operation did not run"));
                    let done = postgres::write(&shared.pool, &shared.core, &mut |tx| {
                        value = Ok(work(tx)?);
                        Ok(())
                    });
                    let _ = reply.send(done.and(value));
                });
                self.blocking(work).await?;
            }
        }
        answer.await.map_err(Error::internal)?
    }

    async fn lease_before_writing(&self) -> Result<()> {
        if !self.0.core.leased.load(Ordering::SeqCst) {
            let db = self.clone();
            tokio::task::spawn_blocking(move || db.lease_slot()).await.map_err(Error::internal)??;
        }
        Ok(())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.read(|conn| {
            use diesel::RunQueryDsl;
            diesel::sql_query("SELECT 1").execute(conn)?;
            Ok(())
        })
        .await
    }

    /// What there is to know about the database itself. Reads a SQLite file whole.
    pub async fn examine(&self) -> Result<Health> {
        self.read(health::examine).await
    }

    /// Copies a SQLite database to a new file while it is in use.
    pub async fn backup(&self, to: PathBuf) -> Result<()> {
        self.read(move |conn| backup::copy(conn, &to)).await
    }

    /// Runs work that takes a connection. The permit goes with the work, which ends even when nobody waits for it.
    ///
    /// Boxed, since whatever is generic here is compiled for each of the hundreds of places that read or write.
    async fn blocking(&self, work: Box<dyn FnOnce(&Shared) + Send>) -> Result<()> {
        let shared = self.0.clone();
        let permit = match shared.permits.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let permit = shared.permits.clone().acquire_owned().await.map_err(Error::internal)?;
                // Who had to wait need not find out by themselves, one after the other, that the database is away.
                if shared.pool.is_away() {
                    return Err(pool::unavailable());
                }
                permit
            }
        };
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(&shared);
        });
        task.await.map_err(Error::internal)
    }
}
