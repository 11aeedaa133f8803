//! Acts of which people get a letter.

use super::Job;
use crate::{
    db::Tx,
    domain::{
        AccountId,
        audit::{self, Entry},
    },
    error::Result,
};

/// Writes down an act, and sends each of these a letter that says what the entry says.
pub fn tell_of_act(tx: &mut Tx<'_>, entry: &Entry<'_>, told: Vec<AccountId>) -> Result<()> {
    audit::record_then(tx, entry, |tx, entry| {
        told.into_iter().try_for_each(|account| tx.defer(&Job::TellOfAct { entry, account }))
    })
}
