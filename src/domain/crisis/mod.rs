//! Crisis mode: one switch for the bad day. Everything that waits to be published as a brand is held, every brand
//! publishes only what a second person approved, and one statement stands on top of the company's pages.
//!
//! Whoever may do so begins it ([`start`]); two end it ([`ask_end`], [`confirm_end`]), and nothing that was held goes by
//! itself then. Whether it is on, and what it asks for, says `brands::crisis`, which everything asks that publishes as
//! a brand: at the click, and when its time has come. What people write as themselves is theirs.

mod end;
mod start;

use std::time::Duration;

pub use end::{Asked, ask_end, confirm_end, drop_end};
pub use start::{REASON, STATEMENT, change_statement, start};

use super::{
    AccountId, accounts,
    audit::{About, Act, Entry},
    brands::{self, Crisis},
    org, posts,
    work::tell_of_act,
};
use crate::{
    db::{Conn, Timestamp, Tx},
    error::{Error, Result},
};

/// How long the wish to end crisis mode waits for a second person.
pub const WAITS: Duration = Duration::from_secs(3600);

/// The crisis that there is.
fn get(conn: &mut Conn) -> Result<Crisis> {
    brands::crisis(conn)?.ok_or_else(|| Error::conflict("crisis.off", "Crisis mode is not on."))
}

/// Until when somebody else may agree to end it, where that was asked for and is not too long ago.
pub fn end_waits(crisis: &Crisis, now: Timestamp) -> Option<Timestamp> {
    crisis.end_asked_at.map(|asked| asked.plus(WAITS)).filter(|until| *until > now)
}

/// The public post that a statement is, as long as everybody may read it.
pub fn statement_post(conn: &mut Conn, statement: &org::Statement) -> Result<Option<posts::Post>> {
    let org::Statement::Post(id) = statement else { return Ok(None) };
    Ok(posts::find(conn, *id)?.filter(|post| post.audience == super::Audience::Public))
}

/// Writes down what was done, and writes to these people.
fn note(
    tx: &mut Tx<'_>,
    act: Act,
    reason: Option<&str>,
    details: serde_json::Value,
    told: Vec<AccountId>,
) -> Result<()> {
    tell_of_act(tx, &Entry { act, about: About::Company, brand: None, reason, details }, told)
}

/// Everybody whom it concerns that crisis mode begins and ends, but for whoever does it: who has a role on a brand, and
/// who runs the server.
fn concerned(conn: &mut Conn, but: Option<AccountId>) -> Result<Vec<AccountId>> {
    let mut people = accounts::people_on_brands(conn)?;
    people.extend(accounts::crisis_handlers(conn)?);
    people.sort();
    people.dedup();
    people.retain(|person| Some(*person) != but);
    Ok(people)
}

/// Whether somebody hears of crisis mode: everybody who works here.
pub fn may_hear(account: &accounts::Account) -> bool {
    account.is_active() && account.kind == accounts::AccountKind::Employee
}

/// Refuses whoever may not; the command line may.
fn need(tx: &mut Tx<'_>, by: Option<AccountId>) -> Result<()> {
    match by {
        Some(person) => accounts::need_crisis_handler(tx.conn(), person),
        None => Ok(()),
    }
}
