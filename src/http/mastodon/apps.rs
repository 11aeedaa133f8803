//! `/api/v1/apps`: apps say who they are, before anybody lets them in.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;

use crate::{
    app::App,
    domain::apps::{self, ClientApp, NewApp},
    error::{Error, Result},
    http::{
        extract::{Form, Json, MaybeSession, Paths},
        mastodon::entities::{Application, CredentialApplication},
        observe::Address,
    },
    secrets,
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v1/apps", post(register)).at("/api/v1/apps/verify_credentials", get(verify))
}

/// What an app says about itself. Addresses come as a list, or as one text with one on each line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    client_name: String,
    redirect_uris: Vec<String>,
    scopes: Option<String>,
    website: Option<String>,
}

/// `POST /api/v1/apps`
async fn register(
    State(app): State<App>,
    Address(address): Address,
    Form(said): Form<Said>,
) -> Result<Json<CredentialApplication>> {
    app.limits.app(address)?;
    let secret = secrets::new_token();
    let new = NewApp {
        name: said.client_name,
        website: said.website,
        redirect_uris: said.redirect_uris.iter().flat_map(|uris| uris.split_whitespace()).map(str::to_owned).collect(),
        scopes: said.scopes.unwrap_or_else(|| "read".to_owned()),
        client_id: secrets::new_token(),
        secret_hash: secrets::token_hash(&secret),
    };
    let made = app.db.write(move |tx| apps::register(tx, &new)).await?;
    Ok(Json(CredentialApplication {
        client_id: made.client_id.clone(),
        client_secret: secret,
        client_secret_expires_at: 0,
        application: shown(&app, &made),
    }))
}

fn shown(house: &App, app: &ClientApp) -> Application {
    let key = house.vapid.public_key();
    Application::new(app.id.to_string(), &app.name, app.website.clone(), &app.scopes, &app.redirect_uris.0, key)
}

/// `GET /api/v1/apps/verify_credentials`: which app holds the token that is shown.
async fn verify(State(app): State<App>, me: MaybeSession) -> Result<Json<Application>> {
    match me {
        MaybeSession::App(session) => Ok(Json(shown(&app, &session.app))),
        MaybeSession::Person(session) => {
            let holder = match session.token.app_id {
                Some(id) => app.db.read(move |conn| apps::find(conn, id)).await?,
                None => None,
            };
            let token = &session.token;
            let by_hand =
                || Application::new("0".to_owned(), &token.name, None, &token.scopes, &[], app.vapid.public_key());
            Ok(Json(holder.as_ref().map_or_else(by_hand, |holder| shown(&app, holder))))
        }
        MaybeSession::Nobody => Err(Error::unauthorized("token.missing", "Send a token as Authorization: Bearer.")),
    }
}
