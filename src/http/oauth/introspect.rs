//! `POST /oauth/introspect` (RFC 7662): an app asks what a token of its own still may.

use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Credentials, client},
    metadata::issuer,
};
use crate::{
    app::App,
    db::Conn,
    domain::{AppId, Site, accounts, apps},
    error::Result,
    http::extract::{Form, Json},
    secrets,
};

/// What an app says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    token: Option<String>,
}

/// `POST /oauth/introspect`
pub(super) async fn introspect(
    State(app): State<App>,
    headers: HeaderMap,
    Form(said): Form<Credentials>,
    Form(asked): Form<Asked>,
) -> Result<Json<Value>> {
    let client = client(&app, &headers, said).await?;
    let hash = secrets::token_hash(&asked.token.unwrap_or_default());
    let site = app.site.clone();
    let told = app.db.read(move |conn| tell(conn, &site, client.id, &client.client_id, &hash)).await?;
    // What is somebody else's, and what is nothing, are the same to this app.
    Ok(Json(told.unwrap_or_else(|| json!({ "active": false }))))
}

fn tell(conn: &mut Conn, site: &Site, app: AppId, client_id: &str, hash: &[u8]) -> Result<Option<Value>> {
    let seconds = |at: crate::db::Timestamp| at.0.div_euclid(1_000_000);
    if let Some(session) = accounts::session(conn, hash)? {
        return Ok((session.token.app_id == Some(app)).then(|| {
            json!({
                "active": true, "scope": session.token.scopes, "client_id": client_id, "token_type": "Bearer",
                "iat": seconds(session.token.created_at), "iss": issuer(site),
                "sub": session.actor.uri, "username": session.actor.username,
            })
        }));
    }
    let session = apps::app_session(conn, hash)?.filter(|session| session.app.id == app);
    Ok(session.map(|session| {
        json!({
            "active": true, "scope": session.scopes, "client_id": client_id, "token_type": "Bearer",
            "iat": seconds(session.created_at), "iss": issuer(site),
        })
    }))
}
