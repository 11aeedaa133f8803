//! Looking drafts up, and letting go of them.

use std::time::Duration;

use diesel::prelude::*;

use super::{Draft, DraftState, Hand, Review};
use crate::{
    db::{
        Among, Conn, Tx,
        schema::{draft_reviews, drafts},
    },
    domain::{
        ActorId, DraftId, Page,
        accounts::{self, GrantRole, Right},
    },
    error::{Error, Result},
};

fn missing() -> Error {
    Error::not_found("draft.not_found", "There is no such draft.")
}

/// A draft by id.
pub fn find(conn: &mut Conn, id: DraftId) -> Result<Option<Draft>> {
    Ok(drafts::table.find(id).select(Draft::as_select()).first(conn).optional()?)
}

/// A draft that this person may read, or not found: who may not read it is told nothing of it.
pub fn get(conn: &mut Conn, hand: &Hand, id: DraftId) -> Result<Draft> {
    get_with_role(conn, hand, id).map(|(draft, _)| draft)
}

pub(super) fn get_with_role(conn: &mut Conn, hand: &Hand, id: DraftId) -> Result<(Draft, GrantRole)> {
    let draft = find(conn, id)?.filter(|draft| hand.reaches(draft.actor_id)).ok_or_else(missing)?;
    let role = accounts::role_on(conn, hand.account, draft.actor_id)?;
    let role = role.filter(|role| role.may(Right::ReadDrafts)).ok_or_else(missing)?;
    Ok((draft, role))
}

/// A draft with which this person may do something.
pub(super) fn get_for(conn: &mut Conn, hand: &Hand, id: DraftId, right: Right) -> Result<Draft> {
    let (draft, _) = get_with_role(conn, hand, id)?;
    accounts::need_right(conn, hand.account, draft.actor_id, right)?;
    Ok(draft)
}

/// A draft that this person may change: their own, or anybody's with the right to that.
pub(super) fn get_to_write(conn: &mut Conn, hand: &Hand, id: DraftId, right: Right) -> Result<Draft> {
    let draft = get_for(conn, hand, id, right)?;
    if draft.author_id != hand.account {
        accounts::need_right(conn, hand.account, draft.actor_id, Right::EditOthersDraft)?;
    }
    Ok(draft)
}

/// A page of the drafts that a person may read, newest first: of one brand, or of all, in one state or in any.
pub fn list(
    conn: &mut Conn,
    hand: &Hand,
    brand: Option<ActorId>,
    state: Option<DraftState>,
    page: &Page,
) -> Result<Vec<Draft>> {
    let mut brands = accounts::brands_with(conn, hand.account, Right::ReadDrafts)?;
    brands.retain(|known| hand.reaches(*known) && brand.is_none_or(|brand| brand == *known));
    let (above, below) = page.bounds();
    let mut query = drafts::table
        .filter(drafts::actor_id.among(brands))
        .filter(drafts::id.gt(DraftId(above)))
        .filter(drafts::id.lt(DraftId(below)))
        .limit(page.limit)
        .select(Draft::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(drafts::state.eq(state));
    }
    query = if page.upwards() { query.order(drafts::id.asc()) } else { query.order(drafts::id.desc()) };
    let mut found: Vec<Draft> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    Ok(found)
}

/// What was said of these drafts, oldest first.
pub(super) fn reviews_of(conn: &mut Conn, ids: &[DraftId]) -> Result<Vec<Review>> {
    Ok(draft_reviews::table
        .filter(draft_reviews::draft_id.among(ids.to_vec()))
        .order((draft_reviews::created_at, draft_reviews::id))
        .select(Review::as_select())
        .load(conn)?)
}

/// Forgets what was written for a brand that is gone.
pub fn forget_all_of(tx: &mut Tx<'_>, brand: ActorId) -> Result<()> {
    diesel::delete(drafts::table.filter(drafts::actor_id.eq(brand))).execute(tx.conn())?;
    Ok(())
}

/// Forgets up to `limit` drafts that were thrown away long ago; answers how many.
pub fn prune(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old: Vec<DraftId> = drafts::table
        .filter(drafts::state.eq(DraftState::Discarded))
        .filter(drafts::updated_at.lt(before))
        .order(drafts::updated_at)
        .limit(limit)
        .select(drafts::id)
        .load(tx.conn())?;
    Ok(diesel::delete(drafts::table.filter(drafts::id.among(old))).execute(tx.conn())?)
}
