//! What a draft said before.

use std::time::Duration;

use diesel::prelude::*;

use super::Draft;
use crate::{
    db::{
        Conn, Json, Timestamp, Tx, octet_length,
        schema::{draft_reviews, draft_versions},
    },
    domain::{AccountId, DraftId, MediaId, scheduled::Wish},
    error::Result,
};

/// How many earlier texts of a draft are kept.
pub const VERSIONS: i64 = 100;
/// How many bytes they may have together; the present one is kept whatever its length.
pub const VERSIONS_BYTES: i64 = 256 * 1024;
/// What one person saves within so long is one step: drafts are saved every few seconds.
const STEP: Duration = Duration::from_secs(600);
/// What one person saves goes on for as long as nobody else saves and no step of theirs is older than this.
const SESSION: Duration = Duration::from_secs(3600);

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

/// The text that a draft had in a version. Nothing where somebody saved over it soon after: what was there before says
/// nothing of what stood in it, and what was taken out of it would come back.
pub fn text_at(conn: &mut Conn, draft: DraftId, version: i64) -> Result<Option<String>> {
    let found: Option<Json<Wish>> = draft_versions::table
        .filter(draft_versions::draft_id.eq(draft))
        .filter(draft_versions::version.eq(version))
        .select(draft_versions::wish)
        .first(conn)
        .optional()?;
    Ok(found.map(|wish| wish.0.text))
}

/// The uploads that the texts of a draft have or had, the present one's too.
pub(super) fn uploads(conn: &mut Conn, draft: DraftId) -> Result<Vec<MediaId>> {
    let wishes: Vec<Json<Wish>> = draft_versions::table
        .filter(draft_versions::draft_id.eq(draft))
        .order(draft_versions::id)
        .limit(VERSIONS)
        .select(draft_versions::wish)
        .load(conn)?;
    Ok(wishes.into_iter().flat_map(|wish| wish.0.media).collect())
}

/// Keeps what was saved: in place of what the same person saved just before, unless somebody said something of that.
/// Answers whether they begin with it, or begin again: what they save from here on belongs to the same sitting.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    draft: DraftId,
    version: i64,
    account: AccountId,
    wish: &Wish,
    hash: &str,
) -> Result<bool> {
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
    let goes_on = |last: &PastText| last.account_id == account && now.since(last.created_at) < SESSION;
    let begins = !last.as_ref().is_some_and(goes_on);
    let recent = last.filter(|last| last.account_id == account && now.since(last.created_at) < STEP);
    if let Some(last) = recent
        && !was_reviewed(tx.conn(), draft, &last.content_hash)?
    {
        diesel::update(draft_versions::table.find(last.id)).set(said).execute(tx.conn())?;
        forget_oldest(tx, draft)?;
        return Ok(begins);
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
    forget_oldest(tx, draft)?;
    Ok(begins)
}

/// Keeps the newest texts: whoever saves without end would fill the disk.
fn forget_oldest(tx: &mut Tx<'_>, draft: DraftId) -> Result<()> {
    let sizes: Vec<(i64, i32)> = draft_versions::table
        .filter(draft_versions::draft_id.eq(draft))
        .order(draft_versions::id.desc())
        .select((draft_versions::id, octet_length(draft_versions::wish)))
        .load(tx.conn())?;
    let mut bytes = 0;
    let too_much = (0..).zip(sizes).find(|(number, (_, size))| {
        bytes += i64::from(*size);
        *number >= VERSIONS || *number > 0 && bytes > VERSIONS_BYTES
    });
    if let Some((_, (last, _))) = too_much {
        let old = draft_versions::table.filter(draft_versions::draft_id.eq(draft)).filter(draft_versions::id.le(last));
        diesel::delete(old).execute(tx.conn())?;
    }
    Ok(())
}

/// Forgets all texts of a draft but the present one: it was thrown away.
pub(super) fn keep_last(tx: &mut Tx<'_>, draft: DraftId) -> Result<()> {
    let all = draft_versions::table.filter(draft_versions::draft_id.eq(draft));
    let last: Option<i64> =
        all.order(draft_versions::id.desc()).select(draft_versions::id).first(tx.conn()).optional()?;
    if let Some(last) = last {
        diesel::delete(all.filter(draft_versions::id.lt(last))).execute(tx.conn())?;
    }
    Ok(())
}

fn was_reviewed(conn: &mut Conn, draft: DraftId, hash: &str) -> Result<bool> {
    let reviews =
        draft_reviews::table.filter(draft_reviews::draft_id.eq(draft)).filter(draft_reviews::content_hash.eq(hash));
    Ok(diesel::select(diesel::dsl::exists(reviews)).get_result(conn)?)
}
