//! The form with which visitors act from their own server.

use crate::http::extract::Language;

/// What a visitor wants to do from their own server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Follow somebody.
    Follow,
    /// Write to somebody.
    Ask,
    /// Answer a post.
    Answer,
    /// Like a post.
    Like,
    /// Share a post.
    Share,
}

impl Wish {
    /// The wish with this name in an address or a form.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Follow, Self::Ask, Self::Answer, Self::Like, Self::Share].into_iter().find(|wish| wish.name() == name)
    }

    /// Its name in an address or a form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Follow => "follow",
            Self::Ask => "ask",
            Self::Answer => "answer",
            Self::Like => "like",
            Self::Share => "share",
        }
    }

    /// Whether it is about a person or a brand, and not about a post.
    pub const fn is_about_actor(self) -> bool {
        matches!(self, Self::Follow | Self::Ask)
    }

    /// What stands above the form when it has a page to itself.
    pub const fn heading(self, say: Language) -> &'static str {
        match self {
            Self::Follow => say.follow_from_own(),
            Self::Ask => say.write_from_own(),
            Self::Answer => say.answer_from_own_server(),
            Self::Like => say.like_from_own(),
            Self::Share => say.share_from_own(),
        }
    }

    const fn button(self, say: Language) -> &'static str {
        match self {
            Self::Follow => say.follow(),
            Self::Ask | Self::Answer => say.open_it_there(),
            Self::Like => say.like_it_there(),
            Self::Share => say.share_it_there(),
        }
    }

    const fn hint(self, say: Language) -> &'static str {
        match self {
            Self::Answer => say.conversation_opens_there(),
            _ => say.confirm_there(),
        }
    }
}

/// The form.
#[derive(Debug, Clone)]
pub struct Own {
    /// What is wanted.
    pub to: &'static str,
    /// The id of what it is wanted with.
    pub uri: String,
    /// What stands above the field.
    pub label: &'static str,
    /// What stands on the button.
    pub button: &'static str,
    /// What will happen.
    pub hint: &'static str,
}

impl Own {
    /// A form for this wish about this actor or post.
    pub fn new(wish: Wish, uri: &str, say: Language) -> Self {
        let label = if wish == Wish::Answer { wish.heading(say) } else { say.your_address() };
        Self { to: wish.name(), uri: uri.to_owned(), label, button: wish.button(say), hint: wish.hint(say) }
    }
}
