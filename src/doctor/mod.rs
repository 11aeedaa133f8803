//! Checks the company as other servers, search engines and its own machine see it.
//!
//! `checks` is the table of everything that is checked, in order; each group of checks has a file. A check asks
//! through the front door, as a stranger would, or looks at what this process can see. To add one, write a function
//! that answers what it found or what is the trouble, and give it a line in the table.

mod cause;
mod checks;
mod discovery;
mod door;
mod engines;
mod machine;
mod markup;
mod peers;
mod proxy;
mod readers;
mod records;
mod report;
mod surroundings;
mod visit;
mod visitors;

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

pub use checks::{CHECKS, Check};
pub use report::{Finding, Report, Said, Verdict};
pub use surroundings::Options;

use crate::{
    app::App,
    config::Config,
    db::Timestamp,
    domain::Site,
    error::{Error, Result},
};
use checks::{Needs, Run};
use report::{Judged, Told, Trouble, told};
use surroundings::Surroundings;
use visit::Visit;

/// How many checks run at the same time: when much is broken, each waits for an answer that does not come.
const AT_ONCE: usize = 8;

/// What is known of the front door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// It is being looked at.
    Unknown,
    Open,
    /// The check of this id found it closed.
    Closed(&'static str),
}

/// Runs every check, several at the same time, and answers with what it knows when the time is over. When the database
/// does not answer, what needs none is looked at all the same.
pub async fn examine(app: &App, options: Options) -> Result<Report> {
    let end = Instant::now() + options.longest;
    let around = Surroundings::look(&app.config, &app.site, options.clone(), app.db.now()).await?;
    let visit = match Visit::begin(app, around).await {
        Ok(visit) => visit,
        Err(error) if is_of_database(&error) => {
            return examine_without_database(&app.config, &app.site, options, &error).await;
        }
        Err(error) => return Err(error),
    };
    let door = watch::Sender::new(Door::Unknown);
    let judged: Vec<BoxFuture<'_, Judged>> =
        CHECKS.iter().map(|check| judge(check, &visit, &door, end).boxed()).collect();
    let judged: Vec<Judged> = stream::iter(judged).buffered(AT_ONCE).collect().await;
    Ok(report(&app.site, app.db.now(), judged))
}

/// Whether an error says that the database cannot be used.
pub fn is_of_database(error: &Error) -> bool {
    error.code().starts_with("database.")
}

/// Looks at the machine and the network only, and tells why the database cannot be asked.
pub async fn examine_without_database(config: &Config, site: &Site, options: Options, why: &Error) -> Result<Report> {
    let end = Instant::now() + options.longest;
    let around = Surroundings::look(config, site, options, Timestamp::wall_clock()).await?;
    let judged: Vec<BoxFuture<'_, Judged>> =
        CHECKS.iter().map(|check| judge_around(check, &around, why, end).boxed()).collect();
    let judged: Vec<Judged> = stream::iter(judged).buffered(AT_ONCE).collect().await;
    Ok(report(site, Timestamp::wall_clock(), judged))
}

fn report(site: &Site, now: Timestamp, judged: Vec<Judged>) -> Report {
    let findings = CHECKS.iter().zip(judged).map(|(check, judged)| Finding::of(check, judged)).collect();
    Report::of(site, now, findings)
}

async fn judge_around(check: &Check, around: &Surroundings, why: &Error, end: Instant) -> Judged {
    match check.run {
        Run::Around(run) => timeout_at(end, run(around)).await.unwrap_or_else(|_| Err(too_slow(around))),
        Run::Company(_) if check.id == DATABASE => Err(records::unreachable(why)),
        Run::Company(_) => Err(Trouble::skipped(not_asked(DATABASE))),
    }
}

/// The check of the database.
const DATABASE: &str = "database";

async fn judge(check: &Check, visit: &Visit, door: &watch::Sender<Door>, end: Instant) -> Judged {
    if matches!(check.needs, Needs::OpenDoor | Needs::SecretKey) {
        let mut known = door.subscribe();
        // The sender lives as long as all checks.
        let known = known.wait_for(|door| *door != Door::Unknown).await.map_or(Door::Unknown, |door| *door);
        if let Door::Closed(id) = known {
            return Err(Trouble::skipped(not_asked(id)));
        }
    }
    if check.needs == Needs::SecretKey && visit.locked.is_some() {
        return Err(Trouble::skipped(told!(
            "found.not_signed",
            "Not asked, because {check} failed: without the key nothing can be signed.",
            check = "secret_key",
        )));
    }
    let asked = match check.run {
        Run::Around(run) => run(visit.around()),
        Run::Company(run) => run(visit),
    };
    let judged = timeout_at(end, asked).await.unwrap_or_else(|_| Err(too_slow(visit.around())));
    if check.needs == Needs::OpensDoor {
        let is_open = !matches!(judged, Err(Trouble::Failed { .. }));
        door.send_replace(if is_open { Door::Open } else { Door::Closed(check.id) });
    }
    judged
}

fn not_asked(failed: &str) -> Told {
    told!("found.not_asked", "Not asked, because {check} failed.", check = failed)
}

fn too_slow(around: &Surroundings) -> Trouble {
    let seconds = around.options.longest.as_secs();
    Trouble::failed(
        Told::of(
            "found.too_slow",
            format!("This was not answered before the time of all checks was over, {seconds} s."),
        )
        .with("seconds", &seconds),
        (
            "advice.too_slow",
            "Mend what else failed, and look again. On the command line, guildhall doctor waits longer.",
        ),
    )
}
