//! Another password for who forgot theirs, by a link in a letter.

use std::time::Duration;

use diesel::prelude::*;

use super::{Account, find_by_name, get, set_password, spelling};
use crate::{
    db::{
        Among, Conn, Key, Timestamp, Tx,
        schema::{accounts, actors, password_resets},
    },
    domain::{AccountId, ResetId, Site, actors::Actor, work::Job},
    error::{Error, Result},
};

/// How long the link in a letter works.
pub const RESET_LASTS: Duration = Duration::from_secs(3600);
/// How much of a name is read: no address of a mailbox is longer.
const NAME: usize = 320;
/// How many letters one person gets in that time, whoever asks for them.
const LETTERS: i64 = 3;

/// Asks for a letter with a link. Nobody is told whether there is such an account, or whether it has an address, nor by
/// how long this takes: who is meant is looked up later, whoever it is.
pub fn ask_for_reset(tx: &mut Tx<'_>, site: &Site, name: &str) -> Result<()> {
    let name = spelling(site, name).chars().filter(|sign| !sign.is_control()).take(NAME).collect();
    tx.defer(&Job::SendReset { name })
}

/// Who is meant by a name under which somebody asked for a letter, if they can have one.
pub fn find_for_reset(conn: &mut Conn, site: &Site, name: &str) -> Result<Option<AccountId>> {
    let found = find_by_name(conn, site, name)?;
    let reached =
        |(account, actor): &(Account, Actor)| account.is_active() && actor.is_active() && account.email.is_some();
    Ok(found.filter(reached).map(|(account, _)| account.id))
}

/// Writes a link down that is about to be sent, by the hash of its secret. Nobody when the person is gone or suspended
/// meanwhile, has no address, or got enough letters.
pub fn open_reset(tx: &mut Tx<'_>, account: AccountId, secret_hash: &[u8; 32]) -> Result<Option<Account>> {
    tx.lock(Key("account.tokens", &[account.0]))?;
    let (person, now) = (get(tx.conn(), account)?, tx.now());
    let lately: i64 = password_resets::table
        .filter(password_resets::account_id.eq(account))
        .filter(password_resets::created_at.gt(now.minus(RESET_LASTS)))
        .count()
        .get_result(tx.conn())?;
    if lately >= LETTERS || !person.is_active() || person.email.is_none() {
        return Ok(None);
    }
    diesel::insert_into(password_resets::table)
        .values((
            password_resets::id.eq(ResetId(tx.new_id())),
            password_resets::secret_hash.eq(&secret_hash[..]),
            password_resets::account_id.eq(account),
            password_resets::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(Some(person))
}

/// Forgets a link that was never sent: it counts for nothing.
pub fn forget_reset(tx: &mut Tx<'_>, secret_hash: &[u8; 32]) -> Result<()> {
    diesel::delete(password_resets::table.filter(password_resets::secret_hash.eq(&secret_hash[..])))
        .execute(tx.conn())?;
    Ok(())
}

/// Whose link this is; refused when it does not work any more.
pub fn find_reset(conn: &mut Conn, secret_hash: &[u8; 32], now: Timestamp) -> Result<(Account, Actor)> {
    let row: Option<(Account, Actor)> = password_resets::table
        .inner_join(accounts::table.inner_join(actors::table))
        .filter(password_resets::secret_hash.eq(&secret_hash[..]))
        .filter(password_resets::ended_at.is_null())
        .filter(password_resets::created_at.gt(now.minus(RESET_LASTS)))
        .select((Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?;
    row.filter(|(account, actor)| account.is_active() && actor.is_active())
        .ok_or_else(|| Error::not_found("reset.ended", "This link was used already, or it is too old."))
}

/// Sets another password by a link: whatever was signed in ends, and so does every link.
pub fn take_reset(tx: &mut Tx<'_>, secret_hash: &[u8; 32], password_hash: &str) -> Result<()> {
    let now = tx.now();
    let (account, _) = find_reset(tx.conn(), secret_hash, now)?;
    tx.lock(Key("account.tokens", &[account.id.0]))?;
    // Somebody may have been faster while we waited for the lock.
    find_reset(tx.conn(), secret_hash, now)?;
    set_password(tx, account.id, password_hash)
}

/// Ends every link that a person was sent.
pub(super) fn end_resets(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let now = tx.now();
    diesel::update(
        password_resets::table
            .filter(password_resets::account_id.eq(account))
            .filter(password_resets::ended_at.is_null()),
    )
    .set(password_resets::ended_at.eq(now))
    .execute(tx.conn())?;
    Ok(())
}

/// Forgets links that work no more; answers how many.
pub fn prune_resets(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let old = tx.now().minus(RESET_LASTS);
    let ended = password_resets::table
        .filter(password_resets::created_at.lt(old))
        .select(password_resets::id)
        .limit(limit)
        .load::<ResetId>(tx.conn())?;
    Ok(diesel::delete(password_resets::table.filter(password_resets::id.among(ended))).execute(tx.conn())?)
}
