//! The form with which visitors act from their own server.

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
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Follow => "Follow from your own server",
            Self::Ask => "Write from your own server",
            Self::Answer => "Answer from your own server",
            Self::Like => "Like from your own server",
            Self::Share => "Share from your own server",
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Follow => "Follow",
            Self::Ask | Self::Answer => "Open it there",
            Self::Like => "Like it there",
            Self::Share => "Share it there",
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::Answer => "We open this conversation on your server. You answer there, and it appears here.",
            _ => "We send you to your own server to confirm. No account here, no cookies.",
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
    pub fn new(wish: Wish, uri: &str) -> Self {
        let label = if wish == Wish::Answer { wish.heading() } else { "Your address" };
        Self { to: wish.name(), uri: uri.to_owned(), label, button: wish.button(), hint: wish.hint() }
    }
}
