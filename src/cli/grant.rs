//! `guildhall grant ACTOR USERNAME ROLE`: lets somebody speak for a brand.

use super::{Desk, say};
use crate::{
    domain::{
        accounts::{self, GrantRole},
        actors,
    },
    error::{Error, Result},
};

/// Who may do what with which actor.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The username of the brand or space.
    actor: String,
    /// The person's username.
    username: String,
    /// owner, manager, approver, publisher, contributor, responder, analyst, auditor, or none to take the role away.
    role: String,
}

pub async fn run(desk: &Desk, arguments: Arguments) -> Result<()> {
    let (account, person) = desk.account(&arguments.username).await?;
    let name = arguments.actor.trim_start_matches('@').to_owned();
    let actor =
        desk.db.read(move |conn| actors::find_local(conn, &name)).await?.filter(actors::Actor::is_active).ok_or_else(
            || Error::not_found("actor.not_found", format!("There is no brand or space “{}” here.", arguments.actor)),
        )?;
    if arguments.role == "none" {
        let had = desk.db.write(move |tx| accounts::revoke_grant(tx, account.id, actor.id)).await?;
        let said = if had { "no longer speaks for" } else { "had no role on" };
        say(format_args!("@{} {said} @{}.", person.username, actor.username));
        let (brand, name) = (actor.id, &actor.username);
        if !desk.db.read(move |conn| accounts::has_speakers(conn, brand)).await? {
            say(format_args!(
                "Nobody may publish as @{name} now. To change that: guildhall grant {name} NAME publisher"
            ));
        }
        return Ok(());
    }
    let role: GrantRole = arguments.role.parse().map_err(|reason| Error::invalid("grant.role", reason))?;
    desk.db.write(move |tx| accounts::grant(tx, account.id, actor.id, role)).await?;
    say(format_args!("@{} is {role} of @{}.", person.username, actor.username));
    Ok(())
}
