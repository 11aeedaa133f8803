//! People are round and houses have roofs.

use askama::Template;

use crate::{
    domain::{
        Site,
        actors::{Actor, ActorKind},
    },
    http::faces,
};

/// The sign of an actor beside its name.
#[derive(Debug, Clone, Template)]
#[template(
    source = r#"{% if let Some(src) = picture %}<img class="face {{ class }}" src="{{ src }}" alt="" width="48" height="48" loading="lazy">{% else %}<span class="face {{ class }}" aria-hidden="true">{{ letters }}</span>{% endif %}"#,
    ext = "html"
)]
pub struct Face {
    class: &'static str,
    letters: String,
    picture: Option<String>,
}

impl Face {
    /// The sign of this actor. All pictures come from us: nobody else learns who reads here.
    pub fn of(site: &Site, actor: &Actor) -> Self {
        let house = matches!(actor.kind, ActorKind::Organization | ActorKind::Group);
        let class = match (house, actor.is_local()) {
            (true, true) if actor.kind == ActorKind::Organization => "house brand",
            (true, true) => "house",
            (true, false) => "house plain",
            (false, _) => match actor.username.bytes().map(u32::from).sum::<u32>() % 6 {
                0 => "person",
                1 => "person s1",
                2 => "person s2",
                3 => "person s3",
                4 => "person s4",
                _ => "person s5",
            },
        };
        let words = actor.display_name().split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
        let letters = words.take(if house { 1 } else { 2 }).collect();
        Self { class, letters, picture: actor.icon.as_ref().map(|icon| faces::address(site, actor.id, icon)) }
    }
}
