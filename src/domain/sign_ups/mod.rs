//! Who wants an account and does not have one yet.
//!
//! Whoever signs up has a row of their own and no actor: nothing that looks for people finds them, and nobody signs in.
//! A link in a letter confirms the address; where the company asks for it, somebody here says yes as well. Then
//! [`confirm`] or [`approve`] make the account, and the row is gone.

mod answer;
mod ask;
mod confirm;
mod letters;
mod queries;

use std::time::Duration;

use diesel::prelude::*;

pub use answer::{approve, refuse};
pub use ask::{Fault, Field, NewSignUp, ask, faults};
pub use confirm::{Confirmed, confirm, find_by_link};
pub use letters::{
    Refusal, Waits, again, count_waiting, find_refusal, forget_link, forget_refusal, may_hear, open_link,
};
pub use queries::{awaits, find_by_secret, get_for, get_waiting, give_back, list, prune};

use super::{
    AppId, RefusalId, SignUpId, accounts, actors, apps,
    audit::{self, About, Act, Entry},
    notifications, org,
};
use crate::{
    db::{Timestamp, schema::sign_ups},
    error::Error,
};

/// How long somebody has to confirm their address.
pub const UNCONFIRMED: Duration = Duration::from_secs(3 * DAY);
/// How long somebody waits for an answer at most.
pub const UNANSWERED: Duration = Duration::from_secs(90 * DAY);
/// How many wait for an answer at most, and how many for themselves.
pub const WAITING: i64 = 1_000;
/// How many characters a reason has at most, whoever gives it.
pub const REASON: usize = 1_000;
/// The seconds of a day.
const DAY: u64 = 24 * 3600;

/// Somebody who wants an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sign_ups)]
pub struct SignUp {
    /// Its number.
    pub id: SignUpId,
    /// The name in the handle.
    pub username: String,
    /// What the person is called.
    pub display_name: String,
    /// Where mail reaches the person.
    pub email: String,
    /// The form in which addresses are compared.
    pub email_key: String,
    /// argon2id.
    pub password_hash: String,
    /// Why they want to come, in their words.
    pub reason: String,
    /// Others may find the person in lists and by search.
    pub listed: bool,
    /// The SHA-256 of what whoever signed up holds: for an app the token that works later.
    pub secret_hash: Vec<u8>,
    /// The app by which they signed up.
    pub app_id: Option<AppId>,
    /// What the token of that app may do.
    pub scopes: String,
    /// When they signed up.
    pub created_at: Timestamp,
    /// When they confirmed their address.
    pub confirmed_at: Option<Timestamp>,
    /// The language of the form that they used, by its tag.
    pub language: Option<String>,
}

impl SignUp {
    /// What is said to who knows the password, or holds the token, and has no account yet.
    pub fn not_yet(&self) -> Error {
        let told = if self.confirmed_at.is_none() {
            "Your login is missing a confirmed e-mail address"
        } else {
            "Your login is currently pending approval"
        };
        Error::forbidden("sign_up.waiting", told)
    }
}

/// What is answered where nobody waits: they were answered, or their time was over.
fn nobody_waits() -> Error {
    Error::not_found(
        "sign_up.not_found",
        "Nobody waits under this name or number: somebody answered, or the time was over.",
    )
}
