//! Connections that are kept open.

use std::{path::PathBuf, time::Duration};

use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection, r2d2};

use super::{Conn, Engine};
use crate::error::{Error, Result};

/// A pooled connection; a broken one is not used again.
pub(super) struct Pooled {
    pub conn: Conn,
    pub broken: bool,
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
            Target::Postgres(url) => {
                Conn::Pg(PgConnection::establish(url).map_err(|error| ConnectError(error.to_string()))?)
            }
        };
        Ok(Pooled { conn, broken: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> std::result::Result<(), ConnectError> {
        pooled.conn.batch_execute("SELECT 1").map_err(|error| ConnectError(error.to_string()))
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken || std::thread::panicking()
    }
}

/// The pool of one database.
pub(super) struct Pool {
    engine: Engine,
    pool: r2d2::Pool<Opener>,
}

impl Pool {
    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    /// A connection; waits up to five seconds for one.
    pub(super) fn get(&self) -> Result<r2d2::PooledConnection<Opener>> {
        self.pool.get().map_err(|error| unavailable().because(error))
    }
}

/// The error for a database that cannot be reached.
pub(super) fn unavailable() -> Error {
    Error::unavailable("database.unavailable", "The database does not answer. Please try again soon.")
        .retry_in(Duration::from_secs(5))
}

/// The file of a `sqlite:` URL.
pub(super) fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

pub(super) fn open(url: &str, size: usize) -> Result<Pool> {
    let (engine, target) = match sqlite_path(url) {
        Some(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| {
                    Error::unavailable("database.folder", format!("Cannot make the folder {}.", folder.display()))
                        .because(error)
                })?;
            }
            (Engine::Sqlite, Target::Sqlite(path))
        }
        None if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            (Engine::Postgres, Target::Postgres(url.to_owned()))
        }
        None => return Err(Error::invalid("database.url", "A database URL begins with sqlite: or postgres://.")),
    };
    // SQLite checks nothing on the way out; PostgreSQL may have been restarted meanwhile.
    let pool = r2d2::Pool::builder()
        .max_size(u32::try_from(size).unwrap_or(u32::MAX))
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(5))
        .error_handler(Box::new(r2d2::NopErrorHandler))
        .build_unchecked(Opener(target));
    Ok(Pool { engine, pool })
}

/// Opens the SQLite file. `busy_timeout` comes first: switching to WAL takes a lock.
pub(super) fn open_sqlite(path: &std::path::Path) -> Result<SqliteConnection> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| {
        Error::unavailable("database.open", format!("Cannot open the database file {}.", path.display())).because(error)
    })?;
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
        if tries > 500 {
            return Err(error.into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
