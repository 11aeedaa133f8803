//! A network of servers that behave as a test tells them, and remember what they were sent.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use guildhall::{
    error::{Error, Result},
    net::{Answer, Client, ClientOptions, Fetched, Get, Transport, host_of},
};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

/// How a server behaves.
#[derive(Debug, Clone, Default)]
pub struct Behaviour {
    /// What it answers; 202 when 0.
    pub status: u16,
    /// How long it takes.
    pub delay: Duration,
    /// What it asks for.
    pub retry_after: Option<Duration>,
    /// It takes until the test lets go.
    pub held: bool,
    /// It cannot be reached.
    pub unreachable: bool,
    /// Its name leads to an address behind a wall.
    pub private: bool,
    /// It refuses every signature but RFC 9421.
    pub only_rfc9421: bool,
}

/// Something that a server was sent.
#[derive(Debug, Clone)]
pub struct Received {
    pub url: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Default)]
struct State {
    behaviours: HashMap<String, Behaviour>,
    received: Vec<Received>,
    flying: HashMap<String, usize>,
    most: HashMap<String, usize>,
}

/// What holds those who wait until the test lets go.
struct Gate(tokio::sync::Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(tokio::sync::Semaphore::new(0))
    }
}

/// The network.
#[derive(Default)]
pub struct Peers(Mutex<State>, Gate);

impl Peers {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// From now on a server behaves so.
    pub fn behave(&self, host: &str, behaviour: Behaviour) {
        self.state().behaviours.insert(host.to_owned(), behaviour);
    }

    /// Servers that hold what they were sent answer now.
    pub fn let_go(&self) {
        self.1.0.close();
    }

    /// Everything that was sent to a server, in order, refused or not.
    pub fn received(&self, host: &str) -> Vec<Received> {
        let all = self.state().received.clone();
        all.into_iter().filter(|one| one.url.starts_with(&format!("https://{host}/"))).collect()
    }

    /// How many requests were under way to a server at the same time, at most.
    pub fn most_at_once(&self, host: &str) -> usize {
        self.state().most.get(host).copied().unwrap_or(0)
    }
}

impl Transport for Peers {
    fn get<'a>(&'a self, _: &'a Url, _: Get<'a>) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async { Err(Error::unavailable("net.unreachable", "Nothing is fetched here.")) })
    }

    fn post<'a>(&'a self, url: &'a Url, headers: HeaderMap, body: Bytes) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            let host = host_of(url);
            let behaviour = {
                let mut state = self.state();
                let flying = state.flying.entry(host.clone()).or_default();
                *flying += 1;
                let flying = *flying;
                let most = state.most.entry(host.clone()).or_default();
                *most = flying.max(*most);
                state.behaviours.get(&host).cloned().unwrap_or_default()
            };
            tokio::time::sleep(behaviour.delay).await;
            if behaviour.held {
                // Nobody gets a permit; the wait ends when the gate is closed for good.
                let _ = self.1.0.acquire().await;
            }
            let walled = if behaviour.private {
                let inside = Url::parse("https://127.0.0.1/inbox").unwrap();
                Some(Client::new(ClientOptions::default())?.post(&inside, headers.clone(), body.clone()).await)
            } else {
                None
            };
            let mut state = self.state();
            if let Some(flying) = state.flying.get_mut(&host) {
                *flying -= 1;
            }
            if let Some(walled) = walled {
                return walled;
            }
            let newer = headers.contains_key("signature-input");
            if behaviour.unreachable {
                return Err(Error::unavailable("net.unreachable", "The other server cannot be reached."));
            }
            state.received.push(Received { url: url.to_string(), headers, body });
            let status = match behaviour {
                Behaviour { only_rfc9421: true, .. } if !newer => 401,
                Behaviour { status: 0, .. } => 202,
                Behaviour { status, .. } => status,
            };
            let status = StatusCode::from_u16(status).unwrap();
            Ok(Answer { status, retry_after: behaviour.retry_after, body: Bytes::new() })
        })
    }
}
