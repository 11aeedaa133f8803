//! `POST /oauth/revoke` (RFC 7009): an app gives a token back.

use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Credentials, find};
use crate::{
    app::App,
    domain::{apps, sign_ups},
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

/// `POST /oauth/revoke`: nothing is said about tokens that do not exist.
pub(super) async fn revoke(
    State(app): State<App>,
    headers: HeaderMap,
    Form(said): Form<Credentials>,
    Form(asked): Form<Asked>,
) -> Result<Json<Value>> {
    let client = find(&app, &headers, said).await?.map(|client| client.id);
    let Some(token) = asked.token else { return Ok(Json(json!({}))) };
    let hash = secrets::token_hash(&token);
    let ended = app.db.write(move |tx| {
        sign_ups::give_back(tx, client, &hash)?;
        apps::give_back(tx, client, &hash)
    });
    ended.await?;
    Ok(Json(json!({})))
}
