//! A client that asks twice does one thing with a draft, also when the server died in between.

use super::Outcome;
use crate::{
    db::Tx,
    domain::{DraftId, Once, keep_act, known_act},
    error::Result,
};

/// Does something with a draft, unless it was done under this key before: then the draft is answered as it is. What was
/// not done, because another version is there, is tried again.
pub fn act_once(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    id: DraftId,
    act: impl FnOnce(&mut Tx<'_>) -> Result<Outcome>,
) -> Result<Outcome> {
    if let Some(draft) = known_act(tx, once)? {
        return Ok(Outcome::Done(DraftId(draft)));
    }
    let outcome = act(tx)?;
    if matches!(outcome, Outcome::Done(_)) {
        keep_act(tx, once, id.0)?;
    }
    Ok(outcome)
}
