//! What people are told in the workroom of their drafts, and what waits for them.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Draft, DraftState, Hand, get, is_closed_to, list, queries::readable_by};
use crate::{
    db::{Among, Conn, Timestamp, Tx, schema::drafts},
    domain::{
        AccountId, ActorId, DraftId, Page,
        accounts::{self, Right},
        notifications::{self, DraftNews},
    },
    error::Result,
};

/// How many drafts that wait for approval are looked at to count those that wait for one person.
const COUNTED: i64 = 100;

/// Tells these people what somebody did with a draft, or the brand itself where nobody did: not who did it, nor who may not
/// read the draft.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    (id, brand): (DraftId, ActorId),
    told: impl IntoIterator<Item = AccountId>,
    by: Option<AccountId>,
    news: DraftNews,
) -> Result<()> {
    let from = match by {
        Some(person) => accounts::get(tx.conn(), person)?.actor_id,
        None => brand,
    };
    for account in told.into_iter().filter(|account| Some(*account) != by) {
        let person = accounts::get(tx.conn(), account)?;
        if !is_closed_to(tx.conn(), &person, id)? {
            notifications::tell_of_draft(tx, person.actor_id, from, id, news)?;
        }
    }
    Ok(())
}

/// Tells the author of a draft what somebody did with it.
pub(super) fn tell_author(tx: &mut Tx<'_>, draft: &Draft, by: AccountId, news: DraftNews) -> Result<()> {
    tell(tx, (draft.id, draft.actor_id), [draft.author_id], Some(by), news)
}

/// Remembers that somebody has seen how it stands with a draft which they may read.
pub fn see(tx: &mut Tx<'_>, hand: &Hand, id: DraftId) -> Result<()> {
    let draft = get(tx.conn(), hand, id)?;
    notifications::see_draft(tx, hand.own, draft.id)
}

/// Of these drafts those that `owner`, the own actor of a person, may read at this moment. No query where there are none.
pub fn readable_among(conn: &mut Conn, owner: ActorId, ids: Vec<DraftId>) -> Result<HashMap<DraftId, Draft>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let Some(person) = accounts::find_by_actor(conn, owner)? else { return Ok(HashMap::new()) };
    let found: Vec<Draft> = drafts::table.filter(drafts::id.among(ids)).select(Draft::as_select()).load(conn)?;
    let readable = readable_by(conn, &person, found)?;
    Ok(readable.into_iter().map(|draft| (draft.id, draft)).collect())
}

/// How many drafts wait for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Drafts of colleagues that wait for approval, to which they may agree and have not.
    pub reviews: usize,
    /// Drafts that were given back to them or held, at which they have not looked since.
    pub returned: usize,
}

/// What waits for a person. Of drafts that wait for approval the latest are looked at.
pub fn waiting_for(conn: &mut Conn, hand: &Hand, now: Timestamp) -> Result<Waiting> {
    let approves = accounts::brands_with(conn, hand.account, Right::Approve)?;
    let reviews = if approves.is_empty() {
        0
    } else {
        let page = Page { limit: COUNTED, ..Page::default() };
        let found = list(conn, hand, None, Some(DraftState::InReview), &page, now)?;
        let asks = |view: &&super::DraftView| {
            approves.contains(&view.draft.actor_id)
                && view.draft.author_id != hand.account
                && !view.standing.approved_by.contains(&hand.account)
        };
        found.iter().filter(asks).count()
    };
    let unseen = notifications::unseen_drafts(conn, hand.own)?;
    let waits = |draft: &&Draft| {
        matches!(draft.state, DraftState::ChangesRequested | DraftState::Held) && hand.reaches(draft.actor_id)
    };
    let returned = readable_among(conn, hand.own, unseen)?.values().filter(waits).count();
    Ok(Waiting { reviews, returned })
}
