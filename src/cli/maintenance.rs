//! `guildhall migrate`, `backup` and `restore`.

use std::path::PathBuf;

use super::{
    desk::{open_database, open_existing},
    postgres_tools, say,
};
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
    let file = arguments.file;
    if let DatabaseTarget::Postgres(url) = config.database_target()? {
        let command = postgres_tools::pg_dump(&url, &file);
        return Err(Error::invalid(
            "backup.postgres",
            format!("This server uses PostgreSQL, which makes copies itself. Run: {command}"),
        ));
    }
    let db = open_existing(config).await?;
    db.backup(file.clone()).await?;
    // For the doctor, who asks how old the last backup is.
    db.write(|tx| org::set_setting(tx, org::LAST_BACKUP, &tx.now().0.to_string())).await?;
    say(format_args!(
        "Written to {}. Keep secret.key from the data folder too, in another place: the copy cannot be used without it, and \
         with both in hand anybody can speak for your people.",
        file.display()
    ));
    Ok(())
}

pub fn restore(config: &Config, arguments: &RestoreArguments) -> Result<()> {
    match config.database_target()? {
        DatabaseTarget::Postgres(url) => {
            let command = postgres_tools::pg_restore(&url, &arguments.file);
            Err(Error::invalid(
                "restore.postgres",
                format!("This server uses PostgreSQL, which restores itself. Stop the server and run: {command}"),
            ))
        }
        DatabaseTarget::Sqlite(path) => {
            db::restore(&arguments.file, &path, arguments.force)?;
            say(format_args!("Restored {} to {}.", arguments.file.display(), path.display()));
            Ok(())
        }
    }
}
