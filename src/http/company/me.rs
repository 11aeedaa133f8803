//! `/api/guildhall/v1/me`: what a person decides for themselves, whomever they act as, and where they belong.

use axum::{Router, extract::State, routing::get};
use serde::{Deserialize, Serialize};

use super::teams::Named;
use crate::{
    app::App,
    db::Conn,
    domain::{
        AccountId, ActorId, TeamId,
        accounts::{self, Account, AccountKind, NamedAs},
        org::{self, TeamKind},
    },
    error::{Error, Result},
    http::extract::{Form, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/me", get(show).patch(change))
}

/// A person.
#[derive(Debug, Serialize)]
struct Shown {
    account: AccountId,
    /// Their own actor.
    actor: ActorId,
    /// What posts of brands may say of them at most.
    named_as: NamedAs,
    /// Where they work, where that is known.
    department: Option<Named>,
    /// Every team in which they are, the department among them.
    teams: Vec<Membership>,
}

/// A team in which they are.
#[derive(Debug, Serialize)]
struct Membership {
    id: TeamId,
    name: String,
    kind: TeamKind,
}

fn shown(conn: &mut Conn, account: &Account) -> Result<Shown> {
    let works_here = account.kind == AccountKind::Employee;
    let teams = if works_here { org::list_teams_of(conn, account.id)? } else { Vec::new() };
    Ok(Shown {
        account: account.id,
        actor: account.actor_id,
        named_as: account.named_as,
        department: teams.iter().find(|team| team.kind == TeamKind::Department).map(Named::of),
        teams: teams.into_iter().map(|team| Membership { id: team.id, name: team.name, kind: team.kind }).collect(),
    })
}

/// `GET /api/guildhall/v1/me`
async fn show(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    me.need("read")?;
    app.db.read(move |conn| shown(conn, &me.account)).await.map(Json)
}

/// What is to be different.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Change {
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
    let account = Account { named_as: named_as.unwrap_or(me.account.named_as), ..me.account.clone() };
    let changed = app.db.write(move |tx| {
        accounts::set_named_as(tx, account.id, account.named_as)?;
        shown(tx.conn(), &account)
    });
    changed.await.map(Json)
}
