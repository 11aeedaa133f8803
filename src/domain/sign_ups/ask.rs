//! Signing up.

use diesel::prelude::*;

use super::{AppId, REASON, SignUpId, UNCONFIRMED, WAITING, accounts, actors, org};
use crate::{
    db::{Among, Conn, Key, Tx, schema::sign_ups},
    domain::{org::Registrations, work::Job},
    error::{Error, Kind, Result},
    text::{self, Language},
};

/// What somebody says who wants an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSignUp {
    /// The name in the handle, as typed.
    pub username: String,
    /// What the person is called, as typed.
    pub display_name: String,
    /// Where mail reaches the person, as typed.
    pub email: String,
    /// Why they want to come.
    pub reason: String,
    /// They agree to the rules.
    pub agrees: bool,
    /// Others may find the person in lists and by search.
    pub listed: bool,
    /// By which app, and what its token may do.
    pub app: Option<(AppId, String)>,
    /// The language of the form, in which they are written to.
    pub language: Option<Language>,
}

/// What a fault is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in NewSignUp")]
pub enum Field {
    Username,
    DisplayName,
    Email,
    Password,
    Agreement,
    Reason,
}

/// What is wrong with what somebody says.
#[derive(Debug)]
pub struct Fault {
    /// Where.
    pub field: Field,
    /// What, with a sentence for people.
    pub error: Error,
}

/// Everything that is wrong with what somebody says. Refused where nobody may sign up now. Whether somebody has the
/// address is no part of it: only its owner hears that, in a letter.
pub fn faults(conn: &mut Conn, new: &NewSignUp) -> Result<Vec<Fault>> {
    let registrations = org::registrations(conn)?;
    if registrations == Registrations::Closed {
        return Err(closed());
    }
    let checks = [
        (Field::Username, check_name(conn, accounts::typed_username(&new.username))),
        (Field::DisplayName, accounts::typed_name(&new.display_name).map(drop)),
        (Field::Email, accounts::check_email(&new.email)),
        (Field::Agreement, check_agreement(new.agrees)),
        (Field::Reason, check_reason(&new.reason, registrations)),
    ];
    let mut found = Vec::new();
    for (field, checked) in checks {
        match checked {
            Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => found.push(Fault { field, error }),
            checked => checked?,
        }
    }
    Ok(found)
}

fn closed() -> Error {
    Error::forbidden("sign_up.closed", "Nobody can sign up here now. Ask somebody at the company for an invitation.")
}

fn check_agreement(agrees: bool) -> Result<()> {
    if agrees {
        return Ok(());
    }
    Err(Error::invalid("sign_up.agreement", "To have an account here, agree to the rules."))
}

fn check_reason(reason: &str, registrations: Registrations) -> Result<()> {
    if reason.chars().count() > REASON {
        let told = format!("The reason may have {REASON} characters at most.");
        return Err(Error::invalid("sign_up.reason_too_long", told));
    }
    if registrations == Registrations::Approval && reason.trim().is_empty() {
        return Err(Error::invalid("sign_up.reason", "Say why you want to come: somebody here reads it and answers."));
    }
    Ok(())
}

/// Whether somebody who is not known yet may have this name.
fn check_name(conn: &mut Conn, username: &str) -> Result<()> {
    actors::check_username(username)?;
    if actors::looks_like_the_house(conn, username)? {
        let told = format!("“{username}” reads like the company's own voice. Please choose another username.");
        return Err(Error::invalid("username.reserved", told));
    }
    let asked = sign_ups::table.filter(sign_ups::username_key.eq(username.to_lowercase()));
    if actors::find_local(conn, username)?.is_some() || diesel::select(diesel::dsl::exists(asked)).get_result(conn)? {
        return Err(Error::conflict("username.taken", format!("The username “{username}” is taken.")));
    }
    Ok(())
}

/// Writes down that somebody wants an account, and sends a letter to their address. Of two who want the same name at
/// once one is refused. `secret_hash` is the SHA-256 of what only they hold.
pub fn ask(tx: &mut Tx<'_>, new: &NewSignUp, password_hash: &str, secret_hash: &[u8; 32]) -> Result<SignUpId> {
    tx.lock(Key("sign_up.ask", &[]))?;
    if let Some(fault) = faults(tx.conn(), new)?.into_iter().next() {
        return Err(fault.error);
    }
    make_room(tx)?;
    let (id, now) = (SignUpId(tx.new_id()), tx.now());
    let username = accounts::typed_username(&new.username);
    diesel::insert_into(sign_ups::table)
        .values((
            sign_ups::id.eq(id),
            sign_ups::username.eq(username),
            sign_ups::username_key.eq(username.to_lowercase()),
            sign_ups::display_name.eq(accounts::typed_name(&new.display_name)?),
            sign_ups::email.eq(new.email.trim()),
            sign_ups::email_key.eq(accounts::email_key(&new.email)?),
            sign_ups::password_hash.eq(password_hash),
            sign_ups::reason.eq(text::typed_lines(&new.reason)),
            sign_ups::listed.eq(new.listed),
            sign_ups::secret_hash.eq(&secret_hash[..]),
            sign_ups::app_id.eq(new.app.as_ref().map(|(app, _)| *app)),
            sign_ups::scopes.eq(new.app.as_ref().map_or("", |(_, scopes)| scopes.as_str())),
            sign_ups::created_at.eq(now),
            sign_ups::language.eq(new.language.map(Language::tag)),
        ))
        .execute(tx.conn())?;
    tx.defer(&Job::SendSignUp { sign_up: id })?;
    Ok(id)
}

/// Bounds how many wait. Of those who have not confirmed their address the oldest make room, and so do those whose time
/// is over; where too many wait for an answer, nobody else is let in line.
fn make_room(tx: &mut Tx<'_>) -> Result<()> {
    let over = tx.now().minus(UNCONFIRMED);
    let unconfirmed = || sign_ups::table.filter(sign_ups::confirmed_at.is_null());
    diesel::delete(unconfirmed().filter(sign_ups::created_at.le(over))).execute(tx.conn())?;
    let waiting: i64 = sign_ups::table.filter(sign_ups::confirmed_at.is_not_null()).count().get_result(tx.conn())?;
    if waiting >= WAITING && org::registrations(tx.conn())? != Registrations::Open {
        let told = "Too many people wait for an answer here. Please try again in some days.";
        return Err(Error::unavailable("sign_up.full", told));
    }
    let oldest: Vec<SignUpId> =
        unconfirmed().order(sign_ups::id.desc()).offset(WAITING - 1).select(sign_ups::id).load(tx.conn())?;
    // Who confirms at this moment stays.
    diesel::delete(unconfirmed().filter(sign_ups::id.among(oldest))).execute(tx.conn())?;
    Ok(())
}
