//! An internal post and what was said of the same in the open: two posts with comments of their own. Who may read both is
//! told of the other one; on the one outside nothing shows that there is one inside.

use diesel::prelude::*;

use super::{Post, Viewer, get_many, keep_visible};
use crate::{
    db::{
        Among, Conn, Tx,
        schema::{counterparts, posts},
    },
    domain::PostId,
    error::Result,
};

/// Writes down that these are two sides of one thing.
pub(in crate::domain) fn link(tx: &mut Tx<'_>, inside: PostId, outside: PostId) -> Result<()> {
    diesel::insert_into(counterparts::table)
        .values((counterparts::inside_id.eq(inside), counterparts::outside_id.eq(outside)))
        .execute(tx.conn())?;
    diesel::update(posts::table.filter(posts::id.among(vec![inside, outside])))
        .set(posts::linked.eq(true))
        .execute(tx.conn())?;
    Ok(())
}

/// Writes down that others than its author agreed to this copy of an internal post as it is.
pub(in crate::domain) fn keep_as_agreed(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    diesel::update(posts::table.find(id)).set(posts::agreed.eq(true)).execute(tx.conn())?;
    Ok(())
}

/// The other sides of these posts that somebody may read, each with the post of which it is one. Asked for those who work
/// here alone, and for posts that have another side: nobody else's page takes longer because of one.
pub fn counterparts_of(conn: &mut Conn, viewer: &Viewer, shown: &[&Post]) -> Result<Vec<(PostId, Post)>> {
    let linked: Vec<PostId> = shown.iter().filter(|post| post.linked).map(|post| post.id).collect();
    if linked.is_empty() || !matches!(viewer, Viewer::Local { employee: true, .. }) {
        return Ok(Vec::new());
    }
    let pairs: Vec<(PostId, PostId)> = counterparts::table
        .filter(counterparts::inside_id.among(linked.clone()).or(counterparts::outside_id.among(linked.clone())))
        .order((counterparts::inside_id, counterparts::outside_id))
        .select((counterparts::inside_id, counterparts::outside_id))
        .load(conn)?;
    let ids: Vec<PostId> = pairs.iter().flat_map(|(inside, outside)| [*inside, *outside]).collect();
    let seen = keep_visible(conn, viewer, &ids)?;
    let found = get_many(conn, &seen)?;
    let post = |id: PostId| found.iter().find(|post| post.id == id).cloned();
    let both = |(inside, outside): (PostId, PostId)| [(inside, outside), (outside, inside)];
    Ok(pairs
        .into_iter()
        .flat_map(both)
        .filter(|(one, _)| linked.contains(one))
        .filter_map(|(one, other)| Some((one, post(other)?)))
        .collect())
}
