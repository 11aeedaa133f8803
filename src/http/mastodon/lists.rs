//! `/api/v1/lists`: parts of one's home with people of one's choice.

use axum::{Router, extract::State, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    entities::{Account, List, Status},
    look::{Answer, look},
};
use crate::{
    app::App,
    domain::{
        ActorId, ListId, Page,
        filters::FilterContext,
        lists::{self, Wish},
        timelines,
    },
    error::{Error, Result},
    http::extract::{Form, Given, Id, Json, Paging, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/lists", get(all).post(create))
        .at("/api/v1/lists/{id}", get(show).put(edit).patch(edit).delete(delete))
        .at("/api/v1/lists/{id}/accounts", get(members).post(add).delete(remove))
        .at("/api/v1/timelines/list/{id}", get(timeline))
}

fn shown(list: lists::List) -> List {
    List { id: list.id, title: list.title, replies_policy: list.replies_policy, exclusive: list.exclusive }
}

/// What a client wants a list to be like.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Writing {
    title: Given,
    replies_policy: Option<String>,
    exclusive: Option<bool>,
}

impl Writing {
    fn wish(self) -> Result<Wish> {
        let policy = |name: String| name.parse().map_err(|known: String| Error::invalid("list.replies_policy", known));
        Ok(Wish {
            title: self.title.0,
            replies_policy: self.replies_policy.map(policy).transpose()?,
            exclusive: self.exclusive,
        })
    }
}

/// `GET /api/v1/lists`
async fn all(State(app): State<App>, me: Session) -> Result<Json<Vec<List>>> {
    me.need("read:lists")?;
    let owner = me.actor.id;
    let all = app.db.read(move |conn| lists::list(conn, owner)).await?;
    Ok(Json(all.into_iter().map(shown).collect()))
}

/// `POST /api/v1/lists`
async fn create(State(app): State<App>, me: Session, Form(writing): Form<Writing>) -> Result<Json<List>> {
    me.need("write:lists")?;
    let (owner, wish) = (me.actor.id, writing.wish()?);
    let made = app.db.write(move |tx| {
        let id = lists::create(tx, owner, &wish)?;
        lists::get(tx.conn(), owner, id)
    });
    Ok(Json(shown(made.await?)))
}

/// `GET /api/v1/lists/:id`
async fn show(State(app): State<App>, Id(id): Id<ListId>, me: Session) -> Result<Json<List>> {
    me.need("read:lists")?;
    let owner = me.actor.id;
    Ok(Json(shown(app.db.read(move |conn| lists::get(conn, owner, id)).await?)))
}

/// `PUT /api/v1/lists/:id`
async fn edit(
    State(app): State<App>,
    Id(id): Id<ListId>,
    me: Session,
    Form(writing): Form<Writing>,
) -> Result<Json<List>> {
    me.need("write:lists")?;
    let (owner, wish) = (me.actor.id, writing.wish()?);
    let changed = app.db.write(move |tx| {
        lists::edit(tx, owner, id, &wish)?;
        lists::get(tx.conn(), owner, id)
    });
    Ok(Json(shown(changed.await?)))
}

/// `DELETE /api/v1/lists/:id`
async fn delete(State(app): State<App>, Id(id): Id<ListId>, me: Session) -> Result<Json<Value>> {
    me.need("write:lists")?;
    let owner = me.actor.id;
    app.db.write(move |tx| lists::delete(tx, owner, id)).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/lists/:id/accounts`; all of them with `limit=0`.
async fn members(State(app): State<App>, Id(id): Id<ListId>, me: Session, paging: Paging) -> Result<Answer<Account>> {
    me.need("read:lists")?;
    let owner = me.actor.id;
    let page = if paging.wants_all() { Page { limit: lists::MEMBERS, ..Page::default() } } else { paging.page(40) };
    let listed = look(&app, Some(owner), move |look| {
        let rows = lists::members(look.conn, owner, id, &page)?;
        look.people(&rows.iter().map(|member| (member.id, member.actor)).collect::<Vec<_>>())
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// People who go into a list, or out of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct People {
    account_ids: Vec<String>,
}

impl People {
    /// Each once. What is no id is nobody.
    fn ids(&self) -> Result<Vec<ActorId>> {
        let nobody = |_| Error::not_found("actor.not_found", "There is no such account.");
        let mut ids: Vec<ActorId> =
            self.account_ids.iter().map(|id| id.trim().parse().map_err(nobody)).collect::<Result<_>>()?;
        ids.sort();
        ids.dedup();
        Ok(ids)
    }
}

/// `POST /api/v1/lists/:id/accounts`
async fn add(
    State(app): State<App>,
    Id(id): Id<ListId>,
    me: Session,
    Form(people): Form<People>,
) -> Result<Json<Value>> {
    me.need("write:lists")?;
    let (owner, people) = (me.actor.id, people.ids()?);
    app.db.write(move |tx| lists::add(tx, owner, id, &people)).await?;
    Ok(Json(json!({})))
}

/// `DELETE /api/v1/lists/:id/accounts`
async fn remove(
    State(app): State<App>,
    Id(id): Id<ListId>,
    me: Session,
    Form(people): Form<People>,
) -> Result<Json<Value>> {
    me.need("write:lists")?;
    let (owner, people) = (me.actor.id, people.ids()?);
    app.db.write(move |tx| lists::remove(tx, owner, id, &people)).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/timelines/list/:id`
async fn timeline(State(app): State<App>, Id(id): Id<ListId>, me: Session, paging: Paging) -> Result<Answer<Status>> {
    me.need("read:lists")?;
    let (owner, page) = (me.actor.id, paging.page(20));
    let listed = look(&app, Some(owner), move |look| {
        let list = lists::get(look.conn, owner, id)?;
        let entries = timelines::list(look.conn, &look.viewer, &list, &page, look.now)?;
        let listed = look.list(entries, &page)?;
        Ok(look.sifted(FilterContext::Home, listed))
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/accounts/:id/lists`
pub(super) async fn with(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Vec<List>>> {
    me.need("read:lists")?;
    let owner = me.actor.id;
    let lists = look(&app, Some(owner), move |look| {
        let member = look.actor(id)?;
        lists::lists_with(look.conn, owner, member.id)
    });
    Ok(Json(lists.await?.into_iter().map(shown).collect()))
}
