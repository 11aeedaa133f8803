//! `guildhall jobs`: what was given up, and trying it again.

use super::{Desk, say};
use crate::{error::Result, jobs::runner};

/// What to do with parked jobs.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List jobs that were given up, with their last error.
    Parked,
    /// Try a parked job again.
    Retry {
        /// Its number, as parked shows it.
        id: i64,
    },
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Parked => {
            for job in runner::parked(&desk.db).await? {
                say(format_args!(
                    "{} {} after {} tries: {}",
                    job.id,
                    job.kind,
                    job.attempts,
                    job.last_error.unwrap_or_default()
                ));
            }
        }
        Command::Retry { id } => {
            runner::retry(&desk.db, id).await?;
            say(format_args!("Job {id} will be tried again."));
        }
    }
    Ok(())
}
