//! `guildhall jobs`: what waits, what was given up, and trying it again.

use super::{Desk, counted, deliveries, say};
use crate::{
    db::Timestamp,
    domain::Page,
    error::{Error, Result},
    federation::delivery::{self, Of},
    jobs::runner,
};

/// How many deliveries are listed, and how many one command tries again.
const MOST: i64 = 100_000;

/// What is said when everything was sent.
const NOTHING_OWED: &str = "Nothing is owed to other servers: no delivery waits, and none was given up.";

/// What to do with jobs and deliveries.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List jobs that were given up, with their last error.
    Parked,
    /// Try a parked job again, or all of them.
    Retry {
        /// Its number, as parked shows it.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<i64>,
        /// Every parked job.
        #[arg(long)]
        all: bool,
    },
    /// What is owed to other servers, whatever it carries: posts, likes, follows and the answers to them.
    Deliveries(Deliveries),
}

/// Which deliveries, and what to do with them.
#[derive(Debug, clap::Args)]
pub struct Deliveries {
    /// Only those to this server.
    #[arg(long)]
    host: Option<String>,
    /// Only those about the post with this address.
    #[arg(long, value_name = "URI")]
    post: Option<String>,
    /// Only this one.
    #[arg(long)]
    id: Option<i64>,
    /// Only those in this state; otherwise those that wait and those that were given up.
    #[arg(long, value_parser = ["waiting", "delivered", "failed"])]
    state: Vec<String>,
    /// One line for each server instead.
    #[arg(long)]
    by_host: bool,
    /// Try them again now; --host also ends the pause of that server.
    #[arg(long)]
    retry: bool,
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Parked => {
            let parked = runner::parked(&desk.db).await?;
            if parked.is_empty() {
                say("No job was given up.");
            }
            for job in parked {
                let tries = counted(i64::from(job.attempts), "try", "tries");
                say(format_args!("{} {} after {tries}: {}", job.id, job.kind, job.last_error.unwrap_or_default()));
            }
        }
        Command::Retry { id: Some(id), .. } => {
            runner::retry(&desk.db, id).await?;
            say(format_args!("Job {id} will be tried again."));
        }
        Command::Retry { id: None, .. } => {
            let count = runner::retry_all(&desk.db).await?;
            say(format_args!("{} will be tried again.", counted(count, "job", "jobs")));
        }
        Command::Deliveries(wanted) if wanted.by_host => hosts(desk).await?,
        Command::Deliveries(wanted) => owed(desk, wanted).await?,
    }
    Ok(())
}

async fn owed(desk: &Desk, wanted: Deliveries) -> Result<()> {
    let of = Of { id: wanted.id, host: wanted.host, object: wanted.post, states: wanted.state, ..Of::default() };
    let unsettled = || vec!["failed".to_owned(), "waiting".to_owned()];
    if wanted.retry {
        if of == Of::default() {
            return Err(Error::invalid("delivery.which", "Say which: --host, --post, --id or --state failed."));
        }
        let count = desk.db.write(move |tx| delivery::retry_of(tx, &of, MOST)).await?;
        say(format_args!("{} will be tried again.", counted(count, "delivery", "deliveries")));
        return Ok(());
    }
    let everything = of == Of::default();
    let of = if of.states.is_empty() && of.id.is_none() { Of { states: unsettled(), ..of } } else { of };
    let page = Page { limit: MOST, ..Page::default() };
    let owed = desk.db.read(move |conn| delivery::list(conn, &of, &page)).await?;
    if owed.is_empty() {
        say(if everything {
            NOTHING_OWED
        } else {
            "No delivery is like this. Without a filter all that is owed is listed."
        });
    }
    for one in &owed {
        say(deliveries::line(one));
    }
    Ok(())
}

async fn hosts(desk: &Desk) -> Result<()> {
    let debts = desk.db.read(|conn| delivery::hosts(conn, MOST)).await?;
    if debts.is_empty() {
        say(NOTHING_OWED);
    }
    for debt in debts {
        let pause = debt.paused_until.filter(|until| *until > desk.db.now()).map(Timestamp::rfc3339);
        let pause = pause.map(|until| format!(", paused until {until}")).unwrap_or_default();
        let error = debt.last_error.map(|error| format!(": {error}")).unwrap_or_default();
        say(format_args!("{:<40} {} waiting, {} failed{pause}{error}", debt.host, debt.waiting, debt.failed));
    }
    Ok(())
}
