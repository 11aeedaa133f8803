//! What a draft said before.

use std::time::Duration;

use diesel::prelude::*;

use super::Draft;
use crate::{
    db::{
        Conn, Json, Timestamp, Tx,
        schema::{draft_reviews, draft_versions},
    },
    domain::{AccountId, DraftId, scheduled::Wish},
    error::Result,
};

/// How many earlier texts of a draft are kept.
pub const VERSIONS: i64 = 100;
/// What one person saves within so long is one step: drafts are saved every few seconds.
const STEP: Duration = Duration::from_secs(600);

/// A text that a draft had.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = draft_versions)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct PastText {
    pub id: i64,
    pub draft_id: DraftId,
    pub version: i64,
    pub account_id: AccountId,
    pub wish: Json<Wish>,
    pub content_hash: String,
    pub created_at: Timestamp,
}

/// The texts that a draft had, oldest first, the present one last.
pub fn history(conn: &mut Conn, draft: &Draft) -> Result<Vec<PastText>> {
    Ok(draft_versions::table
        .filter(draft_versions::draft_id.eq(draft.id))
        .order(draft_versions::id)
        .limit(VERSIONS)
        .select(PastText::as_select())
        .load(conn)?)
}

/// Keeps what was saved: in place of what the same person saved just before, unless somebody said something of that.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    draft: DraftId,
    version: i64,
    account: AccountId,
    wish: &Wish,
    hash: &str,
) -> Result<()> {
    let last: Option<PastText> = draft_versions::table
        .filter(draft_versions::draft_id.eq(draft))
        .order(draft_versions::id.desc())
        .select(PastText::as_select())
        .first(tx.conn())
        .optional()?;
    let now = tx.now();
    let said = (
        draft_versions::version.eq(version),
        draft_versions::wish.eq(Json(wish.clone())),
        draft_versions::content_hash.eq(hash),
    );
    let recent = last.filter(|last| last.account_id == account && now.since(last.created_at) < STEP);
    if let Some(last) = recent
        && !was_reviewed(tx.conn(), draft, &last.content_hash)?
    {
        diesel::update(draft_versions::table.find(last.id)).set(said).execute(tx.conn())?;
        return Ok(());
    }
    let id = tx.new_id();
    diesel::insert_into(draft_versions::table)
        .values((
            draft_versions::id.eq(id),
            draft_versions::draft_id.eq(draft),
            draft_versions::account_id.eq(account),
            said,
            draft_versions::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    let ids: Vec<i64> = draft_versions::table
        .filter(draft_versions::draft_id.eq(draft))
        .order(draft_versions::id.desc())
        .offset(VERSIONS)
        .limit(VERSIONS)
        .select(draft_versions::id)
        .load(tx.conn())?;
    if !ids.is_empty() {
        diesel::delete(draft_versions::table.filter(draft_versions::id.eq_any(ids))).execute(tx.conn())?;
    }
    Ok(())
}

fn was_reviewed(conn: &mut Conn, draft: DraftId, hash: &str) -> Result<bool> {
    let reviews =
        draft_reviews::table.filter(draft_reviews::draft_id.eq(draft)).filter(draft_reviews::content_hash.eq(hash));
    Ok(diesel::select(diesel::dsl::exists(reviews)).get_result(conn)?)
}
