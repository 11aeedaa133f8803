//! The way out as the rest of the code sees it.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode};
use url::Url;

use super::Signer;
use crate::{db::Timestamp, error::Result};

/// What a GET brought.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it was found, after redirects.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

impl Fetched {
    /// The media type that the server claims.
    pub fn content_type(&self) -> &str {
        self.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What a POST was answered with.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// How long the server wants us to wait.
    pub retry_after: Option<Duration>,
    /// The beginning of the body, for the log of the operator.
    pub body: Bytes,
}

/// How a GET is made.
#[derive(Clone, Copy)]
pub struct Get<'a> {
    /// The `Accept` header.
    pub accept: &'a str,
    /// Who signs it, and when.
    pub signer: Option<(&'a Signer, Timestamp)>,
    /// Whether the signature covers the query; some servers want it left out.
    pub sign_query: bool,
    /// The most bytes that its body may have, where that is not the usual number; it may take longer, too.
    pub most: Option<usize>,
    /// Where the body may be broken off: behind this text, whatever its letters' case, and when there is no more room. A
    /// body that is too large is refused otherwise.
    pub ends: Option<&'a str>,
    /// Whom we do not ask, wherever a redirect leads.
    pub refuses: &'a (dyn Fn(&Url) -> bool + Send + Sync),
}

/// Gets and posts. The real one is `net::Client`; tests of documents use `net::Documents`.
pub trait Transport: Send + Sync + 'static {
    /// Gets a document, following a few redirects.
    fn get<'a>(&'a self, url: &'a Url, how: Get<'a>) -> BoxFuture<'a, Result<Fetched>>;
    /// Posts a signed body, following no redirect.
    fn post<'a>(&'a self, url: &'a Url, headers: HeaderMap, body: Bytes) -> BoxFuture<'a, Result<Answer>>;
}
