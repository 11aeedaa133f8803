//! Confirming an address.

use diesel::prelude::*;
use serde_json::json;

use super::{
    About, Act, Entry, SignUp, UNCONFIRMED, accounts, actors, apps, audit, notifications, org, queries::is_confirmed,
};
use crate::{
    db::{
        Conn, Key, Timestamp, Tx,
        schema::{sign_up_links, sign_ups},
    },
    domain::{
        Site,
        accounts::{Account, AccountKind, HouseRight, NewAccount, Role},
        org::Registrations,
        work::Job,
    },
    error::{Error, Kind, Result},
    text::Language,
};

/// What became of somebody who confirmed their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// They have an account.
    Account(Box<Account>),
    /// They wait for somebody here.
    Waits,
}

/// Who signed up behind a link, by the hash of its secret. Refused where it does not work any more: it was used and the
/// person has an account or was refused, another address was given, or somebody else confirmed the same one.
pub fn find_by_link(conn: &mut Conn, link: &[u8; 32], now: Timestamp) -> Result<SignUp> {
    let found: Option<(SignUp, String)> = sign_up_links::table
        .inner_join(sign_ups::table)
        .filter(sign_up_links::secret_hash.eq(&link[..]))
        .select((SignUp::as_select(), sign_up_links::email_key))
        .first(conn)
        .optional()?;
    let works = |(sign_up, sent_to): &(SignUp, String)| {
        let in_time = sign_up.confirmed_at.is_some() || sign_up.created_at > now.minus(UNCONFIRMED);
        in_time && *sent_to == sign_up.email_key
    };
    let sign_up = found.filter(works).map(|(sign_up, _)| sign_up).ok_or_else(ended)?;
    if sign_up.confirmed_at.is_none() {
        if is_confirmed(conn, &sign_up.email_key, sign_up.id)? {
            return Err(ended());
        }
        match accounts::refuse_taken(conn, &sign_up.email_key) {
            Err(error) if error.kind() == Kind::Conflict => return Err(ended()),
            free => free?,
        }
    }
    Ok(sign_up)
}

fn ended() -> Error {
    Error::gone("sign_up.ended", "This link was used already, or it is too old. If that was you, sign in.")
}

/// Confirms an address by a link: from here on nobody else who gave the same one can, and their sign-ups end when their
/// time is over, so that nobody learns by theirs that it is taken. Where people sign up without more, they have an account;
/// otherwise they wait, and those who may answer are told within an hour. Twice is once.
pub fn confirm(tx: &mut Tx<'_>, site: &Site, link: &[u8; 32]) -> Result<Confirmed> {
    let now = tx.now();
    let found = find_by_link(tx.conn(), link, now)?;
    tx.lock(Key(&format!("sign_up.address.{}", found.email_key), &[]))?;
    tx.lock(Key("sign_up", &[found.id.0]))?;
    // Somebody may have been faster while we waited for the locks.
    let found = find_by_link(tx.conn(), link, now)?;
    if found.confirmed_at.is_some() {
        return Ok(Confirmed::Waits);
    }
    if org::registrations(tx.conn())? == Registrations::Open {
        let account = make(tx, site, &found)?;
        tx.behalf_of(account.id.0);
        let about = About::Account(account.id);
        let details = json!({});
        audit::record(tx, &Entry { act: Act::SignUpConfirmed, about, brand: None, reason: None, details })?;
        return Ok(Confirmed::Account(Box::new(account)));
    }
    let waits =
        diesel::update(sign_ups::table.find(found.id)).set(sign_ups::confirmed_at.eq(now)).execute(tx.conn())?;
    if waits == 0 {
        return Err(ended());
    }
    for account in accounts::reached_with(tx.conn(), HouseRight::AnswerSignUps)? {
        tx.defer(&Job::TellOfSignUps { account })?;
    }
    Ok(Confirmed::Waits)
}

/// Makes the account of somebody who signed up: a customer, who may do with the server what everybody may. From here on
/// the token of the app by which they came works.
pub(super) fn make(tx: &mut Tx<'_>, site: &Site, sign_up: &SignUp) -> Result<Account> {
    let person = NewAccount {
        username: sign_up.username.clone(),
        display_name: sign_up.display_name.clone(),
        email: Some(sign_up.email.clone()),
        password_hash: Some(sign_up.password_hash.clone()),
        kind: AccountKind::Customer,
        role: Role::Member,
    };
    if diesel::delete(sign_ups::table.find(sign_up.id)).execute(tx.conn())? == 0 {
        return Err(ended());
    }
    let (account, actor) = accounts::create(tx, site, &person)?;
    if let Some(language) = sign_up.language.as_deref().and_then(Language::tagged) {
        accounts::set_letter_language(tx, account.id, language)?;
    }
    if !sign_up.listed {
        actors::keep_unlisted(tx, actor.id)?;
    }
    // An app that nobody used may have been forgotten meanwhile.
    if let Some(app) = sign_up.app_id.map(|app| apps::find(tx.conn(), app)).transpose()?.flatten() {
        let hash = &sign_up.secret_hash;
        accounts::issue_token_to_app(tx, (account.id, actor.id), &sign_up.scopes, (app.id, &app.name), None, hash)?;
    }
    notifications::tell_of_sign_up(tx, actor.id)?;
    Ok(account)
}
