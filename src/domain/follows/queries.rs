//! Looking follows up.

use diesel::prelude::*;

use super::{Follow, FollowState};
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{actor_notes, actors, blocks, endorsements, follows, mutes, shunned_hosts},
    },
    domain::{ActorId, FollowId, Page, actors::Actor},
    error::Result,
};

/// How one actor stands to another, as the Mastodon API tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Relationship {
    pub id: ActorId,
    pub following: bool,
    pub showing_reblogs: bool,
    pub notifying: bool,
    /// In which languages; nothing for all.
    pub languages: Option<Vec<String>>,
    pub followed_by: bool,
    pub blocking: bool,
    pub blocked_by: bool,
    pub muting: bool,
    pub muting_notifications: bool,
    pub muting_expires_at: Option<Timestamp>,
    pub requested: bool,
    pub requested_by: bool,
    pub domain_blocking: bool,
    pub endorsed: bool,
    pub note: String,
}

/// The follow of this id.
pub fn find(conn: &mut Conn, id: FollowId) -> Result<Option<Follow>> {
    Ok(follows::table.find(id).select(Follow::as_select()).first(conn).optional()?)
}

/// The follow from one to the other.
pub fn find_between(conn: &mut Conn, follower: ActorId, target: ActorId) -> Result<Option<Follow>> {
    Ok(follows::table
        .filter(follows::follower_id.eq(follower))
        .filter(follows::target_id.eq(target))
        .select(Follow::as_select())
        .first(conn)
        .optional()?)
}

/// The follow of `follower` whose activity has this id. Nobody keeps another from using the same one.
pub fn find_by_uri(conn: &mut Conn, uri: &str, follower: ActorId) -> Result<Option<Follow>> {
    let theirs = follows::table.filter(follows::uri.eq(uri)).filter(follows::follower_id.eq(follower));
    Ok(theirs.select(Follow::as_select()).first(conn).optional()?)
}

/// What `target` was asked by the activity with this id.
pub fn find_asked(conn: &mut Conn, uri: &str, target: ActorId) -> Result<Option<Follow>> {
    let asked = follows::table.filter(follows::uri.eq(uri)).filter(follows::target_id.eq(target));
    Ok(asked.select(Follow::as_select()).first(conn).optional()?)
}

/// Whether somebody here follows this actor, or has asked to.
pub fn is_heard_here(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    let followed = follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(actor))
        .filter(actors::host.eq(""));
    Ok(diesel::select(diesel::dsl::exists(followed)).get_result(conn)?)
}

fn page_of(
    conn: &mut Conn,
    page: &Page,
    narrow: impl Fn(
        follows::BoxedQuery<'static, crate::db::MultiBackend>,
    ) -> follows::BoxedQuery<'static, crate::db::MultiBackend>,
) -> Result<Vec<Follow>> {
    let (above, below) = page.bounds();
    let query = narrow(follows::table.into_boxed())
        .filter(follows::id.gt(above))
        .filter(follows::id.lt(below))
        .limit(page.limit);
    let query = if page.upwards() { query.order(follows::id.asc()) } else { query.order(follows::id.desc()) };
    let mut rows: Vec<Follow> = query.select(Follow::as_select()).load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// Those who follow `target`, newest first. Pages by follow id.
pub fn list_followers(conn: &mut Conn, target: ActorId, page: &Page) -> Result<Vec<Follow>> {
    page_of(conn, page, |query| {
        query.filter(follows::target_id.eq(target)).filter(follows::state.eq(FollowState::Accepted))
    })
}

/// Those whom `follower` follows, newest first. Pages by follow id.
pub fn list_following(conn: &mut Conn, follower: ActorId, page: &Page) -> Result<Vec<Follow>> {
    page_of(conn, page, |query| {
        query.filter(follows::follower_id.eq(follower)).filter(follows::state.eq(FollowState::Accepted))
    })
}

/// Those who wait for `target` to answer, newest first.
pub fn list_requests(conn: &mut Conn, target: ActorId, page: &Page) -> Result<Vec<Follow>> {
    page_of(conn, page, |query| {
        query.filter(follows::target_id.eq(target)).filter(follows::state.eq(FollowState::Requested))
    })
}

/// Whom `me` blocks, blocked last first, each with the number by which they are paged.
pub fn list_blocks(conn: &mut Conn, me: ActorId, page: &Page) -> Result<Vec<(i64, ActorId)>> {
    let (above, below) = page.bounds();
    let query = blocks::table
        .filter(blocks::actor_id.eq(me))
        .filter(blocks::id.gt(above))
        .filter(blocks::id.lt(below))
        .limit(page.limit)
        .select((blocks::id, blocks::target_id))
        .into_boxed();
    let query = if page.upwards() { query.order(blocks::id.asc()) } else { query.order(blocks::id.desc()) };
    let mut rows: Vec<(i64, ActorId)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// Somebody who is muted: the number by which they are paged, who it is, and until when.
pub type Muted = (i64, ActorId, Option<Timestamp>);

/// Whom `me` mutes at the moment, muted last first.
pub fn list_mutes(conn: &mut Conn, me: ActorId, page: &Page, now: Timestamp) -> Result<Vec<Muted>> {
    let (above, below) = page.bounds();
    let query = mutes::table
        .filter(mutes::actor_id.eq(me))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)))
        .filter(mutes::id.gt(above))
        .filter(mutes::id.lt(below))
        .limit(page.limit)
        .select((mutes::id, mutes::target_id, mutes::expires_at))
        .into_boxed();
    let query = if page.upwards() { query.order(mutes::id.asc()) } else { query.order(mutes::id.desc()) };
    let mut rows: Vec<Muted> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// How many wait for `target` to answer.
