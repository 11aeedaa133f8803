//! Actors of other servers, as their own server describes them.

use diesel::prelude::*;

use super::{
    Actor, ActorKind, Collections, Field, Handle, attribution, claims::replace_keys, find, find_by_uri, get, handles,
};
use crate::{
    db::{
        Json, Key, Signal, Timestamp, Tx,
        schema::{actor_keys, actors, tombstones},
    },
    domain::{
        ActorId,
        emojis::{self, Emoji},
        servers,
        work::Job,
    },
    error::{Error, Result},
    on_conn,
};

/// How long links that could not be proven are left alone.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// A key that an actor's document lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteKey {
    /// The keyId of signatures.
    pub uri: String,
    /// `rsa` or `ed25519`.
    pub algorithm: String,
    /// As `net::keys` stores it.
    pub public_key: Vec<u8>,
}

/// What a fetched and checked actor document says. Text is clean, URLs are http(s), every id lies on the
/// actor's own host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the columns of actors")]
pub struct RemoteActor {
    pub uri: String,
    pub kind: ActorKind,
    pub username: String,
    /// The host of the handle, confirmed by WebFinger when it is not the host of the id.
    pub host: String,
    pub url: Option<String>,
    pub name: String,
    pub summary: String,
    pub icon: Option<String>,
    pub header: Option<String>,
    pub fields: Vec<Field>,
    pub inbox: String,
    pub shared_inbox: Option<String>,
    pub followers_uri: Option<String>,
    pub collections: Collections,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub bot: bool,
    pub also_known_as: Vec<String>,
    pub moved_to: Option<String>,
    /// Pictures that stand for names in what it says of itself.
    pub emojis: Vec<Emoji>,
    /// Domains whose pages may name it as their author.
    pub attribution_domains: Vec<String>,
    pub published_at: Option<Timestamp>,
    pub keys: Vec<RemoteKey>,
    /// Whether the handle is its own.
    pub handle: Handle,
}

/// An actor as it is stored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The actor.
    pub actor: Actor,
    /// Its profile has links that may be proofs. Whoever reads them decides how many wait.
    pub links_to_check: bool,
}

/// Stores an actor of another server, or what changed about it, and answers how it is then. One that was deleted, and
/// one of ours, stays as it is.
pub fn upsert_remote(tx: &mut Tx<'_>, remote: &RemoteActor) -> Result<Stored> {
    let now = tx.now();
    upsert(tx, remote, Some(now), None)
}

/// As [`upsert_remote`], before the handle and a move are confirmed: what we know of those stays, and the actor is
/// not yet fresh. `shown_at` is the address at which it was named as the owner of the key there.
pub fn upsert_unsettled(tx: &mut Tx<'_>, remote: &RemoteActor, shown_at: &str) -> Result<Stored> {
    let before = find_by_uri(tx.conn(), &remote.uri)?;
    let mut remote = remote.clone();
    remote.handle = Handle::Doubtful;
    remote.moved_to = before.as_ref().and_then(|before| before.moved_to.clone());
    if let Some(before) = before.as_ref().filter(|before| before.username == remote.username && !before.is_local()) {
        remote.host.clone_from(&before.host);
        remote.handle = Handle::Kept;
    }
    upsert(tx, &remote, before.and_then(|before| before.fetched_at), Some(shown_at))
}

