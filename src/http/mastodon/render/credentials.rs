//! Oneself as CredentialAccount.

use super::{account::fields, visibility};
use crate::{
    domain::{
        accounts::{self, Role, Session},
        actors, follows,
    },
    error::Result,
    http::mastodon::{
        entities::{self, CredentialAccount, Field, Source},
        look::Look,
    },
    text,
};

impl Look<'_> {
    /// The account that a session acts as, read anew.
    pub(in crate::http::mastodon) fn credentials(&mut self, session: &Session) -> Result<CredentialAccount> {
        let actor = actors::get(self.conn, session.actor.id)?;
        let login = accounts::get(self.conn, session.account.id)?;
        let waiting = if session.drafts_only() { 0 } else { follows::count_requests(self.conn, actor.id)? };
        let habits = actors::habits(self.conn, actor.id)?;
        let attribution_domains = actors::attribution_domains(self.conn, actor.id)?;
        let mut account = self.account(&actor)?;
        let role = role(session.account.house_role());
        account.roles = Some(Vec::new());
        Ok(CredentialAccount {
            source: Source {
                privacy: visibility(habits.audience),
                sensitive: habits.sensitive,
                language: login.default_language,
                note: actor.summary_source.clone(),
                fields: fields(&actor)
                    .into_iter()
                    .map(|field| Field { value: text::plain(&field.value), ..field })
                    .collect(),
                follow_requests_count: waiting,
                hide_collections: !actor.shows_people(),
                discoverable: actor.discoverable,
                indexable: actor.indexable,
                quote_policy: habits.quoters.as_str(),
                attribution_domains,
            },
            account,
            role,
        })
    }
}

/// No permissions are told: of Mastodon's moderation calls, which they would open, only those of reports are served.
pub(super) fn role(role: Role) -> entities::Role {
    let (id, name) = match role {
        Role::Owner => ("3", "Owner"),
        Role::Admin => ("2", "Admin"),
        Role::Moderator => ("1", "Moderator"),
        Role::Member => ("-99", ""),
    };
    entities::Role {
        id: id.to_owned(),
        name: name.to_owned(),
        permissions: "0".to_owned(),
        color: String::new(),
        highlighted: false,
    }
}
