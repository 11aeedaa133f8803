//! Letters to those who sign up, and to those who answer them.

use crate::{
    app::App,
    db::Conn,
    domain::{
        AccountId, RefusalId, SignUpId, Site, accounts, actors,
        org::{self, Shades},
        sign_ups::{self, UNCONFIRMED, Waits},
    },
    error::Result,
    mail::{SignUpLetter, Tells},
    secrets,
};

/// The seconds of a day.
const DAY: u64 = 24 * 3600;

/// A letter of the company.
fn letter(conn: &mut Conn, site: &Site, tells: Tells) -> Result<SignUpLetter> {
    let company = org::company(conn, &site.domain)?;
    let shades = Shades::from(company.colour);
    Ok(SignUpLetter {
        colours: (shades.brand.to_string(), shades.on_brand.to_string()),
        company: company.name,
        base_url: site.base_url.clone(),
        tells,
    })
}

/// Sends it. One that the mail server refuses for good is not tried again.
async fn send(app: &App, to: &str, letter: &SignUpLetter) -> Result<()> {
    match app.mailer.send(to, &letter.company, letter).await {
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
        let (to, tells) = match sign_ups::open_link(tx, id, &hash)? {
            None => return Ok(None),
            Some(Waits::Owner(account, username)) => {
                let Some(email) = account.email.filter(|_| account.deleted_at.is_none()) else { return Ok(None) };
                (email, Tells::HasAccount { handle: format!("{username}@{}", site.domain) })
            }
            Some(Waits::Themselves(sign_up)) => {
                let handle = format!("{}@{}", sign_up.username, site.domain);
                let days = UNCONFIRMED.as_secs() / DAY;
                (sign_up.email, Tells::Confirm { handle, link: link.clone(), days })
            }
        };
        Ok(Some((to, letter(tx.conn(), &site, tells)?)))
    });
    let Some((to, letter)) = opened.await? else { return Ok(()) };
    match send(app, &to, &letter).await {
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
        to.map(|to| Ok((to, letter(conn, &site, Tells::Waiting { people })?))).transpose()
    });
    let Some((to, letter)) = read.await? else { return Ok(()) };
    send(app, &to, &letter).await
}

/// Tells somebody that they have an account now.
pub(super) async fn welcome(app: &App, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let person = accounts::get(conn, account)?;
        let Some(to) = person.email.filter(|_| person.deleted_at.is_none()) else { return Ok(None) };
        let handle = actors::get(conn, person.actor_id)?.handle(&site);
        Ok(Some((to, letter(conn, &site, Tells::Welcome { handle })?)))
    });
    let Some((to, letter)) = read.await? else { return Ok(()) };
    send(app, &to, &letter).await
}

/// Tells somebody that they get no account, and forgets them.
pub(super) async fn refuse(app: &App, id: RefusalId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some(refusal) = sign_ups::find_refusal(conn, id)? else { return Ok(None) };
        Ok(Some((refusal.email, letter(conn, &site, Tells::Refused { reason: refusal.reason })?)))
    });
    let Some((to, letter)) = read.await? else { return Ok(()) };
    send(app, &to, &letter).await?;
    app.db.write(move |tx| sign_ups::forget_refusal(tx, id)).await
}
