//! What those who run the server do with the logins of others.

use super::{
    Account, AccountKind, HouseRight, Role, delete, find_by_username, get, keep_owner_who_signs_in, set_suspended,
};
use crate::{
    db::{Conn, Key, Tx},
    domain::AccountId,
    error::{Error, Result},
};

/// Somebody's login by username, for who has a right over such people. Who has it over nobody hears that, whoever there
/// is.
fn find_somebody(
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
    Ok(other)
}

/// The same of somebody else.
fn find_other(
    conn: &mut Conn,
    by: AccountId,
    username: &str,
    least: HouseRight,
    right: impl Fn(&Account) -> HouseRight,
) -> Result<Account> {
    let other = find_somebody(conn, by, username, least, right)?;
    if other.id == by {
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

/// A colleague to whom this person may give such a role with the server. Owners are made and unmade by owners, the
/// other roles are given by admins too; only employees have one; and nobody changes their own, but an owner who steps
/// down.
fn find_colleague(conn: &mut Conn, by: AccountId, username: &str, role: Role) -> Result<Account> {
    let right = |other: &Account| HouseRight::to_change(other.house_role(), role);
    let colleague = find_somebody(conn, by, username, HouseRight::ChangeRoles, right)?;
    if colleague.kind != AccountKind::Employee {
        let told = "Only employees have a role with the server, and this person does not work here.";
        return Err(Error::invalid("account.employees", told));
    }
    if colleague.id == by && colleague.role != Role::Owner {
        let told = "Nobody changes what they may do themselves. Ask an owner or admin.";
        return Err(Error::forbidden("account.own", told));
    }
    Ok(colleague)
}

/// The same, of whom nobody else changes anything until this transaction ends; nor does anybody become owner meanwhile,
/// or stop to be one. Whoever steps down leaves an owner behind who can sign in.
pub fn hold_colleague(tx: &mut Tx<'_>, by: AccountId, username: &str, role: Role) -> Result<Account> {
    let colleague = find_colleague(tx.conn(), by, username, role)?;
    tx.lock(Key("account.tokens", &[colleague.id.0]))?;
    tx.lock(Key("account.owners", &[]))?;
    let colleague = find_colleague(tx.conn(), by, username, role)?;
    if colleague.id == by && role != Role::Owner {
        keep_owner_who_signs_in(tx.conn(), by)?;
    }
    Ok(colleague)
}
