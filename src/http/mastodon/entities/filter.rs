//! Filter, in both versions, and what a post says of the filters that it matches.

use serde::Serialize;

use crate::domain::{
    FilterId, FilterKeywordId, FilterPostId, PostId,
    filters::{FilterAction, FilterContext},
};

/// What somebody does not want to read, or wants to be warned of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Filter {
    pub id: FilterId,
    pub title: String,
    pub context: Vec<FilterContext>,
    pub expires_at: Option<String>,
    pub filter_action: FilterAction,
    /// Not told with each post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<FilterKeyword>>,
    /// Not told with each post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statuses: Option<Vec<FilterStatus>>,
}

/// A word of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct FilterKeyword {
    pub id: FilterKeywordId,
    pub keyword: String,
    pub whole_word: bool,
}

/// A single post in a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct FilterStatus {
    pub id: FilterPostId,
    pub status_id: PostId,
}

/// A filter that a post matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct FilterResult {
    pub filter: Filter,
    pub keyword_matches: Option<Vec<String>>,
    pub status_matches: Option<Vec<PostId>>,
}

/// A word of a filter, as clients of the first version know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct FilterV1 {
    pub id: FilterKeywordId,
    pub phrase: String,
    pub context: Vec<FilterContext>,
    pub whole_word: bool,
    pub expires_at: Option<String>,
    pub irreversible: bool,
}
