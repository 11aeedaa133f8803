//! Passkeys: what people sign in with instead of password and code.
//!
//! Whether a device answered rightly is found out by who knows its language (`secrets::passkey`); here it is made sure
//! that no answer counts twice, and that a passkey goes with what it was allowed by.

use std::time::Duration;

use diesel::prelude::*;

use super::{Account, get};
use crate::{
    db::{
        Conn, Key, Timestamp, Tx,
        schema::{accounts, actors, browsers, passkey_challenges, passkeys},
    },
    domain::{AccountId, BrowserId, PasskeyId, actors::Actor, work::Job},
    error::{Error, Result},
    on_conn,
};

/// How long a challenge may be answered.
pub const CHALLENGE_LASTS: Duration = Duration::from_secs(15 * 60);
/// How many a person may have.
const PASSKEYS: i64 = 20;
/// How many characters the name of one may have.
const NAME_LENGTH: usize = 60;

/// A passkey as it is stored; the secret half is where its owner keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = passkeys)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Passkey {
    pub id: PasskeyId,
    pub account_id: AccountId,
    pub credential_id: Vec<u8>,
    pub public_key: Vec<u8>,
    pub state: Vec<u8>,
    pub name: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// What is needed to add a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    /// Whose.
    pub account: AccountId,
    /// By which it is found.
    pub credential_id: Vec<u8>,
    /// By which its signatures are checked.
    pub public_key: Vec<u8>,
    /// What changes with each use.
    pub state: Vec<u8>,
    /// How its owner knows it again.
    pub name: String,
    /// The SHA-256 of the challenge that was answered.
    pub challenge: [u8; 32],
}

/// A passkey that answered rightly.
#[derive(Debug, Clone)]
pub struct UsedPasskey {
    /// Which, as it was when its answer was checked.
    pub passkey: Passkey,
    /// What became of its state.
    pub state: Vec<u8>,
    /// The SHA-256 of the challenge that was answered.
    pub challenge: [u8; 32],
}

/// Adds a passkey in the browser where its owner began, with a proof of who is there: who was signed out there meanwhile
/// adds nothing.
pub fn add_passkey(tx: &mut Tx<'_>, browser: BrowserId, new: &NewPasskey) -> Result<()> {
    let name = clean_name(&new.name)?;
    // The same that a new password takes: it ends those before, and nobody adds one behind its back.
    tx.lock(Key("account.password", &[new.account.0]))?;
    let here = browsers::table.find(browser).filter(browsers::account_id.eq(new.account));
    if !diesel::select(diesel::dsl::exists(here)).get_result::<bool>(tx.conn())? {
        return Err(Error::forbidden("passkey.signed_out", "You were signed out meanwhile. Sign in and begin again."));
    }
    if count_passkeys(tx.conn(), new.account)? >= PASSKEYS {
        return Err(Error::invalid(
            "passkey.too_many",
            format!("You have {PASSKEYS} passkeys, and more there cannot be. Remove one first."),
        ));
    }
    keep_passkey(tx, new, &name)?;
    tell(tx, new.account, name, true)
}

/// Keeps the first passkey of somebody who has just come and has nothing else to sign in with.
pub(super) fn keep_first(tx: &mut Tx<'_>, new: &NewPasskey) -> Result<()> {
    let name = clean_name(&new.name)?;
    keep_passkey(tx, new, &name)
}

/// Keeps a passkey; refuses one that is kept already, and an answer that counted before.
fn keep_passkey(tx: &mut Tx<'_>, new: &NewPasskey, name: &str) -> Result<()> {
    take_challenge(tx, new.account, &new.challenge)?;
    let (id, now) = (PasskeyId(tx.new_id()), tx.now());
    let added = on_conn!(tx.conn(), |c| diesel::insert_into(passkeys::table)
        .values((
            passkeys::id.eq(id),
            passkeys::account_id.eq(new.account),
            passkeys::credential_id.eq(&new.credential_id),
            passkeys::public_key.eq(&new.public_key),
            passkeys::state.eq(&new.state),
            passkeys::name.eq(name),
            passkeys::created_at.eq(now),
        ))
        .on_conflict(passkeys::credential_id)
        .do_nothing()
        .execute(c))?;
    if added == 0 {
        return Err(Error::conflict("passkey.known", "This passkey was added before."));
    }
    Ok(())
}

/// Whoever's it is is told by letter: it may not have been them.
fn tell(tx: &mut Tx<'_>, account: AccountId, name: String, added: bool) -> Result<()> {
    let at = tx.now();
    tx.defer(&Job::TellOfPasskey { account, name, added, at })
}

