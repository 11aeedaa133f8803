//! Lists that belong to actors and posts: outbox, featured, followers, following, replies.

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::request::Parts;
use serde_json::{Value, json};

use super::{
    actors::{find_instance, not_here},
    negotiation, objects,
};
use crate::{
    app::App,
    db::Conn,
    domain::{
        ActorId, Page, Site,
        actors::{self, Actor},
        exposure,
        follows::{self, Follow},
        posts::{self, FederablePost, Viewer},
    },
    error::{Error, Result},
    federation::{
        objects::{
            collection,
            context::{self, Terms},
            note::{self, Surroundings},
        },
        outbound::{compose, pins::featured_of},
        signed_get,
    },
};

/// How many posts are on a page of an outbox.
const POSTS: i64 = 20;
/// How many ids are on a page of followers, or of what somebody likes.
const ACTORS: i64 = 80;
/// How many replies are told.
const REPLIES: i64 = 100;

/// Which part of a collection.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    /// A page rather than the collection itself.
    pub is_page: bool,
    /// Only what is older than this.
    pub max_id: Option<i64>,
}

impl Part {
    /// Reads `page=true&max_id=…`; what cannot be read counts for nothing.
    pub(super) fn of(query: Option<&str>) -> Self {
        let mut part = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "page" => part.is_page = value != "false",
                "max_id" => part.max_id = value.parse().ok(),
                _ => {}
            }
        }
        part
    }

    fn window(&self, limit: i64) -> Page {
        Page { max_id: self.max_id, limit, ..Page::default() }
    }
}

/// `GET /ap/actors/{id}/{collection}`
pub(super) async fn of_actor(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    parts: Parts,
) -> Result<Response> {
    signed_get::reader(&app, &parts).await?;
    let actor = super::actors::find(&app, &id).await?;
    answer(&app, actor, name, query).await
}

/// `GET /ap/actor/{collection}`
pub(super) async fn of_instance(
    State(app): State<App>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let actor = app.db.read(find_instance).await?;
    answer(&app, actor, name, query).await
}

async fn answer(app: &App, actor: Actor, name: String, query: Option<String>) -> Result<Response> {
    if let Some(response) = not_here(&actor)? {
        return Ok(response);
    }
    let (site, part) = (app.site.clone(), Part::of(query.as_deref()));
    let (list, terms) = app
        .db
        .read(move |conn| {
            Ok(match name.as_str() {
                "outbox" => (outbox(conn, &site, &actor, &part)?, Terms::Post),
                "followers" => (followers(conn, &actor, &part)?, Terms::Plain),
                "following" => (following(conn, &actor, &part)?, Terms::Plain),
                "featured" => (featured(conn, &site, &actor)?, Terms::Post),
                "liked" => (liked(conn, &actor, &part)?, Terms::Plain),
                _ => return Err(missing()),
            })
        })
        .await?;
    Ok(negotiation::object(&context::document(list, terms, false)?))
}

fn outbox(conn: &mut Conn, site: &Site, actor: &Actor, part: &Part) -> Result<Value> {
    let id = format!("{}/outbox", actor.uri);
    if !part.is_page {
        return Ok(collection::summary(&id, actor.posts_count, Some(&format!("{id}?page=true"))));
    }
    let rows = posts::local_collection(conn, actor.id, part.max_id, POSTS)?;
    let next = next_page(&id, rows.len(), POSTS, rows.last().map(|post| post.id.0));
    let posts: Vec<FederablePost> = rows.into_iter().filter_map(posts::Post::federable).collect();
    let around = Surroundings::load_many(conn, &posts)?;
    let items = posts.iter().zip(&around).map(|(post, around)| compose::create_json(site, post, around));
    let items = items.collect::<Result<Vec<Value>>>()?;
    Ok(collection::page(&page_id(&id, part), &id, items, next.as_deref()))
}

/// What an actor pins, whole: there are few, and peers that show a profile need them all.
fn featured(conn: &mut Conn, site: &Site, actor: &Actor) -> Result<Value> {
    let ids = posts::pinned_by(conn, &Viewer::Anonymous, actor.id)?;
    let rows = posts::get_many(conn, &ids)?;
    let posts: Vec<FederablePost> = rows.into_iter().filter_map(posts::Post::federable).collect();
    let around = Surroundings::load_many(conn, &posts)?;
    let items = posts.iter().zip(&around).map(|(post, around)| note::to_json(site, post, around));
    Ok(collection::whole(&featured_of(actor), &items.collect::<Result<Vec<Value>>>()?))
}

fn liked(conn: &mut Conn, actor: &Actor, part: &Part) -> Result<Value> {
    let id = format!("{}/liked", actor.uri);
    let shown = exposure::shows_likes(conn, actor.id)?;
    if !part.is_page {
        let total = if shown { posts::count_likes_by(conn, actor.id)? } else { 0 };
        return Ok(collection::summary(&id, total, Some(&format!("{id}?page=true"))));
    }
    let rows = if shown { posts::liked_by(conn, actor.id, &part.window(ACTORS))? } else { Vec::new() };
    let next = next_page(&id, rows.len(), ACTORS, rows.last().map(|(like, _)| like.0));
    let items = rows.into_iter().map(|(_, uri)| Value::String(uri)).collect();
    Ok(collection::page(&page_id(&id, part), &id, items, next.as_deref()))
}

