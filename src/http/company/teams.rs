//! `/api/guildhall/v1/teams`: the teams of the company and who is in them.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    once::once,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::{Conn, Tx},
    domain::{
        AccountId, ActorId, TeamId, accounts, act_once,
        actors::{self, Actor},
        drafts,
        org::{self, TeamKind},
    },
    error::{Error, Result},
    http::extract::{Form, Given, Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/teams", get(list).post(create))
        .at("/api/guildhall/v1/teams/{id}", get(show).patch(change).delete(delete))
        .at("/api/guildhall/v1/teams/{id}/members/{username}", post(add).delete(remove))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/teams", "listTeams", "Lists the teams of the company and who is in them, for employees.")
            .refuses(&["403 team.employees_only"])
            .needs("read")
            .answers_list::<Team>(),
        openapi::post("/teams", "createTeam", "Makes a team.")
            .refuses(&[
                "422 team.employees_only",
                "parameter.missing",
                "team.admins_only",
                "team.kind",
                "team.name",
                "team.no_such_person",
                "team.taken",
            ])
            .needs("admin:write")
            .once()
            .takes::<NewTeam>()
            .answers::<Team>(),
        openapi::get("/teams/{id}", "showTeam", "Shows one team.")
            .refuses(&["403 team.employees_only", "team.not_found"])
            .needs("read")
            .answers::<Team>(),
        openapi::patch("/teams/{id}", "changeTeam", "Renames a team, or makes it a department.")
            .refuses(&[
                "team.admins_only",
                "team.in_another_department",
                "team.kind",
                "team.name",
                "team.not_found",
                "team.taken",
            ])
            .needs("admin:write")
            .takes::<Change>()
            .answers::<Team>(),
        openapi::delete("/teams/{id}", "deleteTeam", "Takes away a team to which nothing was written.")
            .refuses(&["team.admins_only", "team.has_drafts", "team.has_posts", "team.not_found"])
            .needs("admin:write")
            .answers_nothing(),
        openapi::post("/teams/{id}/members/{username}", "addTeamMember", "Puts somebody into a team.")
            .tells("Into a department they come from the one in which they were.")
            .refuses(&["422 team.employees_only", "team.admins_only", "team.no_such_person", "team.not_found"])
            .needs("admin:write")
            .answers::<Team>(),
        openapi::delete("/teams/{id}/members/{username}", "removeTeamMember", "Takes somebody out of a team.")
            .refuses(&["team.admins_only", "team.no_such_person", "team.not_found"])
            .needs("admin:write")
            .answers::<Team>(),
    ]
}

/// A team and who is in it.
#[derive(Debug, Serialize, ToSchema)]
struct Team {
    id: TeamId,
    name: String,
    /// Whether it is a team or a department.
    kind: TeamKind,
    /// What to write as `guildhall_audience` to post to the team.
    audience: String,
    created_at: String,
    members: Vec<Member>,
}

/// Somebody in a team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamMember)]
struct Member {
    id: ActorId,
    username: String,
    display_name: String,
}

/// A team, by its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NamedTeam)]
pub(super) struct Named {
    id: TeamId,
    name: String,
}

impl Named {
    /// What a team is called.
    pub(super) fn of(team: &org::Team) -> Self {
        Self { id: team.id, name: team.name.clone() }
    }
}

fn team(conn: &mut Conn, id: TeamId) -> Result<Team> {
    let team = org::find_team(conn, id)?.ok_or_else(org::no_team)?;
    let members = org::members_of(conn, id)?;
    Ok(shown(team, &actors::get_many(conn, &members)?))
}

fn shown(team: org::Team, members: &[Actor]) -> Team {
    let mut members: Vec<Member> = members
        .iter()
        .map(|actor| Member {
            id: actor.id,
            display_name: actor.display_name().to_owned(),
            username: actor.username.clone(),
        })
        .collect();
    members.sort_by(|one, other| one.username.cmp(&other.username));
    Team {
        id: team.id,
        audience: format!("team:{}", team.id),
        name: team.name,
        kind: team.kind,
        created_at: team.created_at.rfc3339(),
        members,
    }
}

/// Employees read; owners and admins change.
fn may_read(me: &Session) -> Result<()> {
    me.need("read")?;
    if me.account.kind == accounts::AccountKind::Employee {
        return Ok(());
    }
    Err(Error::forbidden("team.employees_only", "Only employees can see the teams of the company."))
}

fn may_change(me: &Session) -> Result<()> {
    me.need("admin:write")?;
    if me.account.runs_server() {
        return Ok(());
    }
    Err(Error::forbidden("team.admins_only", "Only owners and admins can change teams."))
}

