//! Letters to those who sign up, and to those who answer them.

use super::letters::{house, house_for};
use crate::{
    app::App,
    domain::{
        AccountId, RefusalId, SignUpId, Site, accounts, actors,
        sign_ups::{self, UNCONFIRMED, Waits},
    },
    error::Result,
    mail::{House, SignUpLetter, Tells},
    secrets,
    text::Language,
};

/// The seconds of a day.
const DAY: u64 = 24 * 3600;

/// A letter of the company.
fn letter(site: &Site, tells: Tells) -> SignUpLetter {
    SignUpLetter { base_url: site.base_url.clone(), tells }
}

/// The language of the form that somebody used; English where none is known.
fn of_form(language: Option<&str>) -> Language {
    language.and_then(Language::tagged).unwrap_or_default()
}

/// Sends it. One that the mail server refuses for good is not tried again.
async fn send(app: &App, to: &str, house: &House, letter: &SignUpLetter) -> Result<()> {
    match app.mailer.send(to, house, letter).await {
        Err(error) if error.code() == "mail.refused" || error.code() == "mail.address" => {
            tracing::warn!(%error, "A letter about signing up was refused");
            Ok(())
        }
        sent => sent,
    }
}

/// Sends whoever signed up a link by which they confirm their address, or whoever has the address already the sentence
/// that they have an account. The secret of the link exists only from here on, in the letter.
pub(super) async fn send_link(app: &App, id: SignUpId) -> Result<()> {
    let secret = secrets::new_token();
    let (hash, site) = (secrets::token_hash(&secret), app.site.clone());
    let link = format!("{}/sign-up/confirm?token={secret}", site.base_url);
    let opened = app.db.write(move |tx| {
        let (to, tells, say) = match sign_ups::open_link(tx, id, &hash)? {
            None => return Ok(None),
            Some(Waits::Owner(account, username)) => {
                let say = account.reads();
                let Some(email) = account.email.filter(|_| account.deleted_at.is_none()) else { return Ok(None) };
                (email, Tells::HasAccount { handle: format!("{username}@{}", site.domain) }, say)
            }
            Some(Waits::Themselves(sign_up)) => {
                let handle = format!("{}@{}", sign_up.username, site.domain);
                let days = i64::try_from(UNCONFIRMED.as_secs() / DAY).unwrap_or(i64::MAX);
                let say = of_form(sign_up.language.as_deref());
                (sign_up.email, Tells::Confirm { handle, link: link.clone(), days }, say)
            }
        };
        Ok(Some((to, letter(&site, tells), house(tx.conn(), &site, say)?)))
    });
    let Some((to, letter, house)) = opened.await? else { return Ok(()) };
    match send(app, &to, &house, &letter).await {
        // It may have left before the time was over, so its link stays good.
        Err(error) if error.code() == "mail.unsure" => Err(error),
        Err(error) => {
            app.db.write(move |tx| sign_ups::forget_link(tx, &hash)).await?;
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}

/// Tells somebody who may answer how many wait, if anybody still does.
pub(super) async fn tell(app: &App, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let people = sign_ups::count_waiting(conn)?;
        let to = sign_ups::may_hear(conn, account)?.filter(|_| people > 0);
        let Some(to) = to else { return Ok(None) };
        Ok(Some((to, letter(&site, Tells::Waiting { people }), house_for(conn, &site, account)?)))
    });
    let Some((to, letter, house)) = read.await? else { return Ok(()) };
    send(app, &to, &house, &letter).await
}

/// Tells somebody that they have an account now.
pub(super) async fn welcome(app: &App, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let person = accounts::get(conn, account)?;
        let house = house(conn, &site, person.reads())?;
        let Some(to) = person.email.filter(|_| person.deleted_at.is_none()) else { return Ok(None) };
        let handle = actors::get(conn, person.actor_id)?.handle(&site);
        Ok(Some((to, letter(&site, Tells::Welcome { handle }), house)))
    });
    let Some((to, letter, house)) = read.await? else { return Ok(()) };
    send(app, &to, &house, &letter).await
}

/// Tells somebody that they get no account, and forgets them.
pub(super) async fn refuse(app: &App, id: RefusalId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some(refusal) = sign_ups::find_refusal(conn, id)? else { return Ok(None) };
        let house = house(conn, &site, of_form(refusal.language.as_deref()))?;
        Ok(Some((refusal.email, letter(&site, Tells::Refused { reason: refusal.reason }), house)))
    });
    let Some((to, letter, house)) = read.await? else { return Ok(()) };
    send(app, &to, &house, &letter).await?;
    app.db.write(move |tx| sign_ups::forget_refusal(tx, id)).await
}
