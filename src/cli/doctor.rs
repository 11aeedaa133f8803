//! `guildhall doctor`: checks the company, also while the server does not run.

use std::{io::IsTerminal, net::SocketAddr};

use super::{Desk, say, serve};
use crate::{
    config::Config,
    doctor::{self, Finding, Options, Report, Verdict},
    error::{Error, Result},
    secrets::SecretKey,
};

/// The code of the error by which the command ends when something failed.
pub const UNHEALTHY: &str = "doctor.unhealthy";

/// How to check.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
    /// Ask for the base URL at this address instead of the one in DNS, such as 203.0.113.7:443.
    #[arg(long, value_name = "ADDRESS:PORT")]
    at: Option<SocketAddr>,
}

pub async fn run(config: Config, arguments: Arguments) -> Result<()> {
    let Desk { config, db, site } = Desk::open(config).await?;
    let mut options = Options::default();
    if let Some(address) = arguments.at {
        options.pin(&site, address)?;
    }
    // The doctor must not make a key where one is missing: it says so instead.
    let found = SecretKey::find(config.secret_key.as_deref(), &config.data_dir)?;
    let secrets = found.map_or_else(SecretKey::generate, Ok)?;
    let app = serve::build(config, site, db, secrets).await?;
    let report = doctor::examine(&app, options).await?;
    if arguments.json {
        say(serde_json::to_string_pretty(&report)?);
    } else {
        show(&report);
    }
    if report.healthy { Ok(()) } else { Err(Error::invalid(UNHEALTHY, "Some checks failed.")) }
}

fn show(report: &Report) {
    let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    say(format_args!("Guildhall {} · {} · handles at {}\n", report.version, report.base_url, report.domain));
    for finding in &report.checks {
        say(line(finding, coloured));
    }
    say(format_args!(
        "\n{} fine, {} warnings, {} failed, {} skipped.",
        report.count(Verdict::Ok),
        report.count(Verdict::Warning),
        report.count(Verdict::Failed),
        report.count(Verdict::Skipped)
    ));
}

fn line(finding: &Finding, coloured: bool) -> String {
    let (word, colour) = match finding.result {
        Verdict::Ok => ("ok", "32"),
        Verdict::Warning => ("warning", "33"),
        Verdict::Failed => ("FAILED", "31"),
        Verdict::Skipped => ("skipped", "2"),
    };
    let word = if coloured { format!("\x1b[{colour}m{word:<8}\x1b[0m") } else { format!("{word:<8}") };
    let mut text = format!("{word} {:<16} {}\n                          {}", finding.id, finding.name, finding.found);
    if let Some(advice) = &finding.advice {
        text.push_str(&format!("\n                          -> {advice}"));
    }
    text
}
