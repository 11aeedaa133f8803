//! From a keyId to a key that its owner's own document lists.

use std::{sync::Arc, time::Duration};

use super::{
    Budget, actor, document,
    failures::{Again, host_in},
    flights::{self, Progress, Shown},
};
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

/// A sender whose key takes longer is asked to come again; the fetch goes on meanwhile.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a letter waits for its sender's handle when the key is known.
const SETTLING: Duration = Duration::from_secs(1);
/// When such a sender should come again.
const COME_AGAIN: Duration = Duration::from_secs(60);

fn unknown() -> Error {
    Error::unauthorized("signature.key", "The key of the signature cannot be found in its owner's document.")
}

pub(super) fn slow() -> Error {
    Error::unavailable("signature.key_slow", "Your server took too long to show its key. Please send this again.")
        .retry_in(COME_AGAIN)
}

/// A key that may have made a signature. Only when it did, its owner is stored.
pub enum SenderKey {
    /// Its owner is stored already.
    Known(RemoteKey),
    /// Its owner is as just shown at the key's address.
    Shown {
        /// The keyId.
        id: String,
        /// The key.
        key: PublicKey,
        /// Its owner.
        owner: Arc<Shown>,
    },
}

impl SenderKey {
    /// The key itself.
    pub fn key(&self) -> &PublicKey {
        match self {
            Self::Known(known) => &known.key,
            Self::Shown { key, .. } => key,
        }
    }

    /// The id of its owner.
    pub fn owner(&self) -> &str {
        match self {
            Self::Known(known) => &known.actor_uri,
            Self::Shown { owner, .. } => &owner.owner.remote.uri,
        }
    }

    /// Believes it, because it made a signature: its owner is stored, if it is not, and its handle asked about.
    pub async fn believe(self, app: &App) -> Result<RemoteKey> {
        let (id, owner) = match self {
            Self::Known(known) => return Ok(known),
            Self::Shown { id, owner, .. } => (id, owner),
        };
        let kept = actor::keep(app, &owner.owner.remote, &owner.address).await?;
        let wanted = id.clone();
        let key = app.db.read(move |conn| stored(conn, &wanted)).await?;
        let key = key.filter(|key| key.actor == kept.id).ok_or_else(unknown)?;
        // A handle that takes longer is settled behind our back.
        if let Ok(settled) = tokio::time::timeout(SETTLING, flights::settle(app, owner.owner.clone())).await {
            settled?;
        }
        app.key_fetches.forget_shown(&owner.address);
        app.remote_keys.insert(&id, key.clone());
        Ok(key)
    }
}

/// The key of this id: remembered, stored, shown lately, or fetched. One that only a neighbour of its owner may have
/// listed is fetched.
pub async fn key(app: &App, key_id: &str) -> Result<SenderKey> {
    if let Some(key) = app.remote_keys.get(key_id) {
        return Ok(SenderKey::Known(key));
    }
    let wanted = key_id.to_owned();
    let known = app.db.read(move |conn| stored(conn, &wanted)).await?;
    if let Some(key) = known.filter(|key| actors::is_key_of(key_id, &key.actor_uri)) {
        app.remote_keys.insert(key_id, key.clone());
        return Ok(SenderKey::Known(key));
    }
    // It may list the key by now when it did not before.
    let shown = app.key_fetches.shown(address_of(key_id)).and_then(|shown| listed(key_id, shown).ok());
    match shown {
        Some(key) => Ok(key),
        None => fetch(app, key_id).await,
    }
}

/// The key of this id fetched again, because a signature by the one we have failed: at most once in five minutes.
/// Nothing when it was fetched lately. Who forges signatures makes us ask rarely and keeps nobody else out: keys
/// that we do not have yet are fetched all the same.
pub async fn key_again(app: &App, key_id: &str) -> Result<Option<SenderKey>> {
    match app.fetches.may_ask_again(key_id, &host_in(key_id)) {
        Again::Lately => return Ok(None),
        Again::TooOften => {
            let doubted = "Too many signatures that name your server failed. Please send this again later.";
            return Err(Error::unavailable("signature.doubted", doubted).retry_in(Duration::from_secs(300)));
        }
        Again::Yes => {}
    }
    app.remote_keys.forget(key_id);
    let fetched = fetch(app, key_id).await;
    if fetched.as_ref().is_err_and(|error| error.kind() == Kind::Unavailable) {
        // It was not answered: the next letter may ask.
        app.fetches.forget_asked(key_id);
    }
    fetched.map(Some)
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

async fn fetch(app: &App, key_id: &str) -> Result<SenderKey> {
    let mut flight = flights::board(app, address_of(key_id))?;
    let found = tokio::time::timeout(PATIENCE, flight.wait_for(|progress| !matches!(progress, Progress::Asking)));
    let found = match found.await {
        Ok(Ok(progress)) => progress.clone(),
        Ok(Err(_)) => return Err(Error::internal("the fetch of a key ended by a bug")),
        Err(_) => return Err(slow()),
    };
    match found {
        Progress::Found(shown) => listed(key_id, shown),
        Progress::Failed(error) => Err(judge(&error)),
        Progress::Asking => Err(slow()),
    }
}

fn address_of(key_id: &str) -> &str {
    key_id.split('#').next().unwrap_or(key_id)
}

/// The key of this id among those that its owner's document lists.
fn listed(key_id: &str, owner: Arc<Shown>) -> Result<SenderKey> {
    let key = owner.owner.remote.keys.iter().find(|key| key.uri == key_id).ok_or_else(unknown)?;
    let key = PublicKey::from_bytes(&key.algorithm, &key.public_key)?;
    Ok(SenderKey::Shown { id: key_id.to_owned(), key, owner })
}

/// What a failed fetch means for the letter: come again after an outage, ours or theirs; otherwise there is no key.
fn judge(error: &Arc<Error>) -> Error {
    let same = || Error::new(error.kind(), error.code(), error.safe().to_owned()).because(error.clone());
    match error.kind() {
        Kind::Internal => same(),
        Kind::Unavailable if error.code().starts_with("database") => same(),
        Kind::Unavailable => slow().because(error.clone()),
        Kind::Forbidden if error.code() == "server.blocked" => same(),
        _ => unknown().because(error.clone()),
    }
}

/// The document of the actor to whom the key at this address belongs, as found at the actor's own id, on the same
/// origin. Whether it lists the key is seen when it is stored.
pub(super) async fn owner_document(app: &App, address: &str, budget: &mut Budget) -> Result<serde_json::Value> {
    let (document, found) = key_document(app, address, budget).await?;
    let is_actor = is_actor_kind(kind(&document, is_actor_kind)) && document.get("inbox").is_some();
    if is_actor && found == own_id(&document).unwrap_or_default() {
        return Ok(document);
    }
    // A bare key, or the stub of an actor without an inbox: the owner's document decides.
    let listed =
        list(&document, "publicKey").into_iter().find_map(|key| text(key, "owner").or_else(|| text(key, "controller")));
    let owner =
        text(&document, "owner").or_else(|| text(&document, "controller")).or(listed).or_else(|| id(&document, "id"));
    let owner = owner.filter(|owner| one_origin(owner, address) && *owner != address).ok_or_else(unknown)?;
    document::activity(app, owner, budget).await
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
