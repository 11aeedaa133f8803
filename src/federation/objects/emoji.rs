//! The company's own pictures for names between colons, on the wire.

use serde_json::{Value, json};

use crate::domain::{Site, emojis::OwnEmoji};

/// One of them, as it stands among the tags of a post or an actor, and at its own address.
pub fn to_json(site: &Site, emoji: &OwnEmoji) -> Value {
    json!({
        "id": site.emoji_uri(emoji.id),
        "type": "Emoji",
        "name": format!(":{}:", emoji.shortcode),
        // Its picture never changes: another one is another emoji.
        "updated": emoji.created_at.rfc3339(),
        "icon": { "type": "Image", "mediaType": emoji.media_type, "url": emoji.url },
    })
}
