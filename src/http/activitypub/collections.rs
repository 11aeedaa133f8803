//! Collections of our actors and posts, paged by id.

use axum::{
    extract::{OriginalUri, Path, Query, State},
    response::Response,
};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{document, objects::visible};
use crate::{
    app::App,
    db::Conn,
    domain::{
        ActorId, Page, PostId,
        actors::{self, Actor},
        follows,
        posts::{self, Viewer},
    },
    error::{Error, Result},
    federation::outbound,
};

/// How many items a page has.
const ITEMS: i64 = 20;

/// Which page is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Paging {
    page: Option<String>,
    max_id: Option<i64>,
}

fn missing() -> Error {
    Error::not_found("actor.not_found", "There is no such account.")
}

fn owner(conn: &mut Conn, id: i64) -> Result<Actor> {
    actors::find(conn, ActorId(id))?.filter(|actor| actor.is_local() && actor.is_active()).ok_or_else(missing)
}

/// The collection itself: how many, and where it begins.
fn head(uri: &str, total: i64) -> Value {
    json!({ "id": uri, "type": "OrderedCollection", "totalItems": total, "first": format!("{uri}?page=true") })
}

/// One page: its items and, where it is full, the next one.
fn page(uri: &str, max_id: Option<i64>, items: &[Value], last: Option<i64>) -> Value {
    let id = max_id.map_or_else(|| format!("{uri}?page=true"), |max_id| format!("{uri}?page=true&max_id={max_id}"));
    let mut page = json!({ "id": id, "type": "OrderedCollectionPage", "partOf": uri, "orderedItems": items });
    let full = i64::try_from(items.len()).is_ok_and(|count| count >= ITEMS);
    if let (Some(members), true, Some(last)) = (page.as_object_mut(), full, last) {
        members.insert("next".to_owned(), json!(format!("{uri}?page=true&max_id={last}")));
    }
    page
}

/// `GET /ap/actors/{id}/outbox`: open posts, newest first.
pub async fn outbox(State(app): State<App>, Path(id): Path<i64>, Query(paging): Query<Paging>) -> Result<Response> {
    let site = app.site.clone();
    let value = app
        .db
        .read(move |conn| {
            let author = owner(conn, id)?;
            let uri = format!("{}/outbox", author.uri);
            if paging.page.is_none() {
                return Ok(head(&uri, posts::count_open(conn, author.id)?));
            }
            let found = posts::local_collection(conn, author.id, paging.max_id, ITEMS)?;
            let last = found.last().map(|post| post.id.0);
            let mut items = Vec::with_capacity(found.len());
            for post in found.into_iter().filter_map(posts::Post::federable) {
                let around = outbound::surroundings(conn, &author, &post)?;
                items.push(outbound::with_object(&site, &author, &post, &around, "Create")?);
            }
            Ok(page(&uri, paging.max_id, &items, last))
        })
        .await?;
    document(value, true)
}

/// `GET /ap/actors/{id}/followers`
pub async fn followers(State(app): State<App>, Path(id): Path<i64>, Query(paging): Query<Paging>) -> Result<Response> {
    people(&app, id, paging, "followers").await
}

/// `GET /ap/actors/{id}/following`
pub async fn following(State(app): State<App>, Path(id): Path<i64>, Query(paging): Query<Paging>) -> Result<Response> {
    people(&app, id, paging, "following").await
}

async fn people(app: &App, id: i64, paging: Paging, which: &'static str) -> Result<Response> {
    let value = app
        .db
        .read(move |conn| {
            let actor = owner(conn, id)?;
            let uri = format!("{}/{which}", actor.uri);
            let theirs = which == "followers";
            if paging.page.is_none() {
                return Ok(head(&uri, if theirs { actor.followers_count } else { actor.following_count }));
            }
            let window = Page { max_id: paging.max_id, limit: ITEMS, ..Page::default() };
            let rows = if theirs {
                follows::list_followers(conn, actor.id, &window)?
            } else {
                follows::list_following(conn, actor.id, &window)?
            };
            let ids: Vec<ActorId> =
                rows.iter().map(|row| if theirs { row.follower_id } else { row.target_id }).collect();
            let known = actors::get_many(conn, &ids)?;
            let uris: Vec<Value> = ids
                .iter()
                .filter_map(|id| known.iter().find(|actor| actor.id == *id))
                .map(|actor| json!(actor.uri))
                .collect();
            Ok(page(&uri, paging.max_id, &uris, rows.last().map(|row| row.id.0)))
        })
        .await?;
    document(value, true)
}

/// `GET /ap/actors/{id}/featured`: pinned posts; there are none yet.
pub async fn featured(State(app): State<App>, Path(id): Path<i64>) -> Result<Response> {
    let actor = app.db.read(move |conn| owner(conn, id)).await?;
    document(
        json!({ "id": format!("{}/featured", actor.uri), "type": "OrderedCollection", "totalItems": 0, "orderedItems": [] }),
        true,
    )
}

/// `GET /ap/actors/{id}/liked`: how many; what a person likes is theirs to tell.
pub async fn liked(State(app): State<App>, Path(id): Path<i64>) -> Result<Response> {
    let (uri, total) = app
        .db
        .read(move |conn| {
            let actor = owner(conn, id)?;
            Ok((format!("{}/liked", actor.uri), posts::count_likes_by(conn, actor.id)?))
        })
        .await?;
    document(json!({ "id": uri, "type": "OrderedCollection", "totalItems": total }), true)
}

/// `GET /ap/actor/{outbox,followers,following,featured,liked}`: the server itself does none of it.
pub async fn of_instance(State(app): State<App>, Path(collection): Path<String>) -> Result<Response> {
    if !matches!(collection.as_str(), "outbox" | "followers" | "following" | "featured" | "liked") {
        return Err(missing());
    }
    let uri = format!("{}/ap/actor/{collection}", app.site.base_url);
    document(json!({ "id": uri, "type": "OrderedCollection", "totalItems": 0, "orderedItems": [] }), true)
}

/// `GET /ap/objects/{id}/{replies,likes,shares}`
pub async fn of_post(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Path((id, collection)): Path<(i64, String)>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Response> {
    let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    let (post, _) = visible(&app, PostId(id), path, &headers).await?;
    let (uri, open) = (format!("{}/{collection}", post.uri()), post.audience.is_open());
    let value = match collection.as_str() {
        "likes" => json!({ "id": uri, "type": "Collection", "totalItems": post.likes_count }),
        "shares" => json!({ "id": uri, "type": "Collection", "totalItems": post.boosts_count }),
        "replies" if paging.page.is_none() => {
            json!({ "id": uri, "type": "Collection", "totalItems": post.replies_count, "first": format!("{uri}?page=true") })
        }
        "replies" => {
            let found = app.db.read(move |conn| posts::replies(conn, &Viewer::Anonymous, PostId(id), 100)).await?;
            let items: Vec<Value> = found.into_iter().filter_map(|reply| reply.uri).map(Value::String).collect();
            json!({ "id": format!("{uri}?page=true"), "type": "CollectionPage", "partOf": uri, "items": items })
        }
        _ => return Err(Error::not_found("collection.not_found", "There is no such collection.")),
    };
    document(value, open)
}
