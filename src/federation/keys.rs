//! Signing keys of our own actors and parsed public keys of others.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    domain::{
        ActorId,
        actors::{self, Actor, ActorKey, SealedKey},
    },
    error::{Error, Result},
    net::{PublicKey, Signer, SigningKey},
};

/// What private keys are sealed for.
const PURPOSE: &str = "actor-key";
/// How many spare RSA pairs are kept, because making one costs 80 ms.
const SPARE_KEYS: i64 = 4;
/// To how many actors keys are given in one go.
const AT_A_TIME: i64 = 20;
/// How many opened keys of our own are remembered.
const OWN: u64 = 10_000;
/// How many keys of others are remembered.
const OTHERS: u64 = 50_000;

/// The opened keys of one of our actors.
#[derive(Clone)]
pub struct OpenKeys {
    /// RSA, for HTTP signatures.
    pub rsa: Signer,
    /// Ed25519, for integrity proofs.
    pub ed25519: Signer,
}

/// Opened signing keys of our own actors, by actor.
pub struct LocalKeys(moka::sync::Cache<i64, OpenKeys>);

impl Default for LocalKeys {
    fn default() -> Self {
        Self(moka::sync::Cache::builder().max_capacity(OWN).time_to_idle(Duration::from_secs(3600)).build())
    }
}

impl LocalKeys {
    /// Forgets the keys of an actor.
    pub fn forget(&self, actor: i64) {
        self.0.invalidate(&actor);
    }

    /// Forgets every key.
    pub fn forget_all(&self) {
        self.0.invalidate_all();
    }
}

/// The keys of one of our actors, opened; made when it has none yet.
pub async fn open_keys(app: &App, actor: &Actor) -> Result<OpenKeys> {
    if let Some(open) = app.local_keys.0.get(&actor.id.0) {
        return Ok(open);
    }
    let stored = ensure_keys(app, actor).await?;
    let open = |algorithm: &str| -> Result<Signer> {
        let key = stored
            .iter()
            .find(|key| key.algorithm == algorithm)
            .ok_or_else(|| Error::internal("an actor without keys"))?;
        let sealed =
            key.private_key.as_ref().ok_or_else(|| Error::internal("one of our keys without a private half"))?;
        let signing = SigningKey::from_pkcs8(&key.algorithm, &app.secrets.open(PURPOSE, sealed)?)?;
        Ok(Signer { key: Arc::new(signing), key_id: key.key_uri.clone() })
    };
    let keys = OpenKeys { rsa: open("rsa")?, ed25519: open("ed25519")? };
    app.local_keys.0.insert(actor.id.0, keys.clone());
    Ok(keys)
}

/// Whether the private keys of one of our actors, where it has any yet, can be opened with our secret key.
pub async fn check_keys(app: &App, actor: &Actor) -> Result<()> {
    let id = actor.id;
    let stored = app.db.read(move |conn| actors::keys_of(conn, id)).await?;
    for sealed in stored.iter().filter_map(|key| key.private_key.as_ref()) {
        app.secrets.open(PURPOSE, sealed)?;
    }
    Ok(())
}

/// The public keys of one of our actors, RSA first; made when it has none yet.
pub async fn ensure_keys(app: &App, actor: &Actor) -> Result<Vec<ActorKey>> {
    let id = actor.id;
    let stored = app.db.read(move |conn| actors::keys_of(conn, id)).await?;
    if stored.len() >= 2 {
        return Ok(stored);
    }
    let spare = app.db.write(actors::take_spare_key).await?;
    let rsa = match spare {
        Some(spare) => spare,
        None => seal(app, "rsa").await?,
    };
    let ed25519 = seal(app, "ed25519").await?;
    let (uri, keys) = (actor.uri.clone(), [rsa, ed25519]);
    app.db
        .write(move |tx| {
            actors::store_local_keys(tx, id, &uri, &keys)?;
            actors::keys_of(tx.conn(), id)
        })
        .await
}

