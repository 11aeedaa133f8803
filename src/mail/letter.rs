//! What letters say. Each is written twice: as plain text, and as HTML without anything from elsewhere.

use askama::Template;

use crate::error::{Error, Result};

/// Something to send.
pub trait Letter: Sync {
    /// The line that is seen first.
    fn subject(&self) -> String;
    /// As plain text.
    fn plain(&self) -> Result<String>;
    /// As HTML.
    fn html(&self) -> Result<String>;
}

/// A link by which somebody sets another password.
#[derive(Debug, Clone)]
pub struct Reset {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// Whose password: the handle.
    pub handle: String,
    /// The link.
    pub link: String,
    /// For how many minutes it works.
    pub minutes: u64,
}

#[derive(Template)]
#[template(path = "mail/reset.txt")]
struct ResetText<'a>(&'a Reset);

#[derive(Template)]
#[template(path = "mail/reset.html")]
struct ResetHtml<'a>(&'a Reset);

impl Letter for Reset {
    fn subject(&self) -> String {
        format!("Set another password at {}", self.company)
    }

    fn plain(&self) -> Result<String> {
        ResetText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        ResetHtml(self).render().map_err(Error::internal)
    }
}

/// A manager is told that somebody published as a brand without the approvals that it asks for.
#[derive(Debug, Clone)]
pub struct Overridden {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// The username of the brand.
    pub brand: String,
    /// What whoever published it is called.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Where the post is.
    pub link: String,
}

#[derive(Template)]
#[template(path = "mail/override.txt")]
struct OverriddenText<'a>(&'a Overridden);

#[derive(Template)]
#[template(path = "mail/override.html")]
struct OverriddenHtml<'a>(&'a Overridden);

impl Letter for Overridden {
    fn subject(&self) -> String {
        format!("Published as @{} without approval", self.brand)
    }

    fn plain(&self) -> Result<String> {
        OverriddenText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        OverriddenHtml(self).render().map_err(Error::internal)
    }
}

/// Somebody is told that what they wrote for a brand, or gave its time, was not published.
#[derive(Debug, Clone)]
pub struct Held {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// The username of the brand.
    pub brand: String,
    /// The number of the draft.
    pub draft: String,
    /// Why.
    pub reason: String,
}

#[derive(Template)]
#[template(path = "mail/held.txt")]
struct HeldText<'a>(&'a Held);

#[derive(Template)]
#[template(path = "mail/held.html")]
struct HeldHtml<'a>(&'a Held);

impl Letter for Held {
    fn subject(&self) -> String {
        format!("A post of @{} was not published", self.brand)
    }

    fn plain(&self) -> Result<String> {
        HeldText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        HeldHtml(self).render().map_err(Error::internal)
    }
}

/// Everybody with a role on a brand is told that somebody made its rules weaker with nobody there who could agree.
#[derive(Debug, Clone)]
pub struct Weakened {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// The username of the brand.
    pub brand: String,
    /// What whoever did it is called.
    pub by: String,
    /// Why.
    pub reason: String,
}

#[derive(Template)]
#[template(path = "mail/weakened.txt")]
struct WeakenedText<'a>(&'a Weakened);

#[derive(Template)]
#[template(path = "mail/weakened.html")]
struct WeakenedHtml<'a>(&'a Weakened);

impl Letter for Weakened {
    fn subject(&self) -> String {
        format!("The rules of @{} are weaker now", self.brand)
    }

    fn plain(&self) -> Result<String> {
        WeakenedText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        WeakenedHtml(self).render().map_err(Error::internal)
    }
}

/// Somebody is told that a passkey of theirs was added or removed.
#[derive(Debug, Clone)]
pub struct PasskeyChanged {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// Whose: the handle.
    pub handle: String,
    /// What the passkey is called.
    pub name: String,
    /// It was added.
    pub added: bool,
    /// When, RFC 3339.
    pub at: String,
    /// Where that can be undone.
    pub link: String,
}

#[derive(Template)]
#[template(path = "mail/passkey.txt")]
struct PasskeyChangedText<'a>(&'a PasskeyChanged);

#[derive(Template)]
#[template(path = "mail/passkey.html")]
struct PasskeyChangedHtml<'a>(&'a PasskeyChanged);

impl Letter for PasskeyChanged {
    fn subject(&self) -> String {
        let what = if self.added { "added to" } else { "removed from" };
        format!("A passkey was {what} your account at {}", self.company)
    }

