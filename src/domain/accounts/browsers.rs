//! Browsers in which somebody signed in, each with a secret in a cookie.

use std::time::Duration;

use diesel::prelude::*;

use super::{Account, get, tokens::end_tokens_of_browsers};
use crate::{
    db::{
        Among, Conn, Key, Timestamp, Tx,
        schema::{accounts, actors, browsers},
    },
    domain::{AccountId, BrowserId, actors::Actor},
    error::{Error, Result},
};

const DAY: u64 = 24 * 3600;
/// Who does not come for so long signs in again.
const IDLE: Duration = Duration::from_secs(14 * DAY);
/// Everybody signs in again after so long.
pub const BROWSER_LASTS: Duration = Duration::from_secs(60 * DAY);
/// How long after the password the code of the second step may come, and how many wrong ones.
const CODE_DUE: Duration = Duration::from_secs(600);
const WRONG_CODES: i32 = 5;
/// How exactly it is known when somebody came last: each time would be a row to write.
const SEEN: Duration = Duration::from_secs(600);

/// A browser as it is stored; the secret itself is not.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = browsers)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Browser {
    pub id: BrowserId,
    pub account_id: AccountId,
    pub name: String,
    pub code_due: bool,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
}

impl Browser {
    fn works(&self, now: Timestamp) -> bool {
        let lasts = if self.code_due { CODE_DUE } else { BROWSER_LASTS };
        now.since(self.created_at) < lasts && now.since(self.seen_at) < IDLE
    }

    /// Whether it is time to write down that somebody came.
    pub fn is_to_be_seen(&self, now: Timestamp) -> bool {
        !self.code_due && now.since(self.seen_at) >= SEEN
    }
}

/// What is needed to sign somebody in.
#[derive(Debug, Clone)]
pub struct NewBrowser {
    /// Who.
    pub account: AccountId,
    /// The hash of the password when it, or a passkey, was found right. When it is another one by now, nobody is signed in.
    pub password_hash: Option<String>,
    /// How the person knows it again, such as “Firefox on Linux”.
    pub name: String,
    /// The SHA-256 of its new secret.
    pub secret_hash: [u8; 32],
    /// The code of the second step is still to come.
    pub code_due: bool,
    /// The SHA-256 of the secret that the browser had before, where it may have had one. It ends: nobody who knew it
    /// gets in with it.
    pub before: Option<[u8; 32]>,
}

/// Signs somebody in. Refuses when the password was changed since it was looked at: that signed everybody out.
pub fn open_browser(tx: &mut Tx<'_>, new: &NewBrowser) -> Result<()> {
    tx.lock(Key("account.tokens", &[new.account.0]))?;
    if get(tx.conn(), new.account)?.password_hash != new.password_hash {
        return Err(Error::conflict("sign_in.changed", "The password was changed meanwhile. Sign in again."));
    }
    if let Some(before) = new.before {
        let before: Vec<BrowserId> =
            browsers::table.filter(browsers::secret_hash.eq(&before[..])).select(browsers::id).load(tx.conn())?;
        end_browsers(tx, &before)?;
    }
    let (id, now) = (BrowserId(tx.new_id()), tx.now());
    diesel::insert_into(browsers::table)
        .values((
            browsers::id.eq(id),
            browsers::secret_hash.eq(&new.secret_hash[..]),
            browsers::account_id.eq(new.account),
            browsers::name.eq(&new.name),
            browsers::code_due.eq(new.code_due),
            browsers::created_at.eq(now),
            browsers::seen_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Who is signed in where this secret is, whether or not their code is still to come. Nobody when it was too long
/// ago, or the person is suspended or deleted.
pub fn find_browser(conn: &mut Conn, secret_hash: &[u8], now: Timestamp) -> Result<Option<(Browser, Account, Actor)>> {
    let row: Option<(Browser, Account, Actor)> = browsers::table
        .inner_join(accounts::table.inner_join(actors::table))
        .filter(browsers::secret_hash.eq(secret_hash))
        .select((Browser::as_select(), Account::as_select(), Actor::as_select()))
        .first(conn)
        .optional()?;
    Ok(row.filter(|(browser, account, actor)| browser.works(now) && account.is_active() && actor.is_active()))
}

/// Writes down that somebody came.
pub fn see_browser(tx: &mut Tx<'_>, id: BrowserId) -> Result<()> {
    let now = tx.now();
    diesel::update(browsers::table.find(id)).set(browsers::seen_at.eq(now)).execute(tx.conn())?;
    Ok(())
}

/// Counts a wrong code of the second step; after some the password is asked for again. Answers whether it goes on.
pub fn count_wrong_code(tx: &mut Tx<'_>, id: BrowserId) -> Result<bool> {
    diesel::update(browsers::table.find(id))
        .set(browsers::wrong_codes.eq(browsers::wrong_codes + 1))
        .execute(tx.conn())?;
    let ended = diesel::delete(browsers::table.find(id).filter(browsers::wrong_codes.ge(WRONG_CODES)));
    Ok(ended.execute(tx.conn())? == 0)
}

/// Signs a person out in one of their browsers.
pub fn close_browser(tx: &mut Tx<'_>, account: AccountId, id: BrowserId) -> Result<()> {
    // It may be getting a token at this moment.
    tx.lock(Key("account.tokens", &[account.0]))?;
    let ended = diesel::delete(browsers::table.find(id).filter(browsers::account_id.eq(account))).execute(tx.conn())?;
    if ended == 0 {
        return Err(Error::not_found("browser.not_found", "You are not signed in there any more."));
    }
    end_tokens_of_browsers(tx, &[id])
}

/// Ends browsers, with what they act by; answers how many.
fn end_browsers(tx: &mut Tx<'_>, ended: &[BrowserId]) -> Result<usize> {
    end_tokens_of_browsers(tx, ended)?;
    Ok(diesel::delete(browsers::table.filter(browsers::id.among(ended))).execute(tx.conn())?)
}

/// The browsers in which a person is signed in, the one that was used last first.
pub fn browsers_of(conn: &mut Conn, account: AccountId, now: Timestamp) -> Result<Vec<Browser>> {
    let all: Vec<Browser> = browsers::table
        .filter(browsers::account_id.eq(account))
        .filter(browsers::code_due.eq(false))
        .order((browsers::seen_at.desc(), browsers::id.desc()))
        .select(Browser::as_select())
        .load(conn)?;
    Ok(all.into_iter().filter(|browser| browser.works(now)).collect())
}

/// Forgets browsers in which nobody is signed in any more; answers how many.
pub fn prune_browsers(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let now = tx.now();
    let ended = browsers::table
        .filter(
            browsers::seen_at
                .lt(now.minus(IDLE))
                .or(browsers::created_at.lt(now.minus(BROWSER_LASTS)))
                .or(browsers::code_due.eq(true).and(browsers::created_at.lt(now.minus(CODE_DUE)))),
        )
        .select(browsers::id)
        .limit(limit)
        .load::<BrowserId>(tx.conn())?;
    end_browsers(tx, &ended)
}
