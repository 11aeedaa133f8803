//! OAuth 2: how apps are let in. People see two pages of it, sign-in and consent; the rest is between us and the app.
//!
//! Only the authorisation code with PKCE and client credentials are served: no password ever passes through an app.

mod authorize;
mod client;
mod consent;
mod introspect;
mod metadata;
mod native;
mod request;
mod revoke;
mod token;
mod userinfo;
mod words;

use axum::{
    Router,
    middleware::{from_fn, map_response},
    routing::{get, post},
};

pub(super) use metadata::metadata;
pub(super) use words::rights;

use super::{
    extract::{Paths, read_fields},
    problem,
};
use crate::app::App;

/// What apps call; some write a slash behind the address.
pub fn routes() -> Router<App> {
    Router::new()
        .at("/oauth/token", post(token::token))
        .at("/oauth/revoke", post(revoke::revoke))
        .at("/oauth/introspect", post(introspect::introspect))
        .at("/oauth/userinfo", get(userinfo::userinfo).post(userinfo::userinfo))
        .layer(from_fn(read_fields))
        .layer(map_response(problem::as_oauth))
}

/// What people see; toot writes a slash behind the address.
pub(super) fn pages() -> Router<App> {
    Router::new()
        .at("/oauth/authorize", get(authorize::ask).post(authorize::answer))
        .at("/oauth/authorize/native", get(native::show))
}
