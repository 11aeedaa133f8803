//! Letters to people about drafts of brands that wait for them, and about what became of theirs.

use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        AccountId, DraftId, Site, actors,
        drafts::{self, DraftState},
        org::{self, Shades},
    },
    error::Result,
    mail::{Next, ReviewLetter, Reviewed},
};

/// A letter of the company.
fn letter(conn: &mut Conn, site: &Site, place: &str, tells: Reviewed) -> Result<ReviewLetter> {
    let company = org::company(conn, &site.domain)?;
    let shades = Shades::from(company.colour);
    Ok(ReviewLetter {
        colours: (shades.brand.to_string(), shades.on_brand.to_string()),
        company: company.name,
        link: format!("{}/home/review{place}", site.base_url),
        tells,
    })
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
        Ok(Some((address, letter(conn, &site, &place, Reviewed::Asked { drafts: waiting.len() })?)))
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
        let letter = letter(conn, &site, &format!("/{draft}"), Reviewed::Changed { brand, by })?;
        Ok(Some((changed.address, letter)))
    });
    send(app, account, read.await?).await
}

/// Sends somebody a letter, where there is one. One that is refused is not tried again.
async fn send(app: &App, account: AccountId, written: Option<(String, ReviewLetter)>) -> Result<()> {
    let Some((address, letter)) = written else { return Ok(()) };
    match app.mailer.send(&address, &letter.company, &letter).await {
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
    (brand, by): (String, String),
) -> Result<Option<ReviewLetter>> {
    let Some(draft) = drafts::find(conn, id)? else { return Ok(None) };
    let next = match (draft.state, draft.scheduled_at) {
        (DraftState::Approved, _) => Next::Waits,
        (DraftState::Scheduled, Some(at)) => Next::At(at.rfc3339()),
        (DraftState::Published, _) => Next::Out,
        _ => return Ok(None),
    };
    letter(conn, site, &format!("/{id}"), Reviewed::Approved { brand, by, next }).map(Some)
}

/// The letter to the author of a draft of which somebody asked for changes; nothing where it is not there any more.
pub(super) fn returned(
    conn: &mut Conn,
    site: &Site,
    id: DraftId,
    (brand, by): (String, String),
) -> Result<Option<ReviewLetter>> {
    if drafts::find(conn, id)?.is_none() {
        return Ok(None);
    }
    letter(conn, site, &format!("/{id}"), Reviewed::Returned { brand, by }).map(Some)
}
