//! A transport without a network, for replaying documents in tests.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::watch;
use url::Url;

use super::{Answer, Fetched, Get, Transport, client::not_public};
use crate::error::{Error, Result};

/// Documents by address; everything else is 404. Remembers what was asked and posted.
#[derive(Default)]
pub struct Documents(Mutex<State>);

#[derive(Default)]
struct State {
    documents: HashMap<String, (StatusCode, String, Bytes)>,
    redirects: HashMap<String, String>,
    held: HashMap<String, watch::Sender<bool>>,
    waits: HashMap<String, Duration>,
    private: HashSet<String>,
    requests: Vec<String>,
    posts: Vec<(String, HeaderMap, Bytes)>,
}

/// The address as requests name it.
fn normal(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), String::from)
}

impl Documents {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves a document.
    pub fn put(&self, url: &str, content_type: &str, body: impl Into<Bytes>) {
        let mut state = self.state();
        state.redirects.remove(&normal(url));
        state.documents.insert(normal(url), (StatusCode::OK, content_type.to_owned(), body.into()));
    }

    /// Answers with a bare status.
    pub fn put_status(&self, url: &str, status: StatusCode) {
        self.state().documents.insert(normal(url), (status, String::new(), Bytes::new()));
    }

    /// Whoever posts to this address is asked to wait so long before the next time.
    pub fn ask_to_wait(&self, url: &str, wait: Duration) {
        self.state().waits.insert(normal(url), wait);
    }

    /// Says whether the name in this address leads to a private one, where nobody may post.
    pub fn lead_inside(&self, url: &str, inside: bool) {
        let (mut state, url) = (self.state(), normal(url));
        if inside {
            state.private.insert(url);
        } else {
            state.private.remove(&url);
        }
    }

    /// Sends whoever asks for one address to another.
    pub fn redirect(&self, from: &str, to: &str) {
        self.state().redirects.insert(normal(from), normal(to));
    }

    /// Serves a document no longer.
    pub fn remove(&self, url: &str) {
        self.state().documents.remove(&normal(url));
    }

    /// From now on whoever asks for this address waits until it is released.
    pub fn hold(&self, url: &str) {
        self.state().held.entry(normal(url)).or_insert_with(|| watch::channel(false).0);
    }

    /// Answers those who wait for this address, and whoever asks for it later.
    pub fn release(&self, url: &str) {
        if let Some(held) = self.state().held.remove(&normal(url)) {
            held.send_replace(true);
        }
    }

    /// Notes what is posted; answers what it must wait for.
    fn take(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Option<watch::Receiver<bool>> {
        let mut state = self.state();
        state.posts.push((url.to_string(), headers, body));
        state.held.get(url.as_str()).map(watch::Sender::subscribe)
    }

    /// Notes a request; answers what it must wait for.
    fn ask(&self, url: &Url, address: &Url) -> Option<watch::Receiver<bool>> {
        let mut state = self.state();
        state.requests.push(url.to_string());
        state.held.get(address.as_str()).map(watch::Sender::subscribe)
    }

    /// Every address that was asked for, in order.
    pub fn requests(&self) -> Vec<String> {
        self.state().requests.clone()
    }

    /// Everything that was posted, in order: where, headers, body.
    pub fn posts(&self) -> Vec<(String, HeaderMap, Bytes)> {
        self.state().posts.clone()
    }
}

impl Transport for Documents {
    fn get<'a>(&'a self, url: &'a Url, _how: Get<'a>) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async move {
            let mut address = url.clone();
            address.set_fragment(None);
            if let Some(mut held) = self.ask(url, &address) {
                // An error means that the gate is gone, and open.
                let _ = held.wait_for(|open| *open).await;
            }
            let state = self.state();
            if let Some(to) = state.redirects.get(address.as_str()) {
                address = Url::parse(to).map_err(Error::internal)?;
            }
            let (status, content_type, body) = state.documents.get(address.as_str()).cloned().unwrap_or((
                StatusCode::NOT_FOUND,
                String::new(),
                Bytes::new(),
            ));
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&content_type).map_err(Error::internal)?);
            Ok(Fetched { url: address, status, headers, body })
        })
    }

    fn post<'a>(&'a self, url: &'a Url, headers: HeaderMap, body: Bytes) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            if let Some(mut held) = self.take(url, headers, body) {
                // An error means that the gate is gone, and open.
                let _ = held.wait_for(|open| *open).await;
            }
            let state = self.state();
            if state.private.contains(url.as_str()) {
                return Err(not_public());
            }
            let status = state.documents.get(url.as_str()).map_or(StatusCode::ACCEPTED, |(status, ..)| *status);
            Ok(Answer { status, retry_after: state.waits.get(url.as_str()).copied(), body: Bytes::new() })
        })
    }
}
