//! What somebody does not want to read, or wants to be warned of: words, and single posts.
//!
//! A filter belongs to an actor, so whoever reads as a brand reads with the brand's filters. Nothing is left out when
//! posts are written or arrive: a [`Sieve`] tells with each page what matches.

mod edit;
mod keywords;
mod marked;
mod queries;
mod sieve;

use std::time::Duration;

use diesel::prelude::*;

pub use edit::{change, change_as_word, create, delete, forget_all_of};
pub use keywords::{KeywordChange, add_keyword, change_keyword, delete_keyword, forget_keyword};
pub use marked::{add_post, delete_post};
pub use queries::{find_keyword, find_post, get, keywords_in, list, list_keywords, posts_in};
pub use sieve::{Match, Sieve};

use super::{ActorId, FilterId, FilterKeywordId, FilterPostId, PostId};
use crate::{
    db::{
        Json, Timestamp,
        schema::{filter_keywords, filter_posts, filters},
    },
    error::{Error, Result},
};

/// How many filters somebody has at most.
pub const FILTERS: i64 = 100;
/// How many words all filters of somebody have together at most: each is looked for in each post that is read.
pub const KEYWORDS: i64 = 300;
/// How many single posts all filters of somebody have together at most.
pub const POSTS: i64 = 1_000;
/// The longest title of a filter, in characters.
pub const TITLE_LENGTH: usize = 256;
/// The longest word of a filter, in characters.
pub const KEYWORD_LENGTH: usize = 512;

crate::text_enum! {
    /// Where a filter is at work, named as in the Mastodon API.
    FilterContext {
        /// In the home feed and in lists.
        Home = "home",
        /// In what one is told.
        Notifications = "notifications",
        /// In public timelines and those of hashtags.
        Public = "public",
        /// Around a post in its thread.
        Thread = "thread",
        /// On profiles.
        Account = "account",
    }
}

crate::text_enum! {
    /// What becomes of a post that matches, named as in the Mastodon API.
    FilterAction {
        /// It stands behind a warning.
        Warn = "warn",
        /// It is left out.
        Hide = "hide",
        /// Its media stand behind a warning.
        Blur = "blur",
    }
}

/// A filter as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = filters)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Filter {
    pub id: FilterId,
    pub owner_id: ActorId,
    pub title: String,
    pub contexts: Json<Vec<FilterContext>>,
    pub action: FilterAction,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A word that a filter looks for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = filter_keywords)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Keyword {
    pub id: FilterKeywordId,
    pub filter_id: FilterId,
    pub keyword: String,
    pub whole_word: bool,
}

/// A single post in a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = filter_posts)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct MarkedPost {
    pub id: FilterPostId,
    pub filter_id: FilterId,
    pub post_id: PostId,
}

/// How long a filter is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lasting {
    /// As before; a new one for good.
    #[default]
    Unsaid,
    /// For good.
    Forever,
    /// So long from now on.
    For(Duration),
}

/// How somebody wants a filter; what is left out stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "named as the columns of filters")]
pub struct Wish {
    pub title: Option<String>,
    pub contexts: Option<Vec<FilterContext>>,
    pub action: Option<FilterAction>,
    pub lasting: Lasting,
}

fn missing() -> Error {
    Error::not_found("filter.not_found", "There is no such filter.")
}

fn check_title(title: &str) -> Result<&str> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > TITLE_LENGTH {
        return Err(Error::invalid(
            "filter.title",
            format!("A filter needs a title of at most {TITLE_LENGTH} characters."),
        ));
    }
    Ok(title)
}

fn check_keyword(keyword: &str) -> Result<&str> {
    let keyword = keyword.trim();
    if keyword.is_empty() || keyword.chars().count() > KEYWORD_LENGTH {
        return Err(Error::invalid(
            "filter.keyword",
            format!("A filter looks for words of one to {KEYWORD_LENGTH} characters."),
        ));
    }
    Ok(keyword)
}

fn check_contexts(contexts: &[FilterContext]) -> Result<Json<Vec<FilterContext>>> {
    let mut different: Vec<FilterContext> = Vec::new();
    for context in contexts {
        if !different.contains(context) {
            different.push(*context);
        }
    }
    if different.is_empty() {
        return Err(Error::invalid(
            "filter.context",
            "Say where the filter is at work: home, notifications, public, thread or account.",
        ));
    }
    Ok(Json(different))
}
