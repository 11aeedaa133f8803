//! Letters to people here.

use serde_json::Value;

use super::reviews;
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId, DraftId, InvitationId, PostId, Site,
        accounts::{self, AccountKind, GrantRole, RESET_LASTS, Right},
        actors,
        audit::{self, Act},
        crisis, drafts, invitations,
        notifications::{self, Roles},
        org::{self, Shades},
        posts,
    },
    error::{Error, Result},
    mail::{
        CrisisNews, Held, House, InCrisis, Invited, Overridden, PasskeyChanged, Reset, ReviewLetter, RoleChanged,
        Weakened,
    },
    secrets,
    text::Language,
};

/// The company, as it writes in a language.
pub(super) fn house(conn: &mut Conn, site: &Site, say: Language) -> Result<House> {
    let company = org::company(conn, &site.domain)?;
    let shades = Shades::from(company.colour);
    Ok(House { colours: (shades.brand.to_string(), shades.on_brand.to_string()), company: company.name, say })
}

/// The company, as it writes to somebody here: in their language.
pub(super) fn house_for(conn: &mut Conn, site: &Site, account: AccountId) -> Result<House> {
    let say = accounts::get(conn, account)?.reads();
    house(conn, site, say)
}

/// Sends whoever is meant by a name a link by which they set another password; nobody when nobody is meant. Its secret
/// exists only from here on, in the letter: the database has its hash. Each try makes another one, and forgets it when
/// the letter surely did not leave.
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
        let Some(address) = person.email.clone() else { return Ok(None) };
        let handle = actors::get(tx.conn(), person.actor_id)?.handle(&site);
        Ok(Some((address, handle, house(tx.conn(), &site, person.reads())?)))
    });
    let Some((address, handle, house)) = opened.await? else { return Ok(()) };
    let letter = Reset {
        handle,
        link: format!("{}/sign-in/reset?token={secret}", app.site.base_url),
        minutes: i64::try_from(RESET_LASTS.as_secs() / 60).unwrap_or(i64::MAX),
    };
    match app.mailer.send(&address, &house, &letter).await {
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
        // Who is invited has said nothing yet: whoever invites them knows best how to speak to them.
        let house = match invitation.invited_by {
            Some(by) => house_for(tx.conn(), &site, by)?,
            None => house(tx.conn(), &site, Language::default())?,
        };
        Ok(Some((invitation, address, by, house)))
    });
    let Some((invitation, address, by, house)) = opened.await? else { return Ok(()) };
    let letter = Invited {
        by: by.map(|(_, username, name)| if name.is_empty() { username } else { name }),
        works_here: invitation.kind == AccountKind::Employee,
        link: format!("{}/invitations/{secret}", app.site.base_url),
        until: invitation.expires_at,
    };
    match app.mailer.send(&address, &house, &letter).await {
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

/// Tells somebody what a colleague did with a brand, as the audit log has it: what became of the post or the draft since
/// takes nothing from the letter. Who has no say any more is told nothing.
pub(super) async fn tell_of_act(app: &App, entry: i64, account: AccountId) -> Result<()> {
    let site = app.site.clone();
    let read = app.db.read(move |conn| {
        let Some((address, letter)) = letter_of(conn, &site, entry, account)? else { return Ok(None) };
        Ok(Some((address, letter, house_for(conn, &site, account)?)))
    });
    let Some((address, letter, house)) = read.await? else { return Ok(()) };
    let sent = match &letter {
        Told::Held(letter) => app.mailer.send(&address, &house, letter).await,
        Told::Overridden(letter) => app.mailer.send(&address, &house, letter).await,
        Told::Weakened(letter) => app.mailer.send(&address, &house, letter).await,
        Told::InCrisis(letter) => app.mailer.send(&address, &house, letter).await,
        Told::Reviewed(letter) => app.mailer.send(&address, &house, letter).await,
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
fn letter_of_crisis(conn: &mut Conn, record: &audit::Record, account: AccountId) -> Result<Option<(String, Told)>> {
    let known = [
        (Act::CrisisStarted, CrisisNews::Began),
        (Act::CrisisEndAsked, CrisisNews::EndAsked),
        (Act::CrisisEnded, CrisisNews::Ended),
    ];
    let Some((_, what)) = known.into_iter().find(|(act, _)| record.act == act.as_str()) else { return Ok(None) };
    let person = accounts::get(conn, account)?;
    let Some(address) = person.email.clone().filter(|_| crisis::may_hear(&person)) else { return Ok(None) };
    let by: Vec<AccountId> = record.person_id.into_iter().collect();
    let by = accounts::names_of(conn, &by)?.pop().map(|(_, username, _)| format!("@{username}"));
    let letter = InCrisis { by, what, reason: record.reason.clone().unwrap_or_default() };
    Ok(Some((address, Told::InCrisis(letter))))
}

/// The letter about an act, with the address to which it goes. Whether somebody is told is asked of the roles of this
/// moment, and of what they may read now: who has no say any more, or may not read the draft, is told nothing of it.
fn letter_of(conn: &mut Conn, site: &Site, entry: i64, account: AccountId) -> Result<Option<(String, Told)>> {
    let Some(record) = audit::find(conn, entry)? else { return Ok(None) };
    let Some(brand) = record.actor_id else { return letter_of_crisis(conn, &record, account) };
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
    let reason = record.reason.clone().unwrap_or_default();
    let brand = actors::get(conn, brand)?.username;
    if let (Some(draft), true) = (draft, held) {
        let code = drafts::held_code(conn, draft, &reason)?;
        let (draft, link) = (draft.to_string(), format!("{}/home/review/{draft}", site.base_url));
        return Ok(Some((address, Told::Held(Held { brand, draft, reason, code, link }))));
    }
    let by: Vec<AccountId> = record.person_id.into_iter().collect();
    let by = accounts::names_of(conn, &by)?.pop().map(|(_, username, _)| format!("@{username}"));
    if let (Some(draft), true) = (draft, approved || returned) {
        let written = if approved { reviews::approved } else { reviews::returned };
        let letter = written(conn, site, draft, (brand, by))?;
        return Ok(letter.map(|letter| (address, Told::Reviewed(letter))));
    }
    if !overridden {
        return Ok(Some((address, Told::Weakened(Weakened { brand, by, reason }))));
    }
    let details: Value = serde_json::from_str(&record.details).map_err(Error::internal)?;
    let post: Option<PostId> = details.get("post").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let post = post.map(|post| posts::find(conn, post)).transpose()?.flatten();
    // What is said inside has no page, and what was taken back has none any more: the company's own is where to begin.
    let link = post.and_then(|post| post.url).unwrap_or_else(|| format!("{}/", site.base_url));
    Ok(Some((address, Told::Overridden(Overridden { brand, by, reason, link }))))
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
        let roles = Roles::of(conn, person.actor_id)?;
        let role = roles.as_ref().and_then(|roles| roles.role(brand));
        if role == before.as_deref() || !person.is_active() {
            return Ok(None);
        }
        let Some(address) = person.email else { return Ok(None) };
        let by = notifications::giver_of(conn, person.actor_id, brand.unwrap_or(person.actor_id))?;
        let by: Vec<AccountId> = roles.and_then(|roles| roles.giver(by)).into_iter().collect();
        let by = accounts::names_of(conn, &by)?.pop();
        let brand = brand.map(|brand| actors::get(conn, brand)).transpose()?;
        let letter = RoleChanged {
            by: by.map(|(_, username, _)| format!("@{username}")),
            brand: brand.map(|brand| brand.username),
            role: role.map(ToOwned::to_owned),
            link: format!("{}/home/notifications", site.base_url),
        };
        Ok(Some((address, letter, house_for(conn, &site, account)?)))
    });
    let Some((address, letter, house)) = read.await? else { return Ok(()) };
    match app.mailer.send(&address, &house, &letter).await {
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
        let Some(address) = person.email.clone().filter(|_| person.deleted_at.is_none()) else { return Ok(None) };
        let house = house(conn, &site, person.reads())?;
        let letter = PasskeyChanged {
            handle: actors::get(conn, person.actor_id)?.handle(&site),
            name,
            added,
            at,
            link: format!("{}/account", site.base_url),
        };
        Ok(Some((address, letter, house)))
    });
    let Some((address, letter, house)) = read.await? else { return Ok(()) };
    match app.mailer.send(&address, &house, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}
