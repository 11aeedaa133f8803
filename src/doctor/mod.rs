//! Checks the company as other servers, search engines and its own machine see it.
//!
//! `checks` is the table of everything that is checked, in order; each group of checks has a file. A check asks
//! through the front door, as a stranger would, or looks at what this process can see. To add one, write a function
//! that answers what it found or what is the trouble, and give it a line in the table.

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
mod visit;

pub use checks::{CHECKS, Check};
pub use report::{Finding, Report, Verdict};
pub use visit::Options;

use crate::{app::App, error::Result};
use checks::Needs;
use report::{Judged, Trouble};
use visit::Visit;

/// Runs every check, one after the other.
pub async fn examine(app: &App, options: Options) -> Result<Report> {
    let visit = Visit::begin(app, options).await?;
    let mut findings = Vec::with_capacity(CHECKS.len());
    let mut closed: Option<&'static str> = None;
    for check in CHECKS {
        let judged = match (check.needs, closed) {
            (Needs::OpenDoor, Some(id)) => Err(Trouble::skipped(format!("Not asked, because {id} failed."))),
            _ => (check.run)(&visit).await,
        };
        if check.needs == Needs::OpensDoor && matches!(judged, Err(Trouble::Failed { .. })) {
            closed = closed.or(Some(check.id));
        }
        findings.push(Finding::of(check, judged));
    }
    Ok(Report::of(&app.site, app.db.now(), findings))
}
