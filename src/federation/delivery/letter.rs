//! An activity ready to be sent to many inboxes: its bytes, their digest, and the keys of its actor.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use diesel::prelude::*;
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::queue::Due;
use crate::{
    app::App,
    db::{Among, Conn, Timestamp, schema::activities},
    domain::{ActorId, actors},
    error::{Kind, Result},
    federation::keys,
    net::{
        Signer,
        content_type::ACTIVITY,
        signatures::{Digested, Scheme, cavage, rfc9421},
    },
};

/// How many letters are kept ready.
const READY: u64 = 256;

/// What is the same for every inbox.
pub(super) struct Letter {
    body: Bytes,
    digest: Digested,
    signer: Signer,
}

/// Letters that are being sent, by activity.
pub(super) struct Letters(moka::sync::Cache<i64, Arc<Letter>>);

impl Default for Letters {
    fn default() -> Self {
        Self(moka::sync::Cache::builder().max_capacity(READY).build())
    }
}

impl Letters {
    /// The letters of these deliveries, by activity. One that cannot be made is left out.
    pub(super) async fn of(&self, app: &App, due: &[Due]) -> Result<HashMap<i64, Arc<Letter>>> {
        let mut ready = HashMap::new();
        let mut missing = Vec::new();
        for activity in due.iter().map(|due| due.activity_id) {
            match self.0.get(&activity) {
                Some(letter) => {
                    ready.insert(activity, letter);
                }
                None => missing.push(activity),
            }
        }
        if missing.is_empty() {
            return Ok(ready);
        }
        missing.sort_unstable();
        missing.dedup();
        let (bodies, actors) = app.db.read(move |conn| load(conn, &missing)).await?;
        for (activity, actor, body) in bodies {
            let Some(actor) = actors.iter().find(|known| known.id.0 == actor) else { continue };
            let signer = match keys::open_keys(app, actor).await {
                Ok(keys) => keys.rsa,
                Err(error) if error.kind() == Kind::Unavailable => return Err(error),
                Err(error) => {
                    // Only this actor is silent; without its letter the deliveries end with a final verdict.
                    tracing::error!(%error, actor.id = actor.id.0, "The keys of an actor cannot be opened");
                    continue;
                }
            };
            let body = Bytes::from(body);
            let letter = Arc::new(Letter { digest: Digested::of(&body), body, signer });
            self.0.insert(activity, letter.clone());
            ready.insert(activity, letter);
        }
        Ok(ready)
    }

    /// Forgets the letters: keys may have changed.
    pub(super) fn forget(&self) {
        self.0.invalidate_all();
    }
}

type Bodies = Vec<(i64, i64, String)>;

fn load(conn: &mut Conn, ids: &[i64]) -> Result<(Bodies, Vec<actors::Actor>)> {
    let bodies: Bodies = activities::table
        .filter(activities::id.among(ids.to_vec()))
        .select((activities::id, activities::actor_id, activities::body))
        .load(conn)?;
    let mut people: Vec<ActorId> = bodies.iter().map(|(_, actor, _)| ActorId(*actor)).collect();
    people.sort();
    people.dedup();
    let people = actors::get_many(conn, &people)?;
    Ok((bodies, people))
}

impl Letter {
    /// The bytes that are sent.
    pub(super) fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// The headers for one inbox at one moment, signed.
    pub(super) fn headers(&self, inbox: &Url, scheme: Scheme, now: Timestamp) -> Result<HeaderMap> {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ACTIVITY));
        match scheme {
            Scheme::Cavage => cavage::sign(&self.signer, "POST", inbox, &mut headers, Some(&self.digest), true, now)?,
            Scheme::Rfc9421 => rfc9421::sign(&self.signer, "POST", inbox, &mut headers, Some(&self.digest), now)?,
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::SigningKey;

    #[test]
    fn no_more_letters_are_kept_ready_than_the_guide_says() {
        let (letters, body) = (Letters::default(), Bytes::from_static(b"{}"));
        let signer = Signer { key: Arc::new(SigningKey::generate("ed25519").unwrap()), key_id: "k".to_owned() };
        let letter = Arc::new(Letter { digest: Digested::of(&body), body, signer });
        for activity in 0..2_000 {
            letters.0.insert(activity, letter.clone());
        }
        letters.0.run_pending_tasks();
        assert!((1..=READY).contains(&letters.0.entry_count()), "{}", letters.0.entry_count());
    }
}
