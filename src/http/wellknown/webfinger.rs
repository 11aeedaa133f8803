//! `/.well-known/webfinger` (RFC 7033): from a handle or an address to an actor.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::{
        ActorId, Site,
        actors::{self, Actor, ActorKind},
    },
    error::{Error, Result},
};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// Somebody by their name here.
    Name(String),
    /// Somebody by their id.
    Id(ActorId),
    /// The server itself (FEP-d556).
    Server,
    /// Something that is not here.
    Elsewhere,
}

/// `GET /.well-known/webfinger?resource=…`
pub async fn webfinger(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    match find(&app, query.as_deref().unwrap_or_default()).await {
        Ok(answer) => answer,
        Err(error) => ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], error).into_response(),
    }
}

async fn find(app: &App, query: &str) -> Result<Response> {
    let resource = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "resource")
        .map(|(_, value)| value.into_owned());
    let resource =
        resource.ok_or_else(|| Error::malformed("webfinger.resource", "Ask with ?resource=acct:name@domain."))?;
    let wanted = read(&app.site, &resource)?;
    let found = app
        .db
        .read(move |conn| match wanted {
            Wanted::Name(name) => actors::find_local(conn, &name),
            Wanted::Id(id) => Ok(actors::find(conn, id)?.filter(Actor::is_local)),
            Wanted::Server => actors::instance_actor(conn),
            Wanted::Elsewhere => Ok(None),
        })
        .await?;
    let actor = found
        .filter(|actor| actor.suspended_at.is_none())
        .ok_or_else(|| Error::not_found("webfinger.none", "There is no such account here."))?;
    if actor.deleted_at.is_some() {
        return Err(Error::gone("webfinger.gone", "This account was deleted."));
    }
    let headers = [
        (header::CONTENT_TYPE, "application/jrd+json; charset=utf-8"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    Ok((StatusCode::OK, headers, answer(&app.site, &actor).to_string()).into_response())
}

/// Reads a resource: `acct:`, a bare handle, or one of our addresses. Anything else is malformed.
fn read(site: &Site, resource: &str) -> Result<Wanted> {
    let malformed = || Error::malformed("webfinger.resource", "Ask with ?resource=acct:name@domain.");
    if resource.is_empty() || resource.len() > 2048 || resource.chars().any(char::is_control) {
        return Err(malformed());
    }
    if resource.starts_with("https://") || resource.starts_with("http://") {
        return Ok(address(site, resource));
    }
    let handle = resource.strip_prefix("acct:").unwrap_or(resource).trim_start_matches('@');
    let (name, host) = handle.split_once('@').ok_or_else(malformed)?;
    if name.is_empty() || host.is_empty() || host.contains('@') || resource.contains(char::is_whitespace) {
        return Err(malformed());
    }
    let ours = host.eq_ignore_ascii_case(&site.domain) || host.eq_ignore_ascii_case(authority(site));
    Ok(if ours { Wanted::Name(name.to_owned()) } else { Wanted::Elsewhere })
}

fn address(site: &Site, address: &str) -> Wanted {
    let bare = address.trim_end_matches('/');
    if bare == site.base_url
        || bare == format!("https://{}", site.domain)
        || bare == format!("{}/ap/actor", site.base_url)
    {
        return Wanted::Server;
    }
    if let Some(id) = site.local_id(bare, "actors") {
        return Wanted::Id(ActorId(id));
    }
    match bare.strip_prefix(&site.base_url).and_then(|path| path.strip_prefix("/@")) {
        Some(name) if !name.is_empty() && !name.contains('/') => Wanted::Name(name.to_owned()),
        _ => Wanted::Elsewhere,
    }
}

/// Host and port of the base URL.
fn authority(site: &Site) -> &str {
    site.base_url.split_once("://").map_or(site.base_url.as_str(), |(_, authority)| authority)
}

fn answer(site: &Site, actor: &Actor) -> Value {
    let page = actor.page();
    let mut links = vec![json!({ "rel": "self", "type": "application/activity+json", "href": actor.uri })];
    if actor.kind != ActorKind::Application {
        links.insert(0, json!({ "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page }));
        links.push(json!({
            "rel": "http://ostatus.org/schema/1.0/subscribe",
            "template": format!("{}/authorize_interaction?uri={{uri}}", site.base_url),
        }));
    }
    json!({ "subject": format!("acct:{}", actor.handle(site)), "aliases": [page, actor.uri], "links": links })
}
