//! People elsewhere with whom nobody here has anything to do any more.

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Among, Signal, Timestamp, Tx,
        schema::{
            actor_keys, actor_notes, actors, blocks, boosts, doubtful_handles, follows, likes, limited_actors,
            mentions, mutes, notification_permissions, notifications, pins, poll_votes, posts, refused_actors, reports,
        },
    },
    domain::ActorId,
    error::Result,
};

/// A stretch of actors that was looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many were forgotten.
    pub forgotten: usize,
    /// After whom the next stretch begins; nothing when this was the last one.
    pub next: Option<ActorId>,
}

/// Forgets actors of other servers whose documents were read before a moment and that nothing here refers to: no
/// follow, block, mute or note, no post, mention, like, boost or vote, no notification, no report, and whom no moderator limits. Whoever writes again is fetched again.
/// Looks at `limit` actors after `after`.
pub fn prune_strangers(tx: &mut Tx<'_>, after: ActorId, before: Timestamp, limit: i64) -> Result<Window> {
    let looked_at: Vec<ActorId> = actors::table
        .filter(actors::id.gt(after))
        .filter(actors::host.ne(""))
        .order(actors::id)
        .limit(limit)
        .select(actors::id)
        .load(tx.conn())?;
    let Some(last) = looked_at.last().copied() else { return Ok(Window { forgotten: 0, next: None }) };
    let next = (i64::try_from(looked_at.len()).unwrap_or(i64::MAX) >= limit).then_some(last);
    let gone = unneeded_among(tx, looked_at, before)?;
    diesel::delete(actor_keys::table.filter(actor_keys::actor_id.among(&gone))).execute(tx.conn())?;
    diesel::delete(pins::table.filter(pins::actor_id.among(&gone))).execute(tx.conn())?;
    diesel::delete(doubtful_handles::table.filter(doubtful_handles::actor_id.among(&gone))).execute(tx.conn())?;
    diesel::delete(limited_actors::table.filter(limited_actors::actor_id.among(&gone))).execute(tx.conn())?;
    diesel::delete(actors::table.filter(actors::id.among(&gone))).execute(tx.conn())?;
    for actor in &gone {
        tx.signal(Signal { topic: "actor", kind: "delete", id: actor.0 });
    }
    Ok(Window { forgotten: gone.len(), next })
}

/// Those of these actors that nobody here needs.
fn unneeded_among(tx: &mut Tx<'_>, looked_at: Vec<ActorId>, before: Timestamp) -> Result<Vec<ActorId>> {
    let followed = follows::table.filter(follows::target_id.eq(actors::id));
    let following = follows::table.filter(follows::follower_id.eq(actors::id));
    let blocked = blocks::table.filter(blocks::target_id.eq(actors::id));
    let blocking = blocks::table.filter(blocks::actor_id.eq(actors::id));
    let muted = mutes::table.filter(mutes::target_id.eq(actors::id));
    let muting = mutes::table.filter(mutes::actor_id.eq(actors::id));
    let refused = refused_actors::table.filter(refused_actors::actor_id.eq(actors::id));
    let limited = limited_actors::table
        .filter(limited_actors::actor_id.eq(actors::id))
        .filter(limited_actors::limited_at.is_not_null());
    let noted = actor_notes::table.filter(actor_notes::target_id.eq(actors::id));
    let let_in = notification_permissions::table.filter(notification_permissions::from_id.eq(actors::id));
    let told_of = notifications::table.filter(notifications::from_id.eq(actors::id));
    Ok(actors::table
        .filter(actors::id.among(looked_at))
        .filter(actors::updated_at.lt(before))
        .filter(actors::fetched_at.is_null().or(actors::fetched_at.assume_not_null().lt(before)))
        .filter(actors::deleted_at.is_null().or(actors::deleted_at.assume_not_null().lt(before)))
        .filter(actors::suspended_at.is_null())
        .filter(dsl::not(dsl::exists(followed)))
        .filter(dsl::not(dsl::exists(following)))
        .filter(dsl::not(dsl::exists(blocked)))
        .filter(dsl::not(dsl::exists(blocking)))
        .filter(dsl::not(dsl::exists(muted)))
        .filter(dsl::not(dsl::exists(muting)))
        .filter(dsl::not(dsl::exists(refused)))
        .filter(dsl::not(dsl::exists(limited)))
        .filter(dsl::not(dsl::exists(noted)))
        .filter(dsl::not(dsl::exists(told_of)))
        .filter(dsl::not(dsl::exists(let_in)))
        .filter(dsl::not(dsl::exists(posts::table.filter(posts::author_id.eq(actors::id)))))
        .filter(dsl::not(dsl::exists(mentions::table.filter(mentions::actor_id.eq(actors::id)))))
        .filter(dsl::not(dsl::exists(likes::table.filter(likes::actor_id.eq(actors::id)))))
        .filter(dsl::not(dsl::exists(boosts::table.filter(boosts::actor_id.eq(actors::id)))))
        .filter(dsl::not(dsl::exists(reports::table.filter(reports::reporter_id.eq(actors::id)))))
        .filter(dsl::not(dsl::exists(reports::table.filter(reports::target_id.eq(actors::id)))))
        .filter(dsl::not(dsl::exists(poll_votes::table.filter(poll_votes::actor_id.eq(actors::id)))))
        .select(actors::id)
        .load(tx.conn())?)
}
