//! `/api/guildhall/v1/actors/{id}/grants`: who may do what for a brand.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, put},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    domain::{
        AccountId, ActorId,
        accounts::{self, GrantRole},
        actors::Actor,
        drafts::Hand,
        notifications,
    },
    error::{Error, Result},
    http::extract::{Form, Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/actors/{id}/grants", get(list))
        .at("/api/guildhall/v1/actors/{id}/grants/{username}", put(give).delete(take))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/actors/{id}/grants", "listGrants", "Lists who has which role on a brand.")
            .refuses(&["brand.not_found"])
            .tells("For everybody who has a role on it.")
            .needs("read")
            .answers_list::<Shown>(),
        openapi::put(
            "/actors/{id}/grants/{username}",
            "giveGrant",
            "Gives somebody a role on a brand, in place of the one they had.",
        )
        .refuses(&[
            "account.not_found",
            "brand.not_found",
            "grant.actor",
            "grant.employees",
            "grant.own",
            "grant.owner",
            "grant.role",
            "role.last_second_person",
            "role.right",
            "role.second_person",
        ])
        .needs("admin:write")
        .takes::<Wish>()
        .answers_list::<Shown>(),
        openapi::delete("/actors/{id}/grants/{username}", "takeGrant", "Takes somebody's role on a brand.")
            .refuses(&[
                "account.not_found",
                "brand.not_found",
                "grant.own",
                "grant.owner",
                "role.last_second_person",
                "role.right",
                "role.second_person",
            ])
            .tells("Their sessions as the brand end at once.")
            .needs("admin:write")
            .answers_list::<Shown>(),
    ]
}

/// Somebody with a role on a brand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
struct Shown {
    account: AccountId,
    /// Their own actor.
    actor: ActorId,
    username: String,
    display_name: String,
    role: GrantRole,
    suspended: bool,
}

async fn shown(app: &App, by: AccountId, brand: ActorId) -> Result<Json<Vec<Shown>>> {
    let people = app.db.read(move |conn| accounts::people_of_brand(conn, by, brand)).await?;
    let one = |(account, actor, role): (accounts::Account, Actor, GrantRole)| Shown {
        account: account.id,
        actor: actor.id,
        display_name: actor.display_name().to_owned(),
        username: actor.username,
        role,
        suspended: account.suspended_at.is_some(),
    };
    Ok(Json(people.into_iter().map(one).collect()))
}

/// `GET /api/guildhall/v1/actors/{id}/grants`: for everybody who has a role on the brand.
async fn list(State(app): State<App>, me: Session, Id(brand): Id<ActorId>) -> Result<Json<Vec<Shown>>> {
    me.need("read")?;
    if !Hand::of(&me).reaches(brand) {
        return Err(accounts::no_brand());
    }
    shown(&app, me.account.id, brand).await
}

/// Which role.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = GrantWish)]
struct Wish {
    #[serde(default)]
    #[schema(value_type = GrantRole, required = true)]
    role: String,
}

/// `PUT /api/guildhall/v1/actors/{id}/grants/{username}`: a role in place of the one they had.
async fn give(
    State(app): State<App>,
    me: Session,
    Path((brand, username)): Path<(String, String)>,
    Form(wish): Form<Wish>,
) -> Result<Json<Vec<Shown>>> {
    me.need("admin:write")?;
    let role: GrantRole =
        wish.role.parse().map_err(|told: String| Error::invalid("grant.role", format!("role: {told}")))?;
    set(&app, &me, &brand, username, Some(role)).await
}

/// `DELETE /api/guildhall/v1/actors/{id}/grants/{username}`: none any more. Their sessions as the brand end at once.
async fn take(
    State(app): State<App>,
    me: Session,
    Path((brand, username)): Path<(String, String)>,
) -> Result<Json<Vec<Shown>>> {
    set(&app, &me, &brand, username, None).await
}

async fn set(
    app: &App,
    me: &Session,
    brand: &str,
    username: String,
    role: Option<GrantRole>,
) -> Result<Json<Vec<Shown>>> {
    me.need("admin:write")?;
    let brand: ActorId = brand.parse().map_err(|_| accounts::no_brand())?;
    if !Hand::of(me).reaches(brand) {
        return Err(accounts::no_brand());
    }
    let by = me.account.id;
    let given = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        notifications::give_role(tx, by, brand, &username, role)
    });
    given.await?;
    shown(app, by, brand).await
}
