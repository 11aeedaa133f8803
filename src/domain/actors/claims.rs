//! Whose a key is. Actors of one server may list each other's keys, and whoever is heard of first must not keep a
//! neighbour out for that.

use diesel::prelude::*;

use super::{Actor, RemoteKey, find, find_by_uri};
use crate::{
    db::{Signal, Tx, schema::actor_keys},
    domain::ActorId,
    error::Result,
    on_conn,
};

/// The address at which a key is shown.
fn address_of(key: &str) -> &str {
    key.split('#').next().unwrap_or(key)
}

/// How much of a key's id is the id of an actor, nothing when the key does not lie there: it is the actor's id with a
/// fragment, a query or one more step of the path (GoToSocial's `/main-key`).
fn nearness(key: &str, actor: &str) -> usize {
    let below = |rest: &str| match rest.chars().next() {
        None | Some('#' | '?' | '&') => true,
        Some('/') => !address_of(rest).trim_start_matches('/').contains('/'),
        Some(_) => false,
    };
    if key.strip_prefix(actor).is_some_and(below) { actor.len() } else { 0 }
}

/// Whether the id of a key says by itself that the key is this actor's. Of any other key only the document at its own
/// address tells.
pub fn is_key_of(key: &str, actor: &str) -> bool {
    nearness(key, actor) > 0
}

/// The document is the truth about the keys: those it no longer lists are gone. What is another's is not taken.
/// `shown_at` is an address at which this actor was just named as the owner of what lies there.
pub(super) fn replace_keys(tx: &mut Tx<'_>, actor: &Actor, keys: &[RemoteKey], shown_at: Option<&str>) -> Result<()> {
    let listed: Vec<&str> = keys.iter().map(|key| key.uri.as_str()).collect();
    diesel::delete(
        actor_keys::table.filter(actor_keys::actor_id.eq(actor.id)).filter(actor_keys::key_uri.ne_all(listed)),
    )
    .execute(tx.conn())?;
    for key in keys {
        let address = address_of(&key.uri);
        let somebody = if address == actor.uri { None } else { find_by_uri(tx.conn(), address)? };
        if somebody.is_some_and(|somebody| somebody.id != actor.id) || insert(tx, actor.id, key)? {
            continue;
        }
        if !update(tx, actor.id, key)?
            && let Some(neighbour) = usurper(tx, actor, key, shown_at)?
        {
            take_back(tx, actor.id, key, neighbour)?;
        }
    }
    Ok(())
}

/// Who has a key that they listed and that is this actor's.
fn usurper(tx: &mut Tx<'_>, actor: &Actor, key: &RemoteKey, shown_at: Option<&str>) -> Result<Option<ActorId>> {
    let holder = actor_keys::table.filter(actor_keys::key_uri.eq(&key.uri)).select(actor_keys::actor_id);
    let holder: Option<ActorId> = holder.first(tx.conn()).optional()?;
    let holder = holder.map(|holder| find(tx.conn(), holder)).transpose()?.flatten();
    let ours = nearness(&key.uri, &actor.uri);
    let is_ours = |holder: &Actor| {
        let theirs = nearness(&key.uri, &holder.uri);
        ours > theirs || theirs == 0 && shown_at == Some(address_of(&key.uri))
    };
    Ok(holder.filter(|holder| !holder.is_local() && is_ours(holder)).map(|holder| holder.id))
}

fn take_back(tx: &mut Tx<'_>, owner: ActorId, key: &RemoteKey, from: ActorId) -> Result<()> {
    diesel::update(actor_keys::table.filter(actor_keys::key_uri.eq(&key.uri)).filter(actor_keys::actor_id.eq(from)))
        .set(actor_keys::actor_id.eq(owner))
        .execute(tx.conn())?;
    update(tx, owner, key)?;
    // Wherever it is remembered as the other's, it is forgotten.
    tx.signal(Signal { topic: "actor", kind: "update", id: from.0 });
    Ok(())
}

fn insert(tx: &mut Tx<'_>, owner: ActorId, key: &RemoteKey) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(actor_keys::table)
        .values((
            actor_keys::id.eq(id),
            actor_keys::actor_id.eq(owner),
            actor_keys::key_uri.eq(&key.uri),
            actor_keys::algorithm.eq(&key.algorithm),
            actor_keys::public_key.eq(&key.public_key),
            actor_keys::fetched_at.eq(now),
        ))
        .on_conflict(actor_keys::key_uri)
        .do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Brings a key that the actor has up to date, if it has it.
fn update(tx: &mut Tx<'_>, owner: ActorId, key: &RemoteKey) -> Result<bool> {
    let now = tx.now();
    let known = actor_keys::table.filter(actor_keys::key_uri.eq(&key.uri)).filter(actor_keys::actor_id.eq(owner));
    let updated = diesel::update(known)
        .set((
            actor_keys::algorithm.eq(&key.algorithm),
            actor_keys::public_key.eq(&key.public_key),
            actor_keys::fetched_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(updated == 1)
}

#[cfg(test)]
mod tests {
    use super::nearness;

    #[test]
    fn a_key_lies_at_an_actor_by_a_fragment_a_query_or_one_step() {
        let actor = "https://good.example/users/alice";
        for rest in ["", "#main-key", "/main-key", "/main-key#rsa", "?key=1", "/#main-key"] {
            assert_eq!(nearness(&format!("{actor}{rest}"), actor), actor.len(), "{rest}");
        }
        for other in ["s#main-key", "/keys/1", "/a/b#main-key"] {
            assert_eq!(nearness(&format!("{actor}{other}"), actor), 0, "{other}");
        }
        let (root, key) = ("https://good.example", "https://good.example/users/alice#main-key");
        assert_eq!((nearness(key, root), nearness(key, "https://good.example/users/al")), (0, 0));
    }
}
