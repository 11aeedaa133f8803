//! What is written to those who sign up, and to those who answer them. One pair of templates says all of it.

use askama::Template;

use super::Letter;
use crate::error::{Error, Result};

/// A letter about signing up.
#[derive(Debug, Clone)]
pub struct SignUpLetter {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// Where the server answers.
    pub base_url: String,
    /// What it tells.
    pub tells: Tells,
}

/// What a letter about signing up tells.
#[derive(Debug, Clone)]
pub enum Tells {
    /// A link confirms the address.
    Confirm {
        /// The handle that they asked for.
        handle: String,
        /// The link.
        link: String,
        /// For how many days it works.
        days: u64,
    },
    /// Whoever has this address has an account already.
    HasAccount {
        /// Its handle.
        handle: String,
    },
    /// People wait for an answer.
    Waiting {
        /// How many.
        people: i64,
    },
    /// They have an account now.
    Welcome {
        /// Its handle.
        handle: String,
    },
    /// They get none.
    Refused {
        /// Why; empty where nobody said.
        reason: String,
    },
}

impl SignUpLetter {
    /// Where the button leads, and what it says.
    fn leads(&self) -> Option<(String, &'static str)> {
        match &self.tells {
            Tells::Confirm { link, .. } => Some((link.clone(), "Confirm this address")),
            Tells::HasAccount { .. } | Tells::Welcome { .. } => Some((format!("{}/sign-in", self.base_url), "Sign in")),
            Tells::Waiting { .. } | Tells::Refused { .. } => None,
        }
    }
}

#[derive(Template)]
#[template(path = "mail/sign_up.txt")]
struct Text<'a>(&'a SignUpLetter);

#[derive(Template)]
#[template(path = "mail/sign_up.html")]
struct Html<'a>(&'a SignUpLetter);

impl Letter for SignUpLetter {
    fn subject(&self) -> String {
        match &self.tells {
            // The same for both: a screen that shows it tells nobody whether there is an account.
            Tells::Confirm { .. } | Tells::HasAccount { .. } => format!("Your account at {}", self.company),
            Tells::Waiting { people: 1 } => format!("Somebody wants an account at {}", self.company),
            Tells::Waiting { people } => format!("{people} people want an account at {}", self.company),
            Tells::Welcome { .. } => format!("Welcome to {}", self.company),
            Tells::Refused { .. } => format!("About your account at {}", self.company),
        }
    }

    fn plain(&self) -> Result<String> {
        Text(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        Html(self).render().map_err(Error::internal)
    }
}
