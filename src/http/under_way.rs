//! How many requests of one visitor may be under way. A proxy speaks for all of them over a few connections, so those
//! who send slowly or ask for much at once are told apart here, by the address for which the proxy asks.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{observe, problem};
use crate::{app::App, error::Error, limits::household};

/// When somebody who has too many under way may come again.
const COME_AGAIN: Duration = Duration::from_secs(10);

/// The requests that are under way, by whom they are for.
#[derive(Clone)]
pub(super) struct UnderWay {
    app: App,
    counts: Counts,
}

type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

impl UnderWay {
    pub(super) fn new(app: App) -> Self {
        Self { app, counts: Counts::default() }
    }

    /// Counts a request until what this answers is dropped; nothing when its visitor has too many already.
    fn begin(&self, address: IpAddr) -> Option<Begun> {
        let address = household(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= self.app.config.server.requests_per_address {
            return None;
        }
        *count += 1;
        Some(Begun { counts: self.counts.clone(), address })
    }
}

/// A request that is under way.
struct Begun {
    counts: Counts,
    address: IpAddr,
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// Layer: refuses a request of a visitor who has too many under way, before its body is read. One is over when its
/// answer begins: whoever does not take that loses the connection, or the proxy keeps it.
pub(super) async fn limit(State(under_way): State<UnderWay>, request: Request, next: Next) -> Response {
    let address = observe::address(&under_way.app, request.extensions(), request.headers());
    let address = address.filter(|_| under_way.app.config.limits.enabled);
    let begun = match address.map(|address| under_way.begin(address)) {
        Some(None) => return problem::said_at(request.uri().path(), too_many()),
        begun => begun.flatten(),
    };
    let response = next.run(request).await;
    drop(begun);
    response
}

fn too_many() -> Error {
    let said = "Too many of your requests are under way. Please wait until some are answered.";
    Error::too_many("limits.under_way", said).retry_in(COME_AGAIN)
}
