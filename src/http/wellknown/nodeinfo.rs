//! NodeInfo 2.0 and 2.1, with the way to the server's own actor (FEP-2677).

use std::time::Duration;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::header;
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::{actors, org, posts},
    error::{Error, Result},
};

const DAY: u64 = 24 * 3600;

fn answer(body: &Value, kind: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, body.to_string()).into_response()
}

/// `GET /.well-known/nodeinfo`
pub async fn discovery(State(app): State<App>) -> Response {
    let base = &app.site.base_url;
    let body = json!({ "links": [
        { "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": format!("{base}/nodeinfo/2.0") },
        { "rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": format!("{base}/nodeinfo/2.1") },
        { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": format!("{base}/ap/actor") },
    ]});
    answer(&body, "application/json; charset=utf-8")
}

/// `GET /nodeinfo/2.0` and `/nodeinfo/2.1`
pub async fn document(State(app): State<App>, Path(version): Path<String>) -> Result<Response> {
    if version != "2.0" && version != "2.1" {
        return Err(Error::not_found("nodeinfo.version", "There are versions 2.0 and 2.1."));
    }
    let usage = match app.usage.get(&()) {
        Some(usage) => usage,
        None => {
            let usage = count(&app).await?;
            app.usage.insert((), usage.clone());
            usage
        }
    };
    let mut software = json!({ "name": "guildhall", "version": env!("CARGO_PKG_VERSION") });
    if let (Some(members), true) = (software.as_object_mut(), version == "2.1") {
        members.insert("repository".to_owned(), json!(env!("CARGO_PKG_REPOSITORY")));
    }
    let body = json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": usage.0,
        "metadata": { "nodeName": usage.1, "nodeDescription": "", "upstream": { "name": "mastodon" } },
    });
    Ok(answer(&body, "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"; charset=utf-8"))
}

/// People, those active in a month and in half a year, and open posts; with the company's name.
async fn count(app: &App) -> Result<(Value, String)> {
    let now = app.db.now();
    app.db
        .read(move |conn| {
            let (total, month) = actors::count_local(conn, now.minus(Duration::from_secs(30 * DAY)))?;
            let (_, half_year) = actors::count_local(conn, now.minus(Duration::from_secs(180 * DAY)))?;
            let posts = posts::count_local(conn)?;
            let usage = json!({ "users": { "total": total, "activeMonth": month, "activeHalfyear": half_year }, "localPosts": posts });
            Ok((usage, org::setting(conn, "name")?.unwrap_or_default()))
        })
        .await
}
