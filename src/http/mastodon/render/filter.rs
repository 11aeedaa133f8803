//! Filters, and what matches them.

use crate::{
    db::Timestamp,
    domain::{
        ActorId, FilterId, FilterKeywordId, PostId,
        filters::{self, FilterAction, FilterContext, Keyword, MarkedPost, Match, Sieve},
        posts::{Post, PostView},
    },
    error::Result,
    http::mastodon::{
        entities::{Filter, FilterKeyword, FilterResult, FilterStatus, FilterV1, Status},
        look::{Listed, Look},
    },
};

impl Look<'_> {
    /// All filters of the reader, with words and single posts. Three queries.
    pub(in crate::http::mastodon) fn filters(&mut self, owner: ActorId) -> Result<Vec<Filter>> {
        let rows = filters::list(self.conn, owner)?;
        self.filters_with_rules(&rows)
    }

    /// One filter of the reader, or not found.
    pub(in crate::http::mastodon) fn filter(&mut self, owner: ActorId, id: FilterId) -> Result<Filter> {
        let row = filters::get(self.conn, owner, id)?;
        let shown = self.filters_with_rules(std::slice::from_ref(&row))?;
        Ok(shown.into_iter().next().unwrap_or_else(|| filter(&row)))
    }

    fn filters_with_rules(&mut self, rows: &[filters::Filter]) -> Result<Vec<Filter>> {
        let ids: Vec<FilterId> = rows.iter().map(|row| row.id).collect();
        let keywords = filters::keywords_in(self.conn, &ids)?;
        let posts = filters::posts_in(self.conn, &ids)?;
        let whole = |row: &filters::Filter| Filter {
            keywords: Some(keywords.iter().filter(|word| word.filter_id == row.id).map(keyword).collect()),
            statuses: Some(posts.iter().filter(|post| post.filter_id == row.id).map(marked).collect()),
            ..filter(row)
        };
        Ok(rows.iter().map(whole).collect())
    }

    /// All words of the reader, each as a filter.
    pub(in crate::http::mastodon) fn filters_v1(&mut self, owner: ActorId) -> Result<Vec<FilterV1>> {
        Ok(filters::list_keywords(self.conn, owner)?.into_iter().map(filter_v1).collect())
    }

    /// One word of the reader as a filter, or not found.
    pub(in crate::http::mastodon) fn filter_v1(&mut self, owner: ActorId, id: FilterKeywordId) -> Result<FilterV1> {
        filters::find_keyword(self.conn, owner, id).map(filter_v1)
    }

    /// What each of these posts matches of the reader's filters, which are read once for a request.
    pub(super) fn matches(&mut self, shown: &[PostView]) -> Result<Vec<Vec<FilterResult>>> {
        let Some(reader) = self.viewer.actor() else { return Ok(vec![Vec::new(); shown.len()]) };
        let sieve = match self.sieve.take() {
            Some(sieve) => sieve,
            None => Sieve::load(self.conn, reader, self.now)?,
        };
        let posts: Vec<&Post> = shown.iter().map(|view| &view.post).collect();
        let matches = sieve.matches(self.conn, &posts)?;
        self.sieve = Some(sieve);
        let told = |(post, matched): (&Post, Vec<Match>)| matched.into_iter().map(|one| result(post.id, one)).collect();
        Ok(posts.into_iter().zip(matches).map(told).collect())
    }

    /// Whether the reader wants nothing of this in such a place. What one wrote is never hidden from oneself.
    pub(in crate::http::mastodon) fn hides(&self, place: FilterContext, status: &Status) -> bool {
        let post = status.reblog.as_deref().unwrap_or(status);
        let hidden = |result: &FilterResult| {
            result.filter.filter_action == FilterAction::Hide && result.filter.context.contains(&place)
        };
        self.viewer.actor() != Some(post.account.id) && post.filtered.iter().any(hidden)
    }

    /// The same list without what the reader wants nothing of in such a place.
    pub(in crate::http::mastodon) fn sifted(&self, place: FilterContext, mut listed: Listed<Status>) -> Listed<Status> {
        listed.rows.retain(|status| !self.hides(place, status));
        listed
    }
}

fn filter(row: &filters::Filter) -> Filter {
    Filter {
        id: row.id,
        title: row.title.clone(),
        context: row.contexts.0.clone(),
        expires_at: row.expires_at.map(Timestamp::rfc3339),
        filter_action: row.action,
        keywords: None,
        statuses: None,
    }
}

fn result(post: PostId, matched: Match) -> FilterResult {
    FilterResult {
        filter: filter(&matched.filter),
        keyword_matches: Some(matched.keywords).filter(|words| !words.is_empty()),
        status_matches: matched.marked.then(|| vec![post]),
    }
}

fn filter_v1((filter, word): (filters::Filter, Keyword)) -> FilterV1 {
    FilterV1 {
        id: word.id,
        phrase: word.keyword,
        context: filter.contexts.0,
        whole_word: word.whole_word,
        expires_at: filter.expires_at.map(Timestamp::rfc3339),
        irreversible: filter.action == FilterAction::Hide,
    }
}

/// A word as FilterKeyword.
pub(in crate::http::mastodon) fn keyword(word: &Keyword) -> FilterKeyword {
    FilterKeyword { id: word.id, keyword: word.keyword.clone(), whole_word: word.whole_word }
}

/// A single post as FilterStatus.
pub(in crate::http::mastodon) fn marked(post: &MarkedPost) -> FilterStatus {
    FilterStatus { id: post.id, status_id: post.post_id }
}
