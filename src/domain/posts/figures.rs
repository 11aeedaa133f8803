//! How an actor's conversations go, day by day.

use std::collections::BTreeMap;

use diesel::{prelude::*, sql_types::BigInt};

use crate::{
    db::{Conn, Timestamp, first_id_at},
    domain::{ActorId, calendar::Day},
    error::Result,
    on_conn,
};

const MINUTE: i64 = 60 * 1_000_000;
/// The most days that are told at once.
pub const MOST_DAYS: i64 = 90;
/// The most answers of which the time is looked at: the newest.
const ANSWERS: i64 = 10_000;
/// In SQL, of an audience: what is not inside.
const OUTSIDE: &str = "NOT IN ('company', 'team')";

/// A day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// The day.
    pub day: Day,
    /// What the actor began, published to more than those whom it names.
    pub posts: i64,
    /// What it answered to others, directly too.
    pub answers: i64,
    /// What others wrote to it, directly too.
    pub asked: i64,
    /// In how many minutes half of those were answered whom it answered first on this day; nobody, where it answered
    /// nobody.
    pub answered_within: Option<i64>,
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = BigInt)]
    posts: i64,
    #[diesel(sql_type = BigInt)]
    answers: i64,
}

#[derive(QueryableByName)]
struct Asked {
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = BigInt)]
    asked: i64,
}

#[derive(QueryableByName)]
struct Answered {
    #[diesel(sql_type = BigInt)]
    asked_at: i64,
    #[diesel(sql_type = BigInt)]
    answered_at: i64,
}

/// The figures of so many days up to now, the oldest first, each day once; of what is inside nothing is counted. Three
/// queries, by indexes of the actor.
pub fn figures(conn: &mut Conn, actor: ActorId, now: Timestamp, days: i64) -> Result<Vec<Figures>> {
    let wanted = Day::of(now).last(days.clamp(1, MOST_DAYS));
    let mut found: BTreeMap<Day, Figures> = wanted.map(|day| (day, Figures { day, ..Figures::default() })).collect();
    let Some(first) = found.keys().next() else { return Ok(Vec::new()) };
    let from = first_id_at(first.start());

    let day = Day::in_sql("posts.published_at");
    let to_others = format!("reply_to_author_id IS NOT NULL AND reply_to_author_id <> {actor}");
    let query = format!(
        "SELECT {day} AS day,
                COUNT(CASE WHEN {to_others} OR audience = 'direct' THEN NULL ELSE 1 END) AS posts,
                COUNT(CASE WHEN {to_others} THEN 1 END) AS answers
         FROM posts WHERE author_id = {actor} AND id >= {from} AND audience {OUTSIDE} GROUP BY 1"
    );
    for said in on_conn!(conn, |c| diesel::sql_query(query).load::<Said>(c))? {
        if let Some(day) = found.get_mut(&Day(said.day)) {
            (day.posts, day.answers) = (said.posts, said.answers);
        }
    }
    let query = format!(
        "SELECT {day} AS day, COUNT(*) AS asked
         FROM mentions JOIN posts ON posts.id = mentions.post_id
         WHERE mentions.actor_id = {actor} AND mentions.post_id >= {from} AND posts.author_id <> {actor}
               AND posts.audience {OUTSIDE} GROUP BY 1"
    );
    for row in on_conn!(conn, |c| diesel::sql_query(query).load::<Asked>(c))? {
        if let Some(day) = found.get_mut(&Day(row.day)) {
            day.asked = row.asked;
        }
    }
    let query = format!(
        "SELECT asked.published_at AS asked_at, MIN(answer.published_at) AS answered_at
         FROM posts answer JOIN posts asked ON asked.id = answer.reply_to_id
         WHERE answer.author_id = {actor} AND answer.id >= {from} AND asked.author_id <> {actor}
               AND answer.audience {OUTSIDE} AND asked.audience {OUTSIDE}
               AND NOT EXISTS (SELECT 1 FROM posts earlier WHERE earlier.reply_to_id = asked.id
                               AND earlier.author_id = {actor} AND earlier.id < {from})
         GROUP BY asked.id, asked.published_at ORDER BY answered_at DESC LIMIT {ANSWERS}"
    );
    let mut waits: BTreeMap<Day, Vec<i64>> = BTreeMap::new();
    for row in on_conn!(conn, |c| diesel::sql_query(query).load::<Answered>(c))? {
        // The clocks of other servers are their own.
        let minutes = (row.answered_at - row.asked_at).max(0) / MINUTE;
        waits.entry(Day::of(Timestamp(row.answered_at))).or_default().push(minutes);
    }
    for (day, mut minutes) in waits {
        minutes.sort_unstable();
        if let Some(day) = found.get_mut(&day) {
            day.answered_within = minutes.get((minutes.len() - 1) / 2).copied();
        }
    }
    Ok(found.into_values().collect())
}
