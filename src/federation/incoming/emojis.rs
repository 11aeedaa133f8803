//! Pictures that stand for names between colons, as other servers send them.

use serde_json::Value;

use super::values::{id_of, link, list, one_origin, text};
use crate::{
    domain::emojis::{Emoji, OF_ONE},
    text as floor,
};

/// The longest address of a picture, in bytes.
const ADDRESS: usize = 2048;

/// The pictures that a post or an actor with this id names, each name once: raster pictures by their own account, and
/// of the object's own server where they say where they come from.
pub(super) fn read(object: &Value, uri: &str) -> Vec<Emoji> {
    let mut found: Vec<Emoji> = Vec::new();
    for tag in list(object, "tag").into_iter().filter(|tag| text(tag, "type") == Some("Emoji")).take(OF_ONE) {
        if let Some(emoji) = one(tag, uri)
            && found.iter().all(|known| known.shortcode != emoji.shortcode)
        {
            found.push(emoji);
        }
    }
    found
}

fn one(tag: &Value, uri: &str) -> Option<Emoji> {
    let shortcode = text(tag, "name")?.trim_matches(':').to_owned();
    if !floor::is_shortcode(&shortcode) || id_of(tag).is_some_and(|id| !one_origin(id, uri)) {
        return None;
    }
    let icon = list(tag, "icon").into_iter().next()?;
    // An SVG may be a program, and what says that it is no picture is none.
    let media_type = text(icon, "mediaType").unwrap_or("image/png").to_ascii_lowercase();
    if !media_type.starts_with("image/") || media_type.starts_with("image/svg") {
        return None;
    }
    let url = icon.as_str().and_then(floor::http_url).or_else(|| link(icon, "url"))?;
    (url.len() <= ADDRESS).then_some(Emoji { shortcode, url, still: None })
}
