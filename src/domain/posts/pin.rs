//! Posts that their author shows first.
//!
//! Everybody sees what is pinned, so only open posts of ours can be. A pin names its post by the id on the network:
//! somebody elsewhere may pin what has not come here yet, in whatever order it arrives.

use diesel::prelude::*;
use serde_json::json;

use super::{
    Post, Viewer, get_visible,
    like::{lock_deed, viewer_of},
    visible_to,
};
use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{pins, posts},
    },
    domain::{
        ActorId, By, PinId, PostId, actors,
        audit::{About, Act},
        brands, exposure,
        work::Change,
    },
    error::{Error, Result},
    on_conn,
};

/// How many posts one of ours pins at most: as many as on Mastodon.
pub const PINS: usize = 5;
/// How many pins of somebody elsewhere are kept, the newest. The document of a collection has no limit.
const PINS_ELSEWHERE: i64 = 20;

/// A pinned post.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = pins)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Pin {
    pub id: PinId,
    pub actor_id: ActorId,
    /// The ActivityPub id of the post.
    pub post_uri: String,
    pub created_at: Timestamp,
}

/// Shows one of one's own open posts first; twice is once.
pub fn pin(tx: &mut Tx<'_>, by: &By, id: PostId) -> Result<PinId> {
    let actor = by.actor();
    let author = lock_deed(tx, by, id)?;
    tx.lock(Key("pins", &[actor.0]))?;
    let viewer = viewer_of(tx, by)?;
    let post = get_visible(tx.conn(), &viewer, id)?;
    if post.author_id != actor {
        return Err(Error::invalid("pin.not_yours", "Only your own posts can be pinned."));
    }
    if !author.is_active() {
        return Err(Error::forbidden("actor.suspended", "This account is suspended and cannot pin."));
    }
    let Some(uri) = post.uri.filter(|_| post.audience.is_open()) else {
        return Err(Error::invalid(
            "pin.audience",
            "Only public and unlisted posts can be pinned: everybody sees what is pinned.",
        ));
    };
    if let Some(known) = find_pin_of(tx.conn(), actor, &uri)? {
        return Ok(known.id);
    }
    if pinned_by(tx.conn(), &Viewer::Anonymous, actor)?.len() >= PINS {
        return Err(Error::invalid(
            "pin.limit",
            format!("At most {PINS} posts can be pinned. Unpin another one first."),
        ));
    }
    brands::act_for(tx, by, Act::PostPinned, About::Post(id), json!({}))?;
    let pin = insert(tx, actor, &uri)?;
    exposure::ask_and_tell(tx, actor, Change::Pinned { pin })?;
    tx.signal(Signal { topic: "post", kind: "update", id: id.0 });
    Ok(pin)
}

fn insert(tx: &mut Tx<'_>, actor: ActorId, uri: &str) -> Result<PinId> {
    let (id, now) = (PinId(tx.new_id()), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(pins::table)
        .values((pins::id.eq(id), pins::actor_id.eq(actor), pins::post_uri.eq(uri), pins::created_at.eq(now)))
        .execute(c))?;
    Ok(id)
}

/// Shows a post first no longer, and answers what that is told as; what is not pinned is fine.
pub fn unpin(tx: &mut Tx<'_>, by: &By, id: PostId) -> Result<Option<Change>> {
    let actor = by.actor();
    tx.lock(Key("pins", &[actor.0]))?;
    let post = super::get(tx.conn(), id)?;
    let Some(post_uri) = post.uri else { return Ok(None) };
    let Some(pin) = find_pin_of(tx.conn(), actor, &post_uri)? else { return Ok(None) };
    brands::act_for(tx, by, Act::PostUnpinned, About::Post(id), json!({}))?;
    diesel::delete(pins::table.find(pin.id)).execute(tx.conn())?;
    let change = Change::Unpinned { pin: pin.id, post_uri, audience: post.audience };
    exposure::tell(tx, actor, change.clone())?;
    tx.signal(Signal { topic: "post", kind: "update", id: id.0 });
    Ok(Some(change))
}

/// Notes that somebody elsewhere pins a post of theirs. Of more than twenty the oldest are forgotten; who is gone pins
/// nothing.
pub fn pinned_elsewhere(tx: &mut Tx<'_>, actor: ActorId, uri: &str) -> Result<()> {
    tx.lock(Key("actor", &[actor.0]))?;
    actors::get(tx.conn(), actor)?;
    tx.lock(Key("pins", &[actor.0]))?;
    if find_pin_of(tx.conn(), actor, uri)?.is_some() {
        return Ok(());
    }
    insert(tx, actor, uri)?;
    let all = pins::table.filter(pins::actor_id.eq(actor));
    let oldest: Option<PinId> =
        all.order(pins::id.desc()).offset(PINS_ELSEWHERE).select(pins::id).first(tx.conn()).optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(all.filter(pins::id.le(oldest))).execute(tx.conn())?;
    }
    Ok(())
}

/// Forgets that an actor pins what has this id, without telling anybody: it is deleted, or another server said so.
pub fn forget_pin(tx: &mut Tx<'_>, actor: ActorId, uri: &str) -> Result<()> {
    let theirs = pins::table.filter(pins::actor_id.eq(actor)).filter(pins::post_uri.eq(uri));
    diesel::delete(theirs).execute(tx.conn())?;
    Ok(())
}

/// Forgets everything that an actor pinned, when the actor itself goes.
pub(super) fn forget_pins_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(pins::table.filter(pins::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}

/// The pin of this id with its post, while both are there.
pub fn find_pin(conn: &mut Conn, id: PinId) -> Result<Option<(Pin, Post)>> {
    Ok(pins::table
        .inner_join(posts::table.on(posts::uri.eq(pins::post_uri.nullable()).and(posts::author_id.eq(pins::actor_id))))
        .filter(pins::id.eq(id))
        .select((Pin::as_select(), Post::as_select()))
        .first(conn)
        .optional()?)
}

/// What says that `actor` pins what has this id.
pub fn find_pin_of(conn: &mut Conn, actor: ActorId, uri: &str) -> Result<Option<Pin>> {
    let theirs = pins::table.filter(pins::actor_id.eq(actor)).filter(pins::post_uri.eq(uri));
    Ok(theirs.select(Pin::as_select()).first(conn).optional()?)
}

/// What an actor pins, as far as `viewer` may see it, pinned last first. Two queries.
pub fn pinned_by(conn: &mut Conn, viewer: &Viewer, actor: ActorId) -> Result<Vec<PostId>> {
    let uris: Vec<String> =
        pins::table.filter(pins::actor_id.eq(actor)).order(pins::id.desc()).select(pins::post_uri).load(conn)?;
    if uris.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(PostId, Option<String>)> = posts::table
        .filter(posts::uri.among(uris.clone()))
        .filter(posts::author_id.eq(actor))
        .filter(visible_to(viewer))
        .select((posts::id, posts::uri))
        .load(conn)?;
    let post = |uri: &String| found.iter().find(|(_, known)| known.as_ref() == Some(uri)).map(|(id, _)| *id);
    Ok(uris.iter().filter_map(post).collect())
}

/// Those of these posts that `actor` wrote and pins.
pub(super) fn pinned_among(conn: &mut Conn, actor: ActorId, ids: &[PostId]) -> Result<Vec<PostId>> {
    let pinned = pins::table.filter(pins::actor_id.eq(actor)).select(pins::post_uri.nullable());
    Ok(posts::table
        .filter(posts::id.among(ids.to_vec()))
        .filter(posts::author_id.eq(actor))
        .filter(posts::uri.eq_any(pinned))
        .select(posts::id)
        .load(conn)?)
}
