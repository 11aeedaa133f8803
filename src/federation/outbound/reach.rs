//! Whom a post would reach, before it is written: it is written, addressed as any other, and taken back in the same
//! transaction, so what is told is what is owed.

use super::{Inbox, compose::message};
use crate::{
    app::App,
    db::Tx,
    domain::{
        By, actors,
        posts::{self, NewPost},
        work::Change,
    },
    error::{Error, Result},
};

/// The inboxes to which a new post would be delivered: each once, in a fixed order; none for what stays inside. Refuses
/// what could not be published; whether colleagues must agree to it first is not asked.
pub fn reach(tx: &mut Tx<'_>, app: &App, by: &By, new: &NewPost) -> Result<Vec<Inbox>> {
    let mut found = None;
    let undone = tx.attempt(|tx| {
        let mut draft = posts::compose(tx, &app.site, by, new)?;
        draft.approved = true;
        let post = posts::create(tx, &app.site, by, &draft)?;
        let (author, now) = (actors::get(tx.conn(), by.actor())?, tx.now());
        let message = message(tx.conn(), app, author, &[], &Change::PostCreated { post }, now)?;
        found = Some(message.map(|message| message.recipients).unwrap_or_default());
        Err::<(), _>(Error::conflict("reach.taken_back", "This was only tried."))
    });
    match found {
        Some(inboxes) => Ok(inboxes),
        None => undone.map(|()| Vec::new()),
    }
}
