//! Liking a post.

use diesel::prelude::*;

use super::{Audience, Viewer, get_visible, said};
use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{likes, posts},
    },
    domain::{
        ActorId, By, LikeId, Page, PostId, Site,
        actors::{self, Actor},
        exposure,
        notifications::{self, NotificationKind},
        work::Change,
    },
    error::Result,
    on_conn,
};

/// A like.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = likes)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Like {
    pub id: LikeId,
    pub actor_id: ActorId,
    pub post_id: PostId,
    /// The id of the Like activity.
    pub uri: Option<String>,
    pub created_at: Timestamp,
}

/// Who looks, as seen from an operation.
pub(super) fn viewer_of(tx: &mut Tx<'_>, by: &By) -> Result<Viewer> {
    if by.is_remote() { Ok(Viewer::Remote(by.actor())) } else { Viewer::local(tx.conn(), by.actor()) }
}

/// Nobody is deleted, and the post is not, until what `by` does to it is done; refuses who is gone already, who would
/// leave something behind.
pub(super) fn lock_deed(tx: &mut Tx<'_>, by: &By, id: PostId) -> Result<Actor> {
    tx.lock(Key("actor", &[by.actor().0]))?;
    tx.lock(Key("post", &[id.0]))?;
    actors::get(tx.conn(), by.actor())
}

/// Likes a post that one may see; twice is once.
pub fn like(tx: &mut Tx<'_>, site: &Site, by: &By, id: PostId) -> Result<()> {
    lock_deed(tx, by, id)?;
    let viewer = viewer_of(tx, by)?;
    let post = get_visible(tx.conn(), &viewer, id)?;
    let (like, now) = (LikeId(tx.new_id()), tx.now());
    let uri = match by {
        By::Remote { activity, .. } => activity.clone(),
        By::Local { .. } => post.uri.is_some().then(|| site.activity_uri(like.0)),
    };
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(likes::table)
        .values((
            likes::id.eq(like),
            likes::actor_id.eq(by.actor()),
            likes::post_id.eq(id),
            likes::uri.eq(uri),
            likes::created_at.eq(now)
        ))
        .on_conflict((likes::post_id, likes::actor_id))
        .do_nothing()
        .execute(c))?;
    if inserted == 0 {
        return Ok(());
    }
    diesel::update(posts::table.find(id)).set(posts::likes_count.eq(posts::likes_count + 1)).execute(tx.conn())?;
    notifications::tell(tx, post.author_id, NotificationKind::Favourite, by.actor(), Some(id))?;
    if !by.is_remote() {
        said::index_again(tx, id)?;
    }
    if !by.is_remote() && post.audience.federates() && !actors::get(tx.conn(), post.author_id)?.is_local() {
        exposure::ask_and_tell(tx, by.actor(), Change::Liked { like })?;
    }
    tx.signal(Signal { topic: "post", kind: "update", id: id.0 });
    Ok(())
}

/// Takes a like back; answers whether there was one.
pub fn unlike(tx: &mut Tx<'_>, by: &By, id: PostId) -> Result<bool> {
    let Some(like) = find_like_of(tx.conn(), by.actor(), id)? else { return Ok(false) };
    if diesel::delete(likes::table.find(like.id)).execute(tx.conn())? == 0 {
        return Ok(false);
    }
    diesel::update(posts::table.find(id)).set(posts::likes_count.eq(posts::likes_count - 1)).execute(tx.conn())?;
    let post = super::get(tx.conn(), id)?;
    notifications::forget(tx, post.author_id, NotificationKind::Favourite, by.actor(), Some(id))?;
    if !by.is_remote() {
        said::index_again(tx, id)?;
    }
    let author = actors::find(tx.conn(), post.author_id)?;
    if let (false, Some(uri), Some(post_uri), true) =
        (by.is_remote(), like.uri, post.uri, author.is_some_and(|author| !author.is_local()))
    {
        exposure::tell(tx, by.actor(), Change::Unliked { uri, post_uri, author: post.author_id })?;
    }
    tx.signal(Signal { topic: "post", kind: "update", id: id.0 });
    Ok(true)
}

/// The like of this id.
pub fn find_like(conn: &mut Conn, id: LikeId) -> Result<Option<Like>> {
    Ok(likes::table.find(id).select(Like::as_select()).first(conn).optional()?)
}

/// The like of `actor` whose activity has this id.
pub fn find_like_by_uri(conn: &mut Conn, uri: &str, actor: ActorId) -> Result<Option<Like>> {
    let theirs = likes::table.filter(likes::uri.eq(uri)).filter(likes::actor_id.eq(actor));
    Ok(theirs.select(Like::as_select()).first(conn).optional()?)
}

/// What `actor` gave to a post.
pub fn find_like_of(conn: &mut Conn, actor: ActorId, post: PostId) -> Result<Option<Like>> {
    Ok(likes::table
        .filter(likes::post_id.eq(post))
        .filter(likes::actor_id.eq(actor))
        .select(Like::as_select())
        .first(conn)
        .optional()?)
}

/// The ids on the network of the open posts that somebody likes, with those of the likes, newest first.
pub fn liked_by(conn: &mut Conn, actor: ActorId, page: &Page) -> Result<Vec<(LikeId, String)>> {
    let (_, below) = page.bounds();
    Ok(likes::table
        .inner_join(posts::table)
        .filter(likes::actor_id.eq(actor))
        .filter(likes::id.lt(LikeId(below)))
        .filter(posts::audience.among([Audience::Public, Audience::Unlisted]))
        .filter(posts::uri.is_not_null())
        .order(likes::id.desc())
        .limit(page.limit)
        .select((likes::id, posts::uri.assume_not_null()))
        .load(conn)?)
}

/// What somebody likes, liked last first, each with the number by which it is paged.
pub fn likes_of(conn: &mut Conn, actor: ActorId, page: &Page) -> Result<Vec<(i64, PostId)>> {
    let (above, below) = page.bounds();
    let query = likes::table
        .filter(likes::actor_id.eq(actor))
        .filter(likes::id.gt(LikeId(above)))
        .filter(likes::id.lt(LikeId(below)))
        .limit(page.limit)
        .select((likes::id, likes::post_id))
        .into_boxed();
    let query = if page.upwards() { query.order(likes::id.asc()) } else { query.order(likes::id.desc()) };
    let mut rows: Vec<(i64, PostId)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// Who likes a post, newest first. Pages by like id.
pub fn likers(conn: &mut Conn, post: PostId, page: &Page) -> Result<Vec<Like>> {
    let (above, below) = page.bounds();
    let query = likes::table
        .filter(likes::post_id.eq(post))
        .filter(likes::id.gt(LikeId(above)))
        .filter(likes::id.lt(LikeId(below)))
        .limit(page.limit)
        .select(Like::as_select())
        .into_boxed();
    let query = if page.upwards() { query.order(likes::id.asc()) } else { query.order(likes::id.desc()) };
    let mut rows: Vec<Like> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}
