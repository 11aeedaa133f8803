//! Which filters a post matches: the filters are read once for a page, and each post is looked through once.

use diesel::prelude::*;

use super::{Filter, Keyword};
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{filter_keywords, filter_posts, filters},
    },
    domain::{
        ActorId, FilterId, PostId,
        posts::{Post, everything_said},
    },
    error::Result,
    text,
};

/// How much of a post is looked through, in bytes.
const SEARCHED: usize = 16 * 1024;

/// The filters of somebody that are at work, ready to be used.
#[derive(Debug, Clone, Default)]
pub struct Sieve(Vec<(Filter, Vec<Word>)>);

/// A word in the form in which it is looked for.
#[derive(Debug, Clone)]
struct Word {
    keyword: String,
    whole: bool,
    searched: String,
}

/// A filter that a post matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The filter.
    pub filter: Filter,
    /// The words of it that are there.
    pub keywords: Vec<String>,
    /// Whether the post is one of its single posts.
    pub marked: bool,
}

impl Sieve {
    /// The filters of `owner` that are not over. One query.
    pub fn load(conn: &mut Conn, owner: ActorId, now: Timestamp) -> Result<Self> {
        let rows: Vec<(Filter, Option<Keyword>)> = filters::table
            .left_join(filter_keywords::table)
            .filter(filters::owner_id.eq(owner))
            .filter(filters::expires_at.is_null().or(filters::expires_at.gt(now)))
            .order((filters::id, filter_keywords::id))
            .select((Filter::as_select(), Option::<Keyword>::as_select()))
            .load(conn)?;
        let mut sieve: Vec<(Filter, Vec<Word>)> = Vec::new();
        for (filter, keyword) in rows {
            if sieve.last().is_none_or(|(last, _)| last.id != filter.id) {
                sieve.push((filter, Vec::new()));
            }
            if let (Some((_, words)), Some(keyword)) = (sieve.last_mut(), keyword) {
                words.push(Word::new(keyword));
            }
        }
        Ok(Self(sieve))
    }

    /// What each of these posts matches, in the order given. One query, or none without filters.
    pub fn matches(&self, conn: &mut Conn, posts: &[&Post]) -> Result<Vec<Vec<Match>>> {
        if self.0.is_empty() {
            return Ok(vec![Vec::new(); posts.len()]);
        }
        let filters: Vec<FilterId> = self.0.iter().map(|(filter, _)| filter.id).collect();
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let marked: Vec<(FilterId, PostId)> = filter_posts::table
            .filter(filter_posts::post_id.among(ids))
            .filter(filter_posts::filter_id.among(filters))
            .select((filter_posts::filter_id, filter_posts::post_id))
            .load(conn)?;
        Ok(posts.iter().map(|post| self.matched_by(post, &marked)).collect())
    }

    fn matched_by(&self, post: &Post, marked: &[(FilterId, PostId)]) -> Vec<Match> {
        let text = everything_said(post);
        let text = text::beginning(&text, SEARCHED);
        let (parts, words) = (text::folded(text), text::folded_words(text));
        let matched = |(filter, keywords): &(Filter, Vec<Word>)| {
            let there = |word: &&Word| (if word.whole { &words } else { &parts }).contains(&word.searched);
            let keywords: Vec<String> = keywords.iter().filter(there).map(|word| word.keyword.clone()).collect();
            let marked = marked.contains(&(filter.id, post.id));
            (marked || !keywords.is_empty()).then(|| Match { filter: filter.clone(), keywords, marked })
        };
        self.0.iter().filter_map(matched).collect()
    }
}

impl Word {
    fn new(keyword: Keyword) -> Self {
        let whole = keyword.whole_word;
        let searched = if whole { text::folded_words(&keyword.keyword) } else { text::folded(&keyword.keyword) };
        Self { keyword: keyword.keyword, whole, searched }
    }
}
