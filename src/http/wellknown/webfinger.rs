//! WebFinger (RFC 7033): from a handle or a page to the actor.

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde_json::{Value, json};
use url::Url;

use super::document;
use crate::{
    app::App,
    domain::{
        ActorId, Site,
        actors::{self, Actor, ActorKind},
    },
    error::{Error, Result},
    http::web,
    net::host_of,
};

/// The longest resource that is looked at.
const LONGEST: usize = 2048;

/// Whom somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// One of ours by name.
    Name(String),
    /// One of ours by number.
    Number(i64),
    /// The server itself.
    Server,
}

/// `GET /.well-known/webfinger?resource=…`
pub(super) async fn answer(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response> {
    find(&app, query.as_deref().unwrap_or_default()).await
}

async fn find(app: &App, query: &str) -> Result<Response> {
    let mut resources = Vec::new();
    let mut relations = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "resource" => resources.push(value.into_owned()),
            "rel" => relations.push(value.into_owned()),
            _ => {}
        }
    }
    let [resource] = resources.as_slice() else {
        return Err(malformed("Ask for one resource, such as acct:name@company.com."));
    };
    let wanted = wanted(&app.site, resource)?;
    let by_server = wanted == Wanted::Server;
    let found = app
        .db
        .read(move |conn| match wanted {
            Wanted::Name(name) => actors::find_local(conn, &name),
            Wanted::Number(id) => Ok(actors::find(conn, ActorId(id))?.filter(Actor::is_local)),
            Wanted::Server => actors::instance_actor(conn),
        })
        .await?
        .ok_or_else(missing)?;
    if found.deleted_at.is_some() {
        return Err(Error::gone("actor.deleted", "This account was deleted."));
    }
    if !found.is_active() {
        return Err(missing());
    }
    let body = describe(&app.site, &found, by_server, &relations);
    Ok(document("application/jrd+json; charset=utf-8", "public, max-age=600", body.to_string()))
}

fn missing() -> Error {
    Error::not_found("actor.not_found", "There is no such account here.")
}

fn malformed(reason: &'static str) -> Error {
    Error::malformed("webfinger.resource", reason)
}

/// Reads a resource: `acct:name@domain`, the address of an actor or a page, or of the server.
fn wanted(site: &Site, resource: &str) -> Result<Wanted> {
    if resource.is_empty() || resource.len() > LONGEST || resource.chars().any(char::is_control) {
        return Err(malformed("This is no resource. Ask for one such as acct:name@company.com."));
    }
    let scheme = resource.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("https" | "http") => address(site, resource),
        Some("acct") => handle(site, resource.split_once(':').map_or("", |(_, handle)| handle)),
        _ if resource.contains('@') => handle(site, resource),
        _ => Err(malformed("Only acct: and web addresses can be asked for.")),
    }
}

fn handle(site: &Site, handle: &str) -> Result<Wanted> {
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let (name, host) = handle.rsplit_once('@').ok_or_else(|| malformed("A handle looks like name@company.com."))?;
    if name.is_empty() || host.is_empty() || name.contains(['@', '/', ':', ' ']) {
        return Err(malformed("A handle looks like name@company.com."));
    }
    let host =
        Url::parse(&format!("https://{host}/")).ok().filter(|url| url.path() == "/" && url.username().is_empty());
    let host = host.map(|url| host_of(&url)).ok_or_else(|| malformed("A handle looks like name@company.com."))?;
    if site.is_our_host(&host) { Ok(Wanted::Name(name.to_owned())) } else { Err(missing()) }
}

fn address(site: &Site, resource: &str) -> Result<Wanted> {
    let url = Url::parse(resource).map_err(|_| malformed("This is not a web address."))?;
    if !site.is_our_host(&host_of(&url)) {
        return Err(missing());
    }
    let path = url.path();
    if matches!(path, "/" | "/ap/actor" | "/about") {
        return Ok(Wanted::Server);
    }
    if let Some(name) = path.strip_prefix("/@") {
        let name = name.split_once('@').filter(|(_, host)| site.is_our_host(host)).map_or(name, |(name, _)| name);
        return if name.is_empty() || name.contains(['/', '@', '%']) {
            Err(missing())
        } else {
            Ok(Wanted::Name(name.to_owned()))
        };
    }
    let id = site.local_id(&format!("{}{path}", site.base_url), "actors");
    id.map(Wanted::Number).ok_or_else(missing)
}

fn describe(site: &Site, actor: &Actor, by_server: bool, relations: &[String]) -> Value {
    let handle = format!("acct:{}", actor.handle(site));
    let server = format!("{}/", site.base_url);
    let mut aliases = vec![actor.page().to_owned(), actor.uri.clone()];
    let subject = if by_server {
        aliases.push(handle);
        server
    } else {
        if actor.kind == ActorKind::Application {
            aliases.push(server);
        }
        handle
    };
    aliases.dedup();
    let mut links = vec![
        json!({ "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor.page() }),
        json!({ "rel": "self", "type": "application/activity+json", "href": actor.uri }),
    ];
    if by_server {
        // FEP-d556: how the actor of a server is found by the server's address.
        let rel = "https://www.w3.org/ns/activitystreams#Service";
        links.push(json!({ "rel": rel, "type": "application/activity+json", "href": actor.uri }));
    }
    if let Some(icon) = &actor.icon {
        links.push(json!({ "rel": "http://webfinger.net/rel/avatar", "href": icon }));
    }
    // Of the server's actor too: whoever knows only the server of a visitor finds the way in, as with Mastodon.
    links.extend(web::doors(site));
    if !relations.is_empty() {
        links.retain(|link| {
            link.get("rel").and_then(Value::as_str).is_some_and(|rel| relations.iter().any(|wanted| wanted == rel))
        });
    }
    json!({ "subject": subject, "aliases": aliases, "links": links })
}
