//! What our own people wrote this week and others like.

use std::time::Duration;

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Conn, Timestamp, first_id_at,
        schema::{actors, limited_actors, posts, publications},
    },
    domain::{PostId, posts::Audience},
    error::Result,
};

/// How long something trends.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// Public posts of ours of this week that somebody likes or boosted, the most first.
pub fn trending(conn: &mut Conn, now: Timestamp, limit: i64, offset: i64) -> Result<Vec<PostId>> {
    let said = posts::likes_count + posts::boosts_count;
    Ok(publications::table
        .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(publications::audience.eq(Audience::Public))
        .filter(publications::post_id.ge(PostId(first_id_at(now.minus(WEEK)))))
        .filter(actors::discoverable.eq(true))
        .filter(actors::suspended_at.is_null())
        .filter(dsl::not(dsl::exists(limited_actors::table.find(actors::id))))
        .filter(said.gt(0))
        .order((said.desc(), publications::post_id.desc()))
        .limit(limit)
        .offset(offset)
        .select(publications::post_id)
        .load(conn)?)
}
