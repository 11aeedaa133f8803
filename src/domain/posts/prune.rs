//! What others wrote and nobody here needs any more.

use diesel::{dsl, prelude::*};

use super::{
    Audience,
    delete::{hold, remove},
};
use crate::{
    db::{
        Among, Conn, Timestamp, Tx, first_id_at,
        schema::{
            actors, bookmarks, boosts, home_entries, likes, mentions, notifications, pins, poll_votes, posts, quotes,
        },
    },
    domain::{ActorId, PostId},
    error::Result,
};

/// A stretch of old posts that was looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many posts were forgotten.
    pub forgotten: usize,
    /// After which post the next stretch begins; nothing when this was the last one.
    pub next: Option<PostId>,
}

/// Forgets posts of other servers that came before a moment and mean nothing to anybody here: nobody here liked,
/// boosted, bookmarked, voted or was mentioned in them, no post quotes them, they are in nobody's home or
/// notifications, their authors do not pin them, and nobody here wrote in their thread. They are not deleted in the
/// eyes of the network and may come again. Looks at `limit` posts after `after`.
pub fn prune_stale(tx: &mut Tx<'_>, after: PostId, before: Timestamp, limit: i64) -> Result<Window> {
    let old: Vec<PostId> = posts::table
        .filter(posts::id.gt(after))
        .filter(posts::id.lt(PostId(first_id_at(before))))
        .order(posts::id)
        .limit(limit)
        .select(posts::id)
        .load(tx.conn())?;
    let Some(last) = old.last().copied() else { return Ok(Window { forgotten: 0, next: None }) };
    let next = (i64::try_from(old.len()).unwrap_or(i64::MAX) >= limit).then_some(last);
    let stale = stale_among(tx, old, before)?;
    hold_with_rows(tx, &stale)?;
    // Somebody may have answered, liked or boosted one until we held it.
    let stale = stale_among(tx, stale.iter().map(|(id, ..)| *id).collect(), before)?;
    for (id, author, parent, audience) in &stale {
        if audience.counts_for(Audience::Public) {
            diesel::update(actors::table.find(author).filter(actors::posts_count.gt(0)))
                .set(actors::posts_count.eq(actors::posts_count - 1))
                .execute(tx.conn())?;
        }
        remove(tx, *id, *audience, *parent)?;
    }
    Ok(Window { forgotten: stale.len(), next })
}

/// A post with its author, what it answers, and who may read it.
type Stale = (PostId, ActorId, Option<PostId>, Audience);

/// Nobody answers, likes or boosts these until we are done: answers wait for the locks that writing and deleting take;
/// rows that refer to a post wait for its row.
fn hold_with_rows(tx: &mut Tx<'_>, stale: &[Stale]) -> Result<()> {
    let ids: Vec<PostId> = stale.iter().map(|(id, ..)| *id).collect();
    hold(tx, &ids)?;
    if let Conn::Pg(pg) = tx.conn() {
        let rows = posts::table.filter(posts::id.among(ids)).order(posts::id).select(posts::id);
        rows.for_update().load::<PostId>(pg)?;
    }
    Ok(())
}

/// Those of these posts that nobody here needs.
fn stale_among(tx: &mut Tx<'_>, old: Vec<PostId>, before: Timestamp) -> Result<Vec<Stale>> {
    let local = || actors::table.filter(actors::host.eq("")).select(actors::id);
    let liked = likes::table.filter(likes::post_id.eq(posts::id)).filter(likes::actor_id.eq_any(local()));
    let boosted = boosts::table.filter(boosts::post_id.eq(posts::id)).filter(boosts::actor_id.eq_any(local()));
    let voted =
        poll_votes::table.filter(poll_votes::post_id.eq(posts::id)).filter(poll_votes::actor_id.eq_any(local()));
    let mentioned = mentions::table.filter(mentions::post_id.eq(posts::id)).filter(mentions::actor_id.eq_any(local()));
    let at_home = home_entries::table.filter(home_entries::post_id.eq(posts::id));
    let told = notifications::table.filter(notifications::post_id.assume_not_null().eq(posts::id));
    let pinned =
        pins::table.filter(pins::actor_id.eq(posts::author_id)).filter(pins::post_uri.nullable().eq(posts::uri));
    let kept = bookmarks::table.filter(bookmarks::post_id.eq(posts::id));
    let quoted = quotes::table.filter(quotes::quoted_id.assume_not_null().eq(posts::id));
    let thread = diesel::alias!(posts as thread);
    let ours = thread
        .filter(thread.field(posts::thread_id).eq(posts::thread_id))
        .filter(thread.field(posts::author_id).eq_any(local()));
    Ok(posts::table
        .filter(posts::id.among(old))
        .filter(posts::created_at.lt(before))
        .filter(posts::author_id.ne_all(local()))
        .filter(dsl::not(dsl::exists(liked)))
        .filter(dsl::not(dsl::exists(boosted)))
        .filter(dsl::not(dsl::exists(voted)))
        .filter(dsl::not(dsl::exists(mentioned)))
        .filter(dsl::not(dsl::exists(at_home)))
        .filter(dsl::not(dsl::exists(told)))
        .filter(dsl::not(dsl::exists(pinned)))
        .filter(dsl::not(dsl::exists(kept)))
        .filter(dsl::not(dsl::exists(quoted)))
        .filter(dsl::not(dsl::exists(ours)))
        .select((posts::id, posts::author_id, posts::reply_to_id, posts::audience))
        .load(tx.conn())?)
}
