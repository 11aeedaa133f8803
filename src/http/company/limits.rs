//! `/api/guildhall/v1/accounts/{handle}/limit`: whom only those find who follow them, here and elsewhere.

use axum::{
    Router,
    extract::{Path, State},
    routing::post,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    db::Timestamp,
    domain::{ActorId, accounts, actors, servers},
    error::Result,
    http::extract::{Form, Given, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/accounts/{username}/limit", post(limit))
        .at("/api/guildhall/v1/accounts/{username}/unlimit", post(unlimit))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::post(
            "/accounts/{username}/limit",
            "limitAccount",
            "Limits somebody, here or elsewhere: only who follows them comes upon what they say.",
        )
        .refuses(&["account.brand", "account.not_found", "account.own", "account.reason", "role.house_right"])
        .tells("`ana`, or `eve@social.example` of another server.")
        .needs("admin:write")
        .takes::<Why>()
        .answers::<Shown>(),
        openapi::post("/accounts/{username}/unlimit", "unlimitAccount", "Ends the limit of somebody.")
            .refuses(&["account.brand", "account.not_found", "account.own", "account.reason", "role.house_right"])
            .needs("admin:write")
            .takes::<Why>()
            .answers::<Shown>(),
    ]
}

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = LimitReason)]
struct Why {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    reason: Given,
}

/// How it stands with somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limit)]
struct Shown {
    actor: ActorId,
    /// `ana`, or `eve@social.example` elsewhere.
    acct: String,
    /// Since when a moderator limits them.
    limited_at: Option<String>,
    /// All of their server are limited.
    limited_with_server: bool,
}

/// `POST /api/guildhall/v1/accounts/{username}/limit`: `ana`, or `eve@social.example`.
async fn limit(
    State(app): State<App>,
    Path(handle): Path<String>,
    me: Session,
    Form(why): Form<Why>,
) -> Result<Json<Shown>> {
    set(&app, &me, handle, true, why).await
}

/// `POST /api/guildhall/v1/accounts/{username}/unlimit`
async fn unlimit(
    State(app): State<App>,
    Path(handle): Path<String>,
    me: Session,
    Form(why): Form<Why>,
) -> Result<Json<Shown>> {
    set(&app, &me, handle, false, why).await
}

async fn set(app: &App, me: &Session, handle: String, limited: bool, why: Why) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let (by, site, reason) = (me.account.id, app.site.clone(), why.reason.0);
    let changed = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        let found = actors::find_by_address(tx.conn(), &site, &handle)?.map(|actor| actor.id);
        let actor = accounts::limit_for(tx, by, found, limited, reason.as_deref())?;
        let limit = servers::limit_of(tx.conn(), actor.id)?;
        Ok((actor, limit))
    });
    let (actor, limit) = changed.await?;
    Ok(Json(Shown {
        actor: actor.id,
        acct: actor.acct(),
        limited_at: limit.since.map(Timestamp::rfc3339),
        limited_with_server: limit.with_server,
    }))
}