/// The name of a passkey in one line, or a refusal.
fn clean_name(name: &str) -> Result<String> {
    let name: String = name.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let name = name.trim();
    if (1..=NAME_LENGTH).contains(&name.chars().count()) {
        return Ok(name.to_owned());
    }
    Err(Error::invalid("passkey.name", format!("Give the passkey a name, of {NAME_LENGTH} characters at most.")))
}

/// Notes that a challenge was answered; refuses when it was before.
fn take_challenge(tx: &mut Tx<'_>, account: AccountId, challenge: &[u8; 32]) -> Result<()> {
    let now = tx.now();
    let taken = on_conn!(tx.conn(), |c| diesel::insert_into(passkey_challenges::table)
        .values((
            passkey_challenges::challenge.eq(&challenge[..]),
            passkey_challenges::account_id.eq(account),
            passkey_challenges::used_at.eq(now),
        ))
        .on_conflict(passkey_challenges::challenge)
        .do_nothing()
        .execute(c))?;
    if taken == 0 {
        return Err(Error::conflict("passkey.challenge_used", "This was sent before. Please try once more."));
    }
    Ok(())
}

/// The passkeys of a person, the newest first.
pub fn passkeys_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Passkey>> {
    Ok(passkeys::table
        .filter(passkeys::account_id.eq(account))
        .order(passkeys::id.desc())
        .select(Passkey::as_select())
        .load(conn)?)
}

/// How many passkeys a person has.
pub fn count_passkeys(conn: &mut Conn, account: AccountId) -> Result<i64> {
    Ok(passkeys::table.filter(passkeys::account_id.eq(account)).count().get_result(conn)?)
}

/// The passkey that a device names, and whose it is: also somebody's who is suspended.
pub fn find_passkey(conn: &mut Conn, credential_id: &[u8]) -> Result<Option<(Passkey, Account, Actor)>> {
    Ok(passkeys::table
        .inner_join(accounts::table.inner_join(actors::table))
        .filter(passkeys::credential_id.eq(credential_id))
        .select((Passkey::as_select(), Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?)
}

/// Notes that a passkey answered a challenge rightly. Refuses when the challenge was answered before, when the passkey
/// was removed or used since it was looked at, and when its owner may not sign in.
pub fn use_passkey(tx: &mut Tx<'_>, used: &UsedPasskey) -> Result<()> {
    let (passkey, now) = (&used.passkey, tx.now());
    take_challenge(tx, passkey.account_id, &used.challenge)?;
    // Two at the same moment: of the same count of signatures one is taken.
    let same = passkeys::table.find(passkey.id).filter(passkeys::state.eq(&passkey.state));
    let noted =
        diesel::update(same).set((passkeys::state.eq(&used.state), passkeys::used_at.eq(now))).execute(tx.conn())?;
    if noted == 0 || !get(tx.conn(), passkey.account_id)?.is_active() {
        return Err(Error::conflict("passkey.changed", "Something changed meanwhile. Please try once more."));
    }
    Ok(())
}

/// Gives one of a person's passkeys another name.
pub fn rename_passkey(tx: &mut Tx<'_>, account: AccountId, id: PasskeyId, name: &str) -> Result<()> {
    let name = clean_name(name)?;
    let own = passkeys::table.find(id).filter(passkeys::account_id.eq(account));
    found(diesel::update(own).set(passkeys::name.eq(name)).execute(tx.conn())?)
}

/// Removes one of a person's passkeys. Browsers in which it signed in stay signed in.
pub fn remove_passkey(tx: &mut Tx<'_>, account: AccountId, id: PasskeyId) -> Result<()> {
    let own = passkeys::table.find(id).filter(passkeys::account_id.eq(account));
    let name: Option<String> = own.select(passkeys::name).first(tx.conn()).optional()?;
    found(diesel::delete(own).execute(tx.conn())?)?;
    tell(tx, account, name.unwrap_or_default(), false)
}

fn found(rows: usize) -> Result<()> {
    if rows == 0 {
        return Err(Error::not_found("passkey.not_found", "You have no such passkey any more."));
    }
    Ok(())
}

/// Removes every passkey of a person.
pub(super) fn end_passkeys(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    diesel::delete(passkeys::table.filter(passkeys::account_id.eq(account))).execute(tx.conn())?;
    Ok(())
}

/// Forgets answered challenges that are too old to be answered again; answers how many.
pub fn prune_challenges(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let old = tx.now().minus(CHALLENGE_LASTS);
    let ended = passkey_challenges::table
        .filter(passkey_challenges::used_at.lt(old))
        .select(passkey_challenges::challenge)
        .limit(limit)
        .load::<Vec<u8>>(tx.conn())?;
    Ok(diesel::delete(passkey_challenges::table.filter(passkey_challenges::challenge.eq_any(ended)))
        .execute(tx.conn())?)
}
