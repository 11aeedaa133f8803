//! From a keyId to a key that its owner's own document lists.

use std::time::Duration;

use super::{Budget, actor, document, failures::host_in};
use crate::{
    app::App,
    db::Conn,
    domain::actors,
    error::{Error, Kind, Result},
    federation::{
        incoming::{
            actor::is_actor_kind,
            values::{id, kind, list, one_origin, own_id, parse, text},
        },
        keys::RemoteKey,
    },
    net::PublicKey,
};

/// A sender whose key takes longer is asked to come again.
const PATIENCE: Duration = Duration::from_secs(3);

fn unknown() -> Error {
    Error::unauthorized("signature.key", "The key of the signature cannot be found in its owner's document.")
}

/// The key of this id: remembered, stored, or fetched.
pub async fn key(app: &App, key_id: &str, budget: &mut Budget) -> Result<RemoteKey> {
    if let Some(key) = app.remote_keys.get(key_id) {
        return Ok(key);
    }
    let wanted = key_id.to_owned();
    if let Some(key) = app.db.read(move |conn| stored(conn, &wanted)).await? {
        app.remote_keys.insert(key_id, key.clone());
        return Ok(key);
    }
    fetch(app, key_id, budget).await
}

/// The key of this id fetched again, because a signature by the one we have failed: at most once in five minutes.
/// Nothing when it was fetched lately.
pub async fn key_again(app: &App, key_id: &str, budget: &mut Budget) -> Result<Option<RemoteKey>> {
    if !app.fetches.may_ask_again(key_id) {
        return Ok(None);
    }
    app.remote_keys.forget(key_id);
    fetch(app, key_id, budget).await.map(Some)
}

/// A signature that names this key was not made by it.
pub fn distrust(app: &App, key_id: &str) {
    app.fetches.doubt(&host_in(key_id));
}

fn stored(conn: &mut Conn, key_id: &str) -> Result<Option<RemoteKey>> {
    let Some(row) = actors::key_by_uri(conn, key_id)? else { return Ok(None) };
    let Some(owner) = actors::find(conn, row.actor_id)?.filter(|owner| !owner.is_local() && owner.deleted_at.is_none())
    else {
        return Ok(None);
    };
    let key = PublicKey::from_bytes(&row.algorithm, &row.public_key)?;
    Ok(Some(RemoteKey { actor: owner.id, actor_uri: owner.uri, key }))
}

async fn fetch(app: &App, key_id: &str, budget: &mut Budget) -> Result<RemoteKey> {
    let host = host_in(key_id);
    if app.fetches.is_doubted(&host) {
        return Err(Error::unavailable(
            "signature.doubted",
            "Too many signatures that name your server failed. Please send this again later.",
        )
        .retry_in(Duration::from_secs(300)));
    }
    let work = tokio::time::timeout(PATIENCE, owner_of(app, key_id, budget)).await;
    let slow = || {
        Error::unavailable("signature.key_slow", "Your server took too long to show its key. Please send this again.")
            .retry_in(Duration::from_secs(60))
    };
    let owner = match work {
        Err(_) => {
            if let Ok(url) = document::address(app, key_id.split('#').next().unwrap_or(key_id)) {
                app.fetches.failed(&url, Kind::Unavailable);
            }
            return Err(slow());
        }
        Ok(Ok(owner)) => owner,
        Ok(Err(error)) => {
            return Err(match error.kind() {
                Kind::Internal => error,
                Kind::Unavailable if error.code().starts_with("database") => error,
                Kind::Unavailable => slow().because(error),
                Kind::Forbidden if error.code() == "server.blocked" => error,
                _ => {
                    app.fetches.doubt(&host);
                    unknown().because(error)
                }
            });
        }
    };
    let wanted = key_id.to_owned();
    let key = app
        .db
        .read(move |conn| stored(conn, &wanted))
        .await?
        .filter(|key| key.actor_uri == owner)
        .ok_or_else(unknown)?;
    app.remote_keys.insert(key_id, key.clone());
    Ok(key)
}

/// Fetches the document of a key and then its owner's, which must be on the same origin and list the key; answers
/// the owner's id.
async fn owner_of(app: &App, key_id: &str, budget: &mut Budget) -> Result<String> {
    let address = key_id.split('#').next().unwrap_or(key_id);
    let (document, found) = key_document(app, address, budget).await?;
    let is_actor = is_actor_kind(kind(&document, is_actor_kind)) && document.get("inbox").is_some();
    if is_actor && found == own_id(&document).unwrap_or_default() {
        return Ok(actor::store(app, &document, budget).await?.uri);
    }
    // A bare key, or the stub of an actor without an inbox: the owner's document decides.
    let listed =
        list(&document, "publicKey").into_iter().find_map(|key| text(key, "owner").or_else(|| text(key, "controller")));
    let owner =
        text(&document, "owner").or_else(|| text(&document, "controller")).or(listed).or_else(|| id(&document, "id"));
    let owner = owner.filter(|owner| one_origin(owner, key_id) && *owner != address).ok_or_else(unknown)?.to_owned();
    actor::fetch(app, &owner, budget).await?;
    Ok(owner)
}

/// The document at a key's address, and the address where it was found. Its own id may differ: it is only a pointer.
async fn key_document(app: &App, address: &str, budget: &mut Budget) -> Result<(serde_json::Value, String)> {
    let url = document::address(app, address)?;
    let fetched = document::get(app, &url, crate::net::content_type::ACCEPT_ACTIVITY, budget).await?;
    let readable =
        crate::net::content_type::is_activity(fetched.content_type()) && crate::net::same_origin(&fetched.url, &url);
    let Some(document) = readable.then(|| parse(&fetched.body).ok()).flatten() else {
        // Nobody makes us read the same nonsense again and again.
        app.fetches.failed(&url, Kind::Invalid);
        return Err(unknown());
    };
    Ok((document, fetched.url.to_string()))
}
