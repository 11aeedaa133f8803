//! What is known of every request: where it comes from, how often it may come, what became of it.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{Extensions, HeaderMap, HeaderValue, header, request::Parts};
use ipnet::IpNet;

use super::problem;
use crate::{
    app::App,
    db::Timestamp,
    limits::{Caller, Standing},
    secrets, telemetry,
};

/// Layer: counts requests and the time they take, by route.
pub async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    tracing::debug!(http.method = %method, http.route = path, http.status = status, ms = took.as_millis(), "{method} {path} {status}");
    metrics::counter!(telemetry::HTTP_REQUESTS, "route" => path.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!(telemetry::HTTP_SECONDS, "route" => path).record(took.as_secs_f64());
    response
}

/// Layer: refuses who calls an API too often, and tells everybody how many calls they have left, as Mastodon does.
pub async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = bearer.map_or(Caller::Stranger, |bearer| {
        Caller::Token(secrets::token_hash(bearer.trim_start_matches("Bearer ").trim()))
    });
    let address = address(&app, request.extensions(), request.headers());
    let (standing, counted) = app.limits.api(caller, address);
    let mut response = match counted {
        Ok(()) => next.run(request).await,
        Err(refused) => problem::said_at(request.uri().path(), refused),
    };
    if let Some(standing) = standing {
        tell(response.headers_mut(), standing, app.db.now());
    }
    response
}

fn tell(headers: &mut HeaderMap, standing: Standing, now: Timestamp) {
    headers.insert("x-ratelimit-limit", standing.limit.into());
    headers.insert("x-ratelimit-remaining", standing.remaining.into());
    // A time has no letters that a header may not have.
    if let Ok(reset) = HeaderValue::from_str(&now.plus(standing.full_in).rfc3339()) {
        headers.insert("x-ratelimit-reset", reset);
    }
}

/// Where a request comes from; nothing where it came over no network.
pub(super) fn address(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    peer.map(|peer| client(peer, headers, &app.config.server.trusted_proxies))
}

/// Where a request comes from, for limits; nothing where it came over no network.
pub(super) struct Address(pub(super) Option<IpAddr>);

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(address(app, &parts.extensions, &parts.headers)))
    }
}

/// Who is at the other end: the last address of `X-Forwarded-For` that is not one of our own proxies. The header is
/// believed only when such a proxy sent it.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let trusted = |address: &IpAddr| proxies.iter().any(|network| network.contains(&address.to_canonical()));
    let mut nearest = peer.to_canonical();
    if !trusted(&nearest) {
        return nearest;
    }
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
        if !trusted(&nearest) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed() {
        let proxies = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let cases = [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "192.0.2.1, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
            ("127.0.0.1", "192.0.2.1, nonsense, 10.0.0.7", "10.0.0.7"),
            ("127.0.0.1", "10.0.0.8, 10.0.0.7", "10.0.0.8"),
        ];
        for (peer, forwarded, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            let found = client(peer.parse().unwrap(), &headers, &proxies);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded}");
        }
    }
}
