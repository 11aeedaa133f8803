//! What posts of other servers quote, and who may quote them (FEP-044f, FEP-e232, and what there was before).

use serde_json::Value;

use super::values::{id, id_of, ids, is_public, list, text};
use crate::{
    domain::{
        actors::Actor,
        posts::{self, QuotePolicy, Quoting},
    },
    text as floor,
};

/// How many of those who may quote are read.
const QUOTERS: usize = 20;

/// What a post quotes. Only FEP-044f asks whoever is quoted.
pub fn read(object: &Value) -> Option<Quoting> {
    let asking = id(object, "quote").and_then(floor::http_url);
    // Misskey, Fedibird, and Pleroma with Akkoma.
    let before = || ["_misskey_quote", "quoteUrl", "quoteUri"].iter().find_map(|name| id(object, name));
    let legacy = asking.is_none();
    let uri = asking.or_else(|| before().or_else(|| linked(object)).and_then(floor::http_url))?;
    let approval = id(object, "quoteAuthorization").filter(|_| !legacy).and_then(floor::http_url);
    Some(Quoting { uri: Some(uri), approval, legacy, ..Quoting::default() })
}

/// FEP-e232: a link to an object that says that it is a quote.
fn linked(object: &Value) -> Option<&str> {
    let is_quote = |tag: &&Value| {
        let rels = list(tag, "rel");
        let media = text(tag, "mediaType").unwrap_or_default();
        text(tag, "type") == Some("Link")
            && (media.starts_with("application/activity+json") || media.starts_with("application/ld+json"))
            && rels
                .iter()
                .filter_map(|rel| rel.as_str())
                .any(|rel| rel.ends_with("_misskey_quote") || rel.ends_with("#quote"))
    };
    list(object, "tag").into_iter().find(is_quote).and_then(id_of)
}

/// Who may quote a post, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quoters {
    automatic: Vec<String>,
    manual: Vec<String>,
}

/// Who may quote this post; nothing when it does not say so.
pub fn quoters(object: &Value) -> Option<Quoters> {
    let may = object.get("interactionPolicy")?.get("canQuote")?;
    let named = |name: &str| ids(may, name, QUOTERS);
    Some(Quoters { automatic: named("automaticApproval"), manual: named("manualApproval") })
}

impl Quoters {
    /// The same by what they are to the author.
    pub fn policy(&self, author: Option<&Actor>) -> QuotePolicy {
        QuotePolicy { automatic: kinds(&self.automatic, author), manual: kinds(&self.manual, author) }
    }
}

fn kinds(named: &[String], author: Option<&Actor>) -> Vec<posts::Quoters> {
    let is = |uri: &str, own: Option<&String>| own.is_some_and(|own| own == uri);
    let mut kinds = Vec::new();
    for uri in named {
        let kind = if is_public(uri) {
            posts::Quoters::Public
        } else if is(uri, author.map(|author| &author.uri)) {
            // Everybody may quote themselves.
            continue;
        } else if is(uri, author.and_then(|author| author.followers_uri.as_ref())) {
            posts::Quoters::Followers
        } else if is(uri, author.and_then(|author| author.collections.0.following.as_ref())) {
            posts::Quoters::Following
        } else {
            posts::Quoters::UnsupportedPolicy
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}
