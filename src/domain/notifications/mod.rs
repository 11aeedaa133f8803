//! What each person here is told.

mod quiet;

use diesel::prelude::*;

pub use quiet::{QUIET, forget_quiet_of, quiet, quiet_among, unquiet};

use super::{ActorId, NotificationId, Page, PostId};
use crate::{
    db::{
        Conn, Signal, Timestamp, Tx, first_id_at,
        schema::{actors, blocks, mutes, notifications, refused_actors, shunned_hosts},
    },
    error::Result,
    on_conn,
};

crate::text_enum! {
    /// Why somebody is told, named as in the Mastodon API.
    NotificationKind {
        /// Mentioned or answered.
        Mention = "mention",
        /// Somebody follows now.
        Follow = "follow",
        /// Somebody asks to follow.
        FollowRequest = "follow_request",
        /// A post was liked.
        Favourite = "favourite",
        /// A post was boosted.
        Reblog = "reblog",
        /// Somebody whose every post one wants to hear of has posted.
        Status = "status",
        /// A post that one boosted was edited.
        Update = "update",
        /// A poll that one asked, or voted in, is over.
        Poll = "poll",
    }
}

/// One thing that somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Notification {
    pub id: NotificationId,
    pub owner_id: ActorId,
    pub kind: NotificationKind,
    pub from_id: ActorId,
    pub post_id: Option<PostId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

/// Tells `owner` once that `from` did something. Says nothing to strangers, to oneself (but for the end
/// of one's own poll), and to those who block or mute `from` or shun the server of `from`.
/// Nothing either of threads that somebody keeps quiet.
pub fn tell(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    from: ActorId,
    post: Option<PostId>,
) -> Result<()> {
    if (owner == from && kind != NotificationKind::Poll) || !wants_to_hear(tx, owner, from)? {
        return Ok(());
    }
    if let Some(post) = post
        && quiet::is_quiet(tx.conn(), owner, post)?
    {
        return Ok(());
    }
    let (id, now) = (NotificationId(tx.new_id()), tx.now());
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(notifications::table)
        .values((
            notifications::id.eq(id),
            notifications::owner_id.eq(owner),
            notifications::kind.eq(kind),
            notifications::from_id.eq(from),
            notifications::post_id.eq(post),
            notifications::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted > 0 {
        tx.signal(Signal { topic: "notification", kind: "new", id: id.0 });
    }
    Ok(())
}

fn wants_to_hear(tx: &mut Tx<'_>, owner: ActorId, from: ActorId) -> Result<bool> {
    let now = tx.now();
    let local = actors::table.find(owner).filter(actors::host.eq("")).filter(actors::deleted_at.is_null());
    let blocked = blocks::table.filter(blocks::actor_id.eq(owner)).filter(blocks::target_id.eq(from));
    let muted = mutes::table
        .filter(mutes::actor_id.eq(owner))
        .filter(mutes::target_id.eq(from))
        .filter(mutes::notifications.eq(true))
        .filter(mutes::expires_at.is_null().or(mutes::expires_at.gt(now)));
    let shunned = actors::table
        .inner_join(shunned_hosts::table.on(shunned_hosts::host.eq(actors::host)))
        .filter(actors::id.eq(from))
        .filter(shunned_hosts::actor_id.eq(owner));
    let hears = diesel::dsl::exists(local)
        .and(diesel::dsl::not(diesel::dsl::exists(blocked)))
        .and(diesel::dsl::not(diesel::dsl::exists(muted)))
        .and(diesel::dsl::not(diesel::dsl::exists(shunned)));
    Ok(diesel::select(hears).get_result(tx.conn())?)
}

/// Takes back what was told, when its reason is gone.
pub fn forget(
    tx: &mut Tx<'_>,
    owner: ActorId,
    kind: NotificationKind,
    from: ActorId,
    post: Option<PostId>,
) -> Result<()> {
    let told = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::kind.eq(kind))
        .filter(notifications::from_id.eq(from));
    match post {
        Some(post) => diesel::delete(told.filter(notifications::post_id.eq(post))).execute(tx.conn())?,
        None => diesel::delete(told.filter(notifications::post_id.is_null())).execute(tx.conn())?,
    };
    Ok(())
}

/// Takes back everything that `owner` was told of `from`.
pub fn forget_all_from(tx: &mut Tx<'_>, owner: ActorId, from: ActorId) -> Result<()> {
    diesel::delete(
        notifications::table.filter(notifications::owner_id.eq(owner)).filter(notifications::from_id.eq(from)),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// What `owner` was told, newest first; only these kinds, when any are given.
pub fn list(
    conn: &mut Conn,
    owner: ActorId,
    page: &Page,
    only: &[NotificationKind],
    except: &[NotificationKind],
) -> Result<Vec<Notification>> {
    let (above, below) = page.bounds();
    let mut query = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(diesel::dsl::not(notifications::from_id.eq_any(refused_actors::table.select(refused_actors::actor_id))))
        .filter(notifications::id.gt(above))
        .filter(notifications::id.lt(below))
        .limit(page.limit)
        .select(Notification::as_select())
        .into_boxed();
    if !only.is_empty() {
        query = query.filter(notifications::kind.eq_any(only.to_vec()));
    }
    if !except.is_empty() {
        query = query.filter(notifications::kind.ne_all(except.to_vec()));
    }
    let query =
        if page.upwards() { query.order(notifications::id.asc()) } else { query.order(notifications::id.desc()) };
    let mut rows: Vec<Notification> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// One notification of `owner`.
pub fn find(conn: &mut Conn, owner: ActorId, id: NotificationId) -> Result<Option<Notification>> {
    Ok(notifications::table
        .find(id)
        .filter(notifications::owner_id.eq(owner))
        .select(Notification::as_select())
        .first(conn)
        .optional()?)
}

/// Forgets one notification, or all of them.
pub fn dismiss(tx: &mut Tx<'_>, owner: ActorId, id: Option<NotificationId>) -> Result<()> {
    let mine = notifications::table.filter(notifications::owner_id.eq(owner));
    match id {
        Some(id) => diesel::delete(mine.filter(notifications::id.eq(id))).execute(tx.conn())?,
        None => diesel::delete(mine).execute(tx.conn())?,
    };
    Ok(())
}

/// Takes up to `limit` of what somebody was told before a moment back, and what is beyond the latest `keep`. Answers
/// how many.
pub fn prune(tx: &mut Tx<'_>, owner: ActorId, before: Timestamp, keep: i64, limit: i64) -> Result<usize> {
    let mine = notifications::table.filter(notifications::owner_id.eq(owner));
    let overflow: Option<NotificationId> =
        mine.order(notifications::id.desc()).offset(keep).select(notifications::id).first(tx.conn()).optional()?;
    let below = overflow.map_or(first_id_at(before), |id| first_id_at(before).max(id.0.saturating_add(1)));
    let old: Vec<NotificationId> = mine
        .filter(notifications::id.lt(NotificationId(below)))
        .order(notifications::id)
        .limit(limit)
        .select(notifications::id)
        .load(tx.conn())?;
    Ok(diesel::delete(notifications::table.filter(notifications::id.eq_any(old))).execute(tx.conn())?)
}
