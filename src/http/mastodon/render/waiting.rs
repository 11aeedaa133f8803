//! Drafts that wait for approval as Statuses: in the place of a content warning they say that they wait, and nobody
//! outside of the team reads them.

use std::collections::HashMap;

use super::{attachment::upload, poll::poll_to_be, quote::allowed};
use crate::{
    db::Timestamp,
    domain::{
        ActorId, Page, PostId,
        actors::{self, Actor},
        drafts::{self, Draft, DraftView},
        posts::{EntryRef, QuotePolicy},
        scheduled::Wish,
    },
    error::{Error, Result},
    http::mastodon::{
        entities::{Account, Approval, QuoteApproval, Status, StatusExtension},
        look::{Listed, Look},
    },
    text::{self, Format, Links},
};

/// What stands above what is said inside with it.
const INSIDE: &str = "⏳ Also inside";
/// What is said in the place of a content warning.
const WAITS: &str = "⏳ waiting for approval";

impl Look<'_> {
    /// Drafts that wait, as posts. Whose they are to see is asked by whoever found them.
    pub(in crate::http::mastodon) fn waiting(&mut self, found: Vec<Draft>) -> Result<Vec<Status>> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let views = drafts::view(self.conn, found, self.now)?;
        let brands: Vec<Actor> = views.iter().filter_map(|view| view.brand.clone()).collect();
        let accounts = self.accounts_of(&brands)?;
        let quoted: Vec<PostId> = views.iter().filter_map(|view| view.draft.wish.0.quote).collect();
        let quoted = self.quotes_to_be(&quoted)?;
        // An edit leaves the poll, the quote and who may quote as they are in the post.
        let changed: Vec<EntryRef> =
            views.iter().filter_map(|view| view.changes.as_ref()).map(|post| EntryRef::post(post.id)).collect();
        let changed = if changed.is_empty() { Vec::new() } else { self.statuses(&changed)? };
        let changed: HashMap<String, Status> = changed.into_iter().map(|status| (status.id.clone(), status)).collect();
        let speakers: Vec<ActorId> = brands.iter().map(|brand| brand.id).collect();
        let habits = actors::habits_of(self.conn, &speakers)?;
        let one = |view: &DraftView| {
            let (id, account) = (view.draft.waiting_id?, accounts.get(&view.draft.actor_id)?.clone());
            let habits = habits.get(&view.draft.actor_id).copied().unwrap_or_default();
            let mut status = self.unpublished(id, view, account, &QuotePolicy::usual(habits.quoters));
            status.quote = view.draft.wish.0.quote.and_then(|id| quoted.get(&id).cloned());
            if let Some(old) = view.changes.as_ref().and_then(|post| changed.get(&post.id.to_string()).cloned()) {
                let approval = QuoteApproval { current_user: "denied", ..old.quote_approval };
                status = Status { poll: old.poll, quote: old.quote, quote_approval: approval, ..status };
                status.in_reply_to_id = old.in_reply_to_id;
            }
            Some(status)
        };
        Ok(views.iter().filter_map(one).collect())
    }

    /// One of them, or not found.
    pub(in crate::http::mastodon) fn waits(&mut self, draft: Draft) -> Result<Status> {
        let missing = || Error::not_found("post.not_found", "There is no such post.");
        self.waiting(vec![draft])?.pop().ok_or_else(missing)
    }

    /// A page of a home feed with what waits for its brand's people, each where its id belongs. Where one of the two lists
    /// goes on, what of the other lies beyond its end comes with the next page, and so does what is too much for this one.
    pub(in crate::http::mastodon) fn with_waiting(
        &mut self,
        mut listed: Listed<Status>,
        listed_goes_on: bool,
        found: Vec<Draft>,
        page: &Page,
    ) -> Result<Listed<Status>> {
        let ids: Vec<i64> = found.iter().filter_map(|draft| draft.waiting_id).collect();
        let limit = usize::try_from(page.limit).unwrap_or(0);
        let found_goes_on = ids.len() >= limit;
        let ends = if page.upwards() { (listed.first, ids.first()) } else { (listed.last, ids.last()) };
        let mut both: Vec<i64> =
            listed.rows.iter().filter_map(|status| status.id.parse().ok()).chain(ids.clone()).collect();
        both.sort_unstable_by_key(|id| if page.upwards() { *id } else { -id });
        let full = both.get(limit.saturating_sub(1)).copied().filter(|_| both.len() > limit);
        let ends = [ends.0.filter(|_| listed_goes_on), ends.1.copied().filter(|_| found_goes_on), full];
        let ends = ends.into_iter().flatten();
        let end = if page.upwards() { ends.min() } else { ends.max() };
        let within = |id: i64| end.is_none_or(|end| if page.upwards() { id <= end } else { id >= end });
        let found: Vec<Draft> = found.into_iter().filter(|draft| draft.waiting_id.is_some_and(within)).collect();
        listed.rows.retain(|status| status.id.parse().is_ok_and(within));
        let known = [listed.first, listed.last, end].into_iter().flatten().chain(ids).filter(|id| within(*id));
        let known: Vec<i64> = known.collect();
        listed.first = known.iter().copied().max();
        listed.last = known.into_iter().min();
        listed.rows.extend(self.waiting(found)?);
        // Ids are numbers, and longer ones are larger.
        listed.rows.sort_by(|one, other| (other.id.len(), &other.id).cmp(&(one.id.len(), &one.id)));
        Ok(listed)
    }

    /// Each part of what it will say is named here, so that none is forgotten that is approved.
    fn unpublished(&self, id: i64, view: &DraftView, account: Account, usual: &QuotePolicy) -> Status {
        let draft = &view.draft;
        let readers = draft.wish.0.readers();
        let Wish {
            text,
            markdown,
            summary,
            sensitive,
            language,
            audience,
            team: _,
            reply_to,
            poll,
            media: _,
            quote: _,
            quoting,
            inside,
            twin,
        } = &draft.wish.0;
        // Nothing has the id of a post yet. Where people look at it, the page asks who they are.
        let uri = format!("{}/api/guildhall/v1/drafts/{}", self.site.base_url, draft.id);
        let page = format!("{}/home/review/{}", self.site.base_url, draft.id);
        let hidden = if *sensitive && !view.media.is_empty() { ", files hidden" } else { "" };
        let waits = format!("{WAITS} ({readers}{hidden})");
        let warning = if summary.is_empty() { waits } else { format!("{waits}: {summary}") };
        let approved = i64::try_from(view.standing.approved_by.len()).unwrap_or(i64::MAX);
        let nobody = QuotePolicy::default();
        let quotable = if audience.is_open() { quoting.as_ref().unwrap_or(usual) } else { &nobody };
        let mut content = self.preview(text, *markdown);
        if let Some(twin) = twin {
            let label = format!("{INSIDE} ({})", twin.readers());
            content.push_str(&format!("<p>{label}</p>{}", self.preview(&twin.text, *markdown)));
        }
        content.push_str(view.signature.as_deref().unwrap_or_default());
        Status {
            id: id.to_string(),
            created_at: draft.created_at.rfc3339(),
            in_reply_to_id: *reply_to,
            in_reply_to_account_id: view.answers,
            sensitive: true,
            spoiler_text: warning,
            visibility: "direct",
            language: language.clone(),
            uri,
            url: page,
            replies_count: 0,
            reblogs_count: 0,
            favourites_count: approved,
            quotes_count: 0,
            edited_at: None,
            text: None,
            content,
            reblog: None,
            application: None,
            account,
            media_attachments: view.media.iter().map(|media| upload(self.site, media)).collect(),
            mentions: Vec::new(),
            tags: Vec::new(),
            emojis: Vec::new(),
            card: None,
            poll: poll.as_ref().map(|poll| poll_to_be(id, poll, self.now)),
            quote: None,
            quote_approval: allowed(quotable, "denied"),
            filtered: Vec::new(),
            favourited: Some(false),
            reblogged: Some(false),
            muted: Some(false),
            bookmarked: Some(false),
            pinned: Some(false),
            // It is nobody else's yet, wherever it will go.
            local_only: true,
            guildhall: StatusExtension {
                audience: readers,
                approval: Some(Approval {
                    id: draft.id,
                    state: view.state(),
                    needed: view.standing.needed,
                    approved: view.standing.approved_by.len(),
                }),
                author: None,
                approved_by: None,
                reply_owner: None,
                reply_team: None,
                reason: inside.reason,
                review_at: inside.review_at.map(Timestamp::rfc3339),
                counterparts: Vec::new(),
            },
        }
    }

    /// What it will say. Names are links only when it is published: until then nobody is asked who they are.
    fn preview(&self, text: &str, markdown: bool) -> String {
        let format = if markdown { Format::Markdown } else { Format::Plain };
        let links = Links { mention: &|_, _| None, hashtag: &|name| self.site.tag_url(name) };
        text::render(text, format, &links).html
    }
}
