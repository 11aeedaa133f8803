//! Letters to people here.

use crate::{
    app::App,
    domain::{
        AccountId, DraftId,
        accounts::{self, Account, RESET_LASTS},
        actors::{self, Actor},
        drafts,
        org::{self, Company, Shades},
        posts,
    },
    error::Result,
    mail::{Overridden, Reset},
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

/// Tells a manager that somebody published without the approvals that a brand asks for; nobody who is a manager no more.
pub(super) async fn tell_of_override(app: &App, draft: DraftId, manager: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some(draft) = drafts::find_override(conn, draft, manager)? else { return Ok(None) };
        let by: Vec<AccountId> = draft.published_by.into_iter().collect();
        let by = accounts::names_of(conn, &by)?.pop().map(|(_, username, _)| format!("@{username}"));
        let company = org::company(conn, &site.domain)?;
        let shades = Shades::from(company.colour);
        let post = draft.post_id.map(|post| posts::find(conn, post)).transpose()?.flatten();
        let letter = Overridden {
            colours: (shades.brand.to_string(), shades.on_brand.to_string()),
            company: company.name,
            brand: actors::get(conn, draft.actor_id)?.username,
            by: by.unwrap_or_else(|| "Somebody".to_owned()),
            reason: draft.override_reason.unwrap_or_default(),
            // What is said inside has no page: the company's own is where to begin.
            link: post.and_then(|post| post.url).unwrap_or_else(|| format!("{}/", site.base_url)),
        };
        Ok(accounts::get(conn, manager)?.email.map(|address| (address, letter)))
    });
    let Some((address, letter)) = read.await? else { return Ok(()) };
    match app.mailer.send(&address, &letter.company, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %manager, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}
