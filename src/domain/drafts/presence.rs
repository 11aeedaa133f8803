//! Who is writing in a draft at this moment.

use std::time::Duration;

use diesel::prelude::*;

use super::{Hand, get, queries::get_to_write};
use crate::{
    db::{Among, Conn, Timestamp, Tx, schema::draft_presence},
    domain::{AccountId, DraftId, accounts::Right},
    error::Result,
    on_conn,
};

/// For how long somebody counts as writing after they were seen: the workroom says it every ten seconds, and may be late
/// once.
pub const PRESENT: Duration = Duration::from_secs(22);

/// Says that somebody has a draft open for writing.
pub fn note_presence(tx: &mut Tx<'_>, hand: &Hand, id: DraftId) -> Result<()> {
    get_to_write(tx.conn(), hand, id, Right::WriteDraft)?;
    note(tx, id, hand.account)
}

/// Says that somebody writes in a draft no longer: they left it, whatever became of it meanwhile.
pub fn end_presence(tx: &mut Tx<'_>, hand: &Hand, id: DraftId) -> Result<()> {
    get(tx.conn(), hand, id)?;
    diesel::delete(draft_presence::table.find((id, hand.account))).execute(tx.conn())?;
    Ok(())
}

pub(super) fn note(tx: &mut Tx<'_>, draft: DraftId, account: AccountId) -> Result<()> {
    let now = tx.now();
    on_conn!(tx.conn(), |c| diesel::insert_into(draft_presence::table)
        .values((
            draft_presence::draft_id.eq(draft),
            draft_presence::account_id.eq(account),
            draft_presence::seen_at.eq(now)
        ))
        .on_conflict((draft_presence::draft_id, draft_presence::account_id))
        .do_update()
        .set(draft_presence::seen_at.eq(now))
        .execute(c))?;
    Ok(())
}

/// Who writes in these drafts.
pub(super) fn present(conn: &mut Conn, drafts: &[DraftId], now: Timestamp) -> Result<Vec<(DraftId, AccountId)>> {
    Ok(draft_presence::table
        .filter(draft_presence::draft_id.among(drafts.to_vec()))
        .filter(draft_presence::seen_at.gt(now.minus(PRESENT)))
        .order((draft_presence::draft_id, draft_presence::account_id))
        .select((draft_presence::draft_id, draft_presence::account_id))
        .load(conn)?)
}