pub fn count_requests(conn: &mut Conn, target: ActorId) -> Result<i64> {
    let waiting =
        follows::table.filter(follows::target_id.eq(target)).filter(follows::state.eq(FollowState::Requested));
    Ok(waiting.count().get_result(conn)?)
}

/// The distinct (host, inbox) pairs at which the followers of `target` on other servers are reached.
pub fn follower_inboxes(conn: &mut Conn, target: ActorId) -> Result<Vec<(String, String)>> {
    let rows: Vec<(String, String, Option<String>)> = follows::table
        .inner_join(actors::table.on(actors::id.eq(follows::follower_id)))
        .filter(follows::target_id.eq(target))
        .filter(follows::state.eq(FollowState::Accepted))
        .filter(actors::host.ne(""))
        .filter(actors::deleted_at.is_null())
        .select((actors::host, actors::inbox, actors::shared_inbox))
        .load(conn)?;
    let mut inboxes: Vec<(String, String)> =
        rows.into_iter().map(|(host, own, shared)| (host, shared.unwrap_or(own))).collect();
    inboxes.sort();
    inboxes.dedup();
    Ok(inboxes)
}

/// How `me` stands to each of these actors, in the order given; six queries whatever their number.
pub fn relationships(conn: &mut Conn, me: ActorId, others: &[Actor]) -> Result<Vec<Relationship>> {
    let ids: Vec<ActorId> = others.iter().map(|actor| actor.id).collect();
    let follow_rows: Vec<Follow> = follows::table
        .filter(
            follows::follower_id
                .eq(me)
                .and(follows::target_id.among(ids.clone()))
                .or(follows::target_id.eq(me).and(follows::follower_id.among(ids.clone()))),
        )
        .select(Follow::as_select())
        .load(conn)?;
    let block_rows: Vec<(ActorId, ActorId)> = blocks::table
        .filter(
            blocks::actor_id
                .eq(me)
                .and(blocks::target_id.among(ids.clone()))
                .or(blocks::target_id.eq(me).and(blocks::actor_id.among(ids.clone()))),
        )
        .select((blocks::actor_id, blocks::target_id))
        .load(conn)?;
    let mute_rows: Vec<(ActorId, bool, Option<Timestamp>)> = mutes::table
        .filter(mutes::actor_id.eq(me))
        .filter(mutes::target_id.among(ids.clone()))
        .select((mutes::target_id, mutes::notifications, mutes::expires_at))
        .load(conn)?;
    let hosts: Vec<String> = others.iter().map(|actor| actor.host.clone()).filter(|host| !host.is_empty()).collect();
    let shunned: Vec<String> = shunned_hosts::table
        .filter(shunned_hosts::actor_id.eq(me))
        .filter(shunned_hosts::host.among(hosts))
        .select(shunned_hosts::host)
        .load(conn)?;
    let endorsed: Vec<ActorId> = endorsements::table
        .filter(endorsements::actor_id.eq(me))
        .filter(endorsements::target_id.among(ids.clone()))
        .select(endorsements::target_id)
        .load(conn)?;
    let notes: Vec<(ActorId, String)> = actor_notes::table
        .filter(actor_notes::actor_id.eq(me))
        .filter(actor_notes::target_id.among(ids))
        .select((actor_notes::target_id, actor_notes::text))
        .load(conn)?;
    Ok(others
        .iter()
        .map(|other| {
            let id = other.id;
            let mine = follow_rows.iter().find(|follow| follow.follower_id == me && follow.target_id == id);
            let theirs = follow_rows.iter().find(|follow| follow.target_id == me && follow.follower_id == id);
            let mute = mute_rows.iter().find(|(target, ..)| *target == id);
            let accepted = |follow: &Follow| follow.state == FollowState::Accepted;
            Relationship {
                id,
                following: mine.is_some_and(accepted),
                showing_reblogs: mine.is_some_and(|follow| follow.show_boosts),
                notifying: mine.is_some_and(|follow| follow.notify),
                languages: mine.and_then(Follow::languages).map(<[String]>::to_vec),
                followed_by: theirs.is_some_and(accepted),
                blocking: block_rows.contains(&(me, id)),
                blocked_by: block_rows.contains(&(id, me)),
                muting: mute.is_some(),
                muting_notifications: mute.is_some_and(|(_, notifications, _)| *notifications),
                muting_expires_at: mute.and_then(|(_, _, expires)| *expires),
                requested: mine.is_some_and(|follow| !accepted(follow)),
                requested_by: theirs.is_some_and(|follow| !accepted(follow)),
                endorsed: endorsed.contains(&id),
                note: notes.iter().find(|(target, _)| *target == id).map(|(_, text)| text.clone()).unwrap_or_default(),
                domain_blocking: shunned.contains(&other.host),
            }
        })
        .collect())
}
