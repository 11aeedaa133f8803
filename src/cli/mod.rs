//! The command line: the same binary on the same database, also while the server runs.

mod account;
mod announcement;
mod ask;
mod audit;
mod brand;
mod company;
mod crisis;
mod deliveries;
mod demo;
mod desk;
mod doctor;
mod emoji;
mod exposure;
mod grant;
mod invitation;
mod jobs;
mod maintenance;
mod postgres_tools;
mod serve;
mod server;
mod setup;
mod token;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, Overrides},
    error::{Error, Result},
};
use desk::Desk;

/// A community server for companies on the Fediverse.
#[derive(Debug, Parser)]
#[command(name = "guildhall", version, about, propagate_version = true)]
struct Arguments {
    #[command(flatten, next_help_heading = "Settings")]
    settings: Overrides,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server.
    Serve,
    /// Create the company: its brand, its server actor and its owner.
    Setup(setup::Arguments),
    /// How the company's pages look: colour, logo, legal texts.
    #[command(subcommand)]
    Company(company::Command),
    /// What everybody who has an account here is told: add, remove, list.
    #[command(subcommand)]
    Announcement(announcement::Command),
    /// The company's own emojis: add, remove, list.
    #[command(subcommand)]
    Emoji(emoji::Command),
    /// Logins: create, list, suspend, delete, change the password; who signed up and waits.
    #[command(subcommand)]
    Account(account::Command),
    /// Invite somebody: prints a link by which they make their own account.
    Invite(invitation::Invite),
    /// Invitations: list, take back.
    #[command(subcommand)]
    Invitation(invitation::Command),
    /// The company's brands: make another one, list them.
    #[command(subcommand)]
    Brand(brand::Command),
    /// Let somebody speak for a brand.
    Grant(grant::Arguments),
    /// Crisis mode: hold what brands have scheduled and ask for approval everywhere; show it, end it.
    #[command(subcommand)]
    Crisis(crisis::Command),
    /// How far the company, a brand or a person reaches: only listen, only reply, or publish.
    #[command(subcommand)]
    Exposure(exposure::Command),
    /// Bearer tokens for scripts and clients.
    #[command(subcommand)]
    Token(token::Command),
    /// What people with rights did: check that nothing of it was changed.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Who got a post, who is waiting for it, and why.
    Deliveries(deliveries::Arguments),
    /// Other servers: block, allow, list, show, try again.
    #[command(subcommand)]
    Server(server::Command),
    /// What waits to be done, and what was given up.
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Check the company as other servers, search engines and its own machine see it.
    Doctor(doctor::Arguments),
    /// Bring the database to the shape that this version needs.
    Migrate,
    /// Write a copy of the database to a file, while the server runs.
    Backup(maintenance::BackupArguments),
    /// Put a copy back, while the server is stopped.
    Restore(maintenance::RestoreArguments),
    /// Two companies and their customers on this machine, with conversations to look at. Keeps nothing.
    Demo(demo::Arguments),
    /// Settings.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check the settings, whether database and data folder can be used, and whether they belong to the company of these
    /// settings; say what is wrong. Changes nothing.
    Check,
}

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(Box::pin(run(arguments))),
        Err(error) => Err(Error::internal(error)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // The report says it all.
        Err(error) if error.code() == doctor::UNHEALTHY => ExitCode::FAILURE,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Checks the settings and what they lead to on this machine, and says what was not tried.
async fn check(mut config: Config) -> Result<()> {
    config.check()?;
    let reached = desk::reach(&mut config).await?;
    // With what was settled at the set-up.
    for warning in config.check()? {
        say(format_args!("warning: {}", warning.text));
    }
    say("The settings are fine: each is known, and they fit together.");
    for sentence in reached {
        say(sentence);
    }
    say(
        "Not tried: DNS, the certificate, the proxy, other servers. guildhall doctor does that, while the server runs.",
    );
    Ok(())
}

/// Reads a command line without running it, and tells what is wrong with it. The documentation is tested by it.
pub fn understand<'w>(words: impl IntoIterator<Item = &'w str>) -> std::result::Result<(), clap::Error> {
    Arguments::try_parse_from(words).map(|_| ())
}

fn complain(error: &Error) {
    use std::error::Error as _;
    let because = error.source().map(|cause| format!("  because: {cause}\n")).unwrap_or_default();
    // Where nobody can be told, the exit code still says it.
    let _ = write!(std::io::stderr(), "error: {}\n{because}", error.safe());
}

/// Prints a line for people or scripts.
fn say(line: impl std::fmt::Display) {
    let told = writeln!(std::io::stdout(), "{line}");
    // Whoever closed the pipe has read enough, as in `account list | head -1`.
    if let Err(error) = told.as_ref()
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        complain(&Error::unavailable("cli.output", "The answer could not be written out.").because(error.to_string()));
    }
}

/// A number and what it counts.
fn counted(count: impl TryInto<i64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(i64::MAX);
    format!("{count} {}", if count == 1 { one } else { many })
}

async fn run(mut arguments: Arguments) -> Result<()> {
    if let Command::Setup(setup) = &arguments.command {
        arguments.settings.domain = setup.domain.clone();
    }
    let config = Config::load(&arguments.settings)?;
    match arguments.command {
        Command::Demo(arguments) => demo::run(&arguments).await,
        Command::Serve => serve::run(config).await,
        Command::Config(ConfigCommand::Check) => check(config).await,
        Command::Doctor(arguments) => doctor::run(config, arguments).await,
        Command::Migrate => maintenance::migrate(&config),
        Command::Backup(arguments) => maintenance::backup(&config, arguments).await,
        Command::Restore(arguments) => maintenance::restore(&config, &arguments),
        Command::Setup(arguments) => setup::run(config, arguments).await,
        Command::Company(command) => company::run(&Desk::open(config).await?, command).await,
        Command::Announcement(command) => announcement::run(&Desk::open(config).await?, command).await,
        Command::Emoji(command) => emoji::run(&Desk::open(config).await?, command).await,
        Command::Account(command) => account::run(&Desk::open(config).await?, command).await,
        Command::Invite(arguments) => invitation::invite(&Desk::open(config).await?, arguments).await,
        Command::Invitation(command) => invitation::run(&Desk::open(config).await?, command).await,
        Command::Brand(command) => brand::run(&Desk::open(config).await?, command).await,
        Command::Grant(arguments) => grant::run(&Desk::open(config).await?, arguments).await,
        Command::Crisis(command) => crisis::run(&Desk::open(config).await?, command).await,
        Command::Exposure(command) => exposure::run(&Desk::open(config).await?, command).await,
        Command::Token(command) => token::run(&Desk::open(config).await?, command).await,
        Command::Audit(command) => audit::run(&Desk::open(config).await?, command).await,
        Command::Deliveries(arguments) => deliveries::run(&Desk::open(config).await?, arguments).await,
        Command::Server(command) => server::run(&Desk::open(config).await?, command).await,
        Command::Jobs(command) => jobs::run(&Desk::open(config).await?, command).await,
    }
}
