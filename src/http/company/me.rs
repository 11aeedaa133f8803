//! `/api/guildhall/v1/me`: what a person decides for themselves, whomever they act as.

use axum::{Router, extract::State, routing::get};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    domain::{
        AccountId, ActorId,
        accounts::{self, NamedAs},
    },
    error::{Error, Result},
    http::extract::{Form, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/me", get(show).patch(change))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/me", "showMe", "Tells what one decided for oneself.").needs("read").answers::<Shown>(),
        openapi::patch("/me", "changeMe", "Decides something for oneself.")
            .refuses(&["me.named_as"])
            .tells("What is left out stays.")
            .needs("write")
            .takes::<Change>()
            .answers::<Shown>(),
    ]
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
struct Shown {
    account: AccountId,
    /// Their own actor.
    actor: ActorId,
    /// What posts of brands may say of them at most.
    named_as: NamedAs,
}

/// `GET /api/guildhall/v1/me`
async fn show(me: Session) -> Result<Json<Shown>> {
    me.need("read")?;
    let account = &me.account;
    Ok(Json(Shown { account: account.id, actor: account.actor_id, named_as: account.named_as }))
}

/// What is to be different.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = MeChange)]
struct Change {
    #[schema(value_type = Option<NamedAs>)]
    named_as: Option<String>,
}

/// `PATCH /api/guildhall/v1/me`
async fn change(State(app): State<App>, me: Session, Form(change): Form<Change>) -> Result<Json<Shown>> {
    me.need("write")?;
    let named_as: Option<NamedAs> = change
        .named_as
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|told: String| Error::invalid("me.named_as", told))?;
    let (account, actor, named_as) = (me.account.id, me.account.actor_id, named_as.unwrap_or(me.account.named_as));
    app.db.write(move |tx| accounts::set_named_as(tx, account, named_as)).await?;
    Ok(Json(Shown { account, actor, named_as }))
}
