//! What somebody did and what reached them, newest first, whatever it is: what ActivityPub calls outbox and inbox.
//! Internal posts are in neither, and nothing that is about them.

mod received;
mod sent;

use diesel::prelude::*;

pub use received::received;
pub use sent::{count_sent, sent};

use super::{
    ActorId, BlockId, BoostId, FollowId, LikeId, PinId, PostId,
    follows::{Block, Follow},
    posts::{Boost, FederablePost, Like, Pin, Post, Viewer, boost_visible_to, keep_visible},
};
use crate::{
    db::{
        Among, Conn,
        schema::{blocks, boosts, follows as follows_table, likes, pins, posts},
    },
    error::Result,
};

/// One thing that was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A post was published.
    Post(Box<FederablePost>),
    /// A post was boosted.
    Boost(Boost, Box<FederablePost>),
    /// A post was liked.
    Like(Like, Box<FederablePost>),
    /// A post was pinned by its author.
    Pin(Pin, Box<FederablePost>),
    /// Somebody asked to follow.
    Follow(Follow),
    /// Somebody was blocked.
    Block(Block),
}

/// A part of a mailbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What its reader may see of it, newest first.
    pub entries: Vec<Entry>,
    /// Below which number the rest is, when there may be more.
    pub rest: Option<i64>,
}

/// A row before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Post(PostId),
    Boost(BoostId),
    Like(LikeId),
    Pin(PinId),
    Follow(FollowId),
    Block(BlockId),
}

impl Row {
    fn id(self) -> i64 {
        match self {
            Self::Post(id) => id.0,
            Self::Boost(id) => id.0,
            Self::Like(id) => id.0,
            Self::Pin(id) => id.0,
            Self::Follow(id) => id.0,
            Self::Block(id) => id.0,
        }
    }
}

/// The newest `limit` of rows from several lists, of which each was read to `limit`, as far as `viewer` may see
/// them. A part may be short where something is hidden; the rest goes on below it all the same.
fn part(conn: &mut Conn, viewer: &Viewer, mut rows: Vec<Row>, limit: i64) -> Result<Part> {
    rows.sort_by_key(|row| (std::cmp::Reverse(row.id()), *row));
    rows.dedup();
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
    let rest = rows.last().filter(|_| full).map(|row| row.id());
    let loaded = Loaded::read(conn, viewer, &rows)?;
    let entries = rows.into_iter().filter_map(|row| loaded.entry(row)).collect();
    Ok(Part { entries, rest })
}

/// What the rows of a part refer to, each table read once.
struct Loaded {
    posts: Vec<FederablePost>,
    boosts: Vec<Boost>,
    likes: Vec<Like>,
    pins: Vec<Pin>,
    follows: Vec<Follow>,
    blocks: Vec<Block>,
    shut_out: Vec<ActorId>,
}

impl Loaded {
    fn read(conn: &mut Conn, viewer: &Viewer, rows: &[Row]) -> Result<Self> {
        let ids = |pick: fn(&Row) -> Option<i64>| rows.iter().filter_map(pick).collect::<Vec<i64>>();
        let boost_ids = ids(|row| if let Row::Boost(id) = row { Some(id.0) } else { None });
        let like_ids = ids(|row| if let Row::Like(id) = row { Some(id.0) } else { None });
        let pin_ids = ids(|row| if let Row::Pin(id) = row { Some(id.0) } else { None });
        let follow_ids = ids(|row| if let Row::Follow(id) = row { Some(id.0) } else { None });
        let block_ids = ids(|row| if let Row::Block(id) = row { Some(id.0) } else { None });
        let me = viewer.actor().unwrap_or(ActorId(0));
        // A boost is addressed to the author of what is boosted too, whoever else may know of it.
        let mine = posts::table.filter(posts::author_id.eq(me)).select(posts::id);
        let boosts: Vec<Boost> = boosts::table
            .filter(boosts::id.among(boost_ids))
            .filter(boost_visible_to(viewer).or(boosts::post_id.eq_any(mine)))
            .select(Boost::as_select())
            .load(conn)?;
        let likes: Vec<Like> = likes::table.filter(likes::id.among(like_ids)).select(Like::as_select()).load(conn)?;
        let pins: Vec<Pin> = pins::table.filter(pins::id.among(pin_ids)).select(Pin::as_select()).load(conn)?;
        let follows =
            follows_table::table.filter(follows_table::id.among(follow_ids)).select(Follow::as_select()).load(conn)?;
        let block_rows = blocks::table.filter(blocks::id.among(block_ids)).select(Block::as_select()).load(conn)?;
        let mut post_ids: Vec<PostId> =
            rows.iter().filter_map(|row| if let Row::Post(id) = row { Some(*id) } else { None }).collect();
        post_ids.extend(boosts.iter().map(|boost| boost.post_id));
        post_ids.extend(likes.iter().map(|like| like.post_id));
        let visible = keep_visible(conn, viewer, &post_ids)?;
        let pinned: Vec<String> = pins.iter().map(|pin| pin.post_uri.clone()).collect();
        let posts: Vec<Post> = posts::table
            .filter(posts::id.among(visible).or(posts::author_id.eq(me).and(posts::uri.among(pinned))))
            .select(Post::as_select())
            .load(conn)?;
        let shut_out = blocks::table.filter(blocks::actor_id.eq(me)).select(blocks::target_id).load(conn)?;
        let posts = posts.into_iter().filter_map(Post::federable).collect();
        Ok(Self { posts, boosts, likes, pins, follows, blocks: block_rows, shut_out })
    }

    /// The entry of a row; none where it is hidden, internal, or by somebody whom the reader blocks.
    fn entry(&self, row: Row) -> Option<Entry> {
        let post = |id: PostId| self.posts.iter().find(|post| post.id == id).cloned().map(Box::new);
        let heard = |actor: ActorId| !self.shut_out.contains(&actor);
        match row {
            Row::Post(id) => post(id).filter(|post| heard(post.author_id)).map(Entry::Post),
            Row::Boost(id) => {
                let boost = self.boosts.iter().find(|boost| boost.id == id && heard(boost.actor_id))?.clone();
                let post = post(boost.post_id).filter(|post| heard(post.author_id))?;
                Some(Entry::Boost(boost, post))
            }
            Row::Like(id) => {
                let like = self.likes.iter().find(|like| like.id == id && heard(like.actor_id))?.clone();
                let post = post(like.post_id)?;
                Some(Entry::Like(like, post))
            }
            Row::Pin(id) => {
                let pin = self.pins.iter().find(|pin| pin.id == id)?.clone();
                let post = self.posts.iter().find(|post| post.uri() == pin.post_uri).cloned()?;
                Some(Entry::Pin(pin, Box::new(post)))
            }
            Row::Follow(id) => self
                .follows
                .iter()
                .find(|follow| follow.id == id && heard(follow.follower_id))
                .cloned()
                .map(Entry::Follow),
            Row::Block(id) => self.blocks.iter().find(|block| block.id == id).cloned().map(Entry::Block),
        }
    }
}
