//! How much hashtags are used in public posts, day by day.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Conn, Timestamp, first_id_at,
        schema::{actors, hashtags, posts, publications, refused_actors},
    },
    domain::{ActorId, Audience, PostId},
    error::Result,
};

/// How many days are told.
const DAYS: i64 = 7;
/// How many posts are counted at most, the newest: whoever asks for a hashtag that all the world uses waits no longer.
const COUNTED: i64 = 2_000;
/// A day in microseconds.
const DAY: i64 = 24 * 3600 * 1_000_000;

/// A day of a hashtag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// When the day began, in seconds since 1970.
    pub day: i64,
    /// In how many public posts it stood.
    pub posts: usize,
    /// Of how many people.
    pub people: usize,
}

/// The hashtags that at least two of ours used in public posts this week, by how many used them.
pub fn trending(conn: &mut Conn, now: Timestamp, limit: i64, offset: i64) -> Result<Vec<String>> {
    let since = now.minus(Duration::from_micros(u64::try_from(DAYS * DAY).unwrap_or(0)));
    let rows: Vec<(String, ActorId)> = publications::table
        .inner_join(hashtags::table.on(hashtags::post_id.eq(publications::post_id)))
        .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(publications::audience.eq(Audience::Public))
        .filter(publications::post_id.ge(PostId(first_id_at(since))))
        .filter(actors::suspended_at.is_null())
        .order(publications::post_id.desc())
        .limit(COUNTED)
        .select((hashtags::name, posts::author_id))
        .load(conn)?;
    let mut people: HashMap<String, HashSet<ActorId>> = HashMap::new();
    for (name, author) in rows {
        people.entry(name).or_default().insert(author);
    }
    let mut ranked: Vec<(String, usize)> =
        people.into_iter().map(|(name, people)| (name, people.len())).filter(|(_, people)| *people > 1).collect();
    ranked.sort_by(|(a, most), (b, more)| more.cmp(most).then_with(|| a.cmp(b)));
    let (skip, take) = (usize::try_from(offset).unwrap_or(0), usize::try_from(limit).unwrap_or(0));
    Ok(ranked.into_iter().skip(skip).take(take).map(|(name, _)| name).collect())
}

/// The last seven days of each of these hashtags, today first. One query.
pub fn usage(conn: &mut Conn, names: &[String], now: Timestamp) -> Result<HashMap<String, Vec<Usage>>> {
    let today = now.0.div_euclid(DAY);
    let since = now.minus(Duration::from_micros(u64::try_from(DAYS * DAY).unwrap_or(0)));
    let rows: Vec<(String, Timestamp, ActorId)> = hashtags::table
        .inner_join(posts::table.on(posts::id.eq(hashtags::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(hashtags::name.eq_any(names.to_vec()))
        .filter(hashtags::post_id.ge(PostId(first_id_at(since))))
        .filter(posts::audience.eq(Audience::Public))
        .filter(actors::suspended_at.is_null())
        .filter(dsl::not(actors::id.eq_any(refused_actors::table.select(refused_actors::actor_id))))
        .order(hashtags::post_id.desc())
        .limit(COUNTED)
        .select((hashtags::name, posts::published_at, posts::author_id))
        .load(conn)?;
    let mut days: HashMap<(String, i64), (usize, HashSet<ActorId>)> = HashMap::new();
    for (name, published, author) in rows {
        let (posts, people) = days.entry((name, published.0.div_euclid(DAY))).or_default();
        *posts += 1;
        people.insert(author);
    }
    let week = |name: &String| {
        let usage = |ago: i64| {
            let day = today - ago;
            let used = days.get(&(name.clone(), day));
            Usage {
                day: day * DAY / 1_000_000,
                posts: used.map_or(0, |(posts, _)| *posts),
                people: used.map_or(0, |(_, people)| people.len()),
            }
        };
        (name.clone(), (0..DAYS).map(usage).collect())
    };
    Ok(names.iter().map(week).collect())
}
