//! Copies of a SQLite database.

use std::path::Path;

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_types::Text};

use super::{Conn, pool};
use crate::error::{Error, Result};

/// Writes a consistent copy to a new file while the database is in use.
pub(super) fn copy(conn: &mut Conn, to: &Path) -> Result<()> {
    match conn {
        Conn::Sqlite(conn) => {
            diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.to_string_lossy().into_owned()).execute(conn)?;
            Ok(())
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
    let mut source = pool::open_sqlite(from)?;
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
        let mut present = pool::open_sqlite(to)?;
        // Leaving WAL mode needs the file for ourselves: it fails while a server runs on it.
        present
            .batch_execute("PRAGMA busy_timeout = 500; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
            .map_err(|error| {
                Error::conflict("restore.in_use", "A server is running on this database. Stop it first.").because(error)
            })?;
    }
    let beside = to.with_extension("restoring");
    let failed =
        |error| Error::unavailable("restore.write", format!("Cannot write to {}.", to.display())).because(error);
    std::fs::copy(from, &beside).map_err(failed)?;
    std::fs::rename(&beside, to).map_err(failed)?;
    Ok(())
}
