//! Teams: audiences of their own. Some are departments, of which a person is in one at most.

use diesel::prelude::*;
use serde_json::json;

use super::note;
use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{accounts as accounts_table, team_members, teams},
    },
    domain::{
        AccountId, ActorId, TeamId,
        accounts::{self, Account, AccountKind, Right, Role},
        audit::{About, Act},
    },
    error::{Error, Result},
    on_conn, text,
};

crate::text_enum! {
    /// What a team is.
    TeamKind {
        /// People who do something together; anybody may be in several.
        Team = "team",
        /// Where in the company people work; nobody is in two.
        Department = "department",
    }
}

/// A team, an audience of its own.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = teams)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub created_at: Timestamp,
    pub kind: TeamKind,
}

/// Held by whoever changes teams: names are unique, and nobody is in two departments.
const TEAMS: Key = Key("teams", &[]);

/// What is said where there is no such team.
pub fn no_team() -> Error {
    Error::not_found("team.not_found", "There is no such team.")
}

/// How many characters the name of a team has at most.
const LONGEST: usize = 100;

/// A name as it is stored, and as it is compared; refused where another team has it.
fn checked_name(tx: &mut Tx<'_>, name: &str, but: Option<TeamId>) -> Result<(String, String)> {
    let name = text::typed_name(name, LONGEST + 1);
    if name.is_empty() || name.chars().count() > LONGEST {
        return Err(Error::invalid("team.name", "A team needs a name of 1 to 100 characters."));
    }
    let key = name.to_lowercase();
    let known: Option<TeamId> =
        teams::table.filter(teams::name_key.eq(&key)).select(teams::id).first(tx.conn()).optional()?;
    if known.is_some_and(|known| Some(known) != but) {
        return Err(Error::conflict("team.taken", format!("There is a team called “{name}” already.")));
    }
    Ok((name, key))
}

/// Makes a team; names are unique whatever their case.
pub fn create_team(tx: &mut Tx<'_>, name: &str, kind: TeamKind) -> Result<TeamId> {
    tx.lock(TEAMS)?;
    let (name, key) = checked_name(tx, name, None)?;
    let (id, now) = (TeamId(tx.new_id()), tx.now());
    diesel::insert_into(teams::table)
        .values((
            teams::id.eq(id),
            teams::name.eq(&name),
            teams::name_key.eq(key),
            teams::created_at.eq(now),
            teams::kind.eq(kind),
        ))
        .execute(tx.conn())?;
    note(tx, Act::TeamCreated, About::Team(id), json!({ "name": name, "kind": kind }))?;
    Ok(id)
}

/// Gives a team another name, or makes it a department or a team again; what is `None` stays. A team is no department
/// while somebody in it is in another one.
pub fn change_team(tx: &mut Tx<'_>, id: TeamId, name: Option<&str>, kind: Option<TeamKind>) -> Result<()> {
    tx.lock(TEAMS)?;
    let old = find_team(tx.conn(), id)?.ok_or_else(no_team)?;
    let (name, key) = checked_name(tx, name.unwrap_or(&old.name), Some(id))?;
    let kind = kind.unwrap_or(old.kind);
    if kind == TeamKind::Department && old.kind != kind {
        nobody_in_another(tx.conn(), id)?;
    }
    let fields: Vec<&str> = [("name", name != old.name), ("kind", kind != old.kind)]
        .into_iter()
        .filter_map(|(field, changed)| changed.then_some(field))
        .collect();
    if fields.is_empty() {
        return Ok(());
    }
    diesel::update(teams::table.find(id))
        .set((teams::name.eq(&name), teams::name_key.eq(key), teams::kind.eq(kind)))
        .execute(tx.conn())?;
    let details = json!({ "changed": fields, "name": name, "name_before": old.name, "kind": kind, "before": old.kind });
    note(tx, Act::TeamChanged, About::Team(id), details)
}

/// Refuses to make a department of a team some of whose members are in one already, and says who.
fn nobody_in_another(conn: &mut Conn, team: TeamId) -> Result<()> {
    let members: Vec<AccountId> = team_members::table
        .inner_join(accounts_table::table)
        .filter(team_members::team_id.eq(team))
        .filter(accounts_table::deleted_at.is_null())
        .select(team_members::account_id)
        .load(conn)?;
    let elsewhere = departments_of(conn, &members)?;
    let people: Vec<AccountId> = elsewhere.iter().map(|(account, _)| *account).collect();
    let mut named: Vec<String> = accounts::names_of(conn, &people)?
        .into_iter()
        .filter_map(|(account, username, _)| {
            let (_, department) = elsewhere.iter().find(|(whose, _)| *whose == account)?;
            Some(format!("@{username} is in “{}”", department.name))
        })
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    named.sort();
    let told = format!(
        "Nobody is in two departments: {}. Take them out of this team or out of the department first.",
        named.join(", ")
    );
    Err(Error::conflict("team.in_another_department", told))
}

/// Deletes a team. Whether anything was said to it or waits for it is asked before, by `drafts::delete_team`.
pub fn delete_team(tx: &mut Tx<'_>, id: TeamId) -> Result<()> {
    tx.lock(TEAMS)?;
    let team = find_team(tx.conn(), id)?.ok_or_else(no_team)?;
    let members: Vec<AccountId> =
        team_members::table.filter(team_members::team_id.eq(id)).select(team_members::account_id).load(tx.conn())?;
    diesel::delete(team_members::table.filter(team_members::team_id.eq(id))).execute(tx.conn())?;
    diesel::delete(teams::table.find(id)).execute(tx.conn())?;
    for member in &members {
        tx.signal(Signal { topic: "account", kind: "update", id: member.0 });
    }
    let details = json!({ "name": team.name, "kind": team.kind, "members": members });
    note(tx, Act::TeamDeleted, About::Team(id), details)
}

