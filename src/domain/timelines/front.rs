//! What the front page tells: what is talked about, and whether anybody listens.

use std::collections::HashMap;

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Conn, Timestamp,
        schema::{actors, posts, publications},
    },
    domain::{
        ActorId, PostId,
        posts::{Audience, Viewer, keep_visible, visible_to},
    },
    error::Result,
};

/// How many posts of ours are looked at to find the latest conversations.
const LOOKED_AT: i64 = 60;

/// A conversation that one of ours takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// Its first post, as far as it is known and open.
    pub opening: PostId,
    /// What one of ours said last in it, when that is not the opening.
    pub answer: Option<PostId>,
    /// How many different people say something in it that everybody may read.
    pub people: i64,
    /// How many posts it has that everybody may read.
    pub posts: i64,
}

/// The conversations in which somebody of ours spoke last, in public, newest first. Three queries.
pub fn conversations(conn: &mut Conn, limit: usize) -> Result<Vec<Conversation>> {
    // By what we published: among all posts ours are few.
    let spoken: Vec<(PostId, PostId)> = publications::table
        .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(publications::audience.eq(Audience::Public))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
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
    let openings = keep_visible(conn, &Viewer::Anonymous, &threads)?;
    let figures: Vec<(PostId, i64, i64)> = posts::table
        .filter(posts::thread_id.eq_any(threads))
        .filter(visible_to(&Viewer::Anonymous))
        .group_by(posts::thread_id)
        .select((posts::thread_id, dsl::count(posts::author_id).aggregate_distinct(), dsl::count_star()))
        .load(conn)?;
    let figures: HashMap<PostId, (i64, i64)> =
        figures.into_iter().map(|(thread, people, posts)| (thread, (people, posts))).collect();
    let conversation = |(post, thread): (PostId, PostId)| {
        let (people, posts) = figures.get(&thread).copied().unwrap_or((1, 1));
        let opening = if openings.contains(&thread) { thread } else { post };
        Conversation { opening, answer: (opening != post).then_some(post), people, posts }
    };
    Ok(latest.into_iter().map(conversation).collect())
}

/// How much somebody answers, beside how much they announce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listening {
    /// Public answers to others.
    pub answers: i64,
    /// Public posts that answer nobody else.
    pub announcements: i64,
}

/// What one of ours, or all of them, said in public since a moment; going on with one's own thread answers nobody.
/// Two queries.
pub fn listening(conn: &mut Conn, author: Option<ActorId>, since: Timestamp) -> Result<Listening> {
    let said = || {
        let query = publications::table
            .inner_join(posts::table.on(posts::id.eq(publications::post_id)))
            .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
            .filter(publications::audience.eq(Audience::Public))
            .filter(actors::suspended_at.is_null())
            .filter(publications::post_id.ge(PostId(crate::db::first_id_at(since))))
            .select(dsl::count_star())
            .into_boxed();
        match author {
            Some(author) => query.filter(posts::author_id.eq(author)),
            None => query,
        }
    };
    let to_others = posts::reply_to_author_id.is_null().or(posts::reply_to_author_id.ne(posts::author_id.nullable()));
    let all: i64 = said().first(conn)?;
    let answers: i64 = said().filter(posts::reply_to_uri.is_not_null()).filter(to_others).first(conn)?;
    Ok(Listening { answers, announcements: all - answers })
}
