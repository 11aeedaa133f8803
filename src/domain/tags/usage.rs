//! How much hashtags are used in public posts, day by day.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use diesel::{
    dsl,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    db::{
        Conn, Timestamp, first_id_at,
        schema::{actors, hashtags, limited_actors, posts, publications},
    },
    domain::{ActorId, Audience, PostId, calendar::Day},
    error::Result,
};

/// How many days are told.
const DAYS: i64 = 7;
/// How many posts are counted at most, the newest of each hashtag: whoever asks for one that all the world uses waits
/// no longer.
const COUNTED: i64 = 2_000;
/// The same as a span.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

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
    let rows: Vec<(String, ActorId)> = publications::table
        .inner_join(hashtags::table.on(hashtags::post_id.eq(publications::post_id)))
        .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(publications::audience.eq(Audience::Public))
        .filter(publications::post_id.ge(PostId(first_id_at(now.minus(WEEK)))))
        .filter(actors::suspended_at.is_null())
        .filter(dsl::not(dsl::exists(limited_actors::table.find(actors::id))))
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

/// A post that has a hashtag.
#[derive(QueryableByName)]
struct Tagged {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    published_at: Timestamp,
    #[diesel(sql_type = BigInt)]
    author_id: ActorId,
}

/// The public posts since one that have one of these hashtags, the latest of each: how many are looked at does not grow
/// with the hashtags that are asked for, and nothing is read that has none of them.
fn tagged(conn: &mut Conn, names: &[String], since: PostId) -> Result<Vec<Tagged>> {
    let Some(most) = COUNTED.checked_div(i64::try_from(names.len()).unwrap_or(i64::MAX)) else {
        return Ok(Vec::new());
    };
    let public = Audience::Public.as_str();
    let of_one = |place: usize| {
        format!(
            "SELECT * FROM (SELECT hashtags.name, posts.published_at, posts.author_id FROM hashtags \
             JOIN posts ON posts.id = hashtags.post_id JOIN actors ON actors.id = posts.author_id \
             WHERE hashtags.post_id >= $1 AND hashtags.name = ${place} AND posts.audience = '{public}' \
             AND actors.suspended_at IS NULL AND actors.id NOT IN (SELECT actor_id FROM refused_actors) \
             AND NOT EXISTS (SELECT 1 FROM limited_actors WHERE limited_actors.actor_id = actors.id) \
             ORDER BY hashtags.post_id DESC LIMIT {most}) AS of{place}"
        )
    };
    let queries: Vec<String> = (2..).take(names.len()).map(of_one).collect();
    let mut query = sql_query(queries.join(" UNION ALL ")).into_boxed().bind::<BigInt, _>(since);
    for name in names {
        query = query.bind::<Text, _>(name);
    }
    Ok(query.load(conn)?)
}

/// The last seven days of each of these hashtags, today first. One query.
pub fn usage(conn: &mut Conn, names: &[String], now: Timestamp) -> Result<HashMap<String, Vec<Usage>>> {
    let today = Day::of(now);
    let mut days: HashMap<(String, Day), (usize, HashSet<ActorId>)> = HashMap::new();
    for post in tagged(conn, names, PostId(first_id_at(now.minus(WEEK))))? {
        let (posts, people) = days.entry((post.name, Day::of(post.published_at))).or_default();
        *posts += 1;
        people.insert(post.author_id);
    }
    let week = |name: &String| {
        let usage = |day: Day| {
            let used = days.get(&(name.clone(), day));
            Usage {
                day: day.start().0 / 1_000_000,
                posts: used.map_or(0, |(posts, _)| *posts),
                people: used.map_or(0, |(_, people)| people.len()),
            }
        };
        (name.clone(), today.last(DAYS).rev().map(usage).collect())
    };
    Ok(names.iter().map(week).collect())
}
