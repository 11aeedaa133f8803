//! `/ap/probe`: tells our own doctor what of its requests arrives here. For everybody else there is nothing.

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
};
use http::{HeaderValue, header};

use crate::{
    app::App,
    error::{Error, Result},
    federation::probe::{self, Seen},
    http::{bodies, extract::Json, observe},
};

/// Any method at `/ap/probe`, and at whatever is written behind it: some proxies write paths anew.
pub(super) async fn answer(State(app): State<App>, request: Request<Body>) -> Result<Json<Seen>> {
    let (parts, body) = request.into_parts();
    let ticket = parts.headers.get(probe::TICKET).and_then(|value| value.to_str().ok());
    if !ticket.is_some_and(|ticket| probe::may_see(&app, ticket)) {
        return Err(Error::not_found("route.not_found", "There is nothing at this address."));
    }
    let body = bodies::read(&parts.extensions, body).await?;
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let client: Option<IpAddr> =
        peer.map(|peer| observe::client(peer, &parts.headers, &app.config.server.trusted_proxies));
    let mut headers = parts.headers;
    // HTTP/2 has the authority in the address.
    if let (None, Some(authority)) = (headers.get(header::HOST), parts.uri.authority()) {
        headers.insert(header::HOST, HeaderValue::from_str(authority.as_str()).map_err(Error::internal)?);
    }
    let target = parts.uri.path_and_query().map_or(parts.uri.path(), |target| target.as_str());
    let seen = probe::examine(&app, parts.method.as_str(), target, &headers, &body).await?;
    Ok(Json(Seen { peer, client, ..seen }))
}
