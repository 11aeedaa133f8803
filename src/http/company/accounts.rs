//! `/api/guildhall/v1/accounts/{username}`: locking somebody out, letting them in again, deleting them.

use axum::{
    Router,
    extract::{Path, State},
    routing::{delete, post},
};
use serde::Serialize;

use crate::{
    app::App,
    db::Timestamp,
    domain::{
        AccountId, ActorId,
        accounts::{self, Account, AccountKind, Role},
    },
    error::Result,
    http::extract::{Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/accounts/{username}", delete(remove))
        .at("/api/guildhall/v1/accounts/{username}/suspend", post(suspend))
        .at("/api/guildhall/v1/accounts/{username}/restore", post(restore))
}

/// How somebody's account stands.
#[derive(Debug, Serialize)]
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
