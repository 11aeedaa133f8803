//! `guildhall migrate`, `backup` and `restore`.

use std::path::PathBuf;

use super::{open_database, say};
use crate::{
    config::{Config, DatabaseTarget},
    db,
    domain::org,
    error::{Error, Result},
};

/// Where to write a copy.
#[derive(Debug, clap::Args)]
pub struct BackupArguments {
    /// The file to write; must not exist.
    file: PathBuf,
}

/// What to put back.
#[derive(Debug, clap::Args)]
pub struct RestoreArguments {
    /// A file that backup wrote.
    file: PathBuf,
    /// Replace the database that is there.
    #[arg(long)]
    force: bool,
}

pub fn migrate(config: &Config) -> Result<()> {
    let done = open_database(config)?.migrate()?;
    if done.is_empty() {
        say("The database is up to date.");
    }
    for name in done {
        say(format_args!("Migrated: {name}"));
    }
    Ok(())
}

pub async fn backup(config: &Config, arguments: BackupArguments) -> Result<()> {
    if arguments.file.exists() {
        return Err(Error::conflict(
            "backup.exists",
            format!("{} exists already. Choose another name.", arguments.file.display()),
        ));
    }
    let db = open_database(config)?;
    db.backup(arguments.file.clone()).await?;
    // For the doctor, who asks how old the last backup is.
    db.write(|tx| org::set_setting(tx, org::LAST_BACKUP, &tx.now().0.to_string())).await?;
    say(format_args!(
        "Written to {}. Keep secret.key from the data folder with it: private keys cannot be read without it.",
        arguments.file.display()
    ));
    Ok(())
}

pub fn restore(config: &Config, arguments: &RestoreArguments) -> Result<()> {
    match config.database_target()? {
        DatabaseTarget::Postgres(_) => Err(Error::invalid(
            "restore.postgres",
            "This server uses PostgreSQL. Stop the server and restore with: pg_restore --clean --if-exists --dbname \"$GUILDHALL_DATABASE_URL\" FILE",
        )),
        DatabaseTarget::Sqlite(path) => {
            db::restore(&arguments.file, &path, arguments.force)?;
            say(format_args!("Restored {} to {}.", arguments.file.display(), path.display()));
            Ok(())
        }
    }
}
