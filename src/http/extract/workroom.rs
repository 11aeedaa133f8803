//! Requests of the workroom: our own page, in a browser in which somebody is signed in.
//!
//! The page has no token. It names in one header as whom it asks, and in another what only a page of ours knows, the
//! fingerprint of the cookie that forms hold too. From the cookie, which no script can read, comes the token that belongs
//! to this browser and this actor; behind this layer the request is one with a token as any other.

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};

use super::visitor::Visitor;
use crate::{
    app::App,
    domain::ActorId,
    error::{Error, Result},
    http::problem,
};

/// What a page of ours knows.
const FORM_TOKEN: &str = "guildhall-form-token";
/// The id of the actor as whom it asks: the person's own where it says nothing.
const AS: &str = "guildhall-as";

/// Layer: lets the workroom in.
pub async fn let_workroom_in(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !headers.contains_key(FORM_TOKEN) || headers.contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let visitor = match Visitor::from_request_parts(&mut parts, &app).await {
        Ok(visitor) => visitor,
        Err(error) => return problem::said_at(parts.uri.path(), error),
    };
    match bearer(&visitor, &parts.headers) {
        Ok(bearer) => parts.headers.insert(header::AUTHORIZATION, bearer),
        Err(error) => return problem::said_at(parts.uri.path(), error),
    };
    next.run(Request::from_parts(parts, body)).await
}

fn bearer(visitor: &Visitor, headers: &HeaderMap) -> Result<HeaderValue> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let ended = || Error::unauthorized("browser.ended", "You are not signed in here any more. Sign in again.");
    let person = visitor.signed_in().ok_or_else(ended)?;
    visitor.check(text(FORM_TOKEN).unwrap_or_default())?;
    let actor = match text(AS) {
        None => person.actor.id,
        Some(id) => ActorId(id.parse().map_err(|_| {
            Error::malformed("browser.as", "Guildhall-As is the id of an actor, such as 117636464640065536.")
        })?),
    };
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", visitor.token_as(actor))).map_err(Error::internal)?;
    bearer.set_sensitive(true);
    Ok(bearer)
}
