//! What moderators are told, and nobody else.

use super::{NotificationKind, tell_about};
use crate::{
    db::{Conn, Tx},
    domain::{ActorId, ReportId, accounts},
    error::Result,
};

/// Tells every moderator that `from` reported somebody, or has come; not `from` themselves.
pub fn tell_moderators(tx: &mut Tx<'_>, kind: NotificationKind, from: ActorId, report: Option<ReportId>) -> Result<()> {
    for moderator in accounts::list_moderators(tx.conn())? {
        tell_about(tx, moderator, kind, from, (None, report))?;
    }
    Ok(())
}

/// Whether `owner` may be shown this kind: who moderates no more is shown nothing of it any more.
pub(super) fn may_be_shown(conn: &mut Conn, owner: ActorId, kind: NotificationKind) -> Result<bool> {
    Ok(!NotificationKind::FOR_MODERATORS.contains(&kind) || accounts::is_moderator(conn, owner)?)
}
