//! `/api/guildhall/v1/actors/{id}/grants`: who may do what for a brand.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, put},
};
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    domain::{
        AccountId, ActorId,
        accounts::{self, GrantRole},
        actors::Actor,
        drafts::Hand,
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

/// Somebody with a role on a brand.
#[derive(Debug, Serialize)]
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
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
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
        accounts::give_role(tx, by, brand, &username, role)
    });
    given.await?;
    shown(app, by, brand).await
}
