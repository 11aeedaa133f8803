//! What is written to people about posts that are for colleagues alone: that something waits, and never what it says.

use askama::Template;

use super::Letter;
use crate::error::{Error, Result};

/// A letter about internal posts.
#[derive(Debug, Clone)]
pub struct InsideLetter {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
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

#[derive(Template)]
#[template(path = "mail/inside.txt")]
struct InsideText<'a>(&'a InsideLetter);

#[derive(Template)]
#[template(path = "mail/inside.html")]
struct InsideHtml<'a>(&'a InsideLetter);

impl Letter for InsideLetter {
    fn subject(&self) -> String {
        match &self.tells {
            Inside::Consent => format!("Somebody at {} asks for your consent", self.company),
            Inside::Reviews { posts: 1 } => format!("An internal post at {} to look at again", self.company),
            Inside::Reviews { posts } => format!("{posts} internal posts at {} to look at again", self.company),
        }
    }

    fn plain(&self) -> Result<String> {
        InsideText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        InsideHtml(self).render().map_err(Error::internal)
    }
}
