//! The company: what it is called, how it looks, and its teams.

mod colour;
mod company;
mod logo;

use diesel::prelude::*;

pub use colour::{Colour, Shades, Tint};
pub use company::{
    Company, Edit, LEGAL_TEXTS, LegalText, Registrations, Statement, company, edit_company, need_to_change,
    registrations, registrations_for, rules, set_registrations, set_statement,
};
pub use logo::{LARGEST_LOGO, Logo, LogoRef, logo, logo_too_large, remove_logo, set_logo};

use serde_json::{Value, json};

use super::{
    AccountId, ActorId, TeamId, accounts,
    audit::{self, About, Act, Entry},
};
use crate::{
    db::{
        Conn, Key, Signal, Timestamp, Tx,
        schema::{accounts as accounts_table, settings, team_members, teams},
    },
    error::{Error, Result},
    on_conn,
};

/// A team, an audience of its own.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = teams)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub created_at: Timestamp,
}

/// Makes a team; names are unique whatever their case.
pub fn create_team(tx: &mut Tx<'_>, name: &str) -> Result<TeamId> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid("team.name", "A team needs a name of 1 to 100 characters."));
    }
    let key = name.to_lowercase();
    tx.lock(Key("team.create", &[]))?;
    let taken: bool =
        diesel::select(diesel::dsl::exists(teams::table.filter(teams::name_key.eq(&key)))).get_result(tx.conn())?;
    if taken {
        return Err(Error::conflict("team.taken", format!("There is a team called “{name}” already.")));
    }
    let (id, now) = (TeamId(tx.new_id()), tx.now());
    diesel::insert_into(teams::table)
        .values((teams::id.eq(id), teams::name.eq(name), teams::name_key.eq(key), teams::created_at.eq(now)))
        .execute(tx.conn())?;
    note(tx, Act::TeamCreated, About::Team(id), json!({}))?;
    Ok(id)
}

/// Writes down what was done to the company.
fn note(tx: &mut Tx<'_>, act: Act, about: About<'_>, details: Value) -> Result<()> {
    audit::record(tx, &Entry { act, about, brand: None, reason: None, details })
}

/// The team of this id.
pub fn find_team(conn: &mut Conn, id: TeamId) -> Result<Option<Team>> {
    Ok(teams::table.find(id).select(Team::as_select()).first(conn).optional()?)
}

/// Every team, by name.
pub fn list_teams(conn: &mut Conn) -> Result<Vec<Team>> {
    Ok(teams::table.order(teams::name).select(Team::as_select()).load(conn)?)
}

/// Adds an employee to a team; customers cannot be in one.
pub fn add_to_team(tx: &mut Tx<'_>, team: TeamId, account: AccountId) -> Result<()> {
    find_team(tx.conn(), team)?.ok_or_else(|| Error::not_found("team.not_found", "There is no such team."))?;
    if accounts::get(tx.conn(), account)?.kind != accounts::AccountKind::Employee {
        return Err(Error::invalid("team.employees_only", "Only employees can be in a team."));
    }
    let now = tx.now();
    let added = on_conn!(tx.conn(), |c| diesel::insert_into(team_members::table)
        .values((
            team_members::team_id.eq(team),
            team_members::account_id.eq(account),
            team_members::created_at.eq(now)
        ))
        .on_conflict((team_members::team_id, team_members::account_id))
        .do_nothing()
        .execute(c))?;
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    if added == 0 {
        return Ok(());
    }
    note(tx, Act::TeamJoined, About::Account(account), json!({ "team": team }))
}

/// Takes a person out of a team; they see its posts no longer.
pub fn remove_from_team(tx: &mut Tx<'_>, team: TeamId, account: AccountId) -> Result<()> {
    let taken = diesel::delete(team_members::table.find((team, account))).execute(tx.conn())?;
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    if taken == 0 {
        return Ok(());
    }
    note(tx, Act::TeamLeft, About::Account(account), json!({ "team": team }))
}

/// The teams of the person whose own actor this is.
pub fn teams_of(conn: &mut Conn, actor: ActorId) -> Result<Vec<TeamId>> {
    Ok(team_members::table
        .inner_join(accounts_table::table)
        .filter(accounts_table::actor_id.eq(actor))
        .order(team_members::team_id)
        .select(team_members::team_id)
        .load(conn)?)
}

/// The own actors of those who are in a team.
pub fn members_of(conn: &mut Conn, team: TeamId) -> Result<Vec<ActorId>> {
    Ok(team_members::table
        .inner_join(accounts_table::table)
        .filter(team_members::team_id.eq(team))
        .filter(accounts_table::deleted_at.is_null())
        .select(accounts_table::actor_id)
        .load(conn)?)
}

/// The setting that holds when `guildhall backup` last wrote a copy, in microseconds.
pub const LAST_BACKUP: &str = "last_backup";

/// The own actors of those who are in any team, with the team.
pub fn all_members(conn: &mut Conn) -> Result<Vec<(TeamId, ActorId)>> {
    Ok(team_members::table
        .inner_join(accounts_table::table)
        .filter(accounts_table::deleted_at.is_null())
        .select((team_members::team_id, accounts_table::actor_id))
        .load(conn)?)
}

/// A setting of the company, such as `name`, `base_url`, `domain`.
pub fn setting(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    Ok(settings::table.find(key).select(settings::value).first(conn).optional()?)
}

/// Stores a setting of the company.
pub fn set_setting(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    on_conn!(tx.conn(), |c| diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value))
        .execute(c))?;
    tx.signal(Signal { topic: "settings", kind: "update", id: 0 });
    Ok(())
}

/// Forgets a setting.
pub fn remove_setting(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    diesel::delete(settings::table.find(key)).execute(tx.conn())?;
    tx.signal(Signal { topic: "settings", kind: "update", id: 0 });
    Ok(())
}
