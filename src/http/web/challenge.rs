//! Challenges for passkeys.
//!
//! A challenge is kept, sealed, by the page that asks: whoever opens pages fills no memory of ours. It is worth something
//! only in the browser that it was given to, for one purpose and for a while; which ones were answered is kept by
//! `domain::accounts`, so that none is answered twice.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    app::App,
    db::Timestamp,
    domain::{
        AccountId, Site,
        accounts::{CHALLENGE_LASTS, NewPasskey},
    },
    error::{Error, Result},
    http::extract::Visitor,
    secrets::{
        SecretKey,
        passkey::{Made, Party, Question},
        token_hash,
    },
};

/// What a page asks a device through its script, and the sealed challenge that comes back with the answer.
#[derive(Debug)]
pub(super) struct Asked {
    /// What the browser is told, as JSON.
    pub options: String,
    /// What the form sends back.
    pub challenge: String,
}

/// A challenge that came back from where it was given.
pub(super) struct Challenge {
    /// What the answer is checked with.
    pub state: Vec<u8>,
    /// Its SHA-256.
    pub hash: [u8; 32],
}

impl Challenge {
    /// The passkey with which a device answered.
    pub(super) fn answered_by(self, account: AccountId, made: Made, name: String) -> NewPasskey {
        NewPasskey {
            account,
            credential_id: made.credential_id,
            public_key: made.public_key,
            state: made.state,
            name,
            challenge: self.hash,
        }
    }
}

/// The site for which passkeys are.
pub(super) fn party(site: &Site) -> Result<Party> {
    let minutes = u32::try_from(CHALLENGE_LASTS.as_secs() / 60).map_err(Error::internal)?;
    Party::new(&site.base_url, minutes)
}

/// What seals a challenge: only the same purpose in the same browser opens it again.
fn seal(visitor: &Visitor, purpose: &str) -> String {
    format!("passkey:{purpose}:{}", hex::encode(visitor.secret_hash()))
}

/// Gives a challenge to a browser.
pub(super) fn give(app: &App, visitor: &Visitor, purpose: &str, question: Question) -> Asked {
    give_sealed(&app.secrets, app.db.now(), &seal(visitor, purpose), question)
}

/// Gives a challenge to whoever can name again under what it was sealed.
pub(super) fn give_sealed(secrets: &SecretKey, now: Timestamp, under: &str, question: Question) -> Asked {
    let mut plain = now.0.to_be_bytes().to_vec();
    plain.extend_from_slice(&question.state);
    let sealed = secrets.seal(under, &plain);
    Asked { options: question.options, challenge: URL_SAFE_NO_PAD.encode(sealed) }
}

/// Takes a challenge back; refuses one that was given elsewhere, for something else, or too long ago.
pub(super) fn take_back(app: &App, visitor: &Visitor, purpose: &str, sealed: &str) -> Result<Challenge> {
    take_sealed(&app.secrets, app.db.now(), &seal(visitor, purpose), sealed)
}

/// Takes back a challenge that was sealed under this; refuses any other, and one that was given too long ago.
pub(super) fn take_sealed(secrets: &SecretKey, now: Timestamp, under: &str, sealed: &str) -> Result<Challenge> {
    let refused = || Error::forbidden("passkey.challenge", "This page was open for too long. Please try once more.");
    let opened = URL_SAFE_NO_PAD.decode(sealed).ok();
    let opened = opened.and_then(|sealed| secrets.open(under, &sealed).ok());
    let plain = opened.ok_or_else(refused)?;
    let (at, state) = plain.split_first_chunk::<8>().ok_or_else(refused)?;
    if now.since(Timestamp(i64::from_be_bytes(*at))) >= CHALLENGE_LASTS {
        return Err(refused());
    }
    Ok(Challenge { state: state.to_vec(), hash: token_hash(&hex::encode(state)) })
}
