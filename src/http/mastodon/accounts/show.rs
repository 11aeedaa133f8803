//! Looking people up.

use axum::extract::State;
use serde::Deserialize;

use super::find_by_handle;
use crate::{
    app::App,
    domain::{
        ActorId, Page,
        accounts::{AccountKind, search_employees},
        search as found,
    },
    error::{Error, Result},
    federation::fetch,
    http::{
        extract::{Form, Id, Json, MaybeSession, Paging, Session},
        mastodon::{entities::Account, look::look},
    },
};

/// `GET /api/v1/accounts/:id`
pub(super) async fn show(State(app): State<App>, Id(id): Id<ActorId>, me: MaybeSession) -> Result<Json<Account>> {
    me.need("read:accounts")?;
    let account = look(&app, me.actor(), move |look| {
        let actor = look.actor(id)?;
        look.account(&actor)
    });
    account.await.map(Json)
}

/// A handle.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Handle {
    acct: String,
}

/// `GET /api/v1/accounts/lookup`
pub(super) async fn lookup(
    State(app): State<App>,
    me: MaybeSession,
    Form(handle): Form<Handle>,
) -> Result<Json<Account>> {
    me.need("read:accounts")?;
    let account = look(&app, me.actor(), move |look| {
        let actor = find_by_handle(look.conn, look.site, &handle.acct)?;
        let actor = actor.ok_or_else(|| Error::not_found("actor.not_found", "There is no such account."))?;
        look.account(&actor)
    });
    account.await.map(Json)
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    q: String,
    resolve: Option<bool>,
    following: Option<bool>,
    /// Ours: only people who work here, for those who do.
    guildhall_employees: Option<bool>,
}

/// `GET /api/v1/accounts/search`
pub(super) async fn search(
    State(app): State<App>,
    me: Session,
    Form(query): Form<Query>,
    paging: Paging,
) -> Result<Json<Vec<Account>>> {
    me.need("read:accounts")?;
    let q = query.q.trim().to_owned();
    if query.resolve.unwrap_or(false) && q.trim_start_matches('@').contains('@') {
        let (site, handle) = (app.site.clone(), q.clone());
        let known = app.db.read(move |conn| find_by_handle(conn, &site, &handle)).await?;
        if known.is_none() {
            // What cannot be fetched is not found; why is in the log of whoever fetched.
            let _ = fetch::resolve(&app, &q).await;
        }
    }
    let page = Page { limit: paging.limit(40), ..Page::default() };
    let offset = paging.offset();
    // Who works here is nothing to ask for one by one from outside.
    // Who works here is nothing to ask for one by one from outside.
    let employees = query.guildhall_employees.unwrap_or(false);
    if employees && me.account.kind != AccountKind::Employee {
        return Ok(Json(Vec::new()));
    }
    let followed = query.following.unwrap_or(false);
    let reader = me.reads_as();
    let accounts = look(&app, Some(reader), move |look| {
        let actors = if employees {
            search_employees(look.conn, &q, page.limit, offset)?
        } else {
            found::accounts(look.conn, look.site, &q, Some(reader), followed, &page, offset)?
        };
        look.accounts(&actors)
    });
    accounts.await.map(Json)
}
