//! Drafts that wait for approval as Statuses: in the place of a content warning they say that they wait, and nobody
//! outside of the team reads them.

use super::attachment::upload;
use crate::{
    domain::{
        Audience, Page,
        actors::Actor,
        drafts::{self, Draft, DraftView},
        scheduled::Wish,
    },
    error::{Error, Result},
    http::mastodon::{
        entities::{Account, Approval, QuoteApproval, Status, StatusExtension},
        look::{Listed, Look},
    },
    text::{self, Format, Links},
};

/// What is said in the place of a content warning.
const WAITS: &str = "⏳ waiting for approval";

impl Look<'_> {
    /// Drafts that wait, as posts. Whose they are to see is asked by whoever found them.
    pub(in crate::http::mastodon) fn waiting(&mut self, found: Vec<Draft>) -> Result<Vec<Status>> {
        let views = drafts::view(self.conn, found, self.now)?;
        let brands: Vec<Actor> = views.iter().filter_map(|view| view.brand.clone()).collect();
        let accounts = self.accounts_of(&brands)?;
        let one = |view: &DraftView| {
            let (id, account) = (view.draft.waiting_id?, accounts.get(&view.draft.actor_id)?.clone());
            Some(self.unpublished(id, view, account))
        };
        Ok(views.iter().filter_map(one).collect())
    }

    /// One of them, or not found.
    pub(in crate::http::mastodon) fn waits(&mut self, draft: Draft) -> Result<Status> {
        let missing = || Error::not_found("post.not_found", "There is no such post.");
        self.waiting(vec![draft])?.pop().ok_or_else(missing)
    }

    /// A page of a home feed with what waits for its brand's people, each where its id belongs. Where one of the two lists
    /// goes on, what of the other lies beyond its end comes with the next page.
    pub(in crate::http::mastodon) fn with_waiting(
        &mut self,
        mut listed: Listed<Status>,
        listed_goes_on: bool,
        found: Vec<Draft>,
        page: &Page,
    ) -> Result<Listed<Status>> {
        let ids: Vec<i64> = found.iter().filter_map(|draft| draft.waiting_id).collect();
        let found_goes_on = usize::try_from(page.limit).is_ok_and(|limit| ids.len() >= limit);
        let ends = if page.upwards() { (listed.first, ids.first()) } else { (listed.last, ids.last()) };
        let ends = [ends.0.filter(|_| listed_goes_on), ends.1.copied().filter(|_| found_goes_on)];
        let ends = ends.into_iter().flatten();
        let end = if page.upwards() { ends.min() } else { ends.max() };
        let within = |id: i64| end.is_none_or(|end| if page.upwards() { id <= end } else { id >= end });
        let found: Vec<Draft> = found.into_iter().filter(|draft| draft.waiting_id.is_some_and(within)).collect();
        listed.rows.retain(|status| status.id.parse().is_ok_and(within));
        let known = [listed.first, listed.last].into_iter().flatten().chain(ids).filter(|id| within(*id));
        let known: Vec<i64> = known.collect();
        listed.first = known.iter().copied().max();
        listed.last = known.into_iter().min();
        listed.rows.extend(self.waiting(found)?);
        // Ids are numbers, and longer ones are larger.
        listed.rows.sort_by(|one, other| (other.id.len(), &other.id).cmp(&(one.id.len(), &one.id)));
        Ok(listed)
    }

    fn unpublished(&self, id: i64, view: &DraftView, account: Account) -> Status {
        let (draft, wish) = (&view.draft, &view.draft.wish.0);
        let address = format!("{}/api/guildhall/v1/drafts/{}", self.site.base_url, draft.id);
        let warning = if wish.summary.is_empty() { WAITS.to_owned() } else { format!("{WAITS}: {}", wish.summary) };
        let approved = i64::try_from(view.standing.approved_by.len()).unwrap_or(i64::MAX);
        Status {
            id: id.to_string(),
            created_at: draft.created_at.rfc3339(),
            in_reply_to_id: wish.reply_to,
            in_reply_to_account_id: None,
            sensitive: true,
            spoiler_text: warning,
            visibility: "direct",
            language: wish.language.clone(),
            uri: address.clone(),
            url: address,
            replies_count: 0,
            reblogs_count: 0,
            favourites_count: approved,
            quotes_count: 0,
            edited_at: None,
            text: None,
            content: self.preview(wish),
            reblog: None,
            application: None,
            account,
            media_attachments: view.media.iter().map(|media| upload(self.site, media)).collect(),
            mentions: Vec::new(),
            tags: Vec::new(),
            emojis: Vec::new(),
            card: None,
            poll: None,
            quote: None,
            quote_approval: QuoteApproval { automatic: Vec::new(), manual: Vec::new(), current_user: "denied" },
            filtered: Vec::new(),
            favourited: Some(false),
            reblogged: Some(false),
            muted: Some(false),
            bookmarked: Some(false),
            pinned: Some(false),
            // It is nobody else's yet, wherever it will go.
            local_only: true,
            guildhall: StatusExtension {
                audience: match (wish.audience, wish.team) {
                    (Audience::Team, Some(team)) => format!("team:{team}"),
                    (audience, _) => audience.as_str().to_owned(),
                },
                approval: Some(Approval {
                    id: draft.id,
                    state: draft.state,
                    needed: view.standing.needed,
                    approved: view.standing.approved_by.len(),
                }),
                author: None,
            },
        }
    }

    /// What it will say. Names are links only when it is published: until then nobody is asked who they are.
    fn preview(&self, wish: &Wish) -> String {
        let format = if wish.markdown { Format::Markdown } else { Format::Plain };
        let links = Links { mention: &|_, _| None, hashtag: &|name| self.site.tag_url(name) };
        text::render(&wish.text, format, &links).html
    }
}
