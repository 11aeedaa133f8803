//! `/api/v1/instance/…`: what the company says of its server, and what the server knows of others.

use axum::{Router, extract::State, routing::get};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::entities::Rule;
use crate::{
    app::App,
    db::Conn,
    domain::{
        accounts,
        calendar::Week,
        org::{self, LegalText},
        posts, servers,
    },
    error::Result,
    http::extract::{Json, Paths, Session},
    secrets,
};

/// How many servers are named at most.
const PEERS: i64 = 10_000;
/// How many weeks are told.
const WEEKS: i64 = 12;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/instance/peers", get(peers))
        .at("/api/v1/instance/activity", get(activity))
        .at("/api/v1/instance/rules", get(rules))
        .at("/api/v1/instance/domain_blocks", get(domain_blocks))
        .at("/api/v1/instance/extended_description", get(extended_description))
        .at("/api/v1/instance/privacy_policy", get(privacy_policy))
        .at("/api/v1/instance/translation_languages", get(translation_languages))
}

/// `GET /api/v1/instance/peers`: the servers that we know and do not refuse.
async fn peers(State(app): State<App>) -> Result<Json<Vec<String>>> {
    app.db.read(|conn| servers::peers(conn, PEERS)).await.map(Json)
}

/// A week, every number as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Activity {
    week: String,
    statuses: String,
    /// How many people wrote something: who only reads is not counted here.
    logins: String,
    registrations: String,
}

/// `GET /api/v1/instance/activity`: the last twelve weeks, this one first.
async fn activity(State(app): State<App>) -> Result<Json<Vec<Activity>>> {
    let this = Week::of(app.db.now());
    let first = this.back(WEEKS - 1);
    let (written, joined) =
        app.db.read(move |conn| Ok((posts::weekly(conn, first)?, accounts::weekly(conn, first)?))).await?;
    let told = |ago| {
        let week = this.back(ago);
        let written = written.iter().find(|row| row.week == week.0);
        let joined = joined.iter().find(|row| row.week == week.0);
        Activity {
            week: week.begins().to_string(),
            statuses: written.map_or(0, |row| row.posts).to_string(),
            logins: written.map_or(0, |row| row.people).to_string(),
            registrations: joined.map_or(0, |row| row.people).to_string(),
        }
    };
    Ok(Json((0..WEEKS).map(told).collect()))
}

/// `GET /api/v1/instance/rules`
async fn rules(State(app): State<App>) -> Result<Json<Vec<Rule>>> {
    app.db.read(org::rules).await.map(Rule::list).map(Json)
}

/// `GET /api/v1/instance/domain_blocks`, for those who are signed in. Why a server is refused or limited is
/// the operators' note.
async fn domain_blocks(State(app): State<App>, me: Session) -> Result<Json<Vec<Value>>> {
    let _ = me;
    let read = |conn: &mut Conn| Ok((servers::list_blocked(conn)?, servers::list_limited(conn)?));
    let (blocked, mut limited) = app.db.read(read).await?;
    limited.retain(|host| !blocked.contains(host));
    let one = |host: String, severity: &str| {
        let digest = hex::encode(secrets::token_hash(&host));
        json!({ "domain": host, "digest": digest, "severity": severity, "comment": "" })
    };
    let blocked = blocked.into_iter().map(|host| one(host, "suspend"));
    Ok(Json(blocked.chain(limited.into_iter().map(|host| one(host, "silence"))).collect()))
}

/// A text of the company. When it was changed is not kept.
fn text_of(content: Option<String>) -> Value {
    json!({ "updated_at": null, "content": content.unwrap_or_default() })
}

/// `GET /api/v1/instance/extended_description`
async fn extended_description(State(app): State<App>) -> Result<Json<Value>> {
    let domain = app.site.domain.clone();
    let company = app.db.read(move |conn| org::company(conn, &domain)).await?;
    let html = company.description.map(|text| format!("<p>{}</p>", html_escape::encode_text(&text)));
    Ok(Json(text_of(html)))
}

/// `GET /api/v1/instance/privacy_policy`
async fn privacy_policy(State(app): State<App>) -> Result<Json<Value>> {
    app.db.read(|conn| LegalText::Privacy.html(conn)).await.map(|html| Json(text_of(html)))
}

/// `GET /api/v1/instance/translation_languages`: nothing is translated.
async fn translation_languages() -> Json<Map<String, Value>> {
    Json(Map::new())
}