fn followers(conn: &mut Conn, actor: &Actor, part: &Part) -> Result<Value> {
    let id = format!("{}/followers", actor.uri);
    if !part.is_page {
        return Ok(people_summary(&id, actor, actor.followers_count));
    }
    must_show(actor)?;
    let rows = follows::list_followers(conn, actor.id, &part.window(ACTORS))?;
    let people: Vec<ActorId> = rows.iter().map(|follow| follow.follower_id).collect();
    people_page(conn, &id, part, &rows, &people)
}

fn following(conn: &mut Conn, actor: &Actor, part: &Part) -> Result<Value> {
    let id = format!("{}/following", actor.uri);
    if !part.is_page {
        return Ok(people_summary(&id, actor, actor.following_count));
    }
    must_show(actor)?;
    let rows = follows::list_following(conn, actor.id, &part.window(ACTORS))?;
    let people: Vec<ActorId> = rows.iter().map(|follow| follow.target_id).collect();
    people_page(conn, &id, part, &rows, &people)
}

/// How many they are, and where they are listed unless that is hidden.
fn people_summary(id: &str, actor: &Actor, count: i64) -> Value {
    if actor.shows_people() {
        collection::summary(id, count, Some(&format!("{id}?page=true")))
    } else {
        collection::summary(id, count, None)
    }
}

/// Refuses to list people for somebody who hides them.
fn must_show(actor: &Actor) -> Result<()> {
    if actor.shows_people() {
        return Ok(());
    }
    Err(Error::forbidden("collection.hidden", "This account does not show whom it follows and who follows it."))
}

fn people_page(conn: &mut Conn, id: &str, part: &Part, rows: &[Follow], people: &[ActorId]) -> Result<Value> {
    let known = actors::get_many(conn, people)?;
    let items = people
        .iter()
        .filter_map(|person| known.iter().find(|actor| actor.id == *person && actor.is_active()))
        .map(|actor| json!(actor.uri))
        .collect();
    let next = next_page(id, rows.len(), ACTORS, rows.last().map(|follow| follow.id.0));
    Ok(collection::page(&page_id(id, part), id, items, next.as_deref()))
}

/// The address of a page.
pub(super) fn page_id(collection: &str, part: &Part) -> String {
    match part.max_id {
        Some(below) => format!("{collection}?page=true&max_id={below}"),
        None => format!("{collection}?page=true"),
    }
}

/// The address of the page after a full one.
fn next_page(collection: &str, rows: usize, limit: i64, last: Option<i64>) -> Option<String> {
    let full = i64::try_from(rows).unwrap_or(i64::MAX) >= limit;
    last.filter(|_| full).map(|last| format!("{collection}?page=true&max_id={last}"))
}

/// `GET /ap/objects/{id}/{collection}`
pub(super) async fn of_object(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    parts: Parts,
) -> Result<Response> {
    let viewer = objects::viewer(&app, &parts).await?;
    let (site, number) = (app.site.clone(), objects::number(&app.site, &id)?);
    let part = Part::of(query.as_deref());
    let found = app
        .db
        .read(move |conn| {
            let found = objects::find(conn, &site, &viewer, number)?;
            let list = match &found {
                objects::Found::Deleted(..) => None,
                objects::Found::Post(post, _) => Some(list_of(conn, post, &name, &part)?),
            };
            Ok((found, list))
        })
        .await?;
    match found {
        (objects::Found::Post(post, _), Some(list)) => {
            let document = context::document(list, Terms::Plain, false)?;
            let open = post.audience.is_open();
            Ok(if open { negotiation::object(&document) } else { negotiation::object_for_reader(&document) })
        }
        (deleted, _) => objects::show(&app.site, &deleted, &parts),
    }
}

fn list_of(conn: &mut Conn, post: &FederablePost, name: &str, part: &Part) -> Result<Value> {
    let id = format!("{}/{name}", post.uri());
    match name {
        "likes" => Ok(collection::count(&id, post.likes_count)),
        "shares" => Ok(collection::count(&id, post.boosts_count)),
        "replies" => {
            let first = format!("{id}?page=true");
            if !part.is_page {
                return Ok(json!({ "id": id, "type": "Collection", "first": first }));
            }
            // Only what everybody may read is told, whoever asks.
            let replies = posts::replies(conn, &Viewer::Anonymous, post.id, REPLIES)?;
            let items: Vec<Value> = replies.into_iter().filter_map(|reply| reply.uri).map(Value::String).collect();
            Ok(json!({ "id": first, "type": "CollectionPage", "partOf": id, "items": items }))
        }
        _ => Err(missing()),
    }
}

fn missing() -> Error {
    Error::not_found("collection.not_found", "There is no such collection.")
}
