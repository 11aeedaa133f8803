//! Keys of actors. Private halves are sealed before they come here; this area never sees them open.

use diesel::{dsl, prelude::*};

use super::Actor;
use crate::{
    db::{
        Conn, Timestamp, Tx,
        schema::{actor_keys, actors, spare_keys},
    },
    domain::ActorId,
    error::Result,
    on_conn,
};

/// A key pair of ours with its private half sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// `rsa` or `ed25519`.
    pub algorithm: String,
    /// As `net::keys` stores it.
    pub public_key: Vec<u8>,
    /// Sealed PKCS#8.
    pub private_key: Vec<u8>,
}

/// A key of an actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = actor_keys)]
pub struct ActorKey {
    /// Row id.
    pub id: i64,
    /// Whose it is.
    pub actor_id: ActorId,
    /// The keyId of signatures.
    pub key_uri: String,
    /// `rsa` or `ed25519`.
    pub algorithm: String,
    /// As `net::keys` stores it.
    pub public_key: Vec<u8>,
    /// Sealed PKCS#8, for our own.
    pub private_key: Option<Vec<u8>>,
    /// When it was made or fetched.
    pub fetched_at: Timestamp,
}

/// All keys of an actor, RSA first.
pub fn keys_of(conn: &mut Conn, actor: ActorId) -> Result<Vec<ActorKey>> {
    Ok(actor_keys::table
        .filter(actor_keys::actor_id.eq(actor))
        .order((actor_keys::algorithm.desc(), actor_keys::id.asc()))
        .select(ActorKey::as_select())
        .load(conn)?)
}

/// Those of ours who have no keys yet, oldest first.
pub fn list_keyless(conn: &mut Conn, limit: i64) -> Result<Vec<Actor>> {
    let keys = actor_keys::table.filter(actor_keys::actor_id.eq(actors::id));
    Ok(actors::table
        .filter(actors::host.eq(""))
        .filter(actors::deleted_at.is_null())
        .filter(dsl::not(dsl::exists(keys)))
        .order(actors::id.asc())
        .limit(limit)
        .select(Actor::as_select())
        .load(conn)?)
}

/// The key with this keyId.
pub fn key_by_uri(conn: &mut Conn, key_uri: &str) -> Result<Option<ActorKey>> {
    Ok(actor_keys::table
        .filter(actor_keys::key_uri.eq(key_uri))
        .select(ActorKey::as_select())
        .first(conn)
        .optional()?)
}

/// Gives one of our actors its keys; keeps those it has. `#main-key` is RSA, `#ed25519-key` Ed25519.
pub fn store_local_keys(tx: &mut Tx<'_>, actor: ActorId, actor_uri: &str, keys: &[SealedKey]) -> Result<()> {
    let now = tx.now();
    for key in keys {
        let fragment = if key.algorithm == "rsa" { "main-key" } else { "ed25519-key" };
        let id = tx.new_id();
        on_conn!(tx.conn(), |c| diesel::insert_into(actor_keys::table)
            .values((
                actor_keys::id.eq(id),
                actor_keys::actor_id.eq(actor),
                actor_keys::key_uri.eq(format!("{actor_uri}#{fragment}")),
                actor_keys::algorithm.eq(&key.algorithm),
                actor_keys::public_key.eq(&key.public_key),
                actor_keys::private_key.eq(Some(&key.private_key)),
                actor_keys::fetched_at.eq(now),
            ))
            .on_conflict(actor_keys::key_uri)
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Takes a spare RSA pair out of the pool.
pub fn take_spare_key(tx: &mut Tx<'_>) -> Result<Option<SealedKey>> {
    let row: Option<(i64, Vec<u8>, Vec<u8>)> = spare_keys::table.order(spare_keys::id).first(tx.conn()).optional()?;
    let Some((id, public_key, private_key)) = row else { return Ok(None) };
    // Somebody else may have taken it between the two statements.
    let taken = diesel::delete(spare_keys::table.find(id)).execute(tx.conn())?;
    Ok((taken == 1).then(|| SealedKey { algorithm: "rsa".to_owned(), public_key, private_key }))
}

/// Puts an RSA pair into the pool.
pub fn add_spare_key(tx: &mut Tx<'_>, key: &SealedKey) -> Result<()> {
    let id = tx.new_id();
    diesel::insert_into(spare_keys::table)
        .values((
            spare_keys::id.eq(id),
            spare_keys::public_key.eq(&key.public_key),
            spare_keys::private_key.eq(&key.private_key),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// How many pairs are in the pool.
pub fn count_spare_keys(conn: &mut Conn) -> Result<i64> {
    Ok(spare_keys::table.count().get_result(conn)?)
}
