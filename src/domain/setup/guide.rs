//! What the set-up still asks once the company exists: questions in the workroom, of whoever may change the company.

use super::super::{
    AccountId,
    accounts::{self, HouseRight},
    org,
};
use crate::{
    db::{Conn, Key, Tx},
    error::Result,
};

crate::text_enum! {
    /// A question that is asked after the company and its owner are there.
    Step {
        /// Its colour and its logo.
        Look = "look",
        /// Whether other servers find it.
        Check = "check",
        /// Who else is to come.
        People = "people",
        /// What it says first.
        Post = "post",
    }
}

/// The setting with what is still asked; nothing where all was answered.
const LEFT: &str = "setup.left";

/// What is still asked, in the order in which it is.
pub fn left(conn: &mut Conn) -> Result<Vec<Step>> {
    let left = org::setting(conn, LEFT)?.unwrap_or_default();
    Ok(left.split(' ').filter_map(|step| step.parse().ok()).collect())
}

/// The same, for whoever may answer.
pub fn left_for(conn: &mut Conn, by: AccountId) -> Result<Vec<Step>> {
    accounts::get(conn, by)?.need(HouseRight::ChangeCompany)?;
    left(conn)
}

/// Asks everything, of a company that has just come into being.
pub(super) fn begin(tx: &mut Tx<'_>) -> Result<()> {
    keep(tx, Step::ALL)
}

/// Asks this no more: it was answered, or is not to be. Twice is once.
pub fn settle(tx: &mut Tx<'_>, by: AccountId, step: Step) -> Result<Vec<Step>> {
    tx.lock(Key(LEFT, &[]))?;
    let mut left = left_for(tx.conn(), by)?;
    left.retain(|one| *one != step);
    keep(tx, &left)?;
    Ok(left)
}

/// Asks nothing any more.
pub fn end(tx: &mut Tx<'_>) -> Result<()> {
    keep(tx, &[])
}

fn keep(tx: &mut Tx<'_>, left: &[Step]) -> Result<()> {
    if left.is_empty() {
        return org::remove_setting(tx, LEFT);
    }
    let names: Vec<&str> = left.iter().map(|step| step.as_str()).collect();
    org::set_setting(tx, LEFT, &names.join(" "))
}
