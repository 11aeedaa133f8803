//! `guildhall server`: which other servers we talk to.

use super::{Desk, say};
use crate::{domain::servers, error::Result};

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
    },
    /// Talk to a server again.
    Allow {
        /// Such as friend.example.
        host: String,
    },
    /// List the servers that we know, blocked and failing ones first.
    List,
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Block { host, reason } => {
            let name = servers::normalise(&host)?;
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
        Command::List => {
            for server in desk.db.read(|conn| servers::list(conn, 1000)).await? {
                let state = if server.blocked {
                    "blocked"
                } else if server.failures > 0 {
                    "failing"
                } else {
                    "fine"
                };
                say(format_args!("{:<40} {state:<8} {}", server.host, server.last_error.unwrap_or_default()));
            }
        }
    }
    Ok(())
}
