//! One document at its own address.

use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::{Budget, failures::DOWN};
use crate::{
    app::App,
    error::{Error, Kind, Result},
    federation::{
        incoming::values::{own_id, parse},
        keys,
    },
    net::{Fetched, Get, content_type, host_of, same_origin},
};

/// Parses an id of another server that we are ready to talk with.
pub(super) fn address(app: &App, uri: &str) -> Result<Url> {
    let url = Url::parse(uri).map_err(|_| Error::invalid("fetch.address", "This is not a web address."))?;
    if app.site.owns(uri) {
        return Err(Error::invalid("fetch.own", "This is one of our own addresses."));
    }
    if app.refuses(&host_of(&url)) {
        return Err(Error::forbidden("server.blocked", "This server is blocked."));
    }
    Ok(url)
}

/// Gets an address, signed by the instance actor, and remembers what is not there.
pub(super) async fn get(app: &App, url: &Url, accept: &str, budget: &mut Budget) -> Result<Fetched> {
    app.fetches.check(url)?;
    budget.spend()?;
    let signer = keys::instance_signer(app).await?;
    let refuses = |url: &Url| app.refuses(&host_of(url));
    let how = Get {
        accept,
        signer: Some((&signer, app.db.now())),
        sign_query: true,
        most: None,
        ends: None,
        refuses: &refuses,
    };
    let mut fetched = app.transport.get(url, how).await;
    // Some servers check signed GETs without the query.
    if url.query().is_some() && fetched.as_ref().is_ok_and(|fetched| fetched.status == StatusCode::UNAUTHORIZED) {
        fetched = app.transport.get(url, Get { sign_query: false, ..how }).await;
    }
    let outcome = fetched.and_then(|fetched| judge(app, fetched));
    let label = if outcome.is_ok() { "ok" } else { "failed" };
    metrics::counter!(crate::telemetry::FETCHES, "outcome" => label).increment(1);
    if let Err(error) = &outcome {
        app.fetches.failed(url, error.kind());
    }
    // Before that the address is not asked anyway.
    outcome.map_err(|error| match error.kind() {
        Kind::Unavailable if error.retry_after().is_none() => error.retry_in(DOWN),
        _ => error,
    })
}

/// The answer, when it is one that we may use.
pub(super) fn judge(app: &App, fetched: Fetched) -> Result<Fetched> {
    if app.refuses(&host_of(&fetched.url)) {
        return Err(Error::forbidden("server.blocked", "This server is blocked."));
    }
    if app.site.owns(fetched.url.as_str()) {
        return Err(Error::invalid("fetch.own", "This leads back to one of our own addresses."));
    }
    match fetched.status.as_u16() {
        200..=299 => Ok(fetched),
        408 | 425 | 429 => Err(Error::unavailable("fetch.busy", "The other server asks us to wait.")),
        410 => Err(Error::gone("fetch.gone", "It was deleted.")),
        404 => Err(Error::not_found("fetch.nothing", "The other server has nothing there.")),
        400..=499 => Err(Error::not_found("fetch.refused", "The other server does not show it.")),
        _ => Err(Error::unavailable("fetch.failed", "The other server could not answer.")),
    }
}

/// Gets an ActivityPub document: by its type, found at its own id. A document elsewhere is fetched once more at the
/// id that it claims, on the same origin.
pub(super) async fn activity(app: &App, uri: &str, budget: &mut Budget) -> Result<Value> {
    let mut url = address(app, uri)?;
    for _ in 0..2 {
        let fetched = get(app, &url, content_type::ACCEPT_ACTIVITY, budget).await?;
        if !content_type::is_activity(fetched.content_type()) {
            return Err(Error::invalid("fetch.type", "This is not an ActivityPub document."));
        }
        let document = parse(&fetched.body).map_err(|_| Error::invalid("fetch.json", "The document is not JSON."))?;
        let id = own_id(&document).and_then(|id| Url::parse(id).ok());
        let id = id.ok_or_else(|| Error::invalid("fetch.id", "The document has no id."))?;
        if same_document(&id, &fetched.url) {
            return Ok(document);
        }
        if !same_origin(&id, &fetched.url) {
            return Err(Error::invalid("fetch.origin", "The document claims to be another server's."));
        }
        url = id;
    }
    Err(Error::invalid("fetch.id", "The document is not at its own id."))
}

/// The same address but for the fragment, which is not sent.
pub(super) fn same_document(one: &Url, other: &Url) -> bool {
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    bare(one) == bare(other)
}
