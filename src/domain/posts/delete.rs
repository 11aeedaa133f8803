//! Taking a post back. What is left is a tombstone, so that it answers 410 and does not return.

use diesel::prelude::*;

use super::{
    Audience, Post, find,
    pin::{forget_pin, forget_pins_of},
    quotes, reach,
    rights::may_delete,
};
use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{actors as actors_table, follows, posts, tombstones},
    },
    domain::{ActorId, By, PostId, conversations, exposure, media, words, work::Change},
    error::{Error, Result},
    on_conn,
};

/// Deletes a post. Only its author may; what is not there is fine.
pub fn delete(tx: &mut Tx<'_>, by: &By, id: PostId) -> Result<()> {
    let Some(found) = find(tx.conn(), id)? else { return Ok(()) };
    // A reply that is being written holds what it answers.
    if let Some(uri) = &found.uri {
        tx.lock(Key(uri, &[]))?;
    }
    tx.lock(Key("post", &[id.0]))?;
    let Some(post) = find(tx.conn(), id)? else { return Ok(()) };
    if post.author_id != by.actor() {
        return Err(Error::forbidden("post.not_yours", "Only its author can delete a post."));
    }
    may_delete(tx, by, &post)?;
    if let Some(uri) = &post.uri {
        remember_deleted(tx, uri, post.author_id)?;
        if !by.is_remote()
            && let Some(change) = deletion(tx.conn(), &post)?
        {
            exposure::tell(tx, post.author_id, change)?;
        }
    }
    if post.audience.counts_for(Audience::Public) {
        diesel::update(actors_table::table.find(post.author_id))
            .set(actors_table::posts_count.eq(actors_table::posts_count - 1))
            .execute(tx.conn())?;
    }
    remove(tx, id, post.audience, post.reply_to_id)?;
    // Of what not everybody could read nobody else learns that it is gone.
    let kind = if post.audience.is_open() { "delete" } else { "withdraw" };
    tx.signal(Signal { topic: "post", kind, id: id.0 });
    Ok(())
}

