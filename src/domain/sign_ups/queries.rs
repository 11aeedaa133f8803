//! Looking up who signed up.

use diesel::{dsl::exists, prelude::*};

use super::{SignUp, SignUpId, UNANSWERED, UNCONFIRMED, accounts, nobody_waits};
use crate::{
    db::{
        Among, Conn, Key, Timestamp, Tx,
        schema::{sign_up_refusals, sign_ups},
    },
    domain::{AccountId, AppId, Page, RefusalId, Site, accounts::HouseRight},
    error::Result,
};

/// Refuses who may not answer; nobody is the command line.
fn need(conn: &mut Conn, by: Option<AccountId>) -> Result<()> {
    by.map_or(Ok(()), |by| accounts::get(conn, by)?.need(HouseRight::AnswerSignUps))
}

/// Who waits for an answer under this number, for somebody who may give it.
pub fn get_for(conn: &mut Conn, by: Option<AccountId>, id: SignUpId) -> Result<SignUp> {
    need(conn, by)?;
    let waits = sign_ups::table.find(id).filter(sign_ups::confirmed_at.is_not_null());
    waits.select(SignUp::as_select()).first(conn).optional()?.ok_or_else(nobody_waits)
}

/// Who waits for an answer under this username.
pub fn get_waiting(conn: &mut Conn, username: &str) -> Result<SignUp> {
    let key = accounts::typed_username(username).to_lowercase();
    let waits = sign_ups::table.filter(sign_ups::username_key.eq(key)).filter(sign_ups::confirmed_at.is_not_null());
    waits.select(SignUp::as_select()).first(conn).optional()?.ok_or_else(nobody_waits)
}

/// A page of those who wait for an answer, newest first.
pub fn list(conn: &mut Conn, by: Option<AccountId>, page: &Page) -> Result<Vec<SignUp>> {
    need(conn, by)?;
    let (above, below) = page.bounds();
    let mut query = sign_ups::table
        .filter(sign_ups::confirmed_at.is_not_null())
        .filter(sign_ups::id.gt(above))
        .filter(sign_ups::id.lt(below))
        .limit(page.limit)
        .select(SignUp::as_select())
        .into_boxed();
    query = if page.upwards() { query.order(sign_ups::id.asc()) } else { query.order(sign_ups::id.desc()) };
    let mut found: Vec<SignUp> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    Ok(found)
}

/// Who holds the secret with this hash.
pub fn find_by_secret(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<SignUp>> {
    let found = sign_ups::table.filter(sign_ups::secret_hash.eq(secret_hash));
    Ok(found.select(SignUp::as_select()).first(conn).optional()?)
}

/// Who waits under a name that somebody typed to sign in: their username, or the address that they confirmed. Who only says
/// that an address is theirs is not found by it, or could ask here whose it is.
pub fn awaits(conn: &mut Conn, site: &Site, name: &str) -> Result<Option<SignUp>> {
    let spelled = accounts::spelling(site, name);
    let by_address = sign_ups::email_key.eq(&spelled).and(sign_ups::confirmed_at.is_not_null());
    let found = sign_ups::table.filter(sign_ups::username_key.eq(&spelled).or(by_address));
    Ok(found.order(sign_ups::id.desc()).select(SignUp::as_select()).first(conn).optional()?)
}

/// Whether somebody else waits who confirmed this address.
pub(super) fn is_confirmed(conn: &mut Conn, email_key: &str, other_than: SignUpId) -> Result<bool> {
    let others = sign_ups::table.filter(sign_ups::email_key.eq(email_key)).filter(sign_ups::id.ne(other_than));
    Ok(diesel::select(exists(others.filter(sign_ups::confirmed_at.is_not_null()))).get_result(conn)?)
}

/// No token will be made of this secret any more: the app gave it back. Nothing where it is another app's, or nobody's.
pub fn give_back(tx: &mut Tx<'_>, client: Option<AppId>, secret_hash: &[u8]) -> Result<()> {
    let Some(client) = client else { return Ok(()) };
    let Some(found) = find_by_secret(tx.conn(), secret_hash)? else { return Ok(()) };
    tx.lock(Key("sign_up", &[found.id.0]))?;
    diesel::update(sign_ups::table.find(found.id).filter(sign_ups::app_id.eq(client)))
        .set(sign_ups::app_id.eq(None::<AppId>))
        .execute(tx.conn())?;
    Ok(())
}

/// Forgets whose time is over; answers how many.
pub fn prune(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let (unconfirmed, unanswered): (Timestamp, Timestamp) = (tx.now().minus(UNCONFIRMED), tx.now().minus(UNANSWERED));
    let never = sign_ups::confirmed_at.is_null().and(sign_ups::created_at.le(unconfirmed));
    let over = never.or(sign_ups::confirmed_at.is_not_null().and(sign_ups::created_at.le(unanswered)));
    let over: Vec<SignUpId> = sign_ups::table.filter(over).select(sign_ups::id).limit(limit).load(tx.conn())?;
    let refused: Vec<RefusalId> = sign_up_refusals::table
        .filter(sign_up_refusals::created_at.le(unconfirmed))
        .select(sign_up_refusals::id)
        .limit(limit)
        .load(tx.conn())?;
    let forgotten = diesel::delete(sign_ups::table.filter(sign_ups::id.among(over))).execute(tx.conn())?;
    let refused = sign_up_refusals::table.filter(sign_up_refusals::id.among(refused));
    Ok(forgotten + diesel::delete(refused).execute(tx.conn())?)
}
