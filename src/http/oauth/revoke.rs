//! `POST /oauth/revoke` (RFC 7009): an app gives a token back.

use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Credentials, find};
use crate::{
    app::App,
    domain::{accounts, apps},
    error::{Error, Result},
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
    let allowed = app
        .db
        .write(move |tx| {
            if let Some(token) = accounts::find_token(tx.conn(), &hash)? {
                // Tokens that were made by hand belong to no app: whoever holds one may end it.
                let own = token.app_id.is_none() || token.app_id == client;
                return if own { accounts::revoke_token(tx, token.id).map(|()| true) } else { Ok(false) };
            }
            match apps::app_session(tx.conn(), &hash)? {
                Some(session) if Some(session.app.id) != client => Ok(false),
                Some(_) => apps::revoke_app_token(tx, &hash).map(|_| true),
                None => Ok(true),
            }
        })
        .await?;
    if allowed {
        return Ok(Json(json!({})));
    }
    Err(Error::forbidden("oauth.unauthorized_client", "You are not authorized to revoke this token"))
}
