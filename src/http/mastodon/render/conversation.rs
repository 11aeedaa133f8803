//! Direct posts as Conversations.

use std::collections::HashMap;

use crate::{
    domain::{
        ActorId,
        actors::{self, Actor},
        posts::EntryRef,
        timelines::Talk,
    },
    error::Result,
    http::mastodon::{
        entities::{Account, Conversation, Status},
        look::Look,
    },
};

impl Look<'_> {
    /// Conversations, without those of which the reader may see nothing.
    pub(in crate::http::mastodon) fn conversations(&mut self, talks: &[Talk]) -> Result<Vec<Conversation>> {
        let entries: Vec<EntryRef> = talks.iter().filter_map(|talk| talk.last).map(EntryRef::post).collect();
        let statuses: HashMap<String, Status> =
            self.statuses(&entries)?.into_iter().map(|status| (status.id.clone(), status)).collect();
        let mut ids: Vec<ActorId> = talks.iter().flat_map(|talk| talk.conversation.with()).collect();
        ids.extend(self.viewer.actor());
        ids.sort();
        ids.dedup();
        let people: Vec<Actor> = actors::get_many(self.conn, &ids)?;
        let accounts: HashMap<ActorId, Account> =
            self.accounts(&people)?.into_iter().map(|account| (account.id, account)).collect();
        let one = |talk: &Talk| {
            let status = statuses.get(&talk.last?.to_string())?;
            let mut with: Vec<Account> =
                talk.conversation.with().iter().filter_map(|id| accounts.get(id).cloned()).collect();
            if with.is_empty() {
                with.extend(accounts.get(&talk.conversation.owner_id).cloned());
            }
            Some(Conversation {
                id: talk.conversation.id,
                unread: talk.conversation.unread,
                accounts: with,
                last_status: Some(status.clone()),
            })
        };
        Ok(talks.iter().filter_map(one).collect())
    }
}