/// Takes the row out of its thread: what it answers counts one less, what answers it answers nothing that we have.
pub(super) fn remove(tx: &mut Tx<'_>, id: PostId, audience: Audience, parent: Option<PostId>) -> Result<()> {
    if let Some(parent) = parent
        && let Some(shown) =
            posts::table.find(parent).select(posts::audience).first::<Audience>(tx.conn()).optional()?
        && audience.counts_for(shown)
    {
        diesel::update(posts::table.find(parent))
            .set(posts::replies_count.eq(posts::replies_count - 1))
            .execute(tx.conn())?;
    }
    diesel::update(posts::table.filter(posts::reply_to_id.eq(id)))
        .set(posts::reply_to_id.eq(None::<PostId>))
        .execute(tx.conn())?;
    quotes::orphan(tx, id)?;
    quotes::take_out(tx, id)?;
    if audience == Audience::Direct {
        conversations::take_out(tx, id)?;
    }
    media::forget_post(tx, id)?;
    words::take_out(tx, id)?;
    diesel::delete(posts::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// What the deletion of a post is told as, with what addressing needs; nothing for what never leaves. Only those are
/// told whom it was addressed to: others would learn that it was.
pub fn deletion(conn: &mut Conn, post: &Post) -> Result<Option<Change>> {
    let Some(post) = post.clone().federable() else { return Ok(None) };
    let reach = reach(conn, &post)?;
    Ok(Some(Change::PostDeleted {
        uri: post.uri().to_owned(),
        audience: post.audience,
        concerned: reach.actors,
        hidden: reach.hidden,
    }))
}

/// Deletes everything that an actor wrote, when the actor itself goes; the Delete of the actor tells others.
/// Done in portions of `limit`; answers whether anything is left.
pub fn delete_all_of(tx: &mut Tx<'_>, author: ActorId, limit: i64) -> Result<bool> {
    let mut ids: Vec<PostId> = posts::table
        .filter(posts::author_id.eq(author))
        .order(posts::id)
        .limit(limit + 1)
        .select(posts::id)
        .load(tx.conn())?;
    let more = i64::try_from(ids.len()).unwrap_or(i64::MAX) > limit;
    ids.truncate(usize::try_from(limit).unwrap_or(0));
    // As when one is deleted alone: whoever writes or deletes it now is waited for, and what they left counts.
    hold(tx, &ids)?;
    for id in ids {
        let Some(post) = find(tx.conn(), id)? else { continue };
        if let Some(uri) = &post.uri {
            remember_deleted(tx, uri, author)?;
        }
        remove(tx, id, post.audience, post.reply_to_id)?;
    }
    forget_pins_of(tx, author)?;
    diesel::update(actors_table::table.find(author)).set(actors_table::posts_count.eq(0)).execute(tx.conn())?;
    Ok(more)
}

/// Nobody writes, answers or deletes these until we are done, nor works at the conversations that they are part of: in
/// the order in which everybody holds several, so that no two wait for each other.
pub(super) fn hold(tx: &mut Tx<'_>, ids: &[PostId]) -> Result<()> {
    let mut ids = ids.to_vec();
    ids.sort();
    let uris: Vec<Option<String>> =
        posts::table.filter(posts::id.among(ids.clone())).select(posts::uri).load(tx.conn())?;
    let mut uris: Vec<String> = uris.into_iter().flatten().collect();
    uris.sort();
    for uri in &uris {
        tx.lock(Key(uri, &[]))?;
    }
    for id in &ids {
        tx.lock(Key("post", &[id.0]))?;
    }
    conversations::hold(tx, &ids)
}

/// Remembers that `actor` deleted an object, also one that we never saw: its Create may come later. What is deleted is
/// pinned no more.
pub fn remember_deleted(tx: &mut Tx<'_>, uri: &str, actor: ActorId) -> Result<()> {
    forget_pin(tx, actor, uri)?;
    let now = tx.now();
    on_conn!(tx.conn(), |c| diesel::insert_into(tombstones::table)
        .values((tombstones::uri.eq(uri), tombstones::actor_id.eq(actor), tombstones::deleted_at.eq(now)))
        .on_conflict((tombstones::uri, tombstones::actor_id))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Whether a post that is not here could still matter to somebody here when it comes: its author has to do with our
/// people or wrote something that is here, or a post that is here answers it. Of everybody else's nothing is
/// remembered: anybody can delete what never was.
pub fn may_come(conn: &mut Conn, uri: &str, author: ActorId) -> Result<bool> {
    let of_ours = follows::table.filter(follows::follower_id.eq(author).or(follows::target_id.eq(author)));
    let written = posts::table.filter(posts::author_id.eq(author));
    // What answers a post that is not here waits for it; there is an index of those alone.
    let answered = posts::table.filter(posts::reply_to_uri.eq(uri)).filter(posts::reply_to_id.is_null());
    let (related, known): (bool, bool) =
        diesel::select((diesel::dsl::exists(of_ours), diesel::dsl::exists(written))).get_result(conn)?;
    Ok(related || known || diesel::select(diesel::dsl::exists(answered)).get_result(conn)?)
}

/// Whether the object with this id was deleted by `actor`. What a neighbour claims to have deleted does not
/// count for the author's own.
pub fn is_deleted_by(conn: &mut Conn, uri: &str, actor: ActorId) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(tombstones::table.find((uri, actor)))).get_result(conn)?)
}

/// When the object of ours with this id was deleted, if it was.
pub fn deleted_at(conn: &mut Conn, uri: &str) -> Result<Option<Timestamp>> {
    Ok(tombstones::table.filter(tombstones::uri.eq(uri)).select(tombstones::deleted_at).first(conn).optional()?)
}

/// Forgets up to `limit` things that were deleted elsewhere long ago; answers how many. Our own tombstones stay: they
/// answer 410 for ever.
pub fn prune_tombstones(tx: &mut Tx<'_>, base_url: &str, older_than: std::time::Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let foreign: Vec<String> = tombstones::table
        .filter(tombstones::deleted_at.lt(before))
        .filter(diesel::dsl::not(tombstones::uri.like(format!("{base_url}/%"))))
        .order(tombstones::deleted_at)
        .limit(limit)
        .select(tombstones::uri)
        .load(tx.conn())?;
    let old = tombstones::table.filter(tombstones::uri.among(foreign)).filter(tombstones::deleted_at.lt(before));
    Ok(diesel::delete(old).execute(tx.conn())?)
}
