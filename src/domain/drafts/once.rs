//! A client that asks twice does one thing with a draft, also when the server died in between.

use std::time::Duration;

use diesel::prelude::*;

use super::Outcome;
use crate::{
    db::{Key, Timestamp, Tx, schema::draft_acts},
    domain::{DraftId, Once},
    error::Result,
};

/// Does something with a draft, unless it was done under this key before: then the draft is answered as it is.
pub fn act_once(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    id: DraftId,
    act: impl FnOnce(&mut Tx<'_>) -> Result<Outcome>,
) -> Result<Outcome> {
    let Some(once) = once else { return act(tx) };
    tx.lock(Key(&format!("draft.act.{}", once.key), &[once.token.0]))?;
    let known: Option<(DraftId, String)> = draft_acts::table
        .find((once.token, &once.key))
        .select((draft_acts::draft_id, draft_acts::request_hash))
        .first(tx.conn())
        .optional()?;
    if let Some((draft, said)) = known {
        once.must_be(Some(&said))?;
        return Ok(Outcome::Done(draft));
    }
    let outcome = act(tx)?;
    if matches!(outcome, Outcome::Done(_)) {
        let now = tx.now();
        diesel::insert_into(draft_acts::table)
            .values((
                draft_acts::token_id.eq(once.token),
                draft_acts::key.eq(&once.key),
                draft_acts::request_hash.eq(&once.request),
                draft_acts::draft_id.eq(id),
                draft_acts::created_at.eq(now),
            ))
            .execute(tx.conn())?;
    }
    Ok(outcome)
}

/// Forgets up to `limit` acts that are older than anybody asks again. Answers how many.
pub fn prune_acts(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old: Vec<Timestamp> = draft_acts::table
        .filter(draft_acts::created_at.lt(before))
        .order(draft_acts::created_at)
        .limit(limit)
        .select(draft_acts::created_at)
        .load(tx.conn())?;
    // Those of the last moment go together: a moment has few.
    let Some(last) = old.last() else { return Ok(0) };
    Ok(diesel::delete(draft_acts::table.filter(draft_acts::created_at.le(*last))).execute(tx.conn())?)
}
