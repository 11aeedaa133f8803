//! Letters to people here.

use crate::{
    app::App,
    domain::{
        AccountId,
        accounts::{self, Account, RESET_LASTS},
        actors::{self, Actor},
        org::{self, Company, Shades},
    },
    error::Result,
    mail::Reset,
    secrets,
};

/// Sends whoever is meant by a name a link by which they set another password; nobody when nobody is meant. Its secret exists only from here on, in the letter: the
/// database has its hash. Each try makes another one, and forgets it when the letter surely did not leave.
pub(super) async fn send_reset(app: &App, name: &str) -> Result<()> {
    let (site, name) = (app.site.clone(), name.to_owned());
    let Some(account) = app.db.read(move |conn| accounts::find_for_reset(conn, &site, &name)).await? else {
        return Ok(());
    };
    send_link(app, account).await
}

async fn send_link(app: &App, account: AccountId) -> Result<()> {
    let secret = secrets::new_token();
    let (hash, site) = (secrets::token_hash(&secret), app.site.clone());
    let opened = app.db.write(move |tx| {
        let Some(person) = accounts::open_reset(tx, account, &hash)? else { return Ok(None) };
        let (actor, company) = (actors::get(tx.conn(), person.actor_id)?, org::company(tx.conn(), &site.domain)?);
        Ok(Some((person, actor, company)))
    });
    let Some((person, actor, company)) = opened.await? else { return Ok(()) };
    match write(app, &person, &actor, company, &secret).await {
        // It counts as one of the letters that somebody may get: nobody makes us ask again and again.
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        // It may have left before the time was over, so its link stays good.
        Err(error) if error.code() == "mail.unsure" => Err(error),
        Err(error) => {
            app.db.write(move |tx| accounts::forget_reset(tx, &hash)).await?;
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}

async fn write(app: &App, person: &Account, actor: &Actor, company: Company, secret: &str) -> Result<()> {
    let Some(address) = &person.email else { return Ok(()) };
    let shades = Shades::from(company.colour);
    let letter = Reset {
        colours: (shades.brand.to_string(), shades.on_brand.to_string()),
        handle: actor.handle(&app.site),
        link: format!("{}/sign-in/reset?token={secret}", app.site.base_url),
        minutes: RESET_LASTS.as_secs() / 60,
        company: company.name,
    };
    let company = letter.company.clone();
    app.mailer.send(address, &company, &letter).await
}
