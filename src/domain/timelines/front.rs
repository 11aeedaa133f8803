//! What the front page tells: what is talked about, and whether anybody listens.

use std::{collections::HashMap, time::Duration};

use diesel::{dsl, prelude::*, sql_query, sql_types::BigInt};

use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{actors, limited_actors, posts, publications},
    },
    domain::{
        ActorId, PostId,
        posts::{Audience, Viewer, visible_to},
    },
    error::Result,
};

/// How many posts of ours are looked at to find the latest conversations.
const LOOKED_AT: i64 = 60;
/// How many posts of a conversation are counted.
const COUNTED: i64 = 1_000;

/// A conversation that one of ours takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// Its first post, as far as it is known and open.
    pub opening: PostId,
    /// What one of ours said last in it, when that is not the opening.
    pub answer: Option<PostId>,
    /// How many different people say something in it that everybody is shown, as far as it was counted.
    pub people: i64,
    /// How many posts it has that everybody is shown, as far as it was counted.
    pub posts: i64,
    /// It has more than was counted.
    pub more: bool,
}

/// The conversations in which somebody of ours spoke last, in public, newest first, without those who are limited. Four
/// queries.
pub fn conversations(conn: &mut Conn, limit: usize) -> Result<Vec<Conversation>> {
    // By what we published: among all posts ours are few.
    let spoken: Vec<(PostId, PostId)> = publications::table
        .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(publications::audience.eq(Audience::Public))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .filter(dsl::not(dsl::exists(limited_actors::table.find(actors::id))))
        .order(publications::post_id.desc())
        .limit(LOOKED_AT)
        .select((publications::post_id, posts::thread_id))
        .load(conn)?;
    let mut latest: Vec<(PostId, PostId)> = Vec::new();
    for (post, thread) in spoken {
        if !latest.iter().any(|(_, known)| *known == thread) {
            latest.push((post, thread));
        }
    }
    latest.truncate(limit);
    let threads: Vec<PostId> = latest.iter().map(|(_, thread)| *thread).collect();
    let openings: Vec<PostId> = posts::table
        .filter(posts::id.among(threads.clone()))
        .filter(visible_to(&Viewer::Anonymous))
        .filter(dsl::not(dsl::exists(limited_actors::table.find(posts::author_id))))
        .select(posts::id)
        .load(conn)?;
    let counted = counted(conn, &threads)?;
    let figures: Vec<(PostId, i64, i64)> = posts::table
        .filter(posts::id.among(counted.iter().map(|post| PostId(post.id))))
        .filter(visible_to(&Viewer::Anonymous))
        .filter(dsl::not(dsl::exists(limited_actors::table.find(posts::author_id))))
        .group_by(posts::thread_id)
        .select((posts::thread_id, dsl::count(posts::author_id).aggregate_distinct(), dsl::count_star()))
        .load(conn)?;
    let figures: HashMap<PostId, (i64, i64)> =
        figures.into_iter().map(|(thread, people, posts)| (thread, (people, posts))).collect();
    let conversation = |(post, thread): (PostId, PostId)| {
        let (people, posts) = figures.get(&thread).copied().unwrap_or((1, 1));
        let opening = if openings.contains(&thread) { thread } else { post };
        let looked_at = counted.iter().filter(|post| post.thread_id == thread.0).count();
        let more = i64::try_from(looked_at).unwrap_or(i64::MAX) >= COUNTED;
        Conversation { opening, answer: (opening != post).then_some(post), people, posts, more }
    };
    Ok(latest.into_iter().map(conversation).collect())
}

/// A post of a thread.
#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    thread_id: i64,
}

/// Posts of each of these threads, so many that counting them costs the same however long a thread is.
fn counted(conn: &mut Conn, threads: &[PostId]) -> Result<Vec<Counted>> {
    if threads.is_empty() {
        return Ok(Vec::new());
    }
    let of_one = |thread: &PostId| {
        let thread = thread.0;
        format!(
            "SELECT * FROM (SELECT id, thread_id FROM posts WHERE thread_id = {thread} LIMIT {COUNTED}) AS t{thread}"
        )
    };
    let queries: Vec<String> = threads.iter().map(of_one).collect();
    Ok(sql_query(queries.join(" UNION ALL ")).load(conn)?)
}

/// How far back it is looked whether anybody listens.
const LATELY: Duration = Duration::from_secs(28 * 24 * 3600);

/// How much somebody answers, beside how much they announce: the conversation meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listening {
    /// Public answers to others.
    pub answers: i64,
    /// Public posts that answer nobody else.
    pub announcements: i64,
}

/// What was said in public lately.
macro_rules! said_lately {
    ($now:expr) => {
        publications::table
            .filter(publications::audience.eq(Audience::Public))
            .filter(publications::post_id.ge(PostId(crate::db::first_id_at($now.minus(LATELY)))))
    };
}

/// How much of it there is, and how much of that answers others; going on with one's own thread answers nobody.
macro_rules! counted_as {
    () => {
        (dsl::count_star(), dsl::count(dsl::case_when(publications::answers, publications::post_id)))
    };
}

/// What all of ours who are shown to everybody said in public lately. One query, which the index answers.
pub fn listening(conn: &mut Conn, now: Timestamp) -> Result<Listening> {
    let silenced = actors::table
        .filter(actors::host.eq(""))
        .filter(actors::suspended_at.is_not_null())
        .select(actors::id.nullable());
    let limited = limited_actors::table.select(limited_actors::actor_id.nullable());
    let (all, answers): (i64, i64) = said_lately!(now)
        .filter(dsl::not(publications::author_id.eq_any(silenced)))
        .filter(dsl::not(publications::author_id.eq_any(limited)))
        .select(counted_as!())
        .first(conn)?;
    Ok(Listening { answers, announcements: all - answers })
}

/// The same of each of these, also of those who said nothing. One query, which the index answers.
pub fn listening_of(conn: &mut Conn, authors: &[ActorId], now: Timestamp) -> Result<HashMap<ActorId, Listening>> {
    let mut found: HashMap<ActorId, Listening> = authors.iter().map(|author| (*author, Listening::default())).collect();
    let wanted: Vec<Option<ActorId>> = authors.iter().copied().map(Some).collect();
    let said: Vec<(Option<ActorId>, (i64, i64))> = said_lately!(now)
        .filter(publications::author_id.among(wanted))
        .group_by(publications::author_id)
        .select((publications::author_id, counted_as!()))
        .load(conn)?;
    for (author, (all, answers)) in said {
        if let Some(listening) = author.and_then(|author| found.get_mut(&author)) {
            *listening = Listening { answers, announcements: all - answers };
        }
    }
    Ok(found)
}
