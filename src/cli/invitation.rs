//! `guildhall invite` and `guildhall invitation`: people who make their own account, by a link.

use std::time::Duration;

use serde_json::json;

use super::{
    Desk,
    account::{NewRole, word},
    say,
};
use crate::{
    domain::{
        InvitationId, Page,
        accounts::{self, GrantRole},
        invitations::{self, NewInvitation, Offered},
        org,
    },
    error::{Error, Result},
    secrets,
};

/// How many invitations are listed.
const LISTED: i64 = 1_000;
/// The seconds of a day.
const DAY: u64 = 24 * 3600;

/// Whom to invite, and as what.
#[derive(Debug, clap::Args)]
pub struct Invite {
    /// What they may do here.
    #[arg(long, value_enum)]
    role: NewRole,
    /// Where a letter with a link goes.
    #[arg(long)]
    email: Option<String>,
    /// A role on a brand, such as acme=publisher. May be given several times.
    #[arg(long, value_name = "BRAND=ROLE", value_parser = offer)]
    grant: Vec<(String, GrantRole)>,
    /// The name of a team that they are in.
    #[arg(long)]
    team: Option<String>,
    /// For how many days it counts, 1 to 30.
    #[arg(long, default_value_t = 7)]
    days: u64,
    /// For how many people the link is, where they do not work here, 1 to 100.
    #[arg(long, default_value_t = 1)]
    people: i64,
    /// Answer as JSON: {"id","link","expires_at"}.
    #[arg(long)]
    json: bool,
}

/// What to do with invitations.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List invitations, newest first: for whom, what became of them, and who came.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take one back; nobody comes by it any more.
    Revoke {
        /// Its number, as list shows it.
        id: InvitationId,
    },
}

/// Reads `acme=publisher`.
fn offer(text: &str) -> std::result::Result<(String, GrantRole), String> {
    let (brand, role) = text.split_once('=').ok_or_else(|| "Write BRAND=ROLE, such as acme=publisher.".to_owned())?;
    Ok((brand.trim_start_matches('@').to_owned(), role.parse()?))
}

pub async fn invite(desk: &Desk, wish: Invite) -> Result<()> {
    let secret = secrets::new_token();
    let (hash, (kind, role)) = (secrets::token_hash(&secret), wish.role.kind_and_role());
    let letter = wish.email.is_some();
    let mut offered = Vec::new();
    for (name, role) in &wish.grant {
        offered.push(Offered { actor: desk.brand(name).await?.id, role: *role });
    }
    let made = desk.db.write(move |tx| {
        let team = wish.team.as_deref().map(|name| -> Result<_> {
            let mut teams = org::list_teams(tx.conn())?.into_iter();
            let found = teams.find(|team| team.name.to_lowercase() == name.trim().to_lowercase());
            found
                .map(|team| team.id)
                .ok_or_else(|| Error::not_found("team.not_found", format!("There is no team called “{name}” here.")))
        });
        let new = NewInvitation {
            by: None,
            kind,
            role,
            grants: offered.clone(),
            team: team.transpose()?,
            email: wish.email.clone(),
            lasts: Duration::from_secs(wish.days.saturating_mul(DAY)),
            most: wish.people,
        };
        let id = invitations::make(tx, &new, &hash, None)?;
        invitations::get_for(tx.conn(), None, id)
    });
    let made = made.await?;
    let (link, until) = (format!("{}/invitations/{secret}", desk.site.base_url), made.expires_at.rfc3339());
    if wish.json {
        say(json!({ "id": made.id, "link": link, "expires_at": until }));
        return Ok(());
    }
    say(format_args!("Link (shown once, whoever has it can come; until {until}): {link}"));
    if letter {
        say("The server sends a letter with another link to the address.");
    }
    say(format_args!("To take it back: guildhall invitation revoke {}", made.id));
    Ok(())
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::List { json } => list(desk, json).await,
        Command::Revoke { id } => {
            desk.db.write(move |tx| invitations::revoke(tx, None, id)).await?;
            say(format_args!("Nobody comes by invitation {id} any more."));
            Ok(())
        }
    }
}

async fn list(desk: &Desk, as_json: bool) -> Result<()> {
    let now = desk.db.now();
    let read = desk.db.read(|conn| {
        let found = invitations::list(conn, None, &Page { limit: LISTED, ..Page::default() })?;
        let ids: Vec<_> = found.iter().map(|one| one.id).collect();
        let inviters: Vec<_> = found.iter().filter_map(|one| one.invited_by).collect();
        Ok((found, invitations::came_by(conn, &ids)?, accounts::names_of(conn, &inviters)?))
    });
    let (found, came, names) = read.await?;
    let mut rows = Vec::new();
    for one in found {
        let by =
            one.invited_by.and_then(|by| names.iter().find(|(id, ..)| *id == by)).map(|(_, name, _)| name.as_str());
        let who: Vec<&str> =
            came.iter().filter(|who| who.invitation == Some(one.id)).map(|who| who.username.as_str()).collect();
        if as_json {
            rows.push(json!({
                "id": one.id, "state": one.state(now), "kind": one.kind, "role": one.role, "email": one.email,
                "people": one.most, "accepted_by": who, "invited_by": by, "created_at": one.created_at.rfc3339(),
                "expires_at": one.expires_at.rfc3339(),
            }));
            continue;
        }
        let to = one.email.as_deref().map(|to| format!(", for {to}")).unwrap_or_default();
        let by = by.map(|by| format!(", by @{by}")).unwrap_or_default();
        let who = if who.is_empty() { String::new() } else { format!(", came: @{}", who.join(", @")) };
        let (id, state, role, until) = (one.id, one.state(now), word(one.kind, one.role), one.expires_at.rfc3339());
        say(format_args!("{id} {state} as {role} until {until}{to}{by}{who}"));
    }
    if as_json {
        say(serde_json::Value::from(rows));
    }
    Ok(())
}
