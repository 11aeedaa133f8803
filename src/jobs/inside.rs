//! Letters to people about posts that are for colleagues alone.

use super::letters::house_for;
use crate::{
    app::App,
    domain::{AccountId, PublishRequestId, Site, copies, posts},
    error::Result,
    mail::{House, Inside, InsideLetter},
};

/// A letter that leads to a place of the workroom.
fn letter(site: &Site, place: &str, tells: Inside) -> InsideLetter {
    InsideLetter { link: format!("{}/home/{place}", site.base_url), tells }
}

/// Sends it. One that the mail server refuses for good is not tried again.
async fn send(app: &App, to: &str, account: AccountId, house: &House, letter: &InsideLetter) -> Result<()> {
    match app.mailer.send(to, house, letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}

/// Tells somebody how many internal posts wait for their answer; nothing where none does any more.
pub(super) async fn tell_of_reviews(app: &App, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some((posts, address)) = posts::count_reviews(conn, account)? else { return Ok(None) };
        let letter = letter(&site, "copies/again", Inside::Reviews { posts });
        Ok(Some((address, letter, house_for(conn, &site, account)?)))
    });
    let Some((address, letter, house)) = read.await? else { return Ok(()) };
    send(app, &address, account, &house, &letter).await
}

/// Asks somebody whether they agree to a copy of an internal post; nothing where they answered meanwhile, or are not asked
/// any more.
pub(super) async fn ask_for_consent(app: &App, request: PublishRequestId, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some(address) = copies::waits_for(conn, account, request)? else { return Ok(None) };
        Ok(Some((address, letter(&site, "copies", Inside::Consent), house_for(conn, &site, account)?)))
    });
    let Some((address, letter, house)) = read.await? else { return Ok(()) };
    send(app, &address, account, &house, &letter).await
}
