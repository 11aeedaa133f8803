//! The people who have a login here and what they may do for brands, as those see it who run the server or a brand.

use diesel::prelude::*;

use super::{
    Account, Grant, GrantRole, HouseRight, Right, find, find_by_username, get, grant, grants::find_grant, need_right,
    people_with, revoke_grant, rights::no_brand, role_on,
};
use crate::{
    db::{
        Among, Conn, Key, Tx,
        schema::{accounts, actors as actors_table, grants},
    },
    domain::{AccountId, ActorId, Page, actors::Actor},
    error::{Error, Result},
};

/// A login with its actor, and every role on a brand.
#[derive(Debug)]
pub struct Somebody {
    /// The login.
    pub account: Account,
    /// Its own actor.
    pub actor: Actor,
    /// The roles, by brand.
    pub grants: Vec<Grant>,
}

fn with_grants(conn: &mut Conn, found: Vec<(Account, Actor)>) -> Result<Vec<Somebody>> {
    let ids: Vec<AccountId> = found.iter().map(|(account, _)| account.id).collect();
    let roles: Vec<Grant> = grants::table
        .filter(grants::account_id.among(ids))
        .order((grants::account_id, grants::actor_id))
        .select(Grant::as_select())
        .load(conn)?;
    let of = |account: &Account| roles.iter().filter(|role| role.account_id == account.id).cloned().collect();
    Ok(found.into_iter().map(|(account, actor)| Somebody { grants: of(&account), account, actor }).collect())
}

/// A page of those who have a login and were not deleted, newest first, for who may lock out customers. Two queries.
pub fn people(conn: &mut Conn, by: AccountId, page: &Page) -> Result<Vec<Somebody>> {
    get(conn, by)?.need(HouseRight::SuspendCustomer)?;
    let (above, below) = page.bounds();
    let mut query = accounts::table
        .inner_join(actors_table::table)
        .filter(accounts::deleted_at.is_null())
        .filter(accounts::id.gt(above))
        .filter(accounts::id.lt(below))
        .limit(page.limit)
        .select((Account::as_select(), Actor::as_select()))
        .into_boxed();
    query = if page.upwards() { query.order(accounts::id.asc()) } else { query.order(accounts::id.desc()) };
    let mut found: Vec<(Account, Actor)> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    with_grants(conn, found)
}

/// Everybody who has a role on a brand, those with one for longest first, for who has one too.
pub fn people_of_brand(conn: &mut Conn, by: AccountId, brand: ActorId) -> Result<Vec<(Account, Actor, GrantRole)>> {
    role_on(conn, by, brand)?.ok_or_else(no_brand)?;
    Ok(grants::table
        .inner_join(accounts::table.inner_join(actors_table::table))
        .filter(grants::actor_id.eq(brand))
        .filter(accounts::deleted_at.is_null())
        .order((grants::created_at, grants::account_id))
        .select((Account::as_select(), Actor::as_select(), grants::role))
        .load(conn)?)
}

/// Whether a role makes somebody the second person that rules ask for.
const fn is_second(role: GrantRole) -> bool {
    role.may(Right::Approve) || role.may(Right::ChangePolicy) || role.may(Right::Override)
}

/// Whether the rules of a brand ask at this moment for somebody besides whoever writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondPerson {
    /// Something waits for their approval, or may.
    Asked,
    /// Nothing does.
    NotAsked,
}

/// Gives a colleague a role on a brand, in place of the one they had, or takes it away, for who manages the brand's
/// people. Owners are made and unmade by owners; nobody changes what they may themselves; and where somebody else already
/// is the second person that rules ask for, whoever invited somebody does not make them another one. The last of them goes
/// only where no rules ask for one. Answers whose role it is, and which one they had.
pub fn give_role(
    tx: &mut Tx<'_>,
    by: AccountId,
    brand: ActorId,
    username: &str,
    role: Option<GrantRole>,
    second: SecondPerson,
) -> Result<(Account, Option<GrantRole>)> {
    need_right(tx.conn(), by, brand, Right::ManageGrants)?;
    tx.lock(Key("brand.grants", &[brand.0]))?;
    // As it is now that nobody else changes it.
    let own = need_right(tx.conn(), by, brand, Right::ManageGrants)?;
    let (account, _) = find_by_username(tx.conn(), username)?
        // Who is suspended keeps their roles for the day on which that ends: they can be taken, and none is given.
        .filter(|(account, _)| account.deleted_at.is_none() && (role.is_none() || account.suspended_at.is_none()))
        .ok_or_else(|| Error::not_found("account.not_found", "There is no such account."))?;
    if account.id == by {
        let told = "Nobody changes what they may do themselves. Ask a colleague who manages this brand.";
        return Err(Error::forbidden("grant.own", told));
    }
    let before = find_grant(tx.conn(), account.id, brand)?;
    if own != GrantRole::Owner && (before == Some(GrantRole::Owner) || role == Some(GrantRole::Owner)) {
        let told = "Only owners of the brand make others owner, or take that role away.";
        return Err(Error::forbidden("grant.owner", told));
    }
    if before == role {
        return Ok((account, before));
    }
    if second == SecondPerson::Asked
        && before.is_some_and(is_second)
        && !role.is_some_and(is_second)
        && !has_second(tx.conn(), brand, &[by, account.id])?
    {
        let told = format!(
            "@{username} is the only other person who may approve or change rules here, and the rules of this brand ask for \
             approval. Give somebody else such a role first, or do it on the command line: guildhall grant."
        );
        return Err(Error::forbidden("role.last_second_person", told));
    }
    if role.is_some_and(is_second)
        && came_by(tx.conn(), &account, by)?
        && has_second(tx.conn(), brand, &[by, account.id])?
    {
        let told = format!(
            "@{username} came by your invitation, so somebody else who manages this brand has to give a role that approves or changes \
             rules."
        );
        return Err(Error::forbidden("role.second_person", told));
    }
    appoint(tx, account.id, brand, role)?;
    Ok((account, before))
}

/// Gives a person a role on a brand, in place of the one they had, or takes it away. Answers which one they had.
pub fn appoint(
    tx: &mut Tx<'_>,
    account: AccountId,
    brand: ActorId,
    role: Option<GrantRole>,
) -> Result<Option<GrantRole>> {
    let before = find_grant(tx.conn(), account, brand)?;
    match role {
        Some(role) => grant(tx, account, brand, role)?,
        None => revoke_grant(tx, account, brand).map(drop)?,
    }
    Ok(before)
}

/// Whether somebody came by an invitation of this person, or of somebody who came by one of theirs.
pub(super) fn came_by(conn: &mut Conn, account: &Account, by: AccountId) -> Result<bool> {
    let (mut inviter, mut seen) = (account.invited_by, Vec::new());
    while let Some(id) = inviter {
        if id == by {
            return Ok(true);
        }
        if seen.contains(&id) {
            break;
        }
        seen.push(id);
        inviter = find(conn, id)?.and_then(|account| account.invited_by);
    }
    Ok(false)
}

/// Whether anybody but these may approve for the brand, or change its rules.
fn has_second(conn: &mut Conn, brand: ActorId, but: &[AccountId]) -> Result<bool> {
    for right in [Right::Approve, Right::ChangePolicy, Right::Override] {
        if people_with(conn, &[brand], right)?.iter().any(|(_, other)| !but.contains(other)) {
            return Ok(true);
        }
    }
    Ok(false)
}