    fn plain(&self) -> Result<String> {
        PasskeyChangedText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        PasskeyChangedHtml(self).render().map_err(Error::internal)
    }
}

/// Somebody is told which role they have with a brand or the house now.
#[derive(Debug, Clone)]
pub struct RoleChanged {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// The username of the brand; nothing, where it is about the house.
    pub brand: Option<String>,
    /// The role; nothing, where there is none any more.
    pub role: Option<String>,
    /// Where the news of it stand.
    pub link: String,
}

impl RoleChanged {
    /// The same, as a sentence.
    fn told(&self) -> String {
        match (&self.brand, &self.role) {
            (Some(brand), Some(role)) => format!("Your role with @{brand} is {role} now."),
            (Some(brand), None) => format!("You have no role with @{brand} any more."),
            (None, Some(role)) => format!("Your role with the house is {role} now."),
            (None, None) => "You have no role with the house any more.".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "mail/role.txt")]
struct RoleChangedText<'a>(&'a RoleChanged);

#[derive(Template)]
#[template(path = "mail/role.html")]
struct RoleChangedHtml<'a>(&'a RoleChanged);

impl Letter for RoleChanged {
    fn subject(&self) -> String {
        let what = self.brand.as_ref().map_or_else(|| "with the house".to_owned(), |brand| format!("with @{brand}"));
        format!("Your role {what} at {} changed", self.company)
    }

    fn plain(&self) -> Result<String> {
        RoleChangedText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        RoleChangedHtml(self).render().map_err(Error::internal)
    }
}

/// Somebody is invited to have an account here.
#[derive(Debug, Clone)]
pub struct Invited {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// What whoever invites is called, where it is a person.
    pub by: Option<String>,
    /// As somebody who works at the company.
    pub works_here: bool,
    /// The link.
    pub link: String,
    /// The last day on which it works, as `2026-12-24`.
    pub until: String,
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct InvitedText<'a>(&'a Invited);

#[derive(Template)]
#[template(path = "mail/invitation.html")]
struct InvitedHtml<'a>(&'a Invited);

impl Letter for Invited {
    fn subject(&self) -> String {
        format!("Come to {}", self.company)
    }

    fn plain(&self) -> Result<String> {
        InvitedText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        InvitedHtml(self).render().map_err(Error::internal)
    }
}

/// Somebody is told that crisis mode was begun or ended, or that its end is asked for.
#[derive(Debug, Clone)]
pub struct InCrisis {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// What whoever did it is called.
    pub by: String,
    /// What was done.
    pub what: CrisisNews,
    /// Why; empty where nobody said.
    pub reason: String,
}

/// What became of crisis mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrisisNews {
    /// It is on.
    Began,
    /// Somebody wishes to end it.
    EndAsked,
    /// It is over.
    Ended,
}

impl InCrisis {
    /// The same, as a sentence.
    fn news(&self) -> &'static str {
        match self.what {
            CrisisNews::Began => "began crisis mode",
            CrisisNews::EndAsked => "asks to end crisis mode",
            CrisisNews::Ended => "ended crisis mode",
        }
    }

    /// What it means for whoever reads it.
    fn advice(&self) -> &'static str {
        match self.what {
            CrisisNews::Began => {
                "Whatever brands had scheduled is held. Everything that a brand publishes, answers and small corrections \
                 too, needs the approval of somebody else, given from now on. Your own posts are yours, as ever."
            }
            CrisisNews::EndAsked => {
                "It takes a second person. Confirm it within an hour if you agree, or withdraw it if you do not."
            }
            CrisisNews::Ended => {
                "What was held stays held. Look at each draft and scheduled post of yours, and give it another time if it \
                 is still right."
            }
        }
    }
}

#[derive(Template)]
#[template(path = "mail/crisis.txt")]
struct InCrisisText<'a>(&'a InCrisis);

#[derive(Template)]
#[template(path = "mail/crisis.html")]
struct InCrisisHtml<'a>(&'a InCrisis);

impl Letter for InCrisis {
    fn subject(&self) -> String {
        match self.what {
            CrisisNews::Began => format!("Crisis mode is on at {}", self.company),
            CrisisNews::EndAsked => format!("Shall crisis mode end at {}?", self.company),
            CrisisNews::Ended => format!("Crisis mode is over at {}", self.company),
        }
    }

    fn plain(&self) -> Result<String> {
        InCrisisText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        InCrisisHtml(self).render().map_err(Error::internal)
    }
}
