//! PreviewCard.

use serde::Serialize;

use super::Account;

/// A page that a post links to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct PreviewCard {
    pub url: String,
    pub title: String,
    pub description: String,
    pub language: Option<String>,
    /// `link`, or `photo` where the page is nothing but its picture. What others want to have played inside of our
    /// pages and of people's apps stays a link.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub authors: Vec<CardAuthor>,
    pub author_name: String,
    pub author_url: String,
    pub provider_name: String,
    pub provider_url: String,
    /// Always empty: no HTML of others is handed on.
    pub html: &'static str,
    pub width: u32,
    pub height: u32,
    pub image: Option<String>,
    pub image_description: String,
    pub embed_url: String,
    pub blurhash: Option<()>,
    pub published_at: Option<String>,
}

/// Who wrote a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct CardAuthor {
    pub name: String,
    pub url: String,
    pub account: Option<Account>,
}
