//! The command line: the same binary on the same database, also while the server runs.

mod account;
mod demo;
mod doctor;
mod grant;
mod jobs;
mod maintenance;
mod serve;
mod server;
mod setup;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, DatabaseTarget, Overrides},
    db::{self, Db},
    domain::{
        Site,
        accounts::{self, Account},
        actors::Actor,
        org,
    },
    error::{Error, Result},
};

/// A community server for companies on the Fediverse.
#[derive(Debug, Parser)]
#[command(name = "guildhall", version, about, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
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
    /// Logins: create, list, suspend, delete, change the password.
    #[command(subcommand)]
    Account(account::Command),
    /// Let somebody speak for a brand.
    Grant(grant::Arguments),
    /// Bearer tokens for scripts and clients.
    #[command(subcommand)]
    Token(token::Command),
    /// Other servers: block, allow, list.
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
    /// Check the settings and say what is wrong with them.
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

#[expect(clippy::print_stderr, reason = "the command line talks to people")]
fn complain(error: &Error) {
    use std::error::Error as _;
    eprintln!("error: {}", error.safe());
    if let Some(cause) = error.source() {
        eprintln!("  because: {cause}");
    }
}

/// Prints a line for people or scripts.
#[expect(clippy::print_stdout, reason = "the command line talks to people")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

async fn run(arguments: Arguments) -> Result<()> {
    let config = Config::load(&arguments.settings)?;
    match arguments.command {
        Command::Demo(arguments) => demo::run(&arguments).await,
        Command::Serve => serve::run(config).await,
        Command::Config(ConfigCommand::Check) => {
            for warning in config.check()? {
                say(format_args!("warning: {}", warning.text));
            }
            say("The settings are fine.");
            Ok(())
        }
        Command::Doctor(arguments) => doctor::run(config, arguments).await,
        Command::Migrate => maintenance::migrate(&config),
        Command::Backup(arguments) => maintenance::backup(&config, arguments).await,
        Command::Restore(arguments) => maintenance::restore(&config, &arguments),
        Command::Setup(arguments) => setup::run(&config, arguments).await,
        Command::Account(command) => account::run(&Desk::open(&config).await?, command).await,
        Command::Grant(arguments) => grant::run(&Desk::open(&config).await?, arguments).await,
        Command::Token(command) => token::run(&Desk::open(&config).await?, command).await,
        Command::Server(command) => server::run(&Desk::open(&config).await?, command).await,
        Command::Jobs(command) => jobs::run(&Desk::open(&config).await?, command).await,
    }
}

/// Opens the database that the settings name.
fn open_database(config: &Config) -> Result<Db> {
    let url = match config.database_target()? {
        DatabaseTarget::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseTarget::Postgres(url) => url.to_string(),
    };
    Db::open(&db::Options { url, pool: config.database.pool })
}

/// What most commands need: the database of a company that is set up.
struct Desk {
    db: Db,
    site: Site,
}

impl Desk {
    /// Opens the database; refuses when migrations are pending or the company is not set up.
    async fn open(config: &Config) -> Result<Self> {
        let db = open_database(config)?;
        let pending = db.pending_migrations()?;
        if !pending.is_empty() {
            return Err(Error::unavailable(
                "database.migrations",
                "The database is older than this version. Run: guildhall migrate",
            ));
        }
        let site = site(config, &db).await?.ok_or_else(|| {
            Error::unavailable(
                "setup.missing",
                "This server is not set up yet. Run: guildhall setup, or open the first-run link that serve prints",
            )
        })?;
        Ok(Self { db, site })
    }

    async fn account(&self, username: &str) -> Result<(Account, Actor)> {
        let name = username.to_owned();
        self.db
            .read(move |conn| accounts::find_by_username(conn, &name))
            .await?
            .filter(|(account, _)| account.deleted_at.is_none())
            .ok_or_else(|| {
                Error::not_found(
                    "account.not_found",
                    format!("There is no account “{username}”. See: guildhall account list"),
                )
            })
    }
}

/// Who we are on the network, as stored at set-up. A setting that disagrees with it stops us: ids that others
/// know cannot change.
async fn site(config: &Config, db: &Db) -> Result<Option<Site>> {
    let stored = db.read(|conn| Ok((org::setting(conn, "base_url")?, org::setting(conn, "domain")?))).await?;
    let (Some(base_url), Some(domain)) = stored else { return Ok(None) };
    let wanted = base_url_of(config);
    if config.base_url.is_some() && wanted != base_url {
        return Err(Error::conflict(
            "config.base_url",
            format!(
                "This database was set up for {base_url}, but GUILDHALL_BASE_URL says {wanted}. Other servers know us by the first one: set it back, or use another database."
            ),
        ));
    }
    if config.domain.as_ref().is_some_and(|wanted| *wanted != domain) {
        return Err(Error::conflict(
            "config.domain",
            format!(
                "This database was set up for handles at {domain}, but GUILDHALL_DOMAIN says otherwise. Set it back, or use another database."
            ),
        ));
    }
    Ok(Some(Site { base_url, domain, post_characters: config.limits.post_characters }))
}

/// The base URL without its trailing slash.
fn base_url_of(config: &Config) -> String {
    config.base_url().as_str().trim_end_matches('/').to_owned()
}
