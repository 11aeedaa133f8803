//! Copies of a SQLite database.

use std::path::Path;

use diesel::{Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types::Text};

use super::{Conn, pool};
use crate::error::{Error, Kind, Result};

/// Writes a consistent copy to a new file while the database is in use.
pub(super) fn copy(conn: &mut Conn, to: &Path) -> Result<()> {
    match conn {
        Conn::Sqlite(conn) => {
            if to.exists() {
                return Err(Error::conflict(
                    "backup.exists",
                    format!("{} exists already. Choose another name.", to.display()),
                ));
            }
            diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.to_string_lossy().into_owned()).execute(conn)?;
            // `VACUUM INTO` leaves it to the caller that the copy is really on the disk.
            std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(|error| {
                Error::unavailable("backup.write", format!("Cannot write to {}.", to.display())).because(error)
            })
        }
        Conn::Pg(_) => Err(Error::invalid(
            "backup.postgres",
            "This server uses PostgreSQL. Make a copy with: pg_dump --format=custom --file FILE \"$GUILDHALL_DATABASE_URL\"",
        )),
    }
}

/// Puts a copy in the place of the database. Refuses files that are no database of ours, and to replace one that
/// is in use.
pub fn restore(from: &Path, to: &Path, force: bool) -> Result<()> {
    // Opening would make the file, and must not change it.
    if !from.is_file() {
        return Err(Error::not_found("restore.missing", format!("There is no file {}.", from.display())));
    }
    let mut source = SqliteConnection::establish(&from.to_string_lossy()).map_err(|error| {
        Error::unavailable("restore.read", format!("Cannot read {}.", from.display())).because(error)
    })?;
    diesel::sql_query("SELECT key FROM settings LIMIT 1").execute(&mut source).map_err(|error| {
        Error::invalid("restore.not_ours", format!("{} is not a copy that guildhall backup wrote.", from.display()))
            .because(error)
    })?;
    drop(source);
    if to.exists() {
        if !force {
            return Err(Error::conflict(
                "restore.exists",
                format!("There is a database at {}. Add --force to replace it.", to.display()),
            ));
        }
        refuse_when_in_use(to)?;
    }
    let beside = to.with_extension("restoring");
    let failed =
        |error| Error::unavailable("restore.write", format!("Cannot write to {}.", to.display())).because(error);
    std::fs::copy(from, &beside).map_err(failed)?;
    std::fs::File::open(&beside).and_then(|file| file.sync_all()).map_err(failed)?;
    // The log of a database that was deleted by hand would be replayed into the one that comes.
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut left = to.as_os_str().to_owned();
        left.push(suffix);
        match std::fs::remove_file(&left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    std::fs::rename(&beside, to).map_err(failed)?;
    Ok(())
}

/// Leaving WAL mode needs the file for ourselves: it fails while a server runs on it.
fn refuse_when_in_use(path: &Path) -> Result<()> {
    let left = pool::open_sqlite(path).and_then(|mut present| {
        Ok(present.batch_execute(
            "PRAGMA busy_timeout = 500; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE",
        )?)
    });
    match left {
        Err(error) if error.kind() == Kind::Unavailable => {
            Err(Error::conflict("restore.in_use", "A server is running on this database. Stop it first.")
                .because(error))
        }
        // A file that cannot be read is what one restores for.
        _ => Ok(()),
    }
}