/// `GET /api/guildhall/v1/teams`
async fn list(State(app): State<App>, me: Session) -> Result<Json<Vec<Team>>> {
    may_read(&me)?;
    let teams = app.db.read(|conn| {
        let (teams, members) = (org::list_teams(conn)?, org::all_members(conn)?);
        let ids: Vec<ActorId> = members.iter().map(|(_, actor)| *actor).collect();
        let people = actors::get_many(conn, &ids)?;
        let in_team = |team: org::Team| {
            let is_member = |actor: &&Actor| members.contains(&(team.id, actor.id));
            let members: Vec<Actor> = people.iter().filter(is_member).cloned().collect();
            shown(team, &members)
        };
        Ok(teams.into_iter().map(in_team).collect())
    });
    teams.await.map(Json)
}

/// `GET /api/guildhall/v1/teams/:id`
async fn show(State(app): State<App>, Id(id): Id<TeamId>, me: Session) -> Result<Json<Team>> {
    may_read(&me)?;
    app.db.read(move |conn| team(conn, id)).await.map(Json)
}

/// A new team.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TeamWish)]
struct NewTeam {
    name: String,
    #[schema(value_type = Option<TeamKind>)]
    kind: Option<String>,
    #[serde(default)]
    members: Vec<String>,
}

/// `POST /api/guildhall/v1/teams`
async fn create(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Form(new): Form<NewTeam>,
) -> Result<Json<Team>> {
    may_change(&me)?;
    let kind = read_kind(new.kind.as_deref())?.unwrap_or(TeamKind::Team);
    let once = once(&me, &headers, &("team", &new.name, kind, &new.members))?;
    let made = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        let made = act_once(tx, once.as_ref(), |tx| {
            let id = org::create_team(tx, &new.name, kind)?;
            for username in &new.members {
                let member = login(tx, username)?;
                org::add_to_team(tx, id, member)?;
            }
            Ok(id.0)
        })?;
        team(tx.conn(), TeamId(made))
    });
    made.await.map(Json)
}

fn read_kind(kind: Option<&str>) -> Result<Option<TeamKind>> {
    kind.map(str::parse).transpose().map_err(|told: String| Error::invalid("team.kind", format!("kind: {told}")))
}

/// What is to be different; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = TeamChange)]
struct Change {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    name: Given,
    #[schema(value_type = Option<TeamKind>)]
    kind: Option<String>,
}

/// `PATCH /api/guildhall/v1/teams/:id`
async fn change(
    State(app): State<App>,
    Id(id): Id<TeamId>,
    me: Session,
    Form(change): Form<Change>,
) -> Result<Json<Team>> {
    may_change(&me)?;
    let kind = read_kind(change.kind.as_deref())?;
    let changed = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        org::change_team(tx, id, change.name.0.as_deref(), kind)?;
        team(tx.conn(), id)
    });
    changed.await.map(Json)
}

/// `DELETE /api/guildhall/v1/teams/:id`: 409, where something was written to it or waits for it.
async fn delete(State(app): State<App>, Id(id): Id<TeamId>, me: Session) -> Result<StatusCode> {
    may_change(&me)?;
    let deleted = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        drafts::delete_team(tx, id)
    });
    deleted.await.map(|()| StatusCode::NO_CONTENT)
}

/// `POST /api/guildhall/v1/teams/:id/members/:username`
async fn add(State(app): State<App>, Path((id, username)): Path<(String, String)>, me: Session) -> Result<Json<Team>> {
    may_change(&me)?;
    let id = team_id(&id)?;
    let changed = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        let member = login(tx, &username)?;
        org::add_to_team(tx, id, member)?;
        team(tx.conn(), id)
    });
    changed.await.map(Json)
}

/// `DELETE /api/guildhall/v1/teams/:id/members/:username`
async fn remove(
    State(app): State<App>,
    Path((id, username)): Path<(String, String)>,
    me: Session,
) -> Result<Json<Team>> {
    may_change(&me)?;
    let id = team_id(&id)?;
    let changed = app.db.write(move |tx| {
        tx.behalf_of(me.account.id.0);
        let member = login(tx, &username)?;
        org::remove_from_team(tx, id, member)?;
        team(tx.conn(), id)
    });
    changed.await.map(Json)
}

fn team_id(text: &str) -> Result<TeamId> {
    text.parse().map_err(|_| org::no_team())
}

fn login(tx: &mut Tx<'_>, username: &str) -> Result<AccountId> {
    let found = accounts::find_by_username(tx.conn(), username)?.filter(|(account, _)| account.deleted_at.is_none());
    found
        .map(|(account, _)| account.id)
        .ok_or_else(|| Error::invalid("team.no_such_person", format!("There is nobody here called “{username}”.")))
}
