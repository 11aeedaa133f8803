//! Pictures in the place of names between colons.

use crate::{
    domain::{ActorId, PostId, Site, emojis::Emoji},
    http::elsewhere,
    text,
};

/// The pictures that may stand in a text, each by its name as HTML. Those of other servers are handed on by us.
#[derive(Debug, Clone, Default)]
pub struct Pictures(Vec<(String, String)>);

impl Pictures {
    /// Those of a post.
    pub fn of_post(site: &Site, post: PostId, emojis: &[Emoji]) -> Self {
        Self(emojis.iter().map(|emoji| one(emoji, &|url| elsewhere::emoji_of_post(site, post, url))).collect())
    }

    /// Those of what somebody says of themselves.
    pub fn of_actor(site: &Site, actor: ActorId, emojis: &[Emoji]) -> Self {
        Self(emojis.iter().map(|emoji| one(emoji, &|url| elsewhere::emoji_of_actor(site, actor, url))).collect())
    }

    /// Clean HTML with them.
    pub fn in_html(&self, html: &str) -> String {
        if self.0.is_empty() {
            return html.to_owned();
        }
        let picture = |name: &str| self.0.iter().find(|(known, _)| known == name).map(|(_, html)| html.clone());
        text::with_pictures(html, &picture)
    }

    /// Plain text as HTML with them.
    pub fn in_text(&self, plain: &str) -> String {
        self.in_html(&text::escape(plain))
    }
}

/// Who does not see it, or cannot have it, reads its name.
fn one(emoji: &Emoji, ours: &dyn Fn(&str) -> String) -> (String, String) {
    let src = text::escape(&ours(emoji.still.as_deref().unwrap_or(&emoji.url)));
    let name = text::escape(&format!(":{}:", emoji.shortcode));
    let html = format!(
        "<img class=\"emoji\" src=\"{src}\" alt=\"{name}\" title=\"{name}\" width=\"20\" height=\"20\" \
         loading=\"lazy\" decoding=\"async\">"
    );
    (emoji.shortcode.clone(), html)
}
