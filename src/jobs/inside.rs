//! Letters to people about posts that are for colleagues alone.

use crate::{
    app::App,
    db::Conn,
    domain::{
        AccountId, PublishRequestId, Site, copies,
        org::{self, Shades},
        posts,
    },
    error::Result,
    mail::{Inside, InsideLetter},
};

/// A letter of the company.
fn letter(conn: &mut Conn, site: &Site, place: &str, tells: Inside) -> Result<InsideLetter> {
    let company = org::company(conn, &site.domain)?;
    let shades = Shades::from(company.colour);
    Ok(InsideLetter {
        colours: (shades.brand.to_string(), shades.on_brand.to_string()),
        company: company.name,
        link: format!("{}/home/{place}", site.base_url),
        tells,
    })
}

/// Sends it. One that the mail server refuses for good is not tried again.
async fn send(app: &App, to: &str, account: AccountId, letter: &InsideLetter) -> Result<()> {
    match app.mailer.send(to, &letter.company, letter).await {
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
        Ok(Some((address, letter(conn, &site, "copies/again", Inside::Reviews { posts })?)))
    });
    let Some((address, letter)) = read.await? else { return Ok(()) };
    send(app, &address, account, &letter).await
}

/// Asks somebody whether they agree to a copy of an internal post; nothing where they answered meanwhile, or are not asked
/// any more.
pub(super) async fn ask_for_consent(app: &App, request: PublishRequestId, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some(address) = copies::waits_for(conn, account, request)? else { return Ok(None) };
        Ok(Some((address, letter(conn, &site, "copies", Inside::Consent)?)))
    });
    let Some((address, letter)) = read.await? else { return Ok(()) };
    send(app, &address, account, &letter).await
}
