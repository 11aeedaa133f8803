//! Who asks: a bearer token in the header, or in the field `access_token`.

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use serde_json::Value;

use super::{drafts_only, fields::Fields};
use crate::{
    app::App,
    domain::{
        ActorId, accounts,
        apps::{self, AppSession},
        sign_ups,
    },
    error::{Error, Result},
    secrets,
};

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session(pub accounts::Session);

impl std::ops::Deref for Session {
    type Target = accounts::Session;
    fn deref(&self) -> &accounts::Session {
        &self.0
    }
}

/// Who may be signed in: a person, an app that asks for itself, or nobody. A token that is wrong is refused; none is
/// nobody.
#[derive(Debug, Clone)]
pub enum MaybeSession {
    /// A person, by a token that acts for them.
    Person(Box<Session>),
    /// An app, by a token that acts for nobody: it reads what everybody may read.
    App(AppSession),
    /// Nobody.
    Nobody,
}

impl MaybeSession {
    /// Refuses when there is a token and its scopes do not cover `scope`.
    pub fn need(&self, scope: &str) -> Result<()> {
        match self {
            Self::Person(session) => session.need(scope),
            Self::App(app) if !accounts::covers(&app.scopes, scope) => {
                Err(accounts::outside_scopes(scope, &app.scopes))
            }
            Self::App(_) | Self::Nobody => Ok(()),
        }
    }

    /// The token of a request, if it has one.
    pub fn secret(parts: &Parts) -> Option<String> {
        secret_of(parts)
    }

    /// Who asks: nobody without a token; refused with a wrong one.
    pub async fn read(parts: &Parts, app: &App) -> Result<Self> {
        let Some(secret) = secret_of(parts) else { return Ok(Self::Nobody) };
        if secret.len() > 512 {
            return Err(wrong());
        }
        let hash = secrets::token_hash(&secret);
        let found = app.db.read(move |conn| match accounts::session(conn, &hash)? {
            Some(session) => Ok(Some(Self::Person(Box::new(Session(session))))),
            None => match apps::app_session(conn, &hash)? {
                Some(session) => Ok(Some(Self::App(session))),
                // Whoever signed up in an app holds a token that works when they have an account.
                None => match sign_ups::find_by_secret(conn, &hash)?.filter(|one| one.app_id.is_some()) {
                    Some(waits) => Err(waits.not_yet()),
                    None => Ok(None),
                },
            },
        });
        let found = found.await?.ok_or_else(wrong)?;
        if let Self::Person(session) = &found {
            drafts_only::check(session, parts)?;
        }
        Ok(found)
    }

    /// The person, if one is signed in.
    pub fn person(self) -> Option<Session> {
        match self {
            Self::Person(session) => Some(*session),
            Self::App(_) | Self::Nobody => None,
        }
    }

    /// With whose eyes the reader reads.
    pub fn actor(&self) -> Option<ActorId> {
        match self {
            Self::Person(session) => Some(session.reads_as()),
            Self::App(_) | Self::Nobody => None,
        }
    }
}

/// The secret of the token that a request shows, for those who must hand it on.
#[derive(Clone)]
pub struct Token(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        secret_of(parts).map(Self).ok_or_else(missing)
    }
}

fn wrong() -> Error {
    let told = "This token is not one of ours, or it was ended: sign in again, and send the new one.";
    Error::unauthorized("token.invalid", told)
}

fn missing() -> Error {
    Error::unauthorized("token.invalid", "Sign in first: send a token as Authorization: Bearer.")
}

impl FromRequestParts<App> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        match MaybeSession::read(parts, app).await? {
            MaybeSession::Person(session) => Ok(*session),
            MaybeSession::App(_) => {
                Err(Error::invalid("token.no_person", "This method requires an authenticated user"))
            }
            MaybeSession::Nobody => Err(missing()),
        }
    }
}

impl FromRequestParts<App> for MaybeSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        Self::read(parts, app).await
    }
}

fn secret_of(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| {
        let (scheme, secret) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
    });
    let field = || match parts.extensions.get::<Fields>() {
        Some(Fields(fields)) => match fields.get("access_token") {
            Some(Value::String(secret)) => Some(secret.clone()),
            _ => None,
        },
        None => form_urlencoded::parse(parts.uri.query()?.as_bytes())
            .find(|(name, _)| name == "access_token")
            .map(|(_, secret)| secret.into_owned()),
    };
    bearer.or_else(field).filter(|secret| !secret.is_empty())
}
