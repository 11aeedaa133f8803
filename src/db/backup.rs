//! Copies of a SQLite database.

use std::{
    fs::{self, OpenOptions},
    io,
    path::Path,
};

use diesel::{Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types::Text};

use super::{Conn, pool};
use crate::error::{Error, Kind, Result};

/// Writes a consistent copy to a new file while the database is in use. A copy that cannot be finished is removed.
pub(super) fn copy(conn: &mut Conn, to: &Path) -> Result<()> {
    let Conn::Sqlite(conn) = conn else {
        return Err(Error::invalid("backup.postgres", "PostgreSQL makes copies with pg_dump."));
    };
    // `VACUUM INTO` takes an empty file as it takes none. Ours are for the owner only: they hold mail addresses.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::conflict("backup.exists", format!("{} exists already. Choose another name.", to.display()))
        }
        _ => unwritable("backup.write", to, error),
    })?;
    let copied = diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(to.to_string_lossy().into_owned())
        .execute(conn)
        .map_err(Error::from)
        // It leaves it to the caller that the copy is really on the disk.
        .and_then(|_| {
            file.sync_all().and_then(|()| sync_folder(to)).map_err(|error| unwritable("backup.write", to, error))
        });
    if copied.is_err() {
        // The first fault is the one to tell.
        let _ = fs::remove_file(to);
    }
    copied
}

fn unwritable(code: &'static str, path: &Path, error: io::Error) -> Error {
    Error::unavailable(code, format!("Cannot write to {}.", path.display())).because(error)
}

/// Makes sure that the name of a new file is on the disk.
fn sync_folder(file: &Path) -> io::Result<()> {
    fs::File::open(folder_of(file))?.sync_all()
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
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
    let failed = |error| unwritable("restore.write", to, error);
    pool::private_folder(folder_of(to)).map_err(failed)?;
    fs::copy(from, &beside).map_err(failed)?;
    fs::File::open(&beside).and_then(|file| file.sync_all()).map_err(failed)?;
    // The log of a database that was deleted by hand would be replayed into the one that comes.
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut left = to.as_os_str().to_owned();
        left.push(suffix);
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    fs::rename(&beside, to).and_then(|()| sync_folder(to)).map_err(failed)
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
