//! `/api/guildhall/v1/setup`: what the set-up still asks, for whoever may change the company.

use axum::{
    Router,
    extract::{Path, State},
    routing::{delete, get},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    domain::setup::{self, Step},
    error::{Error, Result},
    http::extract::{Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/setup", get(show)).at("/api/guildhall/v1/setup/{step}", delete(settle))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/setup", "showSetup", "Tells what the set-up still asks.")
            .refuses(&["role.house_right"])
            .needs("admin:read")
            .answers::<Asked>(),
        openapi::delete(
            "/setup/{step}",
            "settleSetupStep",
            "Says that this was answered, or is not to be asked again.",
        )
        .refuses(&["role.house_right", "setup.step"])
        .tells("Answers what is left.")
        .needs("admin:write")
        .answers::<Asked>(),
    ]
}

/// What is still asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SetupLeft)]
struct Asked {
    /// In the order in which it is asked; none when all was answered.
    left: Vec<Step>,
}

/// `GET /api/guildhall/v1/setup`
async fn show(State(app): State<App>, me: Session) -> Result<Json<Asked>> {
    me.need("admin:read")?;
    let left = app.db.read(move |conn| setup::left_for(conn, me.account.id)).await?;
    Ok(Json(Asked { left }))
}

/// `DELETE /api/guildhall/v1/setup/{step}`: this was answered, or is not to be asked again.
async fn settle(State(app): State<App>, me: Session, Path(step): Path<String>) -> Result<Json<Asked>> {
    me.need("admin:write")?;
    let unknown = |_| Error::not_found("setup.step", "The set-up asks no such question.");
    let step: Step = step.parse().map_err(unknown)?;
    let left = app.db.write(move |tx| setup::settle(tx, me.account.id, step)).await?;
    Ok(Json(Asked { left }))
}
