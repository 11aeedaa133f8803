//! Who asks for something that is not for everybody: the signer of a GET, by keys that we have already.

use http::request::Parts;

use crate::{
    app::App,
    domain::{
        ActorId,
        actors::{self, Actor},
        servers,
    },
    error::{Error, Result},
    federation::{
        fetch::{self, host_in},
        inbox,
        incoming::values::one_origin,
    },
    net::{PublicKey, signatures::Candidate},
};

/// The signatures of this request that only their keys can still refuse.
fn candidates(app: &App, parts: &Parts) -> Result<Vec<Candidate>> {
    if !parts.headers.contains_key("signature") {
        return Ok(Vec::new());
    }
    let mut headers = parts.headers.clone();
    // HTTP/2 says the host elsewhere.
    if let (false, Some(authority)) = (headers.contains_key(http::header::HOST), parts.uri.authority()) {
        headers.insert(http::header::HOST, http::HeaderValue::from_str(authority.as_str()).map_err(Error::internal)?);
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    Ok(inbox::signatures_of(app, parts.method.as_str(), path, &headers, &[]).unwrap_or_default())
}

/// The actor that signed this request, when it is signed by one that we know. Nothing is fetched for it: whoever
/// is unknown sees what everybody sees. Servers that we refuse are refused.
pub async fn reader(app: &App, parts: &Parts) -> Result<Option<ActorId>> {
    for candidate in candidates(app, parts)? {
        if app.refuses(&host_in(candidate.key_id())) {
            return Err(blocked());
        }
        let Some((actor, key)) = known_key(app, candidate.key_id()).await? else { continue };
        if candidate.verify(&key) {
            // Its handle may be of a server that is blocked when its key is not.
            let (signer, refused) =
                app.db.read(move |conn| Ok((actors::find(conn, actor)?, servers::is_refused(conn, actor)?))).await?;
            if refused {
                return Err(blocked());
            }
            return Ok(signer.filter(Actor::is_active).map(|signer| signer.id));
        }
    }
    Ok(None)
}

/// The actor that signed this request, when its key is on the server of an actor with this id. The key is fetched when
/// we do not have it: many servers ask by an actor of their own that nobody ever met. Nobody else's key is; and of that
/// server not too many, because anybody can name keys that it would be asked for.
pub async fn reader_at(app: &App, parts: &Parts, neighbour: &str) -> Result<Option<ActorId>> {
    for candidate in candidates(app, parts)?.into_iter().filter(|one| one_origin(one.key_id(), neighbour)) {
        let known = known_key(app, candidate.key_id()).await?.is_some();
        if !known && !app.fetches.may_ask_for_reader(&host_in(candidate.key_id())) {
            continue;
        }
        let key = match fetch::key(app, candidate.key_id()).await {
            Ok(key) => key,
            Err(error) => {
                tracing::debug!(%error, "The key of somebody who asks for a consent cannot be had");
                continue;
            }
        };
        if !candidate.verify(key.key()) {
            continue;
        }
        let signer = key.believe(app).await?.actor;
        let known = app.db.read(move |conn| Ok((actors::find(conn, signer)?, servers::is_refused(conn, signer)?)));
        let (signer, refused) = known.await?;
        if refused {
            return Err(blocked());
        }
        return Ok(signer.filter(Actor::is_active).map(|signer| signer.id));
    }
    Ok(None)
}

fn blocked() -> Error {
    Error::forbidden("server.blocked", "This server does not talk with yours.")
}

/// One of our own keys, or one of others that we have already and that is surely its owner's.
pub(super) async fn known_key(app: &App, key_id: &str) -> Result<Option<(ActorId, PublicKey)>> {
    if let Some(known) = app.remote_keys.get(key_id) {
        return Ok(Some((known.actor, known.key)));
    }
    let wanted = key_id.to_owned();
    let stored = app
        .db
        .read(move |conn| {
            let Some(key) = actors::key_by_uri(conn, &wanted)? else { return Ok(None) };
            let owner = actors::find(conn, key.actor_id)?.filter(|owner| actors::is_key_of(&wanted, &owner.uri));
            Ok(owner.map(|_| key))
        })
        .await?;
    let Some(stored) = stored else { return Ok(None) };
    Ok(Some((stored.actor_id, PublicKey::from_bytes(&stored.algorithm, &stored.public_key)?)))
}
