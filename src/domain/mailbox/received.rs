//! What reached somebody.

use diesel::prelude::*;

use super::{Part, Row, part, sent::INTERNAL};
use crate::{
    db::{
        Conn,
        schema::{boosts, follows, home_entries, likes, mentions, posts},
    },
    domain::{ActorId, BoostId, FollowId, LikeId, PostId, posts::Viewer},
    error::Result,
};

/// What reached `owner`, below `below`: posts and boosts of those whom they follow, posts that name them, likes and
/// boosts of their own posts, and who asked to follow them. What the network brought and what people here did is
/// told alike; what `owner` may not see, and who is blocked, is left out.
pub fn received(conn: &mut Conn, owner: ActorId, below: Option<i64>, limit: i64) -> Result<Part> {
    let below = below.unwrap_or(i64::MAX);
    let home: Vec<(PostId, Option<BoostId>)> = home_entries::table
        .inner_join(posts::table)
        .filter(home_entries::owner_id.eq(owner))
        .filter(home_entries::author_id.ne(owner))
        .filter(home_entries::id.lt(below))
        .filter(posts::audience.ne_all(INTERNAL))
        .order(home_entries::id.desc())
        .limit(limit)
        .select((home_entries::post_id, home_entries::boost_id))
        .load(conn)?;
    let naming: Vec<PostId> = mentions::table
        .inner_join(posts::table)
        .filter(mentions::actor_id.eq(owner))
        .filter(mentions::post_id.lt(PostId(below)))
        .filter(posts::author_id.ne(owner))
        .filter(posts::audience.ne_all(INTERNAL))
        .order(mentions::post_id.desc())
        .limit(limit)
        .select(mentions::post_id)
        .load(conn)?;
    let liked: Vec<LikeId> = likes::table
        .inner_join(posts::table)
        .filter(posts::author_id.eq(owner))
        .filter(posts::audience.ne_all(INTERNAL))
        .filter(likes::actor_id.ne(owner))
        .filter(likes::id.lt(LikeId(below)))
        .order(likes::id.desc())
        .limit(limit)
        .select(likes::id)
        .load(conn)?;
    let boosted: Vec<BoostId> = boosts::table
        .inner_join(posts::table)
        .filter(posts::author_id.eq(owner))
        .filter(boosts::actor_id.ne(owner))
        .filter(boosts::id.lt(BoostId(below)))
        .order(boosts::id.desc())
        .limit(limit)
        .select(boosts::id)
        .load(conn)?;
    let asked: Vec<FollowId> = follows::table
        .filter(follows::target_id.eq(owner))
        .filter(follows::id.lt(FollowId(below)))
        .order(follows::id.desc())
        .limit(limit)
        .select(follows::id)
        .load(conn)?;
    let home = home.into_iter().map(|(post, boost)| boost.map_or(Row::Post(post), Row::Boost));
    let rows = home.chain(naming.into_iter().map(Row::Post)).chain(liked.into_iter().map(Row::Like));
    let rows = rows.chain(boosted.into_iter().map(Row::Boost)).chain(asked.into_iter().map(Row::Follow)).collect();
    let viewer = Viewer::local(conn, owner)?;
    part(conn, &viewer, rows, limit)
}
