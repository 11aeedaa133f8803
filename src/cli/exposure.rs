//! `guildhall exposure`: how far the company, a brand or a person reaches.

use super::{Desk, say};
use crate::{
    domain::{
        ActorId, actors,
        exposure::{self, Exposure},
    },
    error::{Error, Result},
};

/// What to do with it.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set it: listen (nothing leaves), reply (only answers leave) or publish (everything may). It counts from the next
    /// request on.
    Set {
        /// listen, reply or publish.
        level: Exposure,
        /// The username of a brand or a person; without it, it is the whole company.
        #[arg(long)]
        actor: Option<String>,
    },
    /// Show it.
    Show {
        /// The username of a brand or a person; without it, it is the whole company.
        #[arg(long)]
        actor: Option<String>,
    },
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Set { level, actor } => {
            let whose = find(desk, actor.clone()).await?;
            desk.db.write(move |tx| exposure::set(tx, None, whose, level)).await?;
            show(desk, whose, actor).await
        }
        Command::Show { actor } => {
            let whose = find(desk, actor.clone()).await?;
            show(desk, whose, actor).await
        }
    }
}

async fn find(desk: &Desk, name: Option<String>) -> Result<Option<ActorId>> {
    let Some(name) = name else { return Ok(None) };
    let found = desk.db.read(move |conn| {
        let known = actors::find_local(conn, name.trim_start_matches('@'))?;
        known.ok_or_else(|| Error::not_found("actor.not_found", format!("There is no person or brand “{name}” here.")))
    });
    found.await.map(|actor| Some(actor.id))
}

async fn show(desk: &Desk, whose: Option<ActorId>, name: Option<String>) -> Result<()> {
    let company = desk.db.read(exposure::of_company).await?;
    let (Some(actor), Some(name)) = (whose, name) else {
        say(format_args!("The company: {company}."));
        return Ok(());
    };
    let rungs = desk.db.read(move |conn| exposure::rungs(conn, actor)).await?;
    let name = name.trim_start_matches('@');
    say(format_args!("@{name}: {}; the company: {company}; {} counts.", rungs.own, rungs.counts()));
    Ok(())
}
