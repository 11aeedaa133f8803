//! What the author of a draft is told that others did with it.

use diesel::prelude::*;

use super::{About, NotificationKind, tell_about};
use crate::{
    db::{Among, Conn, Tx, schema::notifications},
    domain::{ActorId, DraftId},
    error::Result,
};

crate::text_enum! {
    /// What somebody did with a draft.
    DraftNews {
        /// They asked for changes.
        ChangesRequested = "changes_requested",
        /// They changed what it says.
        Changed = "changed",
        /// They agreed to it.
        Approved = "approved",
        /// They chose when it is published.
        Scheduled = "scheduled",
        /// They took that time back.
        Unscheduled = "unscheduled",
        /// They published it.
        Published = "published",
        /// It could not be published when its time had come, and waits for somebody to look at it.
        Held = "held",
        /// They threw it away.
        Discarded = "discarded",
    }
}

/// How many notifications are looked at to find the drafts that somebody has not seen.
const UNSEEN: i64 = 500;

/// Tells `owner` what `from` did with a draft, in place of what they were told before that `from` did with it; a change
/// at which they have not looked stands beside that, unless the draft was thrown away. It is work: muting or blocking a
/// colleague does not hide it.
pub fn tell_of_draft(tx: &mut Tx<'_>, owner: ActorId, from: ActorId, draft: DraftId, news: DraftNews) -> Result<()> {
    let before = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::kind.eq(NotificationKind::Draft))
        .filter(notifications::from_id.eq(from))
        .filter(notifications::draft_id.eq(draft));
    if matches!(news, DraftNews::Changed | DraftNews::Discarded) {
        diesel::delete(before).execute(tx.conn())?;
    } else {
        let over = notifications::draft_news.ne(DraftNews::Changed).or(notifications::read_at.is_not_null());
        diesel::delete(before.filter(over)).execute(tx.conn())?;
    }
    let about = About { draft: Some((draft, news)), ..About::default() };
    tell_about(tx, owner, NotificationKind::Draft, from, about).map(drop)
}

/// Remembers that `owner` has seen how it stands with a draft.
pub fn see_draft(tx: &mut Tx<'_>, owner: ActorId, draft: DraftId) -> Result<()> {
    let now = tx.now();
    let unseen = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::draft_id.eq(draft))
        .filter(notifications::read_at.is_null());
    diesel::update(unseen).set(notifications::read_at.eq(now)).execute(tx.conn())?;
    Ok(())
}

/// Who changed what a draft says, where `owner` was told so and has not looked at it since.
pub fn unseen_change(conn: &mut Conn, owner: ActorId, draft: DraftId) -> Result<Option<ActorId>> {
    Ok(notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::draft_id.eq(draft))
        .filter(notifications::draft_news.eq(DraftNews::Changed))
        .filter(notifications::read_at.is_null())
        .order(notifications::id.desc())
        .select(notifications::from_id)
        .first(conn)
        .optional()?)
}

/// The drafts that were given back or held, as `owner` was told, and at which they have not looked since.
pub fn unseen_drafts(conn: &mut Conn, owner: ActorId) -> Result<Vec<DraftId>> {
    let mut found: Vec<Option<DraftId>> = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::kind.eq(NotificationKind::Draft))
        .filter(notifications::draft_news.among([DraftNews::ChangesRequested, DraftNews::Held]))
        .filter(notifications::read_at.is_null())
        .order(notifications::id.desc())
        .limit(UNSEEN)
        .select(notifications::draft_id)
        .load(conn)?;
    found.sort();
    found.dedup();
    Ok(found.into_iter().flatten().collect())
}
