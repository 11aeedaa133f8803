//! `POST` to an inbox. The body is read raw: its digest is over these bytes.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, request::Parts};

use crate::{
    app::App,
    domain::{ActorId, actors},
    error::{Error, Kind, Result},
    federation::inbox::{self, InboundRequest},
    http::{bodies, observe},
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

async fn receive(app: &App, owner: Option<ActorId>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    answer(take_in(app, owner, parts, body).await)
}

/// What the head says is judged before a byte of the body is read.
async fn take_in(app: &App, owner: Option<ActorId>, parts: Parts, body: Body) -> Result<()> {
    bodies::check_length(&parts.headers)?;
    inbox::check_head(&parts.headers)?;
    let body = bodies::read(&parts.extensions, body).await?;
    let mut headers = parts.headers;
    // HTTP/2 has the authority in the address.
    if let (None, Some(authority)) = (headers.get(http::header::HOST), parts.uri.authority()) {
        headers.insert(http::header::HOST, HeaderValue::from_str(authority.as_str()).map_err(Error::internal)?);
    }
    let from = observe::address(app, &parts.extensions, &headers);
    let path_and_query = parts.uri.path_and_query().map_or(parts.uri.path(), |path| path.as_str());
    inbox::receive(app, InboundRequest { path_and_query, headers: &headers, body: &body, owner, from }).await?;
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
