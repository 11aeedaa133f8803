//! What somebody is told when they have a role, another one, or none any more: with a brand, or with the house.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{About, NotificationKind, forget, tell_about};
use crate::{
    db::{Conn, Tx, schema::notifications},
    domain::{
        AccountId, ActorId,
        accounts::{self, Account, AccountKind, GrantRole, Role, SecondPerson},
        brands, org,
        work::Job,
    },
    error::Result,
};

/// The roles that somebody has at this moment: what was told of an earlier one is told of these.
#[derive(Debug, Clone)]
pub struct Roles {
    own: ActorId,
    works_here: bool,
    house: Role,
    brands: HashMap<ActorId, GrantRole>,
}

impl Roles {
    /// Those of the person whose own actor this is; nothing where there is no such person.
    pub fn of(conn: &mut Conn, own: ActorId) -> Result<Option<Self>> {
        let Some(person) = accounts::find_by_actor(conn, own)? else { return Ok(None) };
        let works_here = person.kind == AccountKind::Employee;
        let brands = accounts::grants_of(conn, person.id)?.into_iter();
        Ok(Some(Self {
            own,
            works_here,
            house: if works_here { person.role } else { Role::Member },
            brands: brands.filter(|_| works_here).map(|grant| (grant.actor_id, grant.role)).collect(),
        }))
    }

    /// Of which brand somebody is told who is told by this actor; of the house, where that is their own.
    pub fn brand(&self, from: ActorId) -> Option<ActorId> {
        (from != self.own).then_some(from)
    }

    /// Who gave or took a role, for who works here: nobody else learns which colleague it was.
    pub fn giver(&self, by: Option<AccountId>) -> Option<AccountId> {
        by.filter(|_| self.works_here)
    }

    /// The role with that brand, or with the house; nothing where there is none that not everybody has.
    pub fn role(&self, brand: Option<ActorId>) -> Option<&'static str> {
        match brand {
            Some(brand) => self.brands.get(&brand).map(|role| role.as_str()),
            None => Some(self.house).filter(|role| *role != Role::Member).map(Role::as_str),
        }
    }
}

/// Who gave or took the role of which `owner` was told last by this actor; nobody, where the command line did, or the news
/// of it is gone.
pub fn giver_of(conn: &mut Conn, owner: ActorId, from: ActorId) -> Result<Option<AccountId>> {
    let told = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::kind.eq(NotificationKind::Role))
        .filter(notifications::from_id.eq(from));
    Ok(told.select(notifications::given_by).first::<Option<AccountId>>(conn).optional()?.flatten())
}

/// Gives a colleague a role on a brand or takes it away, as [`accounts::give_role`] does by the rules of the brand, and
/// tells them.
pub fn give_role(
    tx: &mut Tx<'_>,
    by: AccountId,
    brand: ActorId,
    username: &str,
    role: Option<GrantRole>,
) -> Result<()> {
    brands::hold_policy(tx, brand)?;
    let asks = brands::rules_of(tx.conn(), brand)?.can_be_weaker();
    let second = if asks { SecondPerson::Asked } else { SecondPerson::NotAsked };
    let (account, before) = accounts::give_role(tx, by, brand, username, role, second)?;
    tell_of_grant(tx, account.id, brand, before, role)
}

/// Does the same as whoever is at the server may: answers whether there was a role before.
pub fn appoint(tx: &mut Tx<'_>, account: AccountId, brand: ActorId, role: Option<GrantRole>) -> Result<bool> {
    let before = accounts::appoint(tx, account, brand, role)?;
    tell_of_grant(tx, account, brand, before, role)?;
    Ok(before.is_some())
}

fn tell_of_grant(
    tx: &mut Tx<'_>,
    account: AccountId,
    brand: ActorId,
    before: Option<GrantRole>,
    role: Option<GrantRole>,
) -> Result<()> {
    if before == role {
        return Ok(());
    }
    tell_of_role(tx, account, Some(brand), before.map(GrantRole::as_str))
}

/// Changes how a person belongs to the company and what they may do with the server, as [`org::set_role`] does, and tells
/// them where it is another role, and of the brands for which who works here no longer speaks no more.
pub fn set_role(tx: &mut Tx<'_>, account: AccountId, kind: AccountKind, role: Role) -> Result<()> {
    let before = accounts::get(tx.conn(), account)?.role;
    let granted = accounts::grants_of(tx.conn(), account)?;
    org::set_role(tx, account, kind, role)?;
    for grant in granted.into_iter().filter(|_| kind != AccountKind::Employee) {
        tell_of_grant(tx, account, grant.actor_id, Some(grant.role), None)?;
    }
    if before == role {
        return Ok(());
    }
    tell_of_role(tx, account, None, Some(before).filter(|before| *before != Role::Member).map(Role::as_str))
}

/// Gives a colleague another role with the server, for somebody who may, and tells them. Twice is once.
pub fn give_house_role(tx: &mut Tx<'_>, by: AccountId, username: &str, role: Role) -> Result<Account> {
    let colleague = accounts::hold_colleague(tx, by, username, role)?;
    if colleague.role != role {
        set_role(tx, colleague.id, colleague.kind, role)?;
    }
    accounts::get(tx.conn(), colleague.id)
}

/// Tells somebody that they have another role with a brand than `before`, or with the house: in the workroom in place of
/// what they were told of it before, and by letter. Not who did it themselves.
pub fn tell_of_role(tx: &mut Tx<'_>, account: AccountId, brand: Option<ActorId>, before: Option<&str>) -> Result<()> {
    if tx.behind() == Some(account.0) {
        return Ok(());
    }
    let own = accounts::get(tx.conn(), account)?.actor_id;
    let from = brand.unwrap_or(own);
    forget(tx, own, NotificationKind::Role, from, None)?;
    let given_by = tx.behind().map(AccountId);
    tell_about(tx, own, NotificationKind::Role, from, About { given_by, ..About::default() })?;
    for account in accounts::with_address(tx.conn(), &[account])? {
        tx.defer(&Job::TellOfRole { account, brand, before: before.map(ToOwned::to_owned) })?;
    }
    Ok(())
}
