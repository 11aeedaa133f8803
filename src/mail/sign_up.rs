//! What is written to those who sign up, and to those who answer them.

use super::{House, Letter, Part, house::handle};
use crate::text::sentences::Html;

/// A letter about signing up.
#[derive(Debug, Clone)]
pub struct SignUpLetter {
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
        days: i64,
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
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

impl Letter for SignUpLetter {
    fn subject(&self, house: &House) -> Html {
        let (say, company) = (house.say, house.name());
        match self.tells {
            // One line for both: a screen that shows it tells nobody whether there is an account.
            Tells::Confirm { .. } | Tells::HasAccount { .. } => say.letter_account_at(company),
            Tells::Waiting { people } => say.letter_people_want(people, company),
            Tells::Welcome { .. } => say.letter_welcome(company),
            Tells::Refused { .. } => say.letter_about_account(company),
        }
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, company) = (house.say, house.name());
        let sign_in = || Part::Leads(self.at("/sign-in"), say.letter_sign_in());
        match &self.tells {
            Tells::Confirm { handle: of, link, days } => vec![
                Part::Says(say.letter_wants_to_be(handle(of), company)),
                Part::Says(say.letter_confirm_within(*days)),
                Part::Leads(link.clone(), say.letter_confirm()),
                Part::Adds(say.letter_no_account_without()),
            ],
            Tells::HasAccount { handle: of } => vec![
                Part::Says(say.letter_has_account(company, handle(of))),
                sign_in(),
                Part::Leads(self.at("/sign-in/forgotten"), say.letter_forgotten()),
                Part::Adds(say.letter_account_stays()),
            ],
            Tells::Waiting { people } => vec![
                Part::Says(say.letter_people_wait(*people, company)),
                Part::Adds(say.letter_who_waits(Html::name(&self.at("/api/guildhall/v1/sign-ups")))),
            ],
            Tells::Welcome { handle: of } => vec![Part::Says(say.letter_have_account(company, handle(of))), sign_in()],
            Tells::Refused { reason } => {
                let mut parts = if reason.is_empty() {
                    vec![Part::Says(say.letter_refused(company))]
                } else {
                    vec![Part::Says(say.letter_refused_because(company)), Part::Quotes(reason.clone())]
                };
                parts.push(Part::Adds(say.letter_told_is_deleted()));
                parts
            }
        }
    }
}