/// A team that nobody else deletes, and to which nothing is said, until this transaction ends.
pub fn lock_team(tx: &mut Tx<'_>, id: TeamId) -> Result<Team> {
    tx.lock(Key("team", &[id.0]))?;
    find_team(tx.conn(), id)?.ok_or_else(no_team)
}

/// A team is not deleted until this transaction ends: something is said to it.
pub fn hold_team(tx: &mut Tx<'_>, id: TeamId) -> Result<()> {
    tx.share(Key("team", &[id.0]))
}

/// The team of this id.
pub fn find_team(conn: &mut Conn, id: TeamId) -> Result<Option<Team>> {
    Ok(teams::table.find(id).select(Team::as_select()).first(conn).optional()?)
}

/// Those of these teams that there are. No query for none.
pub fn teams_among(conn: &mut Conn, ids: Vec<TeamId>) -> Result<Vec<Team>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(teams::table.filter(teams::id.among(ids)).select(Team::as_select()).load(conn)?)
}

/// Every team, by name.
pub fn list_teams(conn: &mut Conn) -> Result<Vec<Team>> {
    Ok(teams::table.order(teams::name).select(Team::as_select()).load(conn)?)
}

/// Adds an employee to a team; customers cannot be in one. Who comes into a department leaves the one in which they were.
pub fn add_to_team(tx: &mut Tx<'_>, team: TeamId, account: AccountId) -> Result<()> {
    tx.lock(TEAMS)?;
    let into = find_team(tx.conn(), team)?.ok_or_else(no_team)?;
    if accounts::get(tx.conn(), account)?.kind != AccountKind::Employee {
        return Err(Error::invalid("team.employees_only", "Only employees can be in a team."));
    }
    if into.kind == TeamKind::Department {
        for (_, department) in departments_of(tx.conn(), &[account])? {
            if department.id != team {
                remove_from_team(tx, department.id, account)?;
            }
        }
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
    note(tx, Act::TeamJoined, About::Account(account), json!({ "team": team, "name": into.name }))
}

/// Takes a person out of a team; they see its posts no longer.
pub fn remove_from_team(tx: &mut Tx<'_>, team: TeamId, account: AccountId) -> Result<()> {
    let taken = diesel::delete(team_members::table.find((team, account))).execute(tx.conn())?;
    tx.signal(Signal { topic: "account", kind: "update", id: account.0 });
    if taken == 0 {
        return Ok(());
    }
    let name = find_team(tx.conn(), team)?.map(|team| team.name);
    note(tx, Act::TeamLeft, About::Account(account), json!({ "team": team, "name": name }))
}

/// Changes how a person belongs to the company, as [`accounts::set_role`] does; who works here no longer is in no team.
pub fn set_role(tx: &mut Tx<'_>, account: AccountId, kind: AccountKind, role: Role) -> Result<()> {
    accounts::set_role(tx, account, kind, role)?;
    if kind == AccountKind::Employee { Ok(()) } else { leave_teams(tx, account) }
}

/// Takes a person out of every team.
fn leave_teams(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let all = team_members::table.filter(team_members::account_id.eq(account)).select(team_members::team_id);
    for team in all.load::<TeamId>(tx.conn())? {
        remove_from_team(tx, team, account)?;
    }
    Ok(())
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

/// The teams of a person, by name.
pub fn list_teams_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Team>> {
    Ok(teams::table
        .inner_join(team_members::table)
        .filter(team_members::account_id.eq(account))
        .order(teams::name)
        .select(Team::as_select())
        .load(conn)?)
}

/// The departments of these people, of those who work here and are in one. One query, and none for nobody.
pub fn departments_of(conn: &mut Conn, people: &[AccountId]) -> Result<Vec<(AccountId, Team)>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    Ok(team_members::table
        .inner_join(teams::table)
        .inner_join(accounts_table::table)
        .filter(team_members::account_id.among(people.to_vec()))
        .filter(accounts_table::kind.eq(AccountKind::Employee))
        .filter(teams::kind.eq(TeamKind::Department))
        .order(team_members::account_id)
        .select((team_members::account_id, Team::as_select()))
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

/// Those of a team who may write for a brand, and may sign in.
pub fn writers_in(conn: &mut Conn, team: TeamId, brand: ActorId) -> Result<Vec<Account>> {
    let members = members_of(conn, team)?;
    let writers = accounts::people_with(conn, &[brand], Right::WriteDraft)?;
    let mut people = accounts::of_people(conn, &members, &[])?;
    people.retain(|person| writers.iter().any(|(_, writer)| *writer == person.id));
    Ok(people)
}

/// Those who look after the answers to something that a brand says: who of this team may write for it, or else the first of
/// these people who may.
pub fn desk(
    conn: &mut Conn,
    brand: ActorId,
    team: Option<TeamId>,
    people: impl IntoIterator<Item = AccountId>,
) -> Result<Vec<Account>> {
    let of_team = team.map(|team| writers_in(conn, team, brand)).transpose()?.unwrap_or_default();
    if !of_team.is_empty() {
        return Ok(of_team);
    }
    let writers = accounts::people_with(conn, &[brand], Right::WriteDraft)?;
    let first = people.into_iter().find(|person| writers.iter().any(|(_, writer)| writer == person));
    accounts::of_people(conn, &[], &Vec::from_iter(first))
}

/// The own actors of those who are in any team, with the team.
pub fn all_members(conn: &mut Conn) -> Result<Vec<(TeamId, ActorId)>> {
    Ok(team_members::table
        .inner_join(accounts_table::table)
        .filter(accounts_table::deleted_at.is_null())
        .select((team_members::team_id, accounts_table::actor_id))
        .load(conn)?)
}
