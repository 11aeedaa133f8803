//! `POST` to an inbox. The body is read raw: its digest is over these bytes.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, request::Parts};

use crate::{
    app::App,
    domain::{ActorId, actors},
    error::{Error, Kind, Result},
    federation::inbox::{self, BODY_LIMIT, InboundRequest},
};

/// What a sender that signs in a way we do not read may try instead.
const ACCEPT_SIGNATURE: &str =
    "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid;alg=\"rsa-v1_5-sha256\"";

/// `POST /ap/inbox`
pub async fn shared(State(app): State<App>, request: Request) -> Response {
    receive(&app, None, request).await
}

/// `POST /ap/actors/{id}/inbox`
pub async fn personal(State(app): State<App>, Path(id): Path<i64>, request: Request) -> Response {
    let owner = app.db.read(move |conn| actors::find(conn, ActorId(id))).await;
    match owner.map(|owner| owner.filter(actors::Actor::is_local)) {
        Ok(Some(owner)) if owner.deleted_at.is_some() => StatusCode::GONE.into_response(),
        Ok(Some(owner)) => receive(&app, Some(owner.id), request).await,
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => error.into_response(),
    }
}

/// Reads the body, and takes it in. Who sends it too slowly hears that it was they: after half of the time that a
/// request may take there is no hope for the rest.
async fn receive(app: &App, owner: Option<ActorId>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let patience = Duration::from_secs(app.config.server.request_timeout_seconds) / 2;
    match tokio::time::timeout(patience, read(&parts, body)).await {
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
        Ok(Err(error)) => answer(Err(error)),
        Ok(Ok(body)) => answer(take_in(app, owner, parts, &body).await),
    }
}

async fn read(parts: &Parts, body: Body) -> Result<Bytes> {
    let too_large = || Error::too_large("activity.too_large", "An activity has at most 1 MiB.");
    let declared =
        parts.headers.get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > BODY_LIMIT) {
        return Err(too_large());
    }
    to_bytes(body, BODY_LIMIT).await.map_err(|_| too_large())
}

async fn take_in(app: &App, owner: Option<ActorId>, parts: Parts, body: &[u8]) -> Result<()> {
    let mut headers = parts.headers;
    // HTTP/2 has the authority in the address.
    if let (None, Some(authority)) = (headers.get(http::header::HOST), parts.uri.authority()) {
        headers.insert(http::header::HOST, HeaderValue::from_str(authority.as_str()).map_err(Error::internal)?);
    }
    let path_and_query = parts.uri.path_and_query().map_or(parts.uri.path(), |path| path.as_str());
    inbox::receive(app, InboundRequest { path_and_query, headers: &headers, body, owner }).await?;
    Ok(())
}

fn answer(outcome: Result<()>) -> Response {
    match outcome {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(error) => {
            let unsigned = error.kind() == Kind::Unauthorized;
            let mut response = error.into_response();
            if unsigned {
                response.headers_mut().insert("accept-signature", HeaderValue::from_static(ACCEPT_SIGNATURE));
            }
            response
        }
    }
}
