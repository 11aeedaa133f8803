//! Like, with or without an emoji; EmojiReact, which counts as one.

use serde_json::Value;

use super::{Activity, Applied};
use crate::{
    db::Tx,
    domain::{Site, actors::Actor, posts},
    error::Result,
    federation::incoming::values::{kind, list, text},
    text as floor,
};

pub(super) fn apply(tx: &mut Tx<'_>, site: &Site, signer: &Actor, activity: &Activity) -> Result<Applied> {
    let Some(uri) = activity.object_id() else { return Ok(Applied::Ignored("an object without an id")) };
    if kind(&activity.document, |kind| kind == "EmojiReact") == "EmojiReact" && !reacts(&activity.document) {
        return Ok(Applied::Ignored("not one emoji"));
    }
    let Some(post) = posts::find_by_uri(tx.conn(), uri)? else {
        return Ok(Applied::Ignored("a post that we do not have"));
    };
    posts::like(tx, site, &activity.by(signer), post.id)?;
    Ok(Applied::Done)
}

/// Whether the reaction is one emoji (FEP-c0e0): a character, or a `:name:` whose picture comes with it.
fn reacts(document: &Value) -> bool {
    let content = text(document, "content").unwrap_or_default().trim();
    let named = content.strip_prefix(':').and_then(|name| name.strip_suffix(':'));
    let Some(name) = named.and_then(|name| name.split('@').next()).filter(|name| !name.is_empty()) else {
        return floor::is_emoji(content);
    };
    list(document, "tag").into_iter().any(|tag| {
        text(tag, "type") == Some("Emoji") && text(tag, "name").is_some_and(|known| known.trim_matches(':') == name)
    })
}
