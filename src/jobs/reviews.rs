//! Letters to people about drafts of brands that wait for them, and about what became of theirs.

use super::letters::house_for;
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        AccountId, DraftId, Site, actors,
        drafts::{self, DraftState},
    },
    error::Result,
    mail::{House, Next, ReviewLetter, Reviewed},
};

/// A letter that leads to a place of the review.
fn letter(site: &Site, place: &str, tells: Reviewed) -> ReviewLetter {
    ReviewLetter { link: format!("{}/home/review{place}", site.base_url), tells }
}

/// Tells somebody how many drafts that were handed in since wait for their approval; nothing where none does any more.
pub(super) async fn tell(app: &App, account: AccountId, since: Timestamp) -> Result<()> {
    let (site, now) = (app.site.clone(), app.db.now());
    let read = app.db.read(move |conn| {
        let Some((waiting, address)) = drafts::asked_since(conn, account, since, now)? else { return Ok(None) };
        let place = match waiting.as_slice() {
            [one] => format!("/{one}"),
            _ => String::new(),
        };
        let drafts = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
        Ok(Some((address, letter(&site, &place, Reviewed::Asked { drafts }), house_for(conn, &site, account)?)))
    });
    send(app, account, read.await?).await
}

/// Tells the author of a draft that somebody else changed what it says; nothing where they have looked at it by now.
pub(super) async fn tell_of_change(app: &App, account: AccountId, draft: DraftId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some(changed) = drafts::unseen_change(conn, account, draft)? else { return Ok(None) };
        let brand = actors::get(conn, changed.brand)?.username;
        let by = format!("@{}", actors::get(conn, changed.by)?.username);
        let letter = letter(&site, &format!("/{draft}"), Reviewed::Changed { brand, by: Some(by) });
        Ok(Some((changed.address, letter, house_for(conn, &site, account)?)))
    });
    send(app, account, read.await?).await
}

/// Sends somebody a letter, where there is one. One that is refused is not tried again.
async fn send(app: &App, account: AccountId, written: Option<(String, ReviewLetter, House)>) -> Result<()> {
    let Some((address, letter, house)) = written else { return Ok(()) };
    match app.mailer.send(&address, &house, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}

/// The letter to the author of a draft to which somebody agreed, while it is approved; nothing where it is not any more.
pub(super) fn approved(
    conn: &mut Conn,
    site: &Site,
    id: DraftId,
    (brand, by): (String, Option<String>),
) -> Result<Option<ReviewLetter>> {
    let Some(draft) = drafts::find(conn, id)? else { return Ok(None) };
    let next = match (draft.state, draft.scheduled_at) {
        (DraftState::Approved, _) => Next::Waits,
        (DraftState::Scheduled, Some(at)) => Next::At(at),
        (DraftState::Published, _) => Next::Out,
        _ => return Ok(None),
    };
    Ok(Some(letter(site, &format!("/{id}"), Reviewed::Approved { brand, by, next })))
}

/// The letter to the author of a draft of which somebody asked for changes; nothing where it is not there any more.
pub(super) fn returned(
    conn: &mut Conn,
    site: &Site,
    id: DraftId,
    (brand, by): (String, Option<String>),
) -> Result<Option<ReviewLetter>> {
    if drafts::find(conn, id)?.is_none() {
        return Ok(None);
    }
    Ok(Some(letter(site, &format!("/{id}"), Reviewed::Returned { brand, by })))
}
