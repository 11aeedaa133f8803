//! Quotes on the wire (FEP-044f): what a post quotes, who may quote it, and that somebody agrees to be quoted.

use serde_json::{Value, json};

use super::addressing::PUBLIC;
use crate::domain::{
    Site,
    actors::Actor,
    posts::{Post, Quote, QuotePolicy, QuoteState, Quoters},
};

/// What a post says of its quote: in the words of FEP-044f, and in those of servers that knew quotes before. One that is
/// not consented to any more is not said.
pub(super) fn members(site: &Site, quote: Option<&Quote>) -> Vec<(&'static str, Value)> {
    let Some(quote) = quote.filter(|quote| matches!(quote.state, QuoteState::Pending | QuoteState::Accepted)) else {
        return Vec::new();
    };
    let Some(uri) = &quote.quoted_uri else { return Vec::new() };
    let mut members: Vec<(&str, Value)> =
        ["quote", "_misskey_quote", "quoteUrl", "quoteUri"].into_iter().map(|name| (name, json!(uri))).collect();
    if quote.state == QuoteState::Accepted {
        // Of ours that quote ours the stamp is here.
        let stamp = quote.approval_uri.clone().or_else(|| site.owns(uri).then(|| site.quote_uri(quote.id)));
        members.extend(stamp.map(|stamp| ("quoteAuthorization", json!(stamp))));
    }
    members
}

/// Who may quote a post. Nobody else than its author is said by naming the author alone.
pub(super) fn policy(post: &Post, author: &Actor) -> Value {
    let policy = QuotePolicy::of(post, author);
    let named = |list: &[Quoters]| -> Vec<String> {
        let address = |quoters: &Quoters| match quoters {
            Quoters::Public => Some(PUBLIC.to_owned()),
            Quoters::Followers => author.followers_uri.clone(),
            Quoters::Following => author.collections.0.following.clone(),
            Quoters::UnsupportedPolicy => None,
        };
        list.iter().filter_map(address).collect()
    };
    let mut automatic = named(&policy.automatic);
    if automatic.is_empty() {
        automatic.push(author.uri.clone());
    }
    json!({ "canQuote": { "automaticApproval": automatic } })
}

/// That one of ours agrees to be quoted: who, where, and what.
pub fn authorization(stamp: &str, author: &str, quoting: &str, quoted: &str) -> Value {
    json!({
        "id": stamp,
        "type": "QuoteAuthorization",
        "attributedTo": author,
        "interactingObject": quoting,
        "interactionTarget": quoted,
    })
}

/// That somebody asks to quote a post: what an answer to it is about.
pub fn request(id: &str, asker: &str, quoted: &str, quoting: &Value) -> Value {
    json!({ "id": id, "type": "QuoteRequest", "actor": asker, "object": quoted, "instrument": quoting })
}
