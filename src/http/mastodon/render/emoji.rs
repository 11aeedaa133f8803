//! Pictures that stand for names between colons as CustomEmoji.

use crate::{
    domain::{
        ActorId, PostId, Site,
        emojis::{self, OwnEmoji},
    },
    http::{elsewhere, mastodon::entities::Emoji},
};

/// One of ours, as apps choose from them.
pub(in crate::http::mastodon) fn offered(emoji: OwnEmoji) -> Emoji {
    Emoji {
        shortcode: emoji.shortcode,
        url: emoji.url,
        static_url: emoji.static_url,
        visible_in_picker: emoji.visible,
        category: emoji.category,
    }
}

/// Those of a post. Pictures of other servers are handed on by us: they would tell those servers who reads here.
pub(in crate::http::mastodon) fn of_post(site: &Site, post: PostId, emojis: &[emojis::Emoji]) -> Vec<Emoji> {
    emojis.iter().map(|emoji| shown(emoji, &|url| elsewhere::emoji_of_post(site, post, url))).collect()
}

/// Those of somebody's profile.
pub(super) fn of_actor(site: &Site, actor: ActorId, emojis: &[emojis::Emoji]) -> Vec<Emoji> {
    emojis.iter().map(|emoji| shown(emoji, &|url| elsewhere::emoji_of_actor(site, actor, url))).collect()
}

fn shown(emoji: &emojis::Emoji, ours: &dyn Fn(&str) -> String) -> Emoji {
    Emoji {
        shortcode: emoji.shortcode.clone(),
        url: ours(&emoji.url),
        static_url: ours(emoji.still.as_deref().unwrap_or(&emoji.url)),
        visible_in_picker: false,
        category: None,
    }
}
