//! `/api/guildhall/v1/accounts`: who has a login here; giving a colleague another role with the server;
//! locking somebody out, letting them in again, deleting them.

use axum::{
    Router,
    extract::{Path, State},
    routing::{delete, get, post, put},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    openapi::{self, Operation},
    teams::Named,
};
use crate::{
    app::App,
    db::Timestamp,
    domain::{
        AccountId, ActorId,
        accounts::{self, Account, AccountKind, GrantRole, Role, Somebody},
        notifications, org,
    },
    error::{Error, Result},
    http::extract::{Form, Json, Links, Paging, Paths, Session},
};

/// How many a page has where nobody says.
const PAGE: i64 = 40;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/accounts", get(list))
        .at("/api/guildhall/v1/accounts/{username}", delete(remove))
        .at("/api/guildhall/v1/accounts/{username}/role", put(give))
        .at("/api/guildhall/v1/accounts/{username}/suspend", post(suspend))
        .at("/api/guildhall/v1/accounts/{username}/restore", post(restore))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/accounts", "listAccounts", "Lists who has a login here, newest first.")
            .refuses(&["role.house_right"])
            .needs("admin:read")
            .paged(PAGE)
            .answers_list::<Listed>(),
        openapi::delete("/accounts/{username}", "deleteAccount", "Deletes somebody's account and what they posted.")
            .refuses(&["account.last_owner", "account.not_found", "account.own", "role.house_right"])
            .tells("Nothing brings it back.")
            .needs("admin:write")
            .answers::<Shown>(),
        openapi::put("/accounts/{username}/role", "giveHouseRole", "Gives a colleague another role with the server.")
            .refuses(&[
                "account.employees",
                "account.last_owner",
                "account.not_found",
                "account.own",
                "account.role",
                "role.house_right",
            ])
            .tells(
                "By owners and admins; owners are made and unmade by owners alone. They are told. Nobody changes their \
             own, but an owner steps down where another one can sign in.",
            )
            .needs("admin:write")
            .takes::<Wish>()
            .answers::<Shown>(),
        openapi::post("/accounts/{username}/suspend", "suspendAccount", "Locks somebody out.")
            .refuses(&["account.last_owner", "account.not_found", "account.own", "role.house_right"])
            .needs("admin:write")
            .answers::<Shown>(),
        openapi::post("/accounts/{username}/restore", "restoreAccount", "Lets somebody in again who was locked out.")
            .refuses(&["account.not_found", "account.own", "role.house_right"])
            .needs("admin:write")
            .answers::<Shown>(),
    ]
}

/// How somebody's account stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountStanding)]
struct Shown {
    id: AccountId,
    /// Their own actor.
    actor: ActorId,
    kind: AccountKind,
    role: Role,
    suspended_at: Option<String>,
    deleted_at: Option<String>,
}

fn shown(account: &Account) -> Json<Shown> {
    Json(Shown {
        id: account.id,
        actor: account.actor_id,
        kind: account.kind,
        role: account.role,
        suspended_at: account.suspended_at.map(Timestamp::rfc3339),
        deleted_at: account.deleted_at.map(Timestamp::rfc3339),
    })
}

/// Somebody who has a login here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Login)]
struct Listed {
    #[serde(flatten)]
    standing: Shown,
    username: String,
    display_name: String,
    created_at: String,
    /// Whether only followers come upon what they say.
    limited: bool,
    /// Where they work, where that is known.
    department: Option<Named>,
    grants: Vec<Granted>,
}

/// A role on a brand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BrandRole)]
struct Granted {
    actor: ActorId,
    role: GrantRole,
}

impl Listed {
    fn of(one: Somebody, department: Option<Named>) -> Self {
        let granted = |grant: accounts::Grant| Granted { actor: grant.actor_id, role: grant.role };
        let Json(standing) = shown(&one.account);
        Self {
            standing,
            display_name: one.actor.display_name().to_owned(),
            username: one.actor.username,
            created_at: one.account.created_at.rfc3339(),
            limited: one.actor.limited,
            department,
            grants: one.grants.into_iter().map(granted).collect(),
        }
    }
}

/// `GET /api/guildhall/v1/accounts`: newest first, for those who may lock out customers.
async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<(Links, Json<Vec<Listed>>)> {
    me.need("admin:read")?;
    let (by, page) = (me.account.id, paging.page(PAGE));
    let found = app.db.read(move |conn| {
        let people = accounts::people(conn, by, &page)?;
        let ids: Vec<AccountId> = people.iter().map(|one| one.account.id).collect();
        Ok((people, org::departments_of(conn, &ids)?))
    });
    let (found, departments) = found.await?;
    let id = |one: Option<&Somebody>| one.map(|one| one.account.id.0);
    let department =
        |of: AccountId| departments.iter().find(|(whose, _)| *whose == of).map(|(_, team)| Named::of(team));
    let links = paging.links(&app.site.base_url, id(found.first()), id(found.last()));
    let listed = |one: Somebody| {
        let department = department(one.account.id);
        Listed::of(one, department)
    };
    Ok((links, Json(found.into_iter().map(listed).collect())))
}

/// Which role.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = HouseRoleWish)]
struct Wish {
    #[serde(default)]
    #[schema(value_type = Role, required = true)]
    role: String,
}

/// `PUT /api/guildhall/v1/accounts/{username}/role`: for owners and admins; owners are made and unmade by owners.
async fn give(
    State(app): State<App>,
    me: Session,
    Path(username): Path<String>,
    Form(wish): Form<Wish>,
) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let role: Role =
        wish.role.parse().map_err(|told: String| Error::invalid("account.role", format!("role: {told}")))?;
    let by = me.account.id;
    let given = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        notifications::give_house_role(tx, by, &username, role)
    });
    given.await.map(|account| shown(&account))
}

/// `POST /api/guildhall/v1/accounts/{username}/suspend`
async fn suspend(State(app): State<App>, Path(username): Path<String>, me: Session) -> Result<Json<Shown>> {
    set(&app, &me, username, true).await
}

/// `POST /api/guildhall/v1/accounts/{username}/restore`
async fn restore(State(app): State<App>, Path(username): Path<String>, me: Session) -> Result<Json<Shown>> {
    set(&app, &me, username, false).await
}

async fn set(app: &App, me: &Session, username: String, suspended: bool) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let by = me.account.id;
    let changed = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        accounts::suspend_for(tx, by, &username, suspended)
    });
    changed.await.map(|account| shown(&account))
}

/// `DELETE /api/guildhall/v1/accounts/{username}`: nothing brings it back.
async fn remove(State(app): State<App>, Path(username): Path<String>, me: Session) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let by = me.account.id;
    let deleted = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        accounts::delete_for(tx, by, &username)
    });
    deleted.await.map(|account| shown(&account))
}
