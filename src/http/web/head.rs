//! What a page tells machines about itself: titles, cards, links, schema.org.

use serde_json::Value;

use super::{frame::Frame, words};
use crate::domain::actors::Actor;

/// A `link` in the head of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is to the page.
    pub rel: &'static str,
    /// Its media type, or nothing.
    pub kind: &'static str,
    /// Where it leads.
    pub href: String,
    /// What it is called, or nothing.
    pub title: String,
}

/// What a page tells about itself.
#[derive(Debug, Clone)]
pub struct Head {
    /// The title of the window.
    pub title: String,
    /// One or two sentences.
    pub description: String,
    /// The one address of this page.
    pub canonical: String,
    /// Search engines must not list it.
    pub hidden: bool,
    /// OpenGraph's type.
    pub kind: &'static str,
    /// A picture for cards,
    pub picture: Option<String>,
    /// and what it shows, or nothing.
    pub picture_shows: String,
    /// The picture is what the page is about, and is shown large.
    pub large_picture: bool,
    /// When it was published, if it is something that is.
    pub published: Option<String>,
    /// The address of whoever wrote it.
    pub creator: Option<String>,
    /// Links to other forms and neighbours.
    pub links: Vec<Link>,
    /// schema.org, ready to stand in a script element.
    pub json_ld: Option<String>,
}

impl Head {
    /// A page of the company at a path of ours.
    pub fn new(frame: &Frame, path: &str, title: String, description: &str) -> Self {
        let mut head = Self {
            title,
            description: words::excerpt(description, 200),
            canonical: frame.address(path),
            hidden: false,
            kind: "website",
            picture: None,
            picture_shows: String::new(),
            large_picture: false,
            published: None,
            creator: None,
            links: Vec::new(),
            json_ld: None,
        };
        // The company's logo, or how its brand looks.
        match (frame.card_picture(), frame.brand()) {
            (Some(logo), _) => head.picture = Some(logo),
            (None, Some(brand)) => head.show_face(frame, brand),
            (None, None) => {}
        }
        head
    }

    /// Takes the picture of somebody here for cards, where they have one.
    pub fn show_face(&mut self, frame: &Frame, actor: &Actor) {
        if let Some(icon) = actor.icon.as_deref().filter(|icon| frame.site.owns(icon)) {
            self.picture = Some(icon.to_owned());
            actor.display_name().clone_into(&mut self.picture_shows);
        }
    }

    /// Adds a link.
    #[must_use]
    pub fn link(mut self, rel: &'static str, kind: &'static str, href: String, title: &str) -> Self {
        self.links.push(Link { rel, kind, href, title: title.to_owned() });
        self
    }

    /// Adds schema.org.
    #[must_use]
    pub fn described(mut self, data: &Value) -> Self {
        self.json_ld = Some(script_safe(data));
        self
    }
}

/// JSON that can stand in a script element whatever is in it: no `<`, no `>`, no `&`, no line separators.
fn script_safe(data: &Value) -> String {
    let mut safe = String::new();
    for c in data.to_string().chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => safe.push(c),
        }
    }
    safe
}
