//! Somebody in a list of people or brands.

use super::{face::Face, words};
use crate::{
    domain::{Site, actors::Actor},
    http::extract::Language,
    text,
};

/// Somebody in a list.
#[derive(Debug, Clone)]
pub struct Person {
    /// The sign beside the name.
    pub face: Face,
    /// What they are called.
    pub name: String,
    /// Their page.
    pub page: String,
    /// `user@host`
    pub handle: String,
    /// The beginning of what they say of themselves.
    pub about: String,
    /// How many follow them, in words.
    pub followers: String,
}

impl Person {
    /// One of ours in a list.
    pub fn of(site: &Site, actor: &Actor, say: Language) -> Self {
        Self {
            face: Face::of(site, actor),
            name: actor.display_name().to_owned(),
            page: text::http_url(actor.page()).unwrap_or_default(),
            handle: actor.handle(site),
            about: words::excerpt_of_html(&actor.summary, 140),
            followers: say.followers(actor.followers_count),
        }
    }

    /// Several of them.
    pub fn list(site: &Site, actors: &[Actor], say: Language) -> Vec<Self> {
        actors.iter().map(|actor| Self::of(site, actor, say)).collect()
    }
}
