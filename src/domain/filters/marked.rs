//! Single posts in filters.

use diesel::prelude::*;

use super::{POSTS, edit::changed, find_post, get};
use crate::{
    db::{
        Key, Tx,
        schema::{filter_posts, filters},
    },
    domain::{
        ActorId, FilterId, FilterPostId, PostId,
        posts::{Viewer, get_visible},
    },
    error::{Error, Result},
    on_conn,
};

/// Puts a post that its owner may see into a filter; twice is once.
pub fn add_post(tx: &mut Tx<'_>, owner: ActorId, filter: FilterId, post: PostId) -> Result<FilterPostId> {
    tx.lock(Key("filters", &[owner.0]))?;
    get(tx.conn(), owner, filter)?;
    let viewer = Viewer::local(tx.conn(), owner)?;
    get_visible(tx.conn(), &viewer, post)?;
    let have: i64 = filter_posts::table
        .inner_join(filters::table)
        .filter(filters::owner_id.eq(owner))
        .count()
        .get_result(tx.conn())?;
    if have >= POSTS {
        return Err(Error::invalid(
            "filter.posts",
            format!("All filters together have at most {POSTS} single posts. Take another one out first."),
        ));
    }
    let id = FilterPostId(tx.new_id());
    on_conn!(tx.conn(), |c| diesel::insert_into(filter_posts::table)
        .values((filter_posts::id.eq(id), filter_posts::filter_id.eq(filter), filter_posts::post_id.eq(post)))
        .on_conflict((filter_posts::filter_id, filter_posts::post_id))
        .do_nothing()
        .execute(c))?;
    changed(tx, owner);
    let row = filter_posts::table.filter(filter_posts::filter_id.eq(filter)).filter(filter_posts::post_id.eq(post));
    Ok(row.select(filter_posts::id).first(tx.conn())?)
}

/// Takes a single post out of its filter.
pub fn delete_post(tx: &mut Tx<'_>, owner: ActorId, id: FilterPostId) -> Result<()> {
    find_post(tx.conn(), owner, id)?;
    diesel::delete(filter_posts::table.find(id)).execute(tx.conn())?;
    changed(tx, owner);
    Ok(())
}
