//! `guildhall doctor`: checks the company, also while the server does not run.

use std::{io::IsTerminal, net::SocketAddr};

use super::{Desk, counted, desk::base_url_of, say, serve};
use crate::{
    config::Config,
    doctor::{self, Finding, Options, Report, Verdict},
    domain::Site,
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
    let report = match Desk::open(config.clone()).await {
        Ok(desk) => examine(desk, arguments.at).await?,
        Err(why) if doctor::is_of_database(&why) => examine_without_database(&config, arguments.at, &why).await?,
        Err(error) => return Err(error),
    };
    if arguments.json {
        say(serde_json::to_string_pretty(&report)?);
    } else {
        show(&report);
    }
    if report.healthy { Ok(()) } else { Err(Error::invalid(UNHEALTHY, "Some checks failed.")) }
}

fn options(site: &Site, at: Option<SocketAddr>) -> Result<Options> {
    let mut options = Options::default();
    if let Some(address) = at {
        options.pin(site, address)?;
    }
    Ok(options)
}

async fn examine(desk: Desk, at: Option<SocketAddr>) -> Result<Report> {
    let Desk { config, db, site } = desk;
    let options = options(&site, at)?;
    // The doctor must not make a key where one is missing: it says so instead.
    let found = SecretKey::find(config.secret_key.as_deref(), &config.data_dir)?;
    let secrets = found.map_or_else(SecretKey::generate, Ok)?;
    let app = serve::build(config, site, db, secrets).await?;
    doctor::examine(&app, options).await
}

/// What can be said without the database: where the company is stands in it, so the settings are believed.
async fn examine_without_database(config: &Config, at: Option<SocketAddr>, why: &Error) -> Result<Report> {
    let site = Site {
        base_url: base_url_of(config),
        domain: config.handle_domain(),
        post_characters: config.limits.post_characters,
        federates: config.federates(),
    };
    doctor::examine_without_database(config, &site, options(&site, at)?, why).await
}

fn show(report: &Report) {
    let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    say(format_args!("Guildhall {} · {} · handles at {}\n", report.version, report.base_url, report.domain));
    let mut told = Vec::new();
    for finding in &report.checks {
        let alike: Vec<&str> =
            report.checks.iter().filter(|other| is_alike(finding, other)).map(|other| other.id).collect();
        if alike.len() < 2 {
            say(line(finding, coloured));
        } else if !told.contains(&finding.found.as_str()) {
            told.push(&finding.found);
            say(line_of_many(&finding.found, &alike, coloured));
        }
    }
    say(format_args!(
        "\n{} fine, {}, {} failed, {} skipped.",
        report.count(Verdict::Ok),
        counted(report.count(Verdict::Warning), "warning", "warnings"),
        report.count(Verdict::Failed),
        report.count(Verdict::Skipped)
    ));
}

/// Whether two checks were not asked for one reason.
fn is_alike(one: &Finding, other: &Finding) -> bool {
    one.result == Verdict::Skipped && other.result == Verdict::Skipped && one.found == other.found
}

/// One line for all that were not asked for one reason.
fn line_of_many(found: &str, ids: &[&str], coloured: bool) -> String {
    let word = word(Verdict::Skipped, coloured);
    let checks = format!("{} checks", ids.len());
    format!("{word} {checks:<16} {found}\n                          {}", ids.join(", "))
}

fn word(result: Verdict, coloured: bool) -> String {
    let (word, colour) = match result {
        Verdict::Ok => ("ok", "32"),
        Verdict::Warning => ("warning", "33"),
        Verdict::Failed => ("FAILED", "31"),
        Verdict::Skipped => ("skipped", "2"),
    };
    if coloured { format!("\x1b[{colour}m{word:<8}\x1b[0m") } else { format!("{word:<8}") }
}

fn line(finding: &Finding, coloured: bool) -> String {
    let word = word(finding.result, coloured);
    let mut text = format!("{word} {:<16} {}\n                          {}", finding.id, finding.name, finding.found);
    if let Some(advice) = &finding.advice {
        text.push_str(&format!("\n                          -> {advice}"));
    }
    text
}
