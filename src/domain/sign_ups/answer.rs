//! Saying yes or no to somebody who signed up.

use diesel::prelude::*;
use serde_json::json;

use super::{About, Act, Entry, REASON, RefusalId, SignUp, SignUpId, audit, confirm::make, queries::get_for};
use crate::{
    db::{
        Key, Tx,
        schema::{sign_up_refusals, sign_ups},
    },
    domain::{AccountId, Site, accounts::Account, work::Job},
    error::{Error, Result},
    text,
};

/// Gives somebody an account who signed up and confirmed their address, and writes them a letter. `by` is nobody for the
/// command line. Of two who answer at once, the first one decides.
pub fn approve(tx: &mut Tx<'_>, site: &Site, by: Option<AccountId>, id: SignUpId) -> Result<Account> {
    let sign_up = held(tx, by, id)?;
    let account = make(tx, site, &sign_up)?;
    tx.defer(&Job::SendWelcome { account: account.id })?;
    let (about, details) = (About::Account(account.id), json!({ "sign_up": id }));
    audit::record(tx, &Entry { act: Act::SignUpApproved, about, brand: None, reason: None, details })?;
    Ok(account)
}

/// Refuses somebody who signed up. What they said is forgotten; their address when the letter to them has left, which
/// gives the reason if there is one.
pub fn refuse(tx: &mut Tx<'_>, by: Option<AccountId>, id: SignUpId, reason: &str) -> Result<()> {
    if reason.chars().count() > REASON {
        let told = format!("The reason may have {REASON} characters at most.");
        return Err(Error::invalid("sign_up.reason_too_long", told));
    }
    let sign_up = held(tx, by, id)?;
    let (refusal, now, reason) = (RefusalId(tx.new_id()), tx.now(), text::typed_lines(reason));
    diesel::delete(sign_ups::table.find(id)).execute(tx.conn())?;
    diesel::insert_into(sign_up_refusals::table)
        .values((
            sign_up_refusals::id.eq(refusal),
            sign_up_refusals::email.eq(&sign_up.email),
            sign_up_refusals::reason.eq(&reason),
            sign_up_refusals::created_at.eq(now),
            sign_up_refusals::language.eq(&sign_up.language),
        ))
        .execute(tx.conn())?;
    tx.defer(&Job::SendRefusal { refusal })?;
    let reason = Some(reason.as_str()).filter(|reason| !reason.is_empty());
    let (about, details) = (About::SignUp(id), json!({}));
    audit::record(tx, &Entry { act: Act::SignUpRefused, about, brand: None, reason, details })
}

/// Who waits, while nobody else answers them.
fn held(tx: &mut Tx<'_>, by: Option<AccountId>, id: SignUpId) -> Result<SignUp> {
    // Who may answer nobody hears that first.
    get_for(tx.conn(), by, id)?;
    tx.lock(Key("sign_up", &[id.0]))?;
    get_for(tx.conn(), by, id)
}
