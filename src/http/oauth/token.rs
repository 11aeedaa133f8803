//! `POST /oauth/token`: a code, or nothing but the app's own secret, for a token.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::client::{Credentials, client};
use crate::{
    app::App,
    db::Timestamp,
    domain::apps::{self, ClientApp, Exchanged, Shown},
    error::{Error, Result},
    http::extract::{Form, Json},
    secrets,
};

/// What an app says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    scope: Option<String>,
}

/// A token as OAuth's clients read it. It has no end of its own.
#[derive(Serialize)]
struct Token {
    access_token: String,
    token_type: &'static str,
    scope: String,
    created_at: i64,
}

/// `POST /oauth/token`
pub(super) async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    Form(said): Form<Credentials>,
    Form(asked): Form<Asked>,
) -> Result<Response> {
    use axum::response::IntoResponse;
    let client = client(&app, &headers, said).await?;
    let secret = secrets::new_token();
    let (scope, created_at) = match asked.grant_type.as_deref() {
        Some("authorization_code") => exchange(&app, &client, asked, &secret).await?,
        Some("client_credentials") => for_itself(&app, &client, asked.scope.as_deref(), &secret).await?,
        Some(_) => {
            return Err(Error::malformed(
                "oauth.unsupported_grant_type",
                "There are the grants authorization_code and client_credentials here.",
            ));
        }
        None => return Err(missing("grant_type")),
    };
    // Seconds.
    let created_at = created_at.0.div_euclid(1_000_000);
    Ok(Json(Token { access_token: secret, token_type: "Bearer", scope, created_at }).into_response())
}

fn missing(name: &str) -> Error {
    Error::malformed("oauth.invalid_request", format!("Missing required parameter: {name}."))
}

async fn exchange(app: &App, client: &ClientApp, asked: Asked, secret: &str) -> Result<(String, Timestamp)> {
    let shown = Shown {
        app: client.id,
        code_hash: secrets::token_hash(&asked.code.ok_or_else(|| missing("code"))?),
        redirect_uri: asked.redirect_uri.ok_or_else(|| missing("redirect_uri"))?,
        challenge: asked.code_verifier.as_deref().map(secrets::challenge_of),
    };
    let hash = secrets::token_hash(secret);
    match app.db.write(move |tx| apps::exchange(tx, &shown, &hash)).await? {
        Exchanged::Token { scopes, created_at } => Ok((scopes, created_at)),
        Exchanged::Refused(why) => Err(Error::malformed("oauth.invalid_grant", why)),
    }
}

async fn for_itself(app: &App, client: &ClientApp, scope: Option<&str>, secret: &str) -> Result<(String, Timestamp)> {
    let scopes =
        client.read_scopes(scope).map_err(|error| Error::malformed("oauth.invalid_scope", error.safe().to_owned()))?;
    let (id, hash, given) = (client.id, secrets::token_hash(secret), scopes.join(" "));
    let created_at = app.db.write(move |tx| apps::issue_app_token(tx, id, &scopes, &hash)).await?;
    Ok((given, created_at))
}
