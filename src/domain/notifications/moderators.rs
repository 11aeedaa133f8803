//! What moderators are told, and nobody else.

use super::{About, NotificationKind, tell_about};
use crate::{
    db::{Conn, Tx},
    domain::{ActorId, ReportId, accounts},
    error::Result,
};

/// Tells every moderator that somebody has come; not `from` themselves.
pub fn tell_of_sign_up(tx: &mut Tx<'_>, from: ActorId) -> Result<()> {
    for moderator in accounts::list_moderators(tx.conn())? {
        tell_about(tx, moderator, NotificationKind::AdminSignUp, from, About::default())?;
    }
    Ok(())
}

/// Tells every moderator that `from` reported somebody; not `from` themselves, nor who is reported while there is
/// another.
pub fn tell_of_report(tx: &mut Tx<'_>, from: ActorId, reported: ActorId, report: ReportId) -> Result<()> {
    let moderators = accounts::list_moderators(tx.conn())?;
    let another = moderators.iter().any(|moderator| *moderator != reported && *moderator != from);
    for moderator in moderators.into_iter().filter(|moderator| !another || *moderator != reported) {
        let about = About { report: Some(report), ..About::default() };
        tell_about(tx, moderator, NotificationKind::AdminReport, from, about)?;
    }
    Ok(())
}

/// Whether `owner` may be shown this kind: who moderates no more is shown nothing of it any more.
pub(super) fn may_be_shown(conn: &mut Conn, owner: ActorId, kind: NotificationKind) -> Result<bool> {
    Ok(!NotificationKind::FOR_MODERATORS.contains(&kind) || accounts::is_moderator(conn, owner)?)
}
