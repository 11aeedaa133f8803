//! Looking logins up.

use diesel::{prelude::*, sql_types::BigInt};

use super::{Account, AccountKind, GrantRole, NamedAs, Role};
use crate::{
    db::{
        Among, Conn,
        schema::{accounts, actors, grants, limited_actors},
    },
    domain::{AccountId, ActorId, Site, actors::Actor, calendar::Week},
    error::{Error, Result},
    on_conn,
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

/// A name that is typed to sign in, in one spelling: that of a username is also that of its handle. What somebody's
/// e-mail address is cannot be seen from it.
pub fn spelling(site: &Site, name: &str) -> String {
    let name = name.trim().trim_start_matches('@').to_lowercase();
    match name.split_once('@') {
        Some((username, host)) if site.is_our_host(host) => username.to_owned(),
        _ => name,
    }
}

/// The login that somebody means by what they typed: their e-mail address, their username, or their whole handle.
pub fn find_by_name(conn: &mut Conn, site: &Site, name: &str) -> Result<Option<(Account, Actor)>> {
    let name = name.trim().trim_start_matches('@');
    let by_email = accounts::table
        .inner_join(actors::table)
        .filter(accounts::email_key.eq(name.to_lowercase()))
        .select((Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?;
    match (by_email, name.split_once('@')) {
        (Some(found), _) => Ok(Some(found)),
        (None, None) => find_by_username(conn, name),
        (None, Some((username, host))) if site.is_our_host(host) => find_by_username(conn, username),
        (None, Some(_)) => Ok(None),
    }
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

/// A week of those who came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Joined {
    /// Which week, as in [`Week`].
    #[diesel(sql_type = BigInt)]
    pub week: i64,
    /// How many came.
    #[diesel(sql_type = BigInt)]
    pub people: i64,
}

/// How many people came in each week from `first` on.
pub fn weekly(conn: &mut Conn, first: Week) -> Result<Vec<Joined>> {
    let query = format!(
        "SELECT {week} AS week, COUNT(*) AS people FROM accounts
         WHERE created_at >= {from} AND deleted_at IS NULL GROUP BY 1",
        week = Week::in_sql("created_at"),
        from = first.start().0,
    );
    Ok(on_conn!(conn, |c| diesel::sql_query(query).load(c))?)
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

/// Whether this is the own actor of an employee who may sign in; nothing when it is nobody's own, as brands are.
pub fn employee_behind(conn: &mut Conn, actor: ActorId) -> Result<Option<bool>> {
    let here = accounts::suspended_at.is_null().and(accounts::deleted_at.is_null());
    Ok(accounts::table
        .filter(accounts::actor_id.eq(actor))
        .select(accounts::kind.eq(AccountKind::Employee).and(here))
        .first(conn)
        .optional()?)
}

/// Employees who are here, let themselves be found, and are not limited.
macro_rules! listed {
    () => {
        accounts::table
            .inner_join(actors::table)
            .filter(accounts::kind.eq(AccountKind::Employee))
            .filter(accounts::suspended_at.is_null())
            .filter(accounts::deleted_at.is_null())
            .filter(actors::suspended_at.is_null())
            .filter(actors::deleted_at.is_null())
            .filter(actors::discoverable.eq(true))
            .filter(diesel::dsl::not(diesel::dsl::exists(limited_actors::table.find(actors::id))))
            .select(Actor::as_select())
    };
}

/// How many people work here: for whom the company's own posts are.
pub fn count_staff(conn: &mut Conn) -> Result<i64> {
    Ok(accounts::table
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::deleted_at.is_null())
        .count()
        .get_result(conn)?)
}

/// The employees who let themselves be found, by username.
pub fn list_staff(conn: &mut Conn, limit: i64) -> Result<Vec<Actor>> {
    Ok(listed!().order(actors::username_key.asc()).limit(limit).load(conn)?)
}

/// Those of them who wrote something last.
pub fn list_staff_lately(conn: &mut Conn, limit: i64) -> Result<Vec<Actor>> {
    Ok(listed!()
        .filter(actors::last_post_at.is_not_null())
        .order(actors::last_post_at.desc())
        .limit(limit)
        .load(conn)?)
}

/// Those of them who write for this brand and let themselves be named there, longest first: whose role is to write, and
/// of the others with a role those who `wrote`. Who only agrees to what others write is nobody's business outside.
pub fn list_writers(conn: &mut Conn, brand: ActorId, wrote: &[AccountId], limit: i64) -> Result<Vec<Actor>> {
    let writes = [GrantRole::Publisher, GrantRole::Contributor, GrantRole::Responder];
    let people = grants::table
        .filter(grants::actor_id.eq(brand))
        .filter(grants::role.among(writes).or(grants::account_id.among(wrote.to_vec())))
        .select(grants::account_id);
    Ok(listed!()
        .filter(accounts::named_as.eq(NamedAs::Name))
        .filter(accounts::id.eq_any(people))
        .order(accounts::id.asc())
        .limit(limit)
        .load(conn)?)
}

/// The own actors of employees who may sign in whose username begins as `typed` does, by username.
pub fn search_employees(conn: &mut Conn, typed: &str, limit: i64, offset: i64) -> Result<Vec<Actor>> {
    let start = typed.trim().trim_start_matches('@').to_lowercase();
    let pattern = format!("{}%", start.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    if start.is_empty() {
        return Ok(Vec::new());
    }
    Ok(accounts::table
        .inner_join(actors::table)
        .filter(actors::username_key.like(pattern).escape('\\'))
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::deleted_at.is_null())
        .order(actors::username_key)
        .limit(limit)
        .offset(offset)
        .select(Actor::as_select())
        .load(conn)?)
}

/// The own actors of those who moderate here and may sign in.
pub fn list_moderators(conn: &mut Conn) -> Result<Vec<ActorId>> {
    Ok(accounts::table
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(accounts::role.ne(Role::Member))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::deleted_at.is_null())
        .order(accounts::id)
        .select(accounts::actor_id)
        .load(conn)?)
}

/// Whether this is the own actor of somebody who moderates here and may sign in.
pub fn is_moderator(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    let query = accounts::table
        .filter(accounts::actor_id.eq(actor))
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(accounts::role.ne(Role::Member))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::deleted_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// Which of these actors are employees' own, in no order.
pub fn employees_among(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<ActorId>> {
    Ok(accounts::table
        .filter(accounts::actor_id.among(ids.to_vec()))
        .filter(accounts::kind.eq(AccountKind::Employee))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::deleted_at.is_null())
        .select(accounts::actor_id)
        .load(conn)?)
}

/// Which of these actors belong to people who have a login here and do not work here, such as customers, in no order.
pub fn guests_among(conn: &mut Conn, ids: &[ActorId]) -> Result<Vec<ActorId>> {
    Ok(accounts::table
        .filter(accounts::actor_id.among(ids.to_vec()))
        .filter(accounts::kind.ne(AccountKind::Employee))
        .select(accounts::actor_id)
        .load(conn)?)
}

/// Which of these people can be written a letter.
pub fn with_address(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<AccountId>> {
    Ok(accounts::table
        .filter(accounts::id.among(ids.to_vec()))
        .filter(accounts::email.is_not_null())
        .order(accounts::id)
        .select(accounts::id)
        .load(conn)?)
}

/// What these people are called: username and display name. Whoever was deleted has the name that nobody gets again.
pub fn names_of(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<(AccountId, String, String)>> {
    Ok(accounts::table
        .inner_join(actors::table)
        .filter(accounts::id.among(ids.to_vec()))
        .select((accounts::id, actors::username, actors::name))
        .load(conn)?)
}

/// The logins whose own actors these are, and those of these ids.
pub fn of_people(conn: &mut Conn, actors: &[ActorId], ids: &[AccountId]) -> Result<Vec<Account>> {
    Ok(accounts::table
        .filter(accounts::actor_id.among(actors.to_vec()).or(accounts::id.among(ids.to_vec())))
        .select(Account::as_select())
        .load(conn)?)
}
