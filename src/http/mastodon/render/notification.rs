//! What one is told as Notifications.

use std::collections::HashMap;

use crate::{
    db::Timestamp,
    domain::{
        ActorId,
        actors::{self, Actor},
        filters::FilterContext,
        notifications,
        posts::EntryRef,
    },
    error::Result,
    http::mastodon::{
        entities::{Account, Notification, Status},
        look::{Listed, Look},
    },
};

impl Look<'_> {
    /// Notifications, without those about somebody who is gone or a post that the reader may not see any more.
    pub(in crate::http::mastodon) fn notifications(
        &mut self,
        rows: &[notifications::Notification],
    ) -> Result<Listed<Notification>> {
        let entries: Vec<EntryRef> = rows.iter().filter_map(|row| row.post_id).map(EntryRef::post).collect();
        let mut statuses = self.statuses(&entries)?;
        statuses.retain(|status| !self.hides(FilterContext::Notifications, status));
        let statuses: HashMap<String, Status> =
            statuses.into_iter().map(|status| (status.id.clone(), status)).collect();
        let from: Vec<ActorId> = rows.iter().map(|row| row.from_id).collect();
        let from: Vec<Actor> = actors::get_many(self.conn, &from)?.into_iter().filter(Actor::is_active).collect();
        let accounts: HashMap<ActorId, Account> = self.accounts_of(&from)?;
        let one = |row: &notifications::Notification| {
            let status = match row.post_id {
                None => None,
                Some(post) => Some(statuses.get(&post.to_string())?.clone()),
            };
            Some(Notification {
                id: row.id,
                kind: row.kind.as_str(),
                group_key: format!("ungrouped-{}", row.id),
                created_at: Timestamp::rfc3339(row.created_at),
                account: accounts.get(&row.from_id)?.clone(),
                status,
            })
        };
        Ok(Listed {
            rows: rows.iter().filter_map(one).collect(),
            first: rows.first().map(|row| row.id.0),
            last: rows.last().map(|row| row.id.0),
        })
    }
}
