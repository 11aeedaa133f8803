//! `guildhall server`: which other servers we talk to, and how well that goes.

use super::{Desk, counted, deliveries, say};
use crate::{
    db::Timestamp,
    domain::{
        Page,
        servers::{self, Server},
    },
    error::{Error, Result},
    federation::delivery::{self, Debt, Of},
};

/// How many servers are listed, and how many deliveries one command tries again.
const MOST: i64 = 100_000;

/// What to do with other servers.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Refuse a server, and everything below its domain, at every door.
    Block {
        /// Such as spam.example.
        host: String,
        /// Why, for other operators.
        #[arg(long)]
        reason: Option<String>,
        /// Also when this is no server but the ending of many, such as com.
        #[arg(long)]
        all_below: bool,
    },
    /// Talk to a server again.
    Allow {
        /// Such as friend.example.
        host: String,
    },
    /// Let only their followers find the people of a server, and of everything below its domain.
    Limit {
        /// Such as noise.example.
        host: String,
        /// Why, for other operators.
        #[arg(long)]
        reason: Option<String>,
        /// Also when this is no server but the ending of many, such as com.
        #[arg(long)]
        all_below: bool,
        /// End the limit.
        #[arg(long, conflicts_with_all = ["reason", "all_below"])]
        undo: bool,
    },
    /// List the servers that we know, blocked and failing ones first, with what they are owed.
    List,
    /// All about one server, and what it is owed.
    Show {
        /// Such as friend.example.
        host: String,
    },
    /// End a server's pause, and try again now what it has not got.
    Retry {
        /// Such as friend.example.
        host: String,
    },
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Block { host, reason, all_below } => {
            let name = servers::normalise(&host)?;
            servers::may_judge(&desk.site, &name, all_below)?;
            desk.db.write(move |tx| servers::block(tx, &host, reason.as_deref())).await?;
            say(format_args!("{name} is blocked."));
        }
        Command::Allow { host } => {
            let name = servers::normalise(&host)?;
            let was_blocked = desk.db.write(move |tx| servers::allow(tx, &host)).await?;
            // Blocks of the domains above it stay.
            let above = name.clone();
            if desk.db.read(move |conn| servers::is_blocked(conn, &above)).await? {
                say(format_args!(
                    "{name} is still refused, because a domain above it is blocked. See: guildhall server list"
                ));
            } else if was_blocked {
                say(format_args!("{name} is allowed."));
            } else {
                say(format_args!("{name} was not blocked; it is allowed as before."));
            }
        }
        Command::Limit { host, undo: true, .. } => {
            let name = servers::normalise(&host)?;
            let was_limited = desk.db.write(move |tx| servers::unlimit(tx, &host)).await?;
            say(if was_limited { format!("{name} is limited no more.") } else { format!("{name} was not limited.") });
        }
        Command::Limit { host, reason, all_below, undo: false } => {
            let name = servers::normalise(&host)?;
            servers::may_judge(&desk.site, &name, all_below)?;
            desk.db.write(move |tx| servers::limit(tx, &host, reason.as_deref())).await?;
            say(format_args!("{name} is limited: only who follows somebody there finds them."));
        }
        Command::List => list(desk).await?,
        Command::Show { host } => show(desk, servers::normalise(&host)?).await?,
        Command::Retry { host } => {
            let name = servers::normalise(&host)?;
            known(desk, &name).await?;
            let of = Of { host: Some(name), ..Of::default() };
            let count = desk.db.write(move |tx| delivery::retry_of(tx, &of, MOST)).await?;
            say(format_args!("{} will be tried again.", counted(count, "delivery", "deliveries")));
        }
    }
    Ok(())
}

async fn known(desk: &Desk, host: &str) -> Result<Server> {
    let name = host.to_owned();
    let found = desk.db.read(move |conn| servers::find(conn, &name)).await?;
    found.ok_or_else(|| Error::not_found("server.not_found", format!("We know no server {host}.")))
}

async fn list(desk: &Desk) -> Result<()> {
    let (known, debts) = desk
        .db
        .read(|conn| {
            let known = servers::list(conn, MOST)?;
            let hosts: Vec<String> = known.iter().map(|server| server.host.clone()).collect();
            Ok((known, delivery::debts(conn, &hosts)?))
        })
        .await?;
    if known.is_empty() {
        say("We have met no other server yet.");
    }
    for server in known {
        let debt = debts.get(&server.host).copied().unwrap_or_default();
        say(line(&server, debt, desk.db.now()));
    }
    Ok(())
}

fn line(server: &Server, debt: Debt, now: Timestamp) -> String {
    let error = server.last_error.as_deref().filter(|_| server.failures > 0);
    let error = error.map(|error| format!(": {error}")).unwrap_or_default();
    let (state, waiting, failed) = (server.state(now).as_str(), debt.waiting, debt.failed);
    let limited = if server.limited_at.is_some() { ", limited" } else { "" };
    format!("{:<40} {state:<8} {waiting} waiting, {failed} given up{limited}{error}", server.host)
}

async fn show(desk: &Desk, host: String) -> Result<()> {
    let server = known(desk, &host).await?;
    let now = desk.db.now();
    say(format_args!("{} is {}.", server.host, server.state(now)));
    let paused = (server.paused_until > now).then_some(server.paused_until);
    for (what, when) in [
        ("blocked since", server.blocked_at),
        ("limited since", server.limited_at),
        ("paused until", paused),
        ("last success", server.last_success_at),
        ("last failure", server.last_failure_at),
    ] {
        if let Some(when) = when {
            say(format_args!("  {what}: {}", when.rfc3339()));
        }
    }
    for (what, text) in [
        ("why", &server.block_reason),
        ("why limited", &server.limit_reason),
        ("software", &server.software),
        ("signatures", &server.signature_scheme),
        ("last error", &server.last_error),
    ] {
        if let Some(text) = text {
            say(format_args!("  {what}: {text}"));
        }
    }
    let states = vec!["failed".to_owned(), "waiting".to_owned()];
    let of = Of { host: Some(host), states, ..Of::default() };
    let page = Page { limit: MOST, ..Page::default() };
    for owed in desk.db.read(move |conn| delivery::list(conn, &of, &page)).await? {
        say(format_args!("  {}", deliveries::line(&owed)));
    }
    Ok(())
}
