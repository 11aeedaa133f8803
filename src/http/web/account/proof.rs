//! Proofs of who is signed in, for every page of the account that gives or takes away a way in: the password, or a passkey
//! that answers a challenge of just this page.

use crate::{
    app::App,
    domain::accounts::{self, Proof, UsedPasskey},
    error::{Error, Result},
    http::{
        extract::{SignedIn, Visitor},
        web::{
            challenge::{self, Asked},
            sign_in,
        },
    },
    secrets::passkey::Answer,
};

/// What a form says as proof.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The password.
    pub password: String,
    /// The challenge that was given.
    pub challenge: String,
    /// What a passkey answered; empty where the password stands for it.
    pub answer: String,
}

/// For what a challenge of such a page is: an answer to one says nothing on another, nor in another browser.
fn purpose(person: &SignedIn, path: &str) -> String {
    format!("prove:{path}:{}:{}", person.account.id, person.browser.id)
}

/// What the page at this path asks a passkey, where the person has one.
pub(super) fn ask(
    app: &App,
    visitor: &Visitor,
    person: &SignedIn,
    path: &str,
    has_passkeys: bool,
) -> Result<Option<Asked>> {
    if !has_passkeys {
        return Ok(None);
    }
    let question = challenge::party(&app.site)?.ask()?;
    Ok(Some(challenge::give(app, visitor, &purpose(person, path), question)))
}

/// Checks what somebody said on the page at this path. What they do with it takes the proof in the same transaction.
pub(super) async fn check(app: &App, visitor: &Visitor, person: &SignedIn, path: &str, said: Said) -> Result<Proof> {
    let account = person.account.id;
    app.limits.password(account.0)?;
    if said.answer.is_empty() {
        let hash = person.account.password_hash.clone();
        if sign_in::is_right(app, said.password, hash.clone()).await? {
            return Ok(Proof::Password(hash.unwrap_or_default()));
        }
        return Err(Error::invalid("sign_in.wrong", visitor.language().not_your_password()));
    }
    let challenge = challenge::take_back(app, visitor, &purpose(person, path), &said.challenge)?;
    let answer = Answer::parse(&said.answer)?;
    let named = answer.credential_id().to_vec();
    let found = app.db.read(move |conn| accounts::find_passkey(conn, &named)).await?;
    let Some((passkey, ..)) = found.filter(|(passkey, ..)| passkey.account_id == account) else {
        return Err(accounts::not_your_passkey());
    };
    let kept = (passkey.public_key.as_slice(), passkey.state.as_slice());
    let state = challenge::party(&app.site)?.check(&challenge.state, &answer, account.0, kept)?;
    Ok(Proof::Passkey(UsedPasskey { passkey, state, challenge: challenge.hash }))
}
