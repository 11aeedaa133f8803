//! What is written to whoever signs up, and to those who answer.

use std::time::Duration;

use diesel::prelude::*;

use super::{DAY, RefusalId, SignUp, SignUpId, UNCONFIRMED, accounts, queries::is_confirmed};
use crate::{
    db::{
        Conn, Key, Tx,
        schema::{accounts as accounts_table, actors, sign_up_links, sign_up_refusals, sign_ups},
    },
    domain::{
        AccountId,
        accounts::{Account, HouseRight},
        work::Job,
    },
    error::{Error, Result},
};

/// How many letters somebody who signs up gets, and how many one address gets in a day, whoever asks for them.
const LETTERS: i64 = 5;

/// To whom a letter goes that somebody who signed up asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waits {
    /// To themselves: nobody has an account with the address.
    Themselves(Box<SignUp>),
    /// To whoever has an account with the address already, and its username.
    Owner(Box<Account>, String),
}

/// Writes a link down that is about to be sent, by the hash of its secret. Nobody when they confirmed meanwhile, their
/// time is over, or the address got enough letters. Whoever has the address already gets a letter without the link.
pub fn open_link(tx: &mut Tx<'_>, id: SignUpId, secret_hash: &[u8; 32]) -> Result<Option<Waits>> {
    let now = tx.now();
    let waits = sign_ups::table
        .find(id)
        .filter(sign_ups::confirmed_at.is_null())
        .filter(sign_ups::created_at.gt(now.minus(UNCONFIRMED)));
    let found: Option<SignUp> = waits.select(SignUp::as_select()).first(tx.conn()).optional()?;
    let Some(sign_up) = found else { return Ok(None) };
    tx.lock(Key(&format!("sign_up.address.{}", sign_up.email_key), &[]))?;
    let of_one: i64 = sign_up_links::table.filter(sign_up_links::sign_up_id.eq(id)).count().get_result(tx.conn())?;
    let of_address: i64 = sign_up_links::table
        .filter(sign_up_links::email_key.eq(&sign_up.email_key))
        .filter(sign_up_links::created_at.gt(now.minus(Duration::from_secs(DAY))))
        .count()
        .get_result(tx.conn())?;
    // Who waits under this address already needs no other link, least of all one that somebody else asked for.
    if of_one >= LETTERS || of_address >= LETTERS || is_confirmed(tx.conn(), &sign_up.email_key, id)? {
        return Ok(None);
    }
    diesel::insert_into(sign_up_links::table)
        .values((
            sign_up_links::secret_hash.eq(&secret_hash[..]),
            sign_up_links::sign_up_id.eq(id),
            sign_up_links::email_key.eq(&sign_up.email_key),
            sign_up_links::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    let owner: Option<(Account, String)> = accounts_table::table
        .inner_join(actors::table)
        .filter(accounts_table::email_key.eq(&sign_up.email_key))
        .select((Account::as_select(), actors::username))
        .first(tx.conn())
        .optional()?;
    Ok(Some(match owner {
        Some((account, username)) => Waits::Owner(Box::new(account), username),
        None => Waits::Themselves(Box::new(sign_up)),
    }))
}

/// Forgets a link that was never sent: it counts for nothing.
pub fn forget_link(tx: &mut Tx<'_>, secret_hash: &[u8; 32]) -> Result<()> {
    diesel::delete(sign_up_links::table.find(&secret_hash[..])).execute(tx.conn())?;
    Ok(())
}

/// Sends another letter to whoever holds the secret with this hash, to another address if they give one: links to the
/// one before work no more.
pub fn again(tx: &mut Tx<'_>, secret_hash: &[u8], email: Option<&str>) -> Result<()> {
    let found = super::find_by_secret(tx.conn(), secret_hash)?;
    let found = found.ok_or_else(|| Error::not_found("sign_up.not_found", "Nobody waits for a letter here."))?;
    tx.lock(Key("sign_up", &[found.id.0]))?;
    let found = super::find_by_secret(tx.conn(), secret_hash)?.filter(|one| one.confirmed_at.is_none());
    let found =
        found.ok_or_else(|| Error::forbidden("sign_up.confirmed", "This e-mail address is confirmed already."))?;
    if let Some(email) = email.map(str::trim).filter(|email| !email.is_empty()) {
        diesel::update(sign_ups::table.find(found.id))
            .set((sign_ups::email.eq(email), sign_ups::email_key.eq(accounts::email_key(email)?)))
            .execute(tx.conn())?;
    }
    tx.defer(&Job::SendSignUp { sign_up: found.id })
}

/// How many wait for an answer.
pub fn count_waiting(conn: &mut Conn) -> Result<i64> {
    Ok(sign_ups::table.filter(sign_ups::confirmed_at.is_not_null()).count().get_result(conn)?)
}

/// Where somebody is told that people wait, while they may answer.
pub fn may_hear(conn: &mut Conn, account: AccountId) -> Result<Option<String>> {
    let person = accounts::get(conn, account)?;
    Ok(if person.may(HouseRight::AnswerSignUps) { person.email } else { None })
}

/// Somebody who is to hear that they get no account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sign_up_refusals)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Refusal {
    pub email: String,
    pub reason: String,
    pub language: Option<String>,
}

/// What a letter of refusal says, and to whom.
pub fn find_refusal(conn: &mut Conn, id: RefusalId) -> Result<Option<Refusal>> {
    Ok(sign_up_refusals::table.find(id).select(Refusal::as_select()).first(conn).optional()?)
}

/// Forgets whom the letter was for.
pub fn forget_refusal(tx: &mut Tx<'_>, id: RefusalId) -> Result<()> {
    diesel::delete(sign_up_refusals::table.find(id)).execute(tx.conn())?;
    Ok(())
}
