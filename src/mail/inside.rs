//! What is written to people about posts that are for colleagues alone: that something waits, and never what it says.

use super::{House, Letter, Part};
use crate::text::sentences::Html;

/// A letter about internal posts.
#[derive(Debug, Clone)]
pub struct InsideLetter {
    /// Where it is answered.
    pub link: String,
    /// What it tells.
    pub tells: Inside,
}

/// What a letter about internal posts tells.
#[derive(Debug, Clone)]
pub enum Inside {
    /// Posts of theirs are to be looked at again.
    Reviews {
        /// How many.
        posts: i64,
    },
    /// Somebody wants to publish a copy of a post of theirs, or in which they are named.
    Consent,
}

impl Letter for InsideLetter {
    fn subject(&self, house: &House) -> Html {
        match self.tells {
            Inside::Consent => house.say.letter_consent(house.name()),
            Inside::Reviews { posts } => house.say.letter_look_again(posts, house.name()),
        }
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let say = house.say;
        let (told, more) = match self.tells {
            Inside::Reviews { posts } => (say.letter_posts_wait(posts, house.name()), say.letter_keep_or_copy()),
            Inside::Consent => (say.letter_asks_consent(house.name()), say.letter_never_without_you()),
        };
        vec![
            Part::Says(told),
            Part::Says(more),
            Part::Leads(self.link.clone(), say.letter_see_it()),
            Part::Adds(say.letter_no_words_of_posts()),
        ]
    }
}
