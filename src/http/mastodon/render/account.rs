//! Actors as Accounts.

use std::collections::HashMap;

use super::emoji;
use crate::{
    db::Timestamp,
    domain::{
        ActorId, Site,
        actors::{self, Actor, ActorKind},
        servers,
    },
    error::Result,
    http::{
        elsewhere,
        mastodon::{
            assets,
            entities::{Account, AccountExtension, Emoji, Field},
            look::{Listed, Look},
        },
    },
};

impl Look<'_> {
    /// These actors by id.
    pub(in crate::http::mastodon) fn accounts_of(&mut self, people: &[Actor]) -> Result<HashMap<ActorId, Account>> {
        let moved: Vec<String> = people.iter().filter_map(|actor| actor.moved_to.clone()).collect();
        let moved: Vec<Actor> = actors::find_by_uris(self.conn, &moved)?;
        let emojis = actors::emojis_of(self.conn, people.iter().chain(&moved))?;
        let shown = |actor: &Actor, moved| {
            let emojis = emojis.get(&actor.id).map(Vec::as_slice).unwrap_or_default();
            account(self.site, actor, moved, emoji::of_actor(self.site, actor.id, emojis))
        };
        let account = |actor: &Actor| {
            let target = moved.iter().find(|target| actor.moved_to.as_ref() == Some(&target.uri) && target.is_active());
            (actor.id, shown(actor, target.map(|target| shown(target, None))))
        };
        Ok(people.iter().map(account).collect())
    }

    /// One actor.
    pub(in crate::http::mastodon) fn account(&mut self, actor: &Actor) -> Result<Account> {
        let mut accounts = self.accounts_of(std::slice::from_ref(actor))?;
        Ok(accounts.remove(&actor.id).unwrap_or_else(|| account(self.site, actor, None, Vec::new())))
    }

    /// Actors in the order given, without those who are gone or suspended, or whose server is blocked.
    pub(in crate::http::mastodon) fn accounts(&mut self, people: &[Actor]) -> Result<Vec<Account>> {
        let mut accounts = self.accounts_of(people)?;
        let ids: Vec<ActorId> = people.iter().filter(|actor| actor.is_active()).map(|actor| actor.id).collect();
        let shown = servers::keep_shown(self.conn, &ids)?;
        Ok(people
            .iter()
            .filter(|actor| shown.contains(&actor.id))
            .filter_map(|actor| accounts.remove(&actor.id))
            .collect())
    }

    /// A list of actors that is paged by the ids of other rows.
    pub(in crate::http::mastodon) fn people(&mut self, rows: &[(i64, ActorId)]) -> Result<Listed<Account>> {
        let ids: Vec<ActorId> = rows.iter().map(|(_, actor)| *actor).collect();
        let mut known: HashMap<ActorId, Actor> =
            actors::get_many(self.conn, &ids)?.into_iter().map(|actor| (actor.id, actor)).collect();
        let people: Vec<Actor> = ids.iter().filter_map(|id| known.remove(id)).collect();
        Ok(Listed {
            rows: self.accounts(&people)?,
            first: rows.first().map(|(id, _)| *id),
            last: rows.last().map(|(id, _)| *id),
        })
    }
}

/// The day of a moment, `YYYY-MM-DD`.
pub(super) fn day(moment: Timestamp) -> String {
    moment.rfc3339().chars().take(10).collect()
}

/// The fields of a profile.
pub(super) fn fields(actor: &Actor) -> Vec<Field> {
    let field = |field: &actors::Field| Field {
        name: field.name.clone(),
        value: field.value.clone(),
        verified_at: field.verified_at.map(Timestamp::rfc3339),
    };
    actor.fields.0.iter().map(field).collect()
}

/// Of somebody who is suspended only the name is shown.
fn account(site: &Site, actor: &Actor, moved: Option<Account>, emojis: Vec<Emoji>) -> Account {
    let hidden = !actor.is_active();
    // A picture on another server would tell that server who reads here: we hand it on.
    let ours = |url: &String| if site.owns(url) { url.clone() } else { elsewhere::file_of_actor(site, actor.id, url) };
    let picture = |picture: &Option<String>, none: String| picture.as_ref().filter(|_| !hidden).map_or(none, ours);
    let avatar = picture(&actor.icon, assets::avatar(&site.base_url));
    let header = picture(&actor.header, assets::header(&site.base_url));
    let shown = |text: &str| if hidden { String::new() } else { text.to_owned() };
    Account {
        id: actor.id,
        username: actor.username.clone(),
        acct: actor.acct(),
        display_name: shown(&actor.name),
        locked: actor.locked,
        bot: actor.bot,
        discoverable: actor.discoverable && !hidden,
        indexable: actor.indexable && !hidden,
        group: actor.kind == ActorKind::Group,
        created_at: format!("{}T00:00:00.000Z", day(actor.published_at)),
        note: shown(&actor.summary),
        url: actor.page().to_owned(),
        uri: actor.uri.clone(),
        avatar_static: avatar.clone(),
        avatar,
        header_static: header.clone(),
        header,
        followers_count: actor.followers_count.max(0),
        following_count: actor.following_count.max(0),
        statuses_count: actor.posts_count.max(0),
        last_status_at: actor.last_post_at.map(day),
        hide_collections: !actor.shows_people(),
        noindex: actor.is_local().then_some(!actor.may_be_indexed()),
        emojis,
        roles: actor.is_local().then(Vec::new),
        fields: if hidden { Vec::new() } else { fields(actor) },
        moved: moved.map(Box::new),
        suspended: hidden.then_some(true),
        limited: actor.limited.then_some(true),
        guildhall: AccountExtension { kind: actor.kind.as_str() },
    }
}
