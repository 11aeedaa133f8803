//! The second step of signing in: codes that an app shows (RFC 6238), and recovery codes for who lost it.
//!
//! Which time a code is of is found out by who can open the secret; here it is made sure that none is taken twice.

use diesel::prelude::*;

use crate::{
    db::{
        Conn, Key, Timestamp, Tx,
        schema::{recovery_codes, second_steps},
    },
    domain::AccountId,
    error::{Error, Result},
};

/// A second step as it is stored; the secret is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = second_steps)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct SecondStep {
    pub account_id: AccountId,
    pub secret: Vec<u8>,
    pub confirmed_at: Option<Timestamp>,
}

/// The second step of a person, whether or not they have shown a first code of it.
pub fn second_step(conn: &mut Conn, account: AccountId) -> Result<Option<SecondStep>> {
    Ok(second_steps::table.find(account).select(SecondStep::as_select()).first(conn).optional()?)
}

/// Whether signing in takes a second step.
pub fn has_second_step(conn: &mut Conn, account: AccountId) -> Result<bool> {
    Ok(second_step(conn, account)?.is_some_and(|step| step.confirmed_at.is_some()))
}

/// Writes down a sealed secret, in place of one of which no code was shown yet.
pub fn begin_second_step(tx: &mut Tx<'_>, account: AccountId, secret: &[u8]) -> Result<()> {
    tx.lock(Key("account.second_step", &[account.0]))?;
    if has_second_step(tx.conn(), account)? {
        return Err(Error::conflict("second_step.on", "The second step is on already. Turn it off first."));
    }
    end_second_step(tx, account)?;
    diesel::insert_into(second_steps::table)
        .values((
            second_steps::account_id.eq(account),
            second_steps::secret.eq(secret),
            second_steps::last_step.eq(0_i64),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Turns the second step on, after a first code of time `step`. Answers whether that was so.
pub fn confirm_second_step(
    tx: &mut Tx<'_>,
    account: AccountId,
    step: i64,
    recovery_hashes: &[[u8; 32]],
) -> Result<bool> {
    tx.lock(Key("account.second_step", &[account.0]))?;
    let now = tx.now();
    let waiting = second_steps::table.find(account).filter(second_steps::confirmed_at.is_null());
    let confirmed = diesel::update(waiting)
        .set((second_steps::confirmed_at.eq(now), second_steps::last_step.eq(step)))
        .execute(tx.conn())?;
    if confirmed == 0 {
        return Ok(false);
    }
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(tx.conn())?;
    for hash in recovery_hashes {
        diesel::insert_into(recovery_codes::table)
            .values((recovery_codes::account_id.eq(account), recovery_codes::code_hash.eq(&hash[..])))
            .execute(tx.conn())?;
    }
    Ok(true)
}

/// Turns the second step off, or forgets one that was begun. Answers whether there was one.
pub fn end_second_step(tx: &mut Tx<'_>, account: AccountId) -> Result<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(tx.conn())?;
    Ok(diesel::delete(second_steps::table.find(account)).execute(tx.conn())? > 0)
}

/// Takes a right code of time `step`; a second time, and after a later one, it is not taken.
pub fn take_code(tx: &mut Tx<'_>, account: AccountId, step: i64) -> Result<bool> {
    let later = second_steps::table
        .find(account)
        .filter(second_steps::confirmed_at.is_not_null())
        .filter(second_steps::last_step.lt(step));
    Ok(diesel::update(later).set(second_steps::last_step.eq(step)).execute(tx.conn())? > 0)
}

/// Takes a recovery code, which is gone afterwards.
pub fn take_recovery_code(tx: &mut Tx<'_>, account: AccountId, code_hash: &[u8]) -> Result<bool> {
    Ok(diesel::delete(recovery_codes::table.find((account, code_hash))).execute(tx.conn())? > 0)
}

/// How many recovery codes a person has left.
pub fn count_recovery_codes(conn: &mut Conn, account: AccountId) -> Result<i64> {
    Ok(recovery_codes::table.filter(recovery_codes::account_id.eq(account)).count().get_result(conn)?)
}