fn upsert(
    tx: &mut Tx<'_>,
    remote: &RemoteActor,
    fetched_at: Option<Timestamp>,
    shown_at: Option<&str>,
) -> Result<Stored> {
    if remote.host.is_empty() {
        return Err(Error::invalid("actor.host", "An actor of another server needs a host."));
    }
    let now = tx.now();
    // Not by its time: many servers publish only the day, and ids must not clash.
    let new_id = ActorId(tx.new_id());
    on_conn!(tx.conn(), |c| diesel::insert_into(actors::table)
        .values((
            (
                actors::id.eq(new_id),
                actors::kind.eq(remote.kind),
                actors::username.eq(&remote.username),
                actors::username_key.eq(remote.username.to_lowercase()),
                actors::host.eq(&remote.host),
                actors::uri.eq(&remote.uri),
            ),
            actors::inbox.eq(&remote.inbox),
            actors::published_at.eq(remote.published_at.unwrap_or(now).min(now)),
            actors::updated_at.eq(now),
        ))
        .on_conflict(actors::uri)
        .do_nothing()
        .execute(c))?;
    let missing = || Error::not_found("actor.not_found", "There is no such account.");
    let known = find_by_uri(tx.conn(), &remote.uri)?.ok_or_else(missing)?;
    // Its Delete may be arriving at this moment: nothing comes back onto what that leaves.
    tx.lock(Key("actor", &[known.id.0]))?;
    let before = find(tx.conn(), known.id)?.ok_or_else(missing)?;
    if before.is_local() || before.deleted_at.is_some() {
        return Ok(Stored { actor: before, links_to_check: false });
    }
    let links_to_check = has_links_to_check(&before, &remote.fields, now);
    // A link that was seen to link back stays proven while it stays the same.
    let mut fields = remote.fields.clone();
    for field in &mut fields {
        let known = before.fields.0.iter().find(|known| known.value == field.value);
        field.verified_at = known.and_then(|known| known.verified_at);
    }
    diesel::update(actors::table.find(before.id).filter(actors::deleted_at.is_null()))
        .set((
            (
                actors::kind.eq(remote.kind),
                actors::username.eq(&remote.username),
                actors::username_key.eq(remote.username.to_lowercase()),
                actors::host.eq(&remote.host),
                actors::url.eq(own_page(remote)),
                actors::name.eq(&remote.name),
                actors::summary.eq(&remote.summary),
                actors::icon.eq(&remote.icon),
                actors::header.eq(&remote.header),
                actors::fields.eq(Json(fields)),
            ),
            (
                actors::inbox.eq(&remote.inbox),
                actors::shared_inbox.eq(&remote.shared_inbox),
                actors::followers_uri.eq(&remote.followers_uri),
                actors::collections.eq(Json(remote.collections.clone())),
                actors::locked.eq(remote.locked),
                actors::discoverable.eq(remote.discoverable),
                actors::indexable.eq(remote.indexable),
                actors::bot.eq(remote.bot),
                actors::also_known_as.eq(Json(remote.also_known_as.clone())),
                actors::moved_to.eq(&remote.moved_to),
            ),
            actors::updated_at.eq(now),
            actors::fetched_at.eq(fetched_at),
        ))
        .execute(tx.conn())?;
    let actor = find(tx.conn(), before.id)?.ok_or_else(missing)?;
    handles::settle(tx, &actor, &remote.handle)?;
    replace_keys(tx, &actor, &remote.keys, shown_at)?;
    attribution::replace(tx, actor.id, &remote.attribution_domains)?;
    // Whoever had none in their texts may have some in the new ones that were told with the old.
    if !remote.emojis.is_empty() || before.may_have_emojis() || actor.may_have_emojis() {
        emojis::replace(tx, actor.id, &remote.emojis)?;
    }
    servers::settle(tx, actor.id)?;
    tx.signal(Signal { topic: "actor", kind: "update", id: actor.id.0 });
    Ok(Stored { actor: find(tx.conn(), before.id)?.ok_or_else(missing)?, links_to_check })
}

/// The page of an actor, unless it is on somebody else's site: it is where the name leads, and what proofs are judged by.
fn own_page(remote: &RemoteActor) -> Option<&str> {
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    let site = |address: &str| servers::origin(address).map(|host| bare(&host));
    let page = remote.url.as_deref()?;
    let own = [site(&remote.uri), Some(bare(&remote.host))];
    own.contains(&site(page)).then_some(page)
}

/// Whether a profile has links that are new, or that could not be proven when it was read last, a day ago or more.
fn has_links_to_check(before: &Actor, fields: &[Field], now: Timestamp) -> bool {
    let again = before.fetched_at.is_some_and(|at| now.since(at) >= AGAIN);
    fields.iter().filter(|field| field.value.contains("href=")).any(|field| {
        let known = before.fields.0.iter().find(|known| known.value == field.value);
        known.is_none_or(|known| again && known.verified_at.is_none())
    })
}

/// An actor of another server is gone: it stays as an empty row that nobody can be confused with, and its id is
/// remembered. What it leaves behind is taken away by a job.
pub fn forget_remote(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    tx.lock(Key("actor", &[actor.0]))?;
    let old = get(tx.conn(), actor)?;
    let now = tx.now();
    diesel::delete(actor_keys::table.filter(actor_keys::actor_id.eq(actor))).execute(tx.conn())?;
    on_conn!(tx.conn(), |c| diesel::insert_into(tombstones::table)
        .values((tombstones::uri.eq(&old.uri), tombstones::actor_id.eq(actor), tombstones::deleted_at.eq(now)))
        .on_conflict((tombstones::uri, tombstones::actor_id))
        .do_nothing()
        .execute(c))?;
    diesel::update(actors::table.find(actor))
        .set((
            actors::name.eq(""),
            actors::summary.eq(""),
            actors::icon.eq(None::<String>),
            actors::header.eq(None::<String>),
            actors::fields.eq(Json(Vec::<Field>::new())),
            actors::deleted_at.eq(now),
            actors::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    tx.defer(&Job::EraseActor { actor })?;
    tx.signal(Signal { topic: "actor", kind: "delete", id: actor.0 });
    Ok(())
}
