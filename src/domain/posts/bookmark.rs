//! Keeping a post to find it again. Nobody is told, neither its author nor other servers.

use diesel::prelude::*;

use super::{Viewer, get_visible, said};
use crate::{
    db::{Among, Conn, Key, Tx, schema::bookmarks},
    domain::{ActorId, Page, PostId},
    error::{Error, Result},
    on_conn,
};

/// How many posts somebody keeps at most: what is kept is not forgotten by age.
pub const BOOKMARKS: i64 = 10_000;

/// Keeps a post that one may see; twice is once.
pub fn bookmark(tx: &mut Tx<'_>, me: ActorId, id: PostId) -> Result<()> {
    tx.lock(Key("bookmarks", &[me.0]))?;
    let viewer = Viewer::local(tx.conn(), me)?;
    get_visible(tx.conn(), &viewer, id)?;
    let mine = bookmarks::table.filter(bookmarks::actor_id.eq(me));
    let known = mine.filter(bookmarks::post_id.eq(id));
    if diesel::select(diesel::dsl::exists(known)).get_result(tx.conn())? {
        return Ok(());
    }
    if mine.count().get_result::<i64>(tx.conn())? >= BOOKMARKS {
        return Err(Error::invalid("bookmark.limit", format!("At most {BOOKMARKS} posts can be bookmarked.")));
    }
    let (bookmark, now) = (tx.new_id(), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(bookmarks::table)
        .values((
            bookmarks::id.eq(bookmark),
            bookmarks::actor_id.eq(me),
            bookmarks::post_id.eq(id),
            bookmarks::created_at.eq(now),
        ))
        .on_conflict((bookmarks::post_id, bookmarks::actor_id))
        .do_nothing()
        .execute(c))?;
    said::index_again(tx, id)
}

/// Keeps a post no longer; what never was is fine.
pub fn unbookmark(tx: &mut Tx<'_>, me: ActorId, id: PostId) -> Result<()> {
    let kept = bookmarks::table.filter(bookmarks::post_id.eq(id)).filter(bookmarks::actor_id.eq(me));
    if diesel::delete(kept).execute(tx.conn())? > 0 {
        said::index_again(tx, id)?;
    }
    Ok(())
}

/// What `me` keeps, kept last first, each with the number by which it is paged.
pub fn bookmarked(conn: &mut Conn, me: ActorId, page: &Page) -> Result<Vec<(i64, PostId)>> {
    let (above, below) = page.bounds();
    let query = bookmarks::table
        .filter(bookmarks::actor_id.eq(me))
        .filter(bookmarks::id.gt(above))
        .filter(bookmarks::id.lt(below))
        .limit(page.limit)
        .select((bookmarks::id, bookmarks::post_id))
        .into_boxed();
    let query = if page.upwards() { query.order(bookmarks::id.asc()) } else { query.order(bookmarks::id.desc()) };
    let mut rows: Vec<(i64, PostId)> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// Those of these posts that `me` keeps.
pub(super) fn bookmarked_among(conn: &mut Conn, me: ActorId, ids: &[PostId]) -> Result<Vec<PostId>> {
    Ok(bookmarks::table
        .filter(bookmarks::post_id.among(ids.to_vec()))
        .filter(bookmarks::actor_id.eq(me))
        .select(bookmarks::post_id)
        .load(conn)?)
}

/// Forgets everything that an actor keeps, when the actor itself goes.
pub fn forget_bookmarks_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(bookmarks::table.filter(bookmarks::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}
