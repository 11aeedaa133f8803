//! Posts and boosts as Statuses.

use std::collections::HashMap;

use super::{
    attachments,
    card::card,
    emoji,
    poll::poll,
    quote::{Quoted, approval},
};
use crate::{
    db::Timestamp,
    domain::{
        ActorId, Page, Site,
        actors::Actor,
        posts::{self, Audience, EntryRef, Post, PostView},
        timelines,
    },
    error::{Error, Result},
    http::mastodon::{
        entities::{Account, Counterpart, FilterResult, Mention, Quote, Status, StatusExtension, StatusTag},
        look::{Listed, Look},
    },
};

impl Look<'_> {
    /// A page of a list of posts and boosts as the reader sees it, as far as there is room, with what it is paged by.
    pub(in crate::http::mastodon) fn list(&mut self, entries: Vec<EntryRef>, page: &Page) -> Result<Listed<Status>> {
        let entries = timelines::fitting(self.conn, entries, page, |entry| Some(entry.post))?;
        Ok(Listed {
            rows: self.statuses(&entries)?,
            first: entries.first().map(EntryRef::id),
            last: entries.last().map(EntryRef::id),
        })
    }

    /// Posts and boosts in the order given. What the reader may not see is left out, whoever made the list.
    pub(in crate::http::mastodon) fn statuses(&mut self, entries: &[EntryRef]) -> Result<Vec<Status>> {
        self.quoting(entries, Quoted::Whole)
    }

    /// The same with what they quote as whole posts, or as ids only.
    pub(super) fn quoting(&mut self, entries: &[EntryRef], quoted: Quoted) -> Result<Vec<Status>> {
        let entries = posts::keep_entries(self.conn, &self.viewer, entries)?;
        let shown = posts::views(self.conn, self.viewer.actor(), &entries)?;
        let mut people: Vec<Actor> = shown.iter().map(|view| view.author.clone()).collect();
        people.extend(shown.iter().filter_map(|view| view.boost.as_ref().map(|boost| boost.by.clone())));
        people.extend(shown.iter().filter_map(|view| view.card.as_ref()?.creator.clone()));
        let accounts = self.accounts_of(&people)?;
        let matches = self.matches(&shown)?;
        let quotes = self.quotes(&shown, quoted)?;
        let one = |(view, filtered): (&PostView, Vec<FilterResult>)| {
            self.entry(view, &accounts, filtered, quotes.get(&view.post.id).cloned())
        };
        let mut statuses: Vec<Status> = shown.iter().zip(matches).filter_map(one).collect();
        let written: Vec<&Post> = shown.iter().map(|view| &view.post).collect();
        for (id, other) in posts::counterparts_of(self.conn, &self.viewer, &written)? {
            let counterpart = Counterpart { id: other.id, audience: other.readers(), url: other.url };
            for status in &mut statuses {
                status.gains(&id.to_string(), &counterpart);
            }
        }
        Ok(statuses)
    }

    /// One post or boost, or not found.
    pub(in crate::http::mastodon) fn status(&mut self, entry: EntryRef) -> Result<Status> {
        let found = self.statuses(&[entry])?;
        found.into_iter().next().ok_or_else(|| Error::not_found("post.not_found", "There is no such post."))
    }

    fn entry(
        &self,
        view: &PostView,
        accounts: &HashMap<ActorId, Account>,
        filtered: Vec<FilterResult>,
        quote: Option<Quote>,
    ) -> Option<Status> {
        let status = Status { filtered, quote, ..self.post(view, accounts.get(&view.author.id)?.clone(), accounts) };
        let Some(boost) = &view.boost else { return Some(status) };
        let uri = boost.uri.clone().unwrap_or_else(|| self.site.activity_uri(boost.id.0));
        Some(Status {
            id: boost.id.to_string(),
            created_at: boost.created_at.rfc3339(),
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            spoiler_text: String::new(),
            visibility: visibility(boost.audience),
            url: uri.clone(),
            uri,
            replies_count: 0,
            reblogs_count: 0,
            favourites_count: 0,
            edited_at: None,
            content: String::new(),
            account: accounts.get(&boost.by.id)?.clone(),
            media_attachments: Vec::new(),
            mentions: Vec::new(),
            tags: Vec::new(),
            emojis: Vec::new(),
            card: None,
            poll: None,
            quote: None,
            quotes_count: 0,
            reblog: Some(Box::new(status.clone())),
            ..status
        })
    }

    fn post(&self, view: &PostView, account: Account, accounts: &HashMap<ActorId, Account>) -> Status {
        let post = &view.post;
        let signed_in = self.viewer.actor().is_some();
        let (uri, url) = addresses(self.site, post, &view.author);
        let emojis = emoji::of_post(self.site, post.id, &view.emojis);
        Status {
            id: post.id.to_string(),
            created_at: post.published_at.rfc3339(),
            in_reply_to_id: post.reply_to_id,
            in_reply_to_account_id: post.reply_to_author_id,
            sensitive: post.sensitive,
            spoiler_text: post.summary.clone(),
            visibility: visibility(post.audience),
            language: post.language.clone(),
            content: post.shown_html(),
            uri,
            url,
            replies_count: post.replies_count.max(0),
            reblogs_count: post.boosts_count.max(0),
            favourites_count: post.likes_count.max(0),
            quotes_count: post.quotes_count.max(0),
            edited_at: post.edited_at.map(Timestamp::rfc3339),
            text: None,
            reblog: None,
            application: None,
            account,
            media_attachments: attachments(self.site, post.id, &post.attachments.0),
            mentions: view.mentions.iter().map(mention).collect(),
            tags: view
                .hashtags
                .iter()
                .map(|name| StatusTag { name: name.clone(), url: self.site.tag_url(name) })
                .collect(),
            emojis: emojis.clone(),
            card: view.card.as_ref().map(|linked| card(self.site, post.id, linked, accounts)),
            poll: poll(view, self.now, self.viewer.actor(), &emojis),
            quote: None,
            quote_approval: approval(view),
            filtered: Vec::new(),
            favourited: signed_in.then_some(view.liked),
            reblogged: signed_in.then_some(view.boosted),
            muted: signed_in.then_some(view.quiet),
            bookmarked: signed_in.then_some(view.bookmarked),
            pinned: signed_in.then_some(view.pinned),
            local_only: !post.audience.federates(),
            guildhall: StatusExtension {
                audience: post.readers(),
                approval: None,
                author: None,
                approved_by: None,
                reply_owner: None,
                reply_team: None,
                reason: view.inside.and_then(|inside| inside.reason),
                review_at: view.inside.and_then(|inside| inside.review_at).map(Timestamp::rfc3339),
                counterparts: Vec::new(),
            },
        }
    }
}

/// The id and the page of a post. An internal post has neither on the network, but clients need both.
fn addresses(site: &Site, post: &Post, author: &Actor) -> (String, String) {
    let page = || format!("{}/@{}/{}", site.base_url, author.acct(), post.id);
    let uri = post.uri.clone().unwrap_or_else(page);
    let url = post.url.clone().unwrap_or_else(|| uri.clone());
    (uri, url)
}

/// Mastodon's word for who may read a post.
pub(in crate::http::mastodon) const fn visibility(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "public",
        Audience::Unlisted => "unlisted",
        Audience::Direct => "direct",
        Audience::Followers | Audience::Space | Audience::Company | Audience::Team => "private",
    }
}

fn mention(actor: &Actor) -> Mention {
    Mention { id: actor.id, username: actor.username.clone(), url: actor.page().to_owned(), acct: actor.acct() }
}
