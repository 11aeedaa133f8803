//! `guildhall grant ACTOR USERNAME ROLE`: lets somebody speak for a brand.

use super::{Desk, say};
use crate::{
    domain::{
        accounts::{self, GrantRole, Right},
        notifications,
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
    let actor = desk.brand(&arguments.actor).await?;
    if arguments.role == "none" {
        let had = desk.db.write(move |tx| notifications::appoint(tx, account.id, actor.id, None)).await?;
        let said = if had { "no longer speaks for" } else { "had no role on" };
        say(format_args!("@{} {said} @{}.", person.username, actor.username));
        let (brand, name) = (actor.id, &actor.username);
        if !desk.db.read(move |conn| accounts::has_speakers(conn, brand)).await? {
            say(format_args!(
                "Nobody may publish as @{name} now. To change that: guildhall grant {name} NAME publisher"
            ));
        }
        let owned = desk.db.read(move |conn| accounts::people_with(conn, &[brand], Right::ChangePolicy)).await?;
        if had && owned.is_empty() {
            say(format_args!(
                "Nobody owns @{name} now, or may change its rules. To change that: guildhall grant {name} NAME owner"
            ));
        }
        return Ok(());
    }
    let role: GrantRole = arguments
        .role
        .parse()
        .map_err(|reason| Error::invalid("grant.role", format!("{reason} none takes the role away.")))?;
    desk.db.write(move |tx| notifications::appoint(tx, account.id, actor.id, Some(role))).await?;
    say(format_args!("@{} is {role} of @{}.", person.username, actor.username));
    Ok(())
}
