//! `/api/guildhall/v1/me`: what a person decides for themselves, whomever they act as, and where they belong.

use axum::{Router, extract::State, routing::get};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    openapi::{self, Operation},
    teams::Named,
};
use crate::{
    app::App,
    db::Conn,
    domain::{
        AccountId, ActorId, TeamId,
        accounts::{self, Account, AccountKind, NamedAs},
        org::{self, TeamKind},
    },
    error::{Error, Result},
    http::extract::{Form, Json, Language, Paths, Session},
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
            .refuses(&["me.letter_language", "me.named_as"])
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
    /// The language in which letters come to them.
    letter_language: &'static str,
    /// Where they work, where that is known.
    department: Option<Named>,
    /// Every team in which they are, the department among them.
    teams: Vec<Membership>,
}

/// A team in which they are.
#[derive(Debug, Serialize, ToSchema)]
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
        letter_language: account.reads().tag(),
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
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = MeChange)]
struct Change {
    #[schema(value_type = Option<NamedAs>)]
    named_as: Option<String>,
    /// The language in which letters come from now on: `en`, `de` or `ar`.
    #[schema(value_type = Option<String>)]
    letter_language: Option<String>,
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
    let language = change.letter_language.as_deref().map(|tag| {
        Language::tagged(tag).ok_or_else(|| Error::invalid("me.letter_language", "Letters come in en, de or ar."))
    });
    let language = language.transpose()?;
    let own = me.account.id;
    let changed = app.db.write(move |tx| {
        if let Some(named_as) = named_as {
            accounts::set_named_as(tx, own, named_as)?;
        }
        if let Some(language) = language {
            accounts::set_letter_language(tx, own, language)?;
        }
        let account = accounts::get(tx.conn(), own)?;
        shown(tx.conn(), &account)
    });
    changed.await.map(Json)
}
