//! Looking logins up.

use diesel::prelude::*;

use super::{Account, AccountKind};
use crate::{
    db::{
        Conn,
        schema::{accounts, actors},
    },
    domain::{AccountId, ActorId, actors::Actor},
    error::{Error, Result},
};

/// The login of this id.
pub fn find(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    Ok(accounts::table.find(id).select(Account::as_select()).first(conn).optional()?)
}

/// The login of this id, or not found.
pub fn get(conn: &mut Conn, id: AccountId) -> Result<Account> {
    find(conn, id)?.ok_or_else(|| Error::not_found("account.not_found", "There is no such account."))
}

/// The login whose own actor this is.
pub fn find_by_actor(conn: &mut Conn, actor: ActorId) -> Result<Option<Account>> {
    Ok(accounts::table.filter(accounts::actor_id.eq(actor)).select(Account::as_select()).first(conn).optional()?)
}

/// The login with this username, whatever its case, and its actor.
pub fn find_by_username(conn: &mut Conn, username: &str) -> Result<Option<(Account, Actor)>> {
    Ok(accounts::table
        .inner_join(actors::table)
        .filter(actors::host.eq(""))
        .filter(actors::username_key.eq(username.trim_start_matches('@').to_lowercase()))
        .select((Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?)
}

/// Every login that was not deleted, oldest first, with its actor.
pub fn list(conn: &mut Conn) -> Result<Vec<(Account, Actor)>> {
    Ok(accounts::table
        .inner_join(actors::table)
        .filter(accounts::deleted_at.is_null())
        .order(accounts::id)
        .select((Account::as_select(), Actor::as_select()))
        .load(conn)?)
}

/// Whether this is the own actor of an employee who may sign in. Customers, brands and strangers are not.
pub fn is_employee(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    let query = accounts::table
        .filter(accounts::actor_id.eq(actor))
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::deleted_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}
