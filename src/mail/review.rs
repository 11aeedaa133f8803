//! What is written to people about drafts of brands: what waits for them, and what became of theirs; never what they say.

use super::{
    House, Letter, Part,
    house::{handle, moment},
    letter::somebody,
};
use crate::{
    db::Timestamp,
    text::{Language, sentences::Html},
};

/// A letter about the review of drafts.
#[derive(Debug, Clone)]
pub struct ReviewLetter {
    /// Where it is looked at.
    pub link: String,
    /// What it tells.
    pub tells: Reviewed,
}

/// What a letter about the review of drafts tells.
#[derive(Debug, Clone)]
pub enum Reviewed {
    /// Drafts wait for their approval.
    Asked {
        /// How many.
        drafts: i64,
    },
    /// A draft of theirs has the approvals that it needs.
    Approved {
        /// The username of the brand.
        brand: String,
        /// What whoever agreed last is called, where that is known.
        by: Option<String>,
        /// What comes next.
        next: Next,
    },
    /// Somebody asks for changes of a draft of theirs.
    Returned {
        /// The username of the brand.
        brand: String,
        /// What whoever asks is called, where that is known.
        by: Option<String>,
    },
    /// Somebody else changed what a draft of theirs says.
    Changed {
        /// The username of the brand.
        brand: String,
        /// What whoever changed it is called, where that is known.
        by: Option<String>,
    },
}

/// What comes next for a draft that is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Somebody publishes it, or gives it a time.
    Waits,
    /// It is published at this moment.
    At(Timestamp),
    /// It is published already.
    Out,
}

impl Next {
    /// The same, as a sentence.
    fn told(&self, say: Language) -> Html {
        match self {
            Self::Waits => say.letter_next_waits(),
            Self::At(at) => say.letter_next_at(moment(*at, say)),
            Self::Out => say.letter_next_out(),
        }
    }
}

impl Letter for ReviewLetter {
    fn subject(&self, house: &House) -> Html {
        let say = house.say;
        match &self.tells {
            Reviewed::Asked { drafts } => say.letter_drafts_wait(*drafts, house.name()),
            Reviewed::Approved { brand, .. } => say.letter_approved(handle(brand)),
            Reviewed::Returned { brand, .. } => say.letter_returned(handle(brand)),
            Reviewed::Changed { brand, .. } => say.letter_changed(handle(brand)),
        }
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, company) = (house.say, house.name());
        let somebody = |by: &Option<String>| somebody(by.as_deref(), say);
        let told = match &self.tells {
            Reviewed::Asked { drafts } => vec![say.letter_drafts_wait(*drafts, company)],
            Reviewed::Approved { brand, by, next } => {
                vec![say.letter_is_approved(handle(brand), company, somebody(by)), next.told(say)]
            }
            Reviewed::Returned { brand, by } => vec![say.letter_asks_for_changes(somebody(by), handle(brand), company)],
            Reviewed::Changed { brand, by } => vec![say.letter_changed_draft(somebody(by), handle(brand), company)],
        };
        let mut parts: Vec<Part> = told.into_iter().map(Part::Says).collect();
        parts
            .extend([Part::Leads(self.link.clone(), say.letter_see_it()), Part::Adds(say.letter_no_words_of_drafts())]);
        parts
    }
}
