//! A page of posts with all that is shown of them, in a fixed number of queries whatever its content.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{
    Audience, Boost, Emoji, Inside, Post, Quote, Standing, bookmark::bookmarked_among, hashtags_in, inside_of,
    mentioned_in, pictures::emojis_in, pin::pinned_among, quotes as quoting, vote::chosen_among,
};
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{boosts, likes, mutes, posts},
    },
    domain::{
        ActorId, BoostId, PostId,
        actors::{self, Actor},
        cards::{self, Linked},
        notifications,
    },
    error::Result,
};

/// One entry of a list: a post, perhaps as somebody's boost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRef {
    /// The post.
    pub post: PostId,
    /// The boost through which it is in the list.
    pub boost: Option<BoostId>,
}

impl EntryRef {
    /// A post as itself.
    pub const fn post(post: PostId) -> Self {
        Self { post, boost: None }
    }

    /// The number by which lists are sorted and paged.
    pub fn id(&self) -> i64 {
        self.boost.map_or(self.post.0, |boost| boost.0)
    }
}

/// A boost as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct BoostView {
    /// Its id, which is the id of the entry.
    pub id: BoostId,
    /// Who boosted.
    pub by: Actor,
    /// The id of the Announce activity.
    pub uri: Option<String>,
    /// Who sees the boost.
    pub audience: Audience,
    /// When.
    pub created_at: Timestamp,
}

/// A post as it is shown to somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct PostView {
    /// The post.
    pub post: Post,
    /// Who wrote it.
    pub author: Actor,
    /// Who is mentioned.
    pub mentions: Vec<Actor>,
    /// Its hashtags.
    pub hashtags: Vec<String>,
    /// The pictures that stand for names in it.
    pub emojis: Vec<Emoji>,
    /// The boost through which it is in the list.
    pub boost: Option<BoostView>,
    /// The reader likes it.
    pub liked: bool,
    /// The reader boosted it.
    pub boosted: bool,
    /// The reader keeps it.
    pub bookmarked: bool,
    /// The reader wrote it and shows it first.
    pub pinned: bool,
    /// The page that it links to.
    pub card: Option<Linked>,
    /// What it quotes, and how that stands.
    pub quote: Option<Quote>,
    /// How the reader stands with its policy of quotes.
    pub standing: Standing,
    /// What the reader chose, when it is a poll.
    pub chosen: Vec<i32>,
    /// The reader is told nothing more of its thread.
    pub quiet: bool,
    /// Why it stays inside, and when it is looked at again; of what is for outside nothing.
    pub inside: Option<Inside>,
    /// The reader mutes its author.
    pub muted: bool,
}

