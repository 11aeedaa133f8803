//! What those who run the server do with the logins of others.

use super::{Account, HouseRight, delete, find_by_username, get, set_suspended};
use crate::{
    db::{Conn, Key, Tx},
    domain::AccountId,
    error::{Error, Result},
};

/// Somebody else's login by username, for who has a right over such people. Who has it over nobody hears that, whoever
/// there is.
fn find_other(
    conn: &mut Conn,
    by: AccountId,
    username: &str,
    least: HouseRight,
    right: impl Fn(&Account) -> HouseRight,
) -> Result<Account> {
    let by = get(conn, by)?;
    by.need(least)?;
    let found = find_by_username(conn, username)?.map(|(account, _)| account);
    let other = found
        .filter(|account| account.deleted_at.is_none())
        .ok_or_else(|| Error::not_found("account.not_found", "There is no such account."))?;
    by.need(right(&other))?;
    if other.id == by.id {
        return Err(Error::forbidden("account.own", "This is your own account. Ask a colleague who may do this."));
    }
    Ok(other)
}

/// The same, of whom nobody else changes anything until this transaction ends.
fn get_other(
    tx: &mut Tx<'_>,
    by: AccountId,
    username: &str,
    least: HouseRight,
    right: impl Fn(&Account) -> HouseRight,
) -> Result<Account> {
    let other = find_other(tx.conn(), by, username, least, &right)?;
    tx.lock(Key("account.tokens", &[other.id.0]))?;
    find_other(tx.conn(), by, username, least, right)
}

/// Locks somebody out and hides them, or ends that, for somebody who may. Twice is once.
pub fn suspend_for(tx: &mut Tx<'_>, by: AccountId, username: &str, suspended: bool) -> Result<Account> {
    let right = |other: &Account| HouseRight::to_suspend(other.kind, other.role);
    let other = get_other(tx, by, username, HouseRight::SuspendCustomer, right)?;
    if other.suspended_at.is_some() != suspended {
        set_suspended(tx, other.id, suspended)?;
    }
    get(tx.conn(), other.id)
}

/// Deletes somebody's login and actor, for somebody who may. What they wrote is taken away by a job.
pub fn delete_for(tx: &mut Tx<'_>, by: AccountId, username: &str) -> Result<Account> {
    let right = |other: &Account| HouseRight::to_delete(other.role);
    let other = get_other(tx, by, username, HouseRight::DeleteAccount, right)?;
    delete(tx, other.id)?;
    get(tx.conn(), other.id)
}
