//! Not wanting to hear from somebody: blocks (both ways, and their server is told) and mutes (nobody is told).

use std::time::Duration;

use diesel::prelude::*;

use super::{rejected_elsewhere, remove_follower, request::end};
use crate::{
    db::{
        Conn, Key, Signal, Timestamp, Tx,
        schema::{blocks, mutes},
    },
    domain::{ActorId, BlockId, By, Site, actors, conversations, exposure, home, notifications, work::Change},
    error::{Error, Result},
    on_conn,
};

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blocks)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Block {
    pub id: BlockId,
    pub actor_id: ActorId,
    pub target_id: ActorId,
    /// The id of the Block activity.
    pub uri: Option<String>,
    pub created_at: Timestamp,
}

/// Blocks somebody: follows end both ways, nothing of theirs is shown or heard, and they see nothing of ours
/// that is not public. A block from elsewhere is kept so that we do not show what they hide.
pub fn block(tx: &mut Tx<'_>, site: &Site, by: &By, target: ActorId) -> Result<()> {
    let me = by.actor();
    if me == target {
        return Err(Error::invalid("block.self", "You cannot block yourself."));
    }
    tx.lock(Key("block", &[me.0, target.0]))?;
    let them = actors::get(tx.conn(), target)?;
    let (id, now) = (BlockId(tx.new_id()), tx.now());
    let uri = match by {
        By::Remote { activity, .. } => activity.clone(),
        By::Local { .. } => Some(site.activity_uri(id.0)),
    };
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(blocks::table)
        .values((
            blocks::id.eq(id),
            blocks::actor_id.eq(me),
            blocks::target_id.eq(target),
            blocks::uri.eq(&uri),
            blocks::created_at.eq(now)
        ))
        .on_conflict((blocks::actor_id, blocks::target_id))
        .do_nothing()
        .execute(c))?;
    if inserted == 0 {
        return Ok(());
    }
    if by.is_remote() {
        rejected_elsewhere(tx, me, target)?;
        end(tx, me, target)?;
    } else {
        remove_follower(tx, me, target)?;
        super::unfollow(tx, by, target)?;
        home::remove_author(tx, me, target)?;
        notifications::forget_all_from(tx, me, target)?;
        conversations::forget_with(tx, me, target)?;
        if let (false, Some(uri)) = (them.is_local(), uri) {
            exposure::tell(tx, me, Change::Blocked { uri, target })?;
        }
    }
    tx.signal(Signal { topic: "block", kind: "new", id: id.0 });
    Ok(())
}

/// Ends a block.
pub fn unblock(tx: &mut Tx<'_>, by: &By, target: ActorId) -> Result<()> {
    let me = by.actor();
    let row: Option<(BlockId, Option<String>)> = blocks::table
        .filter(blocks::actor_id.eq(me))
        .filter(blocks::target_id.eq(target))
        .select((blocks::id, blocks::uri))
        .first(tx.conn())
        .optional()?;
    let Some((id, uri)) = row else { return Ok(()) };
    if diesel::delete(blocks::table.find(id)).execute(tx.conn())? == 0 {
        return Ok(());
    }
    let them = actors::get(tx.conn(), target)?;
    if let (false, false, Some(uri)) = (by.is_remote(), them.is_local(), uri) {
        exposure::tell(tx, me, Change::Unblocked { uri, target })?;
    }
    Ok(())
}

/// The block of `other` by `actor`, if there is one.
pub fn find_block(conn: &mut Conn, actor: ActorId, other: ActorId) -> Result<Option<Block>> {
    Ok(blocks::table
        .filter(blocks::actor_id.eq(actor))
        .filter(blocks::target_id.eq(other))
        .select(Block::as_select())
        .first(conn)
        .optional()?)
}

/// The block by `actor` whose activity has this id.
pub fn find_block_by_uri(conn: &mut Conn, uri: &str, actor: ActorId) -> Result<Option<Block>> {
    Ok(blocks::table
        .filter(blocks::actor_id.eq(actor))
        .filter(blocks::uri.eq(uri))
        .select(Block::as_select())
        .first(conn)
        .optional()?)
}

/// Whether `actor` blocks `other`.
pub fn is_blocked_by(conn: &mut Conn, actor: ActorId, other: ActorId) -> Result<bool> {
    let query = blocks::table.filter(blocks::actor_id.eq(actor)).filter(blocks::target_id.eq(other));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// Which of these two block the other.
pub(super) fn who_blocks(conn: &mut Conn, one: ActorId, other: ActorId) -> Result<Vec<ActorId>> {
    let of = |actor: ActorId, target: ActorId| blocks::actor_id.eq(actor).and(blocks::target_id.eq(target));
    Ok(blocks::table.filter(of(one, other).or(of(other, one))).select(blocks::actor_id).load(conn)?)
}

/// Hides somebody from me, for a time or until I change my mind; `notifications` also their notifications.
pub fn mute(
    tx: &mut Tx<'_>,
    me: ActorId,
    target: ActorId,
    notifications: bool,
    lasting: Option<Duration>,
) -> Result<()> {
    if me == target {
        return Err(Error::invalid("mute.self", "You cannot mute yourself."));
    }
    actors::get(tx.conn(), target)?;
    let (id, now) = (tx.new_id(), tx.now());
    let expires = lasting.map(|span| now.plus(span));
    on_conn!(tx.conn(), |c| diesel::insert_into(mutes::table)
        .values((
            mutes::id.eq(id),
            mutes::actor_id.eq(me),
            mutes::target_id.eq(target),
            mutes::notifications.eq(notifications),
            mutes::expires_at.eq(expires),
            mutes::created_at.eq(now),
        ))
        .on_conflict((mutes::actor_id, mutes::target_id))
        .do_update()
        .set((mutes::notifications.eq(notifications), mutes::expires_at.eq(expires)))
        .execute(c))?;
    Ok(())
}

/// Shows somebody again.
pub fn unmute(tx: &mut Tx<'_>, me: ActorId, target: ActorId) -> Result<()> {
    diesel::delete(mutes::table.filter(mutes::actor_id.eq(me)).filter(mutes::target_id.eq(target)))
        .execute(tx.conn())?;
    Ok(())
}
