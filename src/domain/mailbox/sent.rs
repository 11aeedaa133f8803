//! What somebody did.

use diesel::prelude::*;

use super::{Part, Row, part};
use crate::{
    db::{
        Conn,
        schema::{blocks, boosts, follows, likes, pins, posts},
    },
    domain::{
        ActorId, BlockId, BoostId, FollowId, LikeId, PinId, PostId,
        posts::{Audience, Viewer},
    },
    error::Result,
};

/// Audiences of which the network never hears.
pub(super) const INTERNAL: [Audience; 2] = [Audience::Company, Audience::Team];

/// What `owner` did, below `below`: posts of every audience that federates, and what holds of their boosts, likes,
/// pins, follows and blocks.
pub fn sent(conn: &mut Conn, owner: ActorId, below: Option<i64>, limit: i64) -> Result<Part> {
    let below = below.unwrap_or(i64::MAX);
    let written: Vec<PostId> = posts::table
        .filter(posts::author_id.eq(owner))
        .filter(posts::audience.ne_all(INTERNAL))
        .filter(posts::id.lt(PostId(below)))
        .order(posts::id.desc())
        .limit(limit)
        .select(posts::id)
        .load(conn)?;
    let boosted: Vec<BoostId> = boosts::table
        .filter(boosts::actor_id.eq(owner))
        .filter(boosts::id.lt(BoostId(below)))
        .order(boosts::id.desc())
        .limit(limit)
        .select(boosts::id)
        .load(conn)?;
    let liked: Vec<LikeId> = likes::table
        .filter(likes::actor_id.eq(owner))
        .filter(likes::uri.is_not_null())
        .filter(likes::id.lt(LikeId(below)))
        .order(likes::id.desc())
        .limit(limit)
        .select(likes::id)
        .load(conn)?;
    let pinned: Vec<PinId> = pins::table
        .filter(pins::actor_id.eq(owner))
        .filter(pins::id.lt(PinId(below)))
        .order(pins::id.desc())
        .limit(limit)
        .select(pins::id)
        .load(conn)?;
    let followed: Vec<FollowId> = follows::table
        .filter(follows::follower_id.eq(owner))
        .filter(follows::id.lt(FollowId(below)))
        .order(follows::id.desc())
        .limit(limit)
        .select(follows::id)
        .load(conn)?;
    let blocked: Vec<BlockId> = blocks::table
        .filter(blocks::actor_id.eq(owner))
        .filter(blocks::id.lt(BlockId(below)))
        .order(blocks::id.desc())
        .limit(limit)
        .select(blocks::id)
        .load(conn)?;
    let rows = written.into_iter().map(Row::Post).chain(boosted.into_iter().map(Row::Boost));
    let rows = rows.chain(liked.into_iter().map(Row::Like)).chain(followed.into_iter().map(Row::Follow));
    let rows = rows.chain(pinned.into_iter().map(Row::Pin)).chain(blocked.into_iter().map(Row::Block)).collect();
    let viewer = Viewer::local(conn, owner)?;
    part(conn, &viewer, rows, limit)
}

/// How much `owner` did, as far as the network may hear of it.
pub fn count_sent(conn: &mut Conn, owner: ActorId) -> Result<i64> {
    let written: i64 = posts::table
        .filter(posts::author_id.eq(owner))
        .filter(posts::audience.ne_all(INTERNAL))
        .count()
        .get_result(conn)?;
    let boosted: i64 = boosts::table.filter(boosts::actor_id.eq(owner)).count().get_result(conn)?;
    let liked = likes::table.filter(likes::actor_id.eq(owner)).filter(likes::uri.is_not_null());
    let liked: i64 = liked.count().get_result(conn)?;
    let pinned: i64 = pins::table.filter(pins::actor_id.eq(owner)).count().get_result(conn)?;
    let followed: i64 = follows::table.filter(follows::follower_id.eq(owner)).count().get_result(conn)?;
    let blocked: i64 = blocks::table.filter(blocks::actor_id.eq(owner)).count().get_result(conn)?;
    Ok(written + boosted + liked + pinned + followed + blocked)
}
