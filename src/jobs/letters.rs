//! Letters to people here.

use serde_json::Value;

use super::reviews;
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId, DraftId, InvitationId, PostId, Site,
        accounts::{self, Account, AccountKind, GrantRole, RESET_LASTS, Right},
        actors::{self, Actor},
        audit::{self, Act},
        crisis, drafts, invitations,
        notifications::Roles,
        org::{self, Company, Shades},
        posts,
    },
    error::{Error, Result},
    mail::{
        CrisisNews, Held, InCrisis, Invited, Overridden, PasskeyChanged, Reset, ReviewLetter, RoleChanged, Weakened,
    },
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

/// Sends an invitation to the address that it is for, with a link of its own: the secret of the one that was shown is
/// known to nobody here. Nothing is sent where it was taken back meanwhile, or whoever made it may not any more.
pub(super) async fn send_invitation(app: &App, id: InvitationId) -> Result<()> {
    let secret = secrets::new_token();
    let (hash, site, now) = (secrets::token_hash(&secret), app.site.clone(), app.db.now());
    let opened = app.db.write(move |tx| {
        let Some((invitation, address)) = invitations::waiting_for_letter(tx.conn(), id, now)? else { return Ok(None) };
        invitations::add_link(tx, id, &hash)?;
        let by: Vec<AccountId> = invitation.invited_by.into_iter().collect();
        let by = accounts::names_of(tx.conn(), &by)?.pop();
        Ok(Some((invitation, address, by, org::company(tx.conn(), &site.domain)?)))
    });
    let Some((invitation, address, by, company)) = opened.await? else { return Ok(()) };
    let shades = Shades::from(company.colour);
    let letter = Invited {
        colours: (shades.brand.to_string(), shades.on_brand.to_string()),
        company: company.name,
        by: by.map(|(_, username, name)| if name.is_empty() { username } else { name }),
        works_here: invitation.kind == AccountKind::Employee,
        link: format!("{}/invitations/{secret}", app.site.base_url),
        until: invitation.expires_at.rfc3339().chars().take(10).collect(),
    };
    match app.mailer.send(&address, &letter.company, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, invitation = %id, "A letter was refused");
            Ok(())
        }
        // It may have left before the time was over, so its link stays good.
        Err(error) if error.code() == "mail.unsure" => Err(error),
        Err(error) => {
            app.db.write(move |tx| invitations::forget_link(tx, &hash)).await?;
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

/// Tells somebody what a colleague did with a brand, as the audit log has it: what became of the post or the draft since
/// takes nothing from the letter. Who has no say any more is told nothing.
pub(super) async fn tell_of_act(app: &App, entry: i64, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let Some((address, letter)) = app.db.read(move |conn| letter_of(conn, &site, entry, account)).await? else {
        return Ok(());
    };
    let sent = match &letter {
        Told::Held(letter) => app.mailer.send(&address, &letter.company, letter).await,
        Told::Overridden(letter) => app.mailer.send(&address, &letter.company, letter).await,
        Told::Weakened(letter) => app.mailer.send(&address, &letter.company, letter).await,
        Told::InCrisis(letter) => app.mailer.send(&address, &letter.company, letter).await,
        Told::Reviewed(letter) => app.mailer.send(&address, &letter.company, letter).await,
    };
    match sent {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}

/// What a letter about an act tells.
enum Told {
    Held(Held),
    Overridden(Overridden),
    Weakened(Weakened),
    InCrisis(InCrisis),
    Reviewed(ReviewLetter),
}

/// The letter about crisis mode, for whoever still works here.
fn letter_of_crisis(
    conn: &mut Conn,
    site: &Site,
    record: &audit::Record,
    account: AccountId,
) -> Result<Option<(String, Told)>> {
    let known = [
        (Act::CrisisStarted, CrisisNews::Began),
        (Act::CrisisEndAsked, CrisisNews::EndAsked),
        (Act::CrisisEnded, CrisisNews::Ended),
    ];
    let Some((_, what)) = known.into_iter().find(|(act, _)| record.act == act.as_str()) else { return Ok(None) };
    let person = accounts::get(conn, account)?;
    let Some(address) = person.email.clone().filter(|_| crisis::may_hear(&person)) else { return Ok(None) };
    let company = org::company(conn, &site.domain)?;
    let shades = Shades::from(company.colour);
    let by: Vec<AccountId> = record.person_id.into_iter().collect();
    let by = accounts::names_of(conn, &by)?.pop().map(|(_, username, _)| format!("@{username}"));
    let letter = InCrisis {
        company: company.name,
        colours: (shades.brand.to_string(), shades.on_brand.to_string()),
        by: by.unwrap_or_else(|| "Whoever runs the server".to_owned()),
        what,
        reason: record.reason.clone().unwrap_or_default(),
    };
    Ok(Some((address, Told::InCrisis(letter))))
}

/// The letter about an act, with the address to which it goes. Whether somebody is told is asked of the roles of this
/// moment, and of what they may read now: who has no say any more, or may not read the draft, is told nothing of it.
fn letter_of(conn: &mut Conn, site: &Site, entry: i64, account: AccountId) -> Result<Option<(String, Told)>> {
    let Some(record) = audit::find(conn, entry)? else { return Ok(None) };
    let Some(brand) = record.actor_id else { return letter_of_crisis(conn, site, &record, account) };
    let is = |act: Act| record.act == act.as_str();
    let (overridden, held) = (is(Act::DraftOverridden), is(Act::DraftHeld));
    let (approved, returned) = (is(Act::DraftApproved), is(Act::DraftReturned));
    let reads = held || approved || returned;
    let may_hear =
        |role: GrantRole| (!overridden || role.may(Right::Override)) && (!reads || role.may(Right::ReadDrafts));
    if !accounts::role_on(conn, account, brand)?.is_some_and(may_hear) {
        return Ok(None);
    }
    let person = accounts::get(conn, account)?;
    let draft: Option<DraftId> = record.about.strip_prefix("draft:").and_then(|id| id.parse().ok());
    // What became a post that was deleted is gone with it, and the letter tells of it all the same.
    if let Some(draft) = draft
        && drafts::is_closed_to(conn, &person, draft)?
    {
        return Ok(None);
    }
    let Some(address) = person.email else { return Ok(None) };
    let company = org::company(conn, &site.domain)?;
    let shades = Shades::from(company.colour);
    let colours = (shades.brand.to_string(), shades.on_brand.to_string());
    let reason = record.reason.clone().unwrap_or_default();
    let (company, brand) = (company.name, actors::get(conn, brand)?.username);
    if let (Some(draft), true) = (draft, held) {
        let draft = draft.to_string();
        return Ok(Some((address, Told::Held(Held { company, colours, brand, draft, reason }))));
    }
    let by: Vec<AccountId> = record.person_id.into_iter().collect();
    let by = accounts::names_of(conn, &by)?.pop().map(|(_, username, _)| format!("@{username}"));
    let by = by.unwrap_or_else(|| "Somebody".to_owned());
    if let (Some(draft), true) = (draft, approved || returned) {
        let written = if approved { reviews::approved } else { reviews::returned };
        let letter = written(conn, site, draft, (brand, by))?;
        return Ok(letter.map(|letter| (address, Told::Reviewed(letter))));
    }
    if !overridden {
        return Ok(Some((address, Told::Weakened(Weakened { company, colours, brand, by, reason }))));
    }
    let details: Value = serde_json::from_str(&record.details).map_err(Error::internal)?;
    let post: Option<PostId> = details.get("post").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let post = post.map(|post| posts::find(conn, post)).transpose()?.flatten();
    // What is said inside has no page, and what was taken back has none any more: the company's own is where to begin.
    let link = post.and_then(|post| post.url).unwrap_or_else(|| format!("{}/", site.base_url));
    Ok(Some((address, Told::Overridden(Overridden { company, colours, brand, by, reason, link }))))
}

/// Tells somebody that they have another role with a brand or the house than before, as it is by now; nothing where it is
/// what it was, or they may not sign in.
pub(super) async fn tell_of_role(
    app: &App,
    account: AccountId,
    brand: Option<ActorId>,
    before: Option<String>,
) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let person = accounts::get(conn, account)?;
        let role = Roles::of(conn, person.actor_id)?.and_then(|roles| roles.role(brand));
        if role == before.as_deref() || !person.is_active() {
            return Ok(None);
        }
        let Some(address) = person.email else { return Ok(None) };
        let company = org::company(conn, &site.domain)?;
        let shades = Shades::from(company.colour);
        let brand = brand.map(|brand| actors::get(conn, brand)).transpose()?;
        let letter = RoleChanged {
            company: company.name,
            colours: (shades.brand.to_string(), shades.on_brand.to_string()),
            brand: brand.map(|brand| brand.username),
            role: role.map(ToOwned::to_owned),
            link: format!("{}/home/notifications", site.base_url),
        };
        Ok(Some((address, letter)))
    });
    let Some((address, letter)) = read.await? else { return Ok(()) };
    match app.mailer.send(&address, &letter.company, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}

/// Tells somebody that a passkey of theirs was added or removed: it may not have been them.
pub(super) async fn tell_of_passkey(
    app: &App,
    account: AccountId,
    name: &str,
    added: bool,
    at: Timestamp,
) -> Result<()> {
    let (site, name) = (app.site.clone(), name.to_owned());
    let read = app.db.read(move |conn| {
        let person = accounts::get(conn, account)?;
        let Some(address) = person.email.filter(|_| person.deleted_at.is_none()) else { return Ok(None) };
        let company = org::company(conn, &site.domain)?;
        let shades = Shades::from(company.colour);
        let letter = PasskeyChanged {
            colours: (shades.brand.to_string(), shades.on_brand.to_string()),
            company: company.name,
            handle: actors::get(conn, person.actor_id)?.handle(&site),
            name,
            added,
            at: at.rfc3339(),
            link: format!("{}/account", site.base_url),
        };
        Ok(Some((address, letter)))
    });
    let Some((address, letter)) = read.await? else { return Ok(()) };
    match app.mailer.send(&address, &letter.company, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}