/// What a list of entries shows to `reader`, in the order given. Entries whose post is gone are left out. Whether
/// the reader may see them was decided by whoever made the list. Nineteen queries at most.
pub fn views(conn: &mut Conn, reader: Option<ActorId>, entries: &[EntryRef]) -> Result<Vec<PostView>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PostId> = entries.iter().map(|entry| entry.post).collect();
    let boost_ids: Vec<BoostId> = entries.iter().filter_map(|entry| entry.boost).collect();
    let rows: HashMap<PostId, Post> = posts::table
        .filter(posts::id.among(ids.clone()))
        .select(Post::as_select())
        .load(conn)?
        .into_iter()
        .map(|post: Post| (post.id, post))
        .collect();
    let boost_rows: HashMap<BoostId, Boost> = if boost_ids.is_empty() {
        HashMap::new()
    } else {
        boosts::table
            .filter(boosts::id.among(boost_ids))
            .select(Boost::as_select())
            .load(conn)?
            .into_iter()
            .map(|boost: Boost| (boost.id, boost))
            .collect()
    };
    let mentioned = by_post(mentioned_in(conn, &ids)?);
    let tags = by_post(hashtags_in(conn, &ids)?);
    let cards: HashMap<PostId, Linked> = cards::of_posts(conn, &ids)?.into_iter().collect();
    let mut people: Vec<ActorId> = rows.values().map(|post| post.author_id).collect();
    people.extend(boost_rows.values().map(|boost| boost.actor_id));
    people.extend(mentioned.values().flatten().copied());
    people.sort();
    people.dedup();
    let people: HashMap<ActorId, Actor> =
        actors::get_many(conn, &people)?.into_iter().map(|actor| (actor.id, actor)).collect();
    let quotes = quoting::quotes_among(conn, &ids)?;
    let written: Vec<(&Post, &Actor)> =
        rows.values().filter_map(|post| Some((post, people.get(&post.author_id)?))).collect();
    let standings = quoting::standings(conn, reader, &written)?;
    let said: Vec<(&Post, bool)> = written.iter().map(|(post, author)| (*post, author.is_local())).collect();
    let emojis = emojis_in(conn, &said)?;
    let (mut liked, mut boosted, mut pinned): (HashSet<PostId>, HashSet<PostId>, Vec<PostId>) = Default::default();
    let mut muted: HashSet<ActorId> = HashSet::new();
    let internal: Vec<PostId> = rows.values().filter(|post| !post.audience.federates()).map(|post| post.id).collect();
    let inside: HashMap<PostId, Inside> = inside_of(conn, &internal)?.into_iter().collect();
    let mut chosen: HashMap<PostId, Vec<i32>> = HashMap::new();
    let (mut kept, mut quiet): (Vec<PostId>, Vec<PostId>) = Default::default();
    if let Some(reader) = reader {
        let likes: Vec<PostId> = likes::table
            .filter(likes::post_id.among(ids.clone()))
            .filter(likes::actor_id.eq(reader))
            .select(likes::post_id)
            .load(conn)?;
        let boosts: Vec<PostId> = boosts::table
            .filter(boosts::post_id.among(ids.clone()))
            .filter(boosts::actor_id.eq(reader))
            .select(boosts::post_id)
            .load(conn)?;
        if rows.values().any(|post| post.author_id == reader) {
            pinned = pinned_among(conn, reader, &ids)?;
        }
        if rows.values().any(|post| post.details.0.is_poll()) {
            chosen = chosen_among(conn, reader, &ids)?;
        }
        let mutes: Vec<ActorId> =
            mutes::table.filter(mutes::actor_id.eq(reader)).select(mutes::target_id).load(conn)?;
        kept = bookmarked_among(conn, reader, &ids)?;
        let threads: Vec<PostId> = rows.values().map(|post| post.thread_id).collect();
        quiet = notifications::quiet_among(conn, reader, &threads)?;
        (liked, boosted) = (likes.into_iter().collect(), boosts.into_iter().collect());
        muted = mutes.into_iter().collect();
    }
    let one = |entry: &EntryRef| -> Option<PostView> {
        let post = rows.get(&entry.post)?.clone();
        let author = people.get(&post.author_id)?.clone();
        let boost = match entry.boost {
            None => None,
            Some(id) => {
                let boost = boost_rows.get(&id)?;
                let by = people.get(&boost.actor_id)?.clone();
                Some(BoostView {
                    id,
                    by,
                    uri: boost.uri.clone(),
                    audience: boost.audience,
                    created_at: boost.created_at,
                })
            }
        };
        Some(PostView {
            mentions: mentioned.get(&post.id).into_iter().flatten().filter_map(|id| people.get(id).cloned()).collect(),
            hashtags: tags.get(&post.id).cloned().unwrap_or_default(),
            emojis: emojis.get(&post.id).cloned().unwrap_or_default(),
            liked: liked.contains(&post.id),
            boosted: boosted.contains(&post.id),
            bookmarked: kept.contains(&post.id),
            pinned: pinned.contains(&post.id),
            card: cards.get(&post.id).cloned(),
            quote: quotes.get(&post.id).cloned(),
            standing: standings.get(&post.id).copied().unwrap_or(Standing::Denied),
            chosen: chosen.get(&post.id).cloned().unwrap_or_default(),
            quiet: quiet.contains(&post.thread_id),
            muted: muted.contains(&post.author_id),
            inside: inside.get(&post.id).copied(),
            post,
            author,
            boost,
        })
    };
    Ok(entries.iter().filter_map(one).collect())
}

/// What belongs to each post.
fn by_post<T>(rows: Vec<(PostId, T)>) -> HashMap<PostId, Vec<T>> {
    let mut groups: HashMap<PostId, Vec<T>> = HashMap::new();
    for (post, one) in rows {
        groups.entry(post).or_default().push(one);
    }
    groups
}
