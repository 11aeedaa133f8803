//! How one stands to others as Relationships.

use crate::{
    db::Timestamp,
    domain::{
        ActorId,
        actors::{self, Actor},
        follows,
    },
    error::{Error, Result},
    http::mastodon::{entities::Relationship, look::Look},
};

impl Look<'_> {
    /// How the reader stands to these, in the order given, without those that are not there.
    pub(in crate::http::mastodon) fn relationships(&mut self, ids: &[ActorId]) -> Result<Vec<Relationship>> {
        let Some(me) = self.viewer.actor() else { return Ok(Vec::new()) };
        let known = actors::get_many(self.conn, ids)?;
        let ordered: Vec<Actor> =
            ids.iter().filter_map(|id| known.iter().find(|actor| actor.id == *id).cloned()).collect();
        let now = self.now;
        let rows = follows::relationships(self.conn, me, &ordered)?;
        Ok(rows.into_iter().map(|row| relationship(&row, now)).collect())
    }

    /// How the reader stands to somebody.
    pub(in crate::http::mastodon) fn relationship(&mut self, id: ActorId) -> Result<Relationship> {
        let rows = self.relationships(&[id])?;
        rows.into_iter().next().ok_or_else(|| Error::not_found("actor.not_found", "There is no such account."))
    }
}

fn relationship(row: &follows::Relationship, now: Timestamp) -> Relationship {
    let muting = row.muting && row.muting_expires_at.is_none_or(|end| end > now);
    Relationship {
        id: row.id,
        following: row.following,
        showing_reblogs: row.showing_reblogs,
        notifying: row.notifying,
        languages: row.languages.clone(),
        followed_by: row.followed_by,
        blocking: row.blocking,
        blocked_by: row.blocked_by,
        muting,
        muting_notifications: muting && row.muting_notifications,
        muting_expires_at: row.muting_expires_at.filter(|_| muting).map(Timestamp::rfc3339),
        requested: row.requested,
        requested_by: row.requested_by,
        domain_blocking: row.domain_blocking,
        endorsed: row.endorsed,
        note: row.note.clone(),
    }
}
