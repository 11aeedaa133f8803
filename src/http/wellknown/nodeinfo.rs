//! NodeInfo 2.0 and 2.1: what runs here, and how many use it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::document;
use crate::{
    app::App,
    db::Timestamp,
    domain::{
        actors,
        org::{self, Registrations},
        posts,
    },
    error::{Error, Result},
};

/// How long figures are kept.
const FRESH: Duration = Duration::from_secs(300);
const DAY: u64 = 24 * 3600;
/// How others find our documents.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";

/// The figures, and since when we have them.
#[derive(Clone, Default)]
struct Cache(Arc<Mutex<Option<(Timestamp, Figures)>>>);

#[derive(Debug, Clone)]
struct Figures {
    name: String,
    total: i64,
    month: i64,
    half_year: i64,
    posts: i64,
    /// People may sign up, whether or not somebody has to say yes.
    open: bool,
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/.well-known/nodeinfo", get(discovery))
        .route("/nodeinfo/{version}", get(answer))
        .layer(Extension(Cache::default()))
}

/// `GET /.well-known/nodeinfo`: where the documents are, and the server's own actor (FEP-2677).
async fn discovery(State(app): State<App>) -> Response {
    let base = &app.site.base_url;
    let links = json!({ "links": [
        { "rel": format!("{SCHEMA}2.0"), "href": format!("{base}/nodeinfo/2.0") },
        { "rel": format!("{SCHEMA}2.1"), "href": format!("{base}/nodeinfo/2.1") },
        { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": format!("{base}/ap/actor") },
    ] });
    document("application/json; charset=utf-8", "public, max-age=86400", links.to_string())
}

/// `GET /nodeinfo/2.0` and `GET /nodeinfo/2.1`
async fn answer(
    State(app): State<App>,
    Extension(cache): Extension<Cache>,
    Path(version): Path<String>,
) -> Result<Response> {
    let media_type = match version.as_str() {
        "2.0" => "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\"; charset=utf-8",
        "2.1" => "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"; charset=utf-8",
        _ => return Err(Error::not_found("nodeinfo.version", "There is NodeInfo 2.0 and 2.1 here.")),
    };
    let figures = figures(&app, &cache).await?;
    Ok(document(media_type, "public, max-age=300", describe(&version, &figures, app.config.source()).to_string()))
}

fn describe(version: &str, figures: &Figures, source: &str) -> Value {
    let mut software = json!({ "name": "guildhall", "version": env!("CARGO_PKG_VERSION") });
    if let (Some(software), "2.1") = (software.as_object_mut(), version) {
        software.insert("repository".to_owned(), json!(source));
    }
    json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": figures.open,
        "usage": {
            "users": { "total": figures.total, "activeMonth": figures.month, "activeHalfyear": figures.half_year },
            "localPosts": figures.posts,
        },
        "metadata": { "nodeName": figures.name, "upstream": { "name": "mastodon" } },
    })
}

async fn figures(app: &App, cache: &Cache) -> Result<Figures> {
    let now = app.db.now();
    let known = cache.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((since, figures)) = known
        && now.since(since) < FRESH
    {
        return Ok(figures);
    }
    let domain = app.site.domain.clone();
    let figures = app
        .db
        .read(move |conn| {
            let (total, month) = actors::count_local(conn, now.minus(Duration::from_secs(30 * DAY)))?;
            let (_, half_year) = actors::count_local(conn, now.minus(Duration::from_secs(180 * DAY)))?;
            let name = org::setting(conn, "name")?.unwrap_or(domain);
            let open = org::registrations(conn)? != Registrations::Closed;
            Ok(Figures { name, total, month, half_year, posts: posts::count_local(conn)?, open })
        })
        .await?;
    *cache.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, figures.clone()));
    Ok(figures)
}