/// Gives keys to those of ours who have none yet, some at a time: then whoever reads their documents causes no write, and
/// can read them on a full disk.
pub async fn fill_missing(app: &App) -> Result<()> {
    for actor in app.db.read(|conn| actors::list_keyless(conn, AT_A_TIME)).await? {
        ensure_keys(app, &actor).await?;
    }
    Ok(())
}

/// Fills the pool of spare RSA pairs.
pub async fn fill_spares(app: &App) -> Result<()> {
    let missing = SPARE_KEYS - app.db.read(actors::count_spare_keys).await?;
    for _ in 0..missing.max(0) {
        let key = seal(app, "rsa").await?;
        app.db.write(move |tx| actors::add_spare_key(tx, &key)).await?;
    }
    Ok(())
}

/// Makes a pair and seals its private half.
async fn seal(app: &App, algorithm: &'static str) -> Result<SealedKey> {
    let made =
        tokio::task::spawn_blocking(move || SigningKey::generate(algorithm)).await.map_err(Error::internal)??;
    Ok(SealedKey {
        algorithm: algorithm.to_owned(),
        public_key: made.public_key()?.to_bytes(),
        private_key: app.secrets.seal(PURPOSE, &made.to_pkcs8()?),
    })
}

/// The signer of the instance actor, which signs every fetch.
pub async fn instance_signer(app: &App) -> Result<Signer> {
    let actor = app.db.read(actors::instance_actor).await?;
    let actor = actor
        .ok_or_else(|| Error::unavailable("setup.missing", "This server is not set up yet. Run: guildhall setup"))?;
    Ok(open_keys(app, &actor).await?.rsa)
}

/// A public key of another server's actor, parsed.
#[derive(Clone)]
pub struct RemoteKey {
    /// Whose key it is.
    pub actor: ActorId,
    /// The id of that actor.
    pub actor_uri: String,
    /// The key.
    pub key: PublicKey,
}

/// Parsed public keys of others, by keyId.
pub struct RemoteKeys(moka::sync::Cache<String, RemoteKey>);

impl Default for RemoteKeys {
    fn default() -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(OTHERS)
                .time_to_live(Duration::from_secs(24 * 3600))
                .support_invalidation_closures()
                .build(),
        )
    }
}

impl RemoteKeys {
    /// A key that was seen before.
    pub fn get(&self, key_id: &str) -> Option<RemoteKey> {
        self.0.get(key_id)
    }

    /// Keeps a key.
    pub fn insert(&self, key_id: &str, key: RemoteKey) {
        self.0.insert(key_id.to_owned(), key);
    }

    /// Forgets one key.
    pub fn forget(&self, key_id: &str) {
        self.0.invalidate(key_id);
    }

    /// Forgets the keys of an actor.
    pub fn forget_actor(&self, actor: i64) {
        // Fails only when the cache was built without support for closures, which it was not.
        let _ = self.0.invalidate_entries_if(move |_, key| key.actor.0 == actor);
    }

    /// Forgets every key.
    pub fn forget_all(&self) {
        self.0.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_keys_are_remembered_than_the_guide_says() {
        let key = Arc::new(SigningKey::generate("ed25519").unwrap());
        let signer = Signer { key: key.clone(), key_id: String::new() };
        let (own, others) = (LocalKeys::default(), RemoteKeys::default());
        for number in 0..i64::try_from(OTHERS).unwrap() + 5_000 {
            let keys = OpenKeys { rsa: signer.clone(), ed25519: signer.clone() };
            own.0.insert(number, keys);
            let actor_uri = format!("https://far.example/users/{number}");
            let known = RemoteKey { actor: ActorId(number), actor_uri, key: key.public_key().unwrap() };
            others.insert(&format!("{}#key", known.actor_uri), known.clone());
        }
        own.0.run_pending_tasks();
        others.0.run_pending_tasks();
        assert!((1..=OWN).contains(&own.0.entry_count()), "{}", own.0.entry_count());
        assert!((1..=OTHERS).contains(&others.0.entry_count()), "{}", others.0.entry_count());
    }
}
