//! A person's own ActivityPub client: `POST` to the outbox, and both boxes as their owner reads them.

use axum::{
    extract::{Path, RawQuery, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use serde_json::{Value, json};

use super::{
    actors,
    collections::{self, Part, page_id},
    negotiation,
};
use crate::{
    app::App,
    domain::{actors::Actor, mailbox},
    error::{Error, Result},
    federation::{
        clients::{self, entries},
        objects::{
            collection,
            context::{self, Terms},
        },
    },
    http::{
        bodies,
        extract::{MaybeSession, Session},
    },
};

/// How many activities are on a page.
const ACTIVITIES: i64 = 20;

/// `POST /ap/actors/{id}/outbox`
pub(super) async fn submit(State(app): State<App>, Path(id): Path<String>, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let owner = actors::find(&app, &id).await?;
    let me = owner_session(&app, &parts, &owner).await?;
    check_type(&parts.headers)?;
    bodies::check_length(&parts.headers)?;
    let body = bodies::read(&parts.extensions, body).await?;
    let said = clients::read(parse(&body)?)?;
    // Goes on when the client hangs up: what is fetched for it is half of the work.
    let work = tokio::spawn(async move { clients::submit(&app, &me, &said).await });
    let uri = work.await.map_err(Error::internal)??;
    let location = HeaderValue::from_str(&uri).map_err(Error::internal)?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)]).into_response())
}

fn parse(body: &[u8]) -> Result<Value> {
    serde_json::from_slice(body).map_err(|cause| {
        Error::malformed("activity.json", "The body is not JSON, or is nested too deep.").because(cause)
    })
}

/// JSON under any of its names, and what a client sends that names no type: a token is needed, so nothing can be
/// slipped in by a form on another site.
fn check_type(headers: &HeaderMap) -> Result<()> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/activity+json" | "application/ld+json" | "application/json" | "text/plain" | "" => Ok(()),
        _ => Err(Error::unsupported("activity.type", "Send application/ld+json or application/activity+json.")),
    }
}

/// Who asks, when that is the owner of the box: a token reaches its own actor's and no other.
async fn owner_session(app: &App, parts: &Parts, owner: &Actor) -> Result<Session> {
    let Some(me) = MaybeSession::read(parts, app).await?.person() else {
        return Err(Error::unauthorized("token.missing", "Sign in first: send a token as Authorization: Bearer."));
    };
    if me.actor.id != owner.id {
        return Err(Error::forbidden(
            "token.actor",
            format!("This token acts as {}. It reaches that actor's outbox and inbox only.", me.actor.uri),
        ));
    }
    Ok(me)
}

/// `GET /ap/actors/{id}/inbox`: for its owner alone.
pub(super) async fn inbox(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    parts: Parts,
) -> Result<Response> {
    let owner = actors::find(&app, &id).await?;
    let me = owner_session(&app, &parts, &owner).await?;
    for scope in ["read:statuses", "read:notifications"] {
        me.need(scope)?;
    }
    let (part, inbox) = (Part::of(query.as_deref()), format!("{}/inbox", owner.uri));
    if !part.is_page {
        let list = json!({ "id": inbox, "type": "OrderedCollection", "first": format!("{inbox}?page=true") });
        return shown(list);
    }
    page(&app, &owner, inbox, part, |conn, owner, below| mailbox::received(conn, owner.id, below, ACTIVITIES)).await
}

/// `GET /ap/actors/{id}/outbox`: everything for its owner, what is open for everybody else.
pub(super) async fn outbox(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    parts: Parts,
) -> Result<Response> {
    let owner = actors::find(&app, &id).await?;
    let reader = MaybeSession::read(&parts, &app).await?.person().filter(|me| me.actor.id == owner.id);
    let Some(me) = reader else {
        let mut response =
            collections::of_actor(State(app), Path((id, "outbox".to_owned())), RawQuery(query), parts).await?;
        vary(&mut response);
        return Ok(response);
    };
    me.need("read:statuses")?;
    let (part, outbox) = (Part::of(query.as_deref()), format!("{}/outbox", owner.uri));
    if !part.is_page {
        let id = owner.id;
        let total = app.db.read(move |conn| mailbox::count_sent(conn, id)).await?;
        return shown(collection::summary(&outbox, total, Some(&format!("{outbox}?page=true"))));
    }
    page(&app, &owner, outbox, part, |conn, owner, below| mailbox::sent(conn, owner.id, below, ACTIVITIES)).await
}

async fn page(
    app: &App,
    owner: &Actor,
    id: String,
    part: Part,
    read: fn(&mut crate::db::Conn, &Actor, Option<i64>) -> Result<mailbox::Part>,
) -> Result<Response> {
    let (inner, owner) = (app.clone(), owner.clone());
    let list = app
        .db
        .read(move |conn| {
            let found = read(conn, &owner, part.max_id)?;
            let items = entries::to_json(conn, &inner.site, |host| inner.refuses(host), &found.entries)?;
            let next = found.rest.map(|below| format!("{id}?page=true&max_id={below}"));
            Ok(collection::page(&page_id(&id, &part), &id, items, next.as_deref()))
        })
        .await?;
    shown(list)
}

fn shown(list: Value) -> Result<Response> {
    let mut response = negotiation::object_for_reader(&context::document(list, Terms::Post, false)?);
    vary(&mut response);
    Ok(response)
}

/// The answer depends on who asks.
fn vary(response: &mut Response) {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Authorization"));
}
