//! Connections that are kept open.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection, r2d2};

use super::{
    Conn, Engine,
    refused::{self, locked_out},
};
use crate::error::{Error, Kind, Result};

/// A connection of PostgreSQL that lay idle for longer than this is tried before it is used.
const FRESH: Duration = Duration::from_secs(1);

/// How long one waits for a connection, which takes milliseconds as long as the database is there.
const WAIT: Duration = Duration::from_secs(3);
/// The same while the database is known to be away: those who ask are told so soon, not one after the other.
const WAIT_WHILE_AWAY: Duration = Duration::from_millis(250);

/// What PostgreSQL connections are opened with unless the URL says otherwise: a machine that fell silent is
/// noticed within seconds, not after the quarter of an hour that TCP takes.
const PATIENCE: &[(&str, &str)] = &[
    ("connect_timeout", "5"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
];

/// A pooled connection; a broken one is not used again.
pub(super) struct Pooled {
    pub conn: Conn,
    pub broken: bool,
    /// When it was last handed back.
    used: Instant,
}

impl Pooled {
    fn answers(&mut self) -> bool {
        match &mut self.conn {
            Conn::Sqlite(_) => true,
            Conn::Pg(pg) => self.used.elapsed() < FRESH || pg.batch_execute("SELECT 1").is_ok(),
        }
    }
}

pub(super) struct Opener(Target);

enum Target {
    Sqlite(PathBuf),
    Postgres(String),
}

/// A failed attempt to connect, told without the password in the URL.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct ConnectError(String);

impl r2d2::ManageConnection for Opener {
    type Connection = Pooled;
    type Error = ConnectError;

    fn connect(&self) -> std::result::Result<Pooled, ConnectError> {
        let conn = match &self.0 {
            Target::Sqlite(path) => Conn::Sqlite(open_sqlite(path).map_err(|error| ConnectError(error.to_string()))?),
            Target::Postgres(url) => Conn::Pg(open_postgres(url).map_err(|error| ConnectError(error.to_string()))?),
        };
        Ok(Pooled { conn, broken: false, used: Instant::now() })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> std::result::Result<(), ConnectError> {
        pooled.conn.batch_execute("SELECT 1").map_err(|error| ConnectError(error.to_string()))
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.used = Instant::now();
        // Work that panicked or left a transaction open hands back a connection that nobody should get.
        pooled.broken
            || std::thread::panicking()
            || match &mut pooled.conn {
                Conn::Pg(pg) => r2d2::R2D2Connection::is_broken(pg),
                Conn::Sqlite(sqlite) => r2d2::R2D2Connection::is_broken(sqlite),
            }
    }
}

/// The pool of one database.
pub(super) struct Pool {
    engine: Engine,
    pool: r2d2::Pool<Opener>,
    /// Whether the last who wanted a connection got none.
    away: AtomicBool,
}

impl Pool {
    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    /// Whether the database could not be reached last.
    pub(super) fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// A connection; waits some seconds for one.
    pub(super) fn get(&self) -> Result<r2d2::PooledConnection<Opener>> {
        let found = self.find();
        self.away.store(found.is_err(), Ordering::Relaxed);
        found
    }

    fn find(&self) -> Result<r2d2::PooledConnection<Opener>> {
        let wait = if self.is_away() { WAIT_WHILE_AWAY } else { WAIT };
        // A server that was restarted leaves dead connections behind, at most as many as the pool holds.
        for _ in 0..=self.pool.max_size() {
            let mut pooled = self.pool.get_timeout(wait).map_err(|error| unavailable().because(error))?;
            if pooled.answers() {
                return Ok(pooled);
            }
            pooled.broken = true;
        }
        Err(unavailable())
    }
}

/// The error for a database that cannot be reached.
pub(super) fn unavailable() -> Error {
    Error::unavailable("database.unavailable", "The database does not answer. Please try again soon.")
        .retry_in(Duration::from_secs(5))
}

/// Whether an error means that its connection is of no use any more. One about a full disk does not; and on such a disk
/// PostgreSQL may not be able to open another.
pub(super) fn is_lost(error: &Error) -> bool {
    error.kind() == Kind::Unavailable && !matches!(error.code(), "database.full" | "database.busy")
}

/// The file of a `sqlite:` URL.
pub(super) fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

pub(super) fn open(url: &str, size: usize) -> Result<Pool> {
    let (engine, target) = match sqlite_path(url) {
        // Each connection would have a database of its own.
        Some(path) if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" => {
            return Err(Error::invalid("database.url", "SQLite needs a file, such as sqlite:data/guildhall.sqlite."));
        }
        Some(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                private_folder(folder).map_err(|error| refused::no_folder(folder).because(error))?;
            }
            private_file(&path);
            (Engine::Sqlite, Target::Sqlite(path))
        }
        None if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            (Engine::Postgres, Target::Postgres(url.to_owned()))
        }
        None => return Err(Error::invalid("database.url", "A database URL begins with sqlite: or postgres://.")),
    };
    // `Pool::get` tries what lay idle, which is cheaper than trying every time.
    let pool = r2d2::Pool::builder()
        .max_size(u32::try_from(size).unwrap_or(u32::MAX))
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(WAIT)
        .error_handler(Box::new(r2d2::NopErrorHandler))
        .build_unchecked(Opener(target));
    Ok(Pool { engine, pool, away: AtomicBool::new(false) })
}

/// Makes a folder into which nobody else on this machine may look.
pub(super) fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder.recursive(true).create(folder)
}

/// Makes the file of a new database, which nobody else on this machine may read.
fn private_file(path: &std::path::Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Most often it is there; where it cannot be made, whoever opens it says why.
    let _ = options.open(path);
}

/// Opens a connection to PostgreSQL.
pub(super) fn open_postgres(url: &str) -> diesel::ConnectionResult<PgConnection> {
    let mut url = url.to_owned();
    for (name, value) in PATIENCE {
        if !url.contains(&format!("{name}=")) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&format!("{name}={value}"));
        }
    }
    PgConnection::establish(&url)
}

/// Opens the SQLite file. `busy_timeout` comes first: switching to WAL takes a lock.
pub(super) fn open_sqlite(path: &std::path::Path) -> Result<SqliteConnection> {
    let mut conn =
        SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| locked_out(path).because(error))?;
    conn.batch_execute("PRAGMA busy_timeout = 10000")?;
    switch_to_wal(&mut conn)?;
    conn.batch_execute(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -8000;
         PRAGMA mmap_size = 268435456;",
    )?;
    Ok(conn)
}

/// Connections that switch a new file at the same moment do not wait for each other, whatever `busy_timeout` says:
/// all but one are told that the database is locked.
fn switch_to_wal(conn: &mut SqliteConnection) -> Result<()> {
    let mut tries = 0;
    while let Err(error) = conn.batch_execute("PRAGMA journal_mode = WAL") {
        tries += 1;
        if tries > 500 || !error.to_string().contains("locked") {
            return Err(error.into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
