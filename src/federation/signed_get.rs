//! Who asks for a document: proven by a signature with a key that we know, without any network.

use http::HeaderMap;

use super::inbox::signatures_of;
use crate::{
    app::App,
    domain::{
        ActorId,
        actors::{self, Actor},
    },
    error::Result,
    net::PublicKey,
};

/// The actor that signed a GET; nobody when it is not signed, not sound, or by a stranger.
pub async fn reader(app: &App, path_and_query: &str, headers: &HeaderMap) -> Result<Option<ActorId>> {
    let Ok(candidates) = signatures_of(app, "GET", path_and_query, headers, b"") else { return Ok(None) };
    for candidate in candidates {
        let key_id = candidate.key_id().to_owned();
        let found = app
            .db
            .read(move |conn| {
                let Some(row) = actors::key_by_uri(conn, &key_id)? else { return Ok(None) };
                let owner =
                    actors::find(conn, row.actor_id)?.filter(|owner| !owner.is_local() && Actor::is_active(owner));
                Ok(owner.map(|owner| (owner, row)))
            })
            .await?;
        if let Some((owner, row)) = found
            && !app.refuses(&owner.host)
            && PublicKey::from_bytes(&row.algorithm, &row.public_key).is_ok_and(|key| candidate.verify(&key))
        {
            return Ok(Some(owner.id));
        }
    }
    Ok(None)
}
