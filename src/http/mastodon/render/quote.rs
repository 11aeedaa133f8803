//! What posts quote, as their reader sees it.

use std::collections::HashMap;

use crate::{
    domain::{
        PostId,
        posts::{self, EntryRef, PostView, QuotePolicy, QuoteShown, Quoters},
    },
    error::Result,
    http::mastodon::{
        entities::{Quote, QuoteApproval, Status},
        look::Look,
    },
};

/// How much is told of what a post quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoted {
    /// The post, in which what it quotes itself is told by its id.
    Whole,
    /// Its id.
    Id,
}

impl Look<'_> {
    /// The quotes of these posts, by the post that quotes.
    pub(super) fn quotes(&mut self, shown: &[PostView], quoted: Quoted) -> Result<HashMap<PostId, Quote>> {
        let rows: Vec<&posts::Quote> = shown.iter().filter_map(|view| view.quote.as_ref()).collect();
        if rows.is_empty() {
            return Ok(HashMap::new());
        }
        let states = posts::quotes_shown(self.conn, &self.viewer, self.now, &rows)?;
        let state = |row: &posts::Quote| states.get(&row.post_id).copied().unwrap_or(QuoteShown::Unauthorized);
        let post = |row: &posts::Quote| row.quoted_id.filter(|_| state(row).has_post());
        let mut whole: HashMap<PostId, Status> = HashMap::new();
        if quoted == Quoted::Whole {
            let mut wanted: Vec<PostId> = rows.iter().filter_map(|row| post(row)).collect();
            wanted.sort();
            wanted.dedup();
            let entries: Vec<EntryRef> = wanted.into_iter().map(EntryRef::post).collect();
            let statuses = self.quoting(&entries, Quoted::Id)?;
            whole = statuses.into_iter().filter_map(|status| Some((status.id.parse().ok()?, status))).collect();
        }
        let quote = |row: &&posts::Quote| {
            let quote = match quoted {
                Quoted::Whole => Quote::Whole {
                    state: state(row),
                    quoted_status: post(row).and_then(|id| whole.get(&id)).cloned().map(Box::new),
                },
                Quoted::Id => Quote::Shallow { state: state(row), quoted_status_id: post(row) },
            };
            (row.post_id, quote)
        };
        Ok(rows.iter().map(quote).collect())
    }

    /// These posts as they are quoted by what is not published yet, by their ids: as if whoever is quoted agreed, for
    /// nobody was asked. What the reader may not see is shown to them as that.
    pub(super) fn quotes_to_be(&mut self, posts: &[PostId]) -> Result<HashMap<PostId, Quote>> {
        if posts.is_empty() {
            return Ok(HashMap::new());
        }
        let entries: Vec<EntryRef> = posts.iter().copied().map(EntryRef::post).collect();
        let statuses = self.quoting(&entries, Quoted::Id)?;
        let mut seen: HashMap<PostId, Status> =
            statuses.into_iter().filter_map(|status| Some((status.id.parse().ok()?, status))).collect();
        let quote = |id: &PostId| {
            let quote = match seen.remove(id) {
                Some(status) => Quote::Whole { state: QuoteShown::Accepted, quoted_status: Some(Box::new(status)) },
                None => Quote::Whole { state: QuoteShown::Unauthorized, quoted_status: None },
            };
            (*id, quote)
        };
        let mut distinct = posts.to_vec();
        distinct.sort();
        distinct.dedup();
        Ok(distinct.iter().map(quote).collect())
    }
}

/// Who may quote a post, and whether its reader may.
pub(super) fn approval(view: &PostView) -> QuoteApproval {
    allowed(&QuotePolicy::of(&view.post, &view.author), view.standing.as_str())
}

/// Who may quote by this policy; `current_user` is how its reader stands.
pub(super) fn allowed(policy: &QuotePolicy, current_user: &'static str) -> QuoteApproval {
    let names = |list: &[Quoters]| list.iter().map(|quoters| quoters.as_str()).collect();
    QuoteApproval { automatic: names(&policy.automatic), manual: names(&policy.manual), current_user }
}
