//! `GET /api/v2/search`: accounts, posts and hashtags; with `resolve` also what is only known elsewhere.

use axum::{Router, extract::State, routing::get};
use serde::Deserialize;

use super::{
    entities::Search,
    look::{Look, look},
};
use crate::{
    app::App,
    domain::{
        ActorId, Page, PostId, Site, actors,
        posts::{self, EntryRef},
        search,
    },
    error::{Error, Result},
    federation::fetch::{self, Resolved},
    http::extract::{Form, Json, MaybeSession, Paging, Paths},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v2/search", get(show))
}

/// What is looked for. Nothing changes with `exclude_unreviewed`: no hashtag is reviewed here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    q: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    resolve: Option<bool>,
    following: Option<bool>,
    account_id: Option<ActorId>,
}

impl Query {
    fn wants(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|wanted| wanted == kind)
    }
}

/// `GET /api/v2/search`
async fn show(
    State(app): State<App>,
    me: MaybeSession,
    Form(query): Form<Query>,
    paging: Paging,
) -> Result<Json<Search>> {
    me.need("read:search")?;
    paging.refuse_negative()?;
    let resolve = query.resolve.unwrap_or(false);
    if me.actor().is_none() && (resolve || paging.offset() > 0) {
        return Err(Error::unauthorized(
            "search.sign_in",
            "Sign in to look for what is on other servers, or for more.",
        ));
    }
    let q = query.q.trim().to_owned();
    if q.is_empty() {
        return Err(Error::malformed("parameter.missing", "param is missing or the value is empty: q"));
    }
    let reader = me.actor();
    if names_one_thing(&q) {
        let (site, text) = (app.site.clone(), q.clone());
        let known = app.db.read(move |conn| known(conn, &site, &text)).await?;
        let found = match known {
            // What cannot be fetched is not found; why is in the log of whoever fetched.
            None if resolve => fetch::resolve(&app, &q).await.ok().flatten(),
            known => known,
        };
        if found.is_some() || q.contains("://") {
            return look(&app, reader, move |look| exactly(look, &query, found.as_ref())).await.map(Json);
        }
    }
    let page = paging.page(20);
    // As in Mastodon, where what is to be left out of one kind says nothing about another.
    let offset = if query.kind.is_some() { paging.offset() } else { 0 };
    look(&app, reader, move |look| anything(look, &query, &q, &page, offset)).await.map(Json)
}

/// Whether this is an address or a full handle.
fn names_one_thing(q: &str) -> bool {
    let handle = q.strip_prefix('@').unwrap_or(q);
    let is_handle =
        handle.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    !q.contains(char::is_whitespace) && (q.starts_with("https://") || q.starts_with("http://") || is_handle)
}

/// What we know under this address or handle.
fn known(conn: &mut crate::db::Conn, site: &Site, q: &str) -> Result<Option<Resolved>> {
    if !q.contains("://") {
        return Ok(super::accounts::find_by_handle(conn, site, q)?.map(|actor| Resolved::Actor(actor.id)));
    }
    if let Some(page) = q.strip_prefix(&site.base_url).and_then(|rest| rest.strip_prefix("/@")) {
        let (name, post) = page.split_once('/').map_or((page, None), |(name, post)| (name, Some(post)));
        return match post {
            Some(post) => Ok(post.parse().ok().map(Resolved::Post)),
            None => Ok(super::accounts::find_by_handle(conn, site, name)?.map(|actor| Resolved::Actor(actor.id))),
        };
    }
    if let Some(actor) = actors::find_by_uri(conn, q)? {
        return Ok(Some(Resolved::Actor(actor.id)));
    }
    Ok(posts::find_by_uri(conn, q)?.map(|post| Resolved::Post(post.id)))
}

/// The one thing that was named, as far as the reader may see it.
fn exactly(look: &mut Look<'_>, query: &Query, found: Option<&Resolved>) -> Result<Search> {
    let mut answer = Search::default();
    match found {
        Some(Resolved::Actor(id)) if query.wants("accounts") => answer.accounts = one_account(look, *id)?,
        Some(Resolved::Post(id)) if query.wants("statuses") => answer.statuses = one_status(look, *id)?,
        _ => {}
    }
    Ok(answer)
}

fn one_account(look: &mut Look<'_>, id: ActorId) -> Result<Vec<super::entities::Account>> {
    let actors = actors::get_many(look.conn, &[id])?;
    look.accounts(&actors)
}

fn one_status(look: &mut Look<'_>, id: PostId) -> Result<Vec<super::entities::Status>> {
    look.statuses(&[EntryRef::post(id)])
}

fn anything(look: &mut Look<'_>, query: &Query, q: &str, page: &Page, offset: i64) -> Result<Search> {
    let mut answer = Search::default();
    if query.wants("accounts") && !q.starts_with('#') {
        let (reader, followed) = (look.viewer.actor(), query.following.unwrap_or(false));
        // Who reads as nobody follows nobody.
        let followed = followed && reader.is_some();
        let found = search::accounts(look.conn, look.site, q, reader, followed, page, offset)?;
        answer.accounts = look.accounts(&found)?;
    }
    if query.wants("statuses") && !q.starts_with('@') {
        let when = (offset, look.now);
        let found = search::posts(look.conn, look.site, &look.viewer, q, query.account_id, page, when)?;
        let entries = found.into_iter().map(EntryRef::post).collect();
        answer.statuses = look.list(entries, page)?.rows;
    }
    if query.wants("hashtags") && !q.starts_with('@') && offset == 0 {
        let names = search::tags(look.conn, q, page.limit)?;
        answer.hashtags = look.tags(&names)?;
    }
    Ok(answer)
}
