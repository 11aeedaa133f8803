//! What is written to people about drafts of brands: what waits for them, and what became of theirs; never what they say.

use askama::Template;

use super::Letter;
use crate::error::{Error, Result};

/// A letter about the review of drafts.
#[derive(Debug, Clone)]
pub struct ReviewLetter {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
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
        drafts: usize,
    },
    /// A draft of theirs has the approvals that it needs.
    Approved {
        /// The username of the brand.
        brand: String,
        /// What whoever agreed last is called.
        by: String,
        /// What comes next.
        next: Next,
    },
    /// Somebody asks for changes of a draft of theirs.
    Returned {
        /// The username of the brand.
        brand: String,
        /// What whoever asks is called.
        by: String,
    },
    /// Somebody else changed what a draft of theirs says.
    Changed {
        /// The username of the brand.
        brand: String,
        /// What whoever changed it is called.
        by: String,
    },
}

/// What comes next for a draft that is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Somebody publishes it, or gives it a time.
    Waits,
    /// It is published at this moment, RFC 3339.
    At(String),
    /// It is published already.
    Out,
}

impl Next {
    /// The same, as a sentence.
    fn told(&self) -> String {
        match self {
            Self::Waits => "It waits for somebody to publish it, or to give it a time.".to_owned(),
            Self::At(at) => format!("It is published by itself at {at}."),
            Self::Out => "It is published.".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "mail/review.txt")]
struct ReviewText<'a>(&'a ReviewLetter);

#[derive(Template)]
#[template(path = "mail/review.html")]
struct ReviewHtml<'a>(&'a ReviewLetter);

impl Letter for ReviewLetter {
    fn subject(&self) -> String {
        match &self.tells {
            Reviewed::Asked { drafts: 1 } => format!("A draft at {} waits for your approval", self.company),
            Reviewed::Asked { drafts } => format!("{drafts} drafts at {} wait for your approval", self.company),
            Reviewed::Approved { brand, .. } => format!("Your draft for @{brand} is approved"),
            Reviewed::Returned { brand, .. } => format!("Your draft for @{brand} needs changes"),
            Reviewed::Changed { brand, .. } => format!("Your draft for @{brand} was changed"),
        }
    }

    fn plain(&self) -> Result<String> {
        ReviewText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        ReviewHtml(self).render().map_err(Error::internal)
    }
}
