//! Agreeing to a copy, not agreeing, and taking it back.

use diesel::prelude::*;
use serde_json::json;

use super::{
    CopyState, Outcome, Person, PublishRequest,
    ask::{Asked, ask_people, may_speak, note, source_of},
    find, queries, wrong_state,
};
use crate::{
    db::{
        Among, Key, Tx,
        schema::{publish_consents, publish_requests},
    },
    domain::{
        ActorId, PublishRequestId, Site, accounts,
        audit::Act,
        media::{self, Holder},
        notifications::{self, NotificationKind},
    },
    error::{Error, Kind, Result},
};

/// Agrees to the version of a copy that somebody saw. Asked twice it is one agreement.
pub fn consent(tx: &mut Tx<'_>, site: &Site, person: &Person, id: PublishRequestId, seen: i64) -> Result<Outcome> {
    tx.lock(Key("copy", &[id.0]))?;
    let request = queries::get_asked(tx.conn(), person, id)?;
    match request.state {
        CopyState::Waiting => {}
        CopyState::Drafted | CopyState::Published => return Ok(Outcome::Done(id)),
        CopyState::Declined | CopyState::Withdrawn => return Err(wrong_state(&request)),
    }
    if request.version != seen {
        return Ok(Outcome::Stale(id));
    }
    let asker = accounts::get(tx.conn(), request.account_id)?;
    let asker = Person { account: asker.id, own: asker.actor_id };
    // Rights are those of this moment: of whoever asked, too.
    may_speak(tx.conn(), &asker, request.actor_id).map_err(not_now)?;
    let source = source_of(tx.conn(), &asker, &request).map_err(not_now)?;
    let (mine, now) = (accounts::answers_for(tx.conn(), person.account, person.own)?, tx.now());
    let not_yet = publish_consents::content_hash
        .is_null()
        .or(publish_consents::content_hash.assume_not_null().ne(&request.content_hash));
    let rows = publish_consents::table
        .filter(publish_consents::request_id.eq(id))
        .filter(publish_consents::actor_id.among(mine))
        .filter(not_yet);
    let agreed = diesel::update(rows)
        .set((
            publish_consents::content_hash.eq(Some(&request.content_hash)),
            publish_consents::answered_at.eq(Some(now)),
        ))
        .execute(tx.conn())?;
    if agreed == 0 {
        return Ok(Outcome::Done(id));
    }
    note(tx, Act::CopyConsented, source.id, json!({ "request": id, "content_hash": request.content_hash }))?;
    // Somebody may be mentioned in the original since.
    ask_people(tx, site, &asker, (id, &source), Asked::Others).map_err(not_now)?;
    tell_asker(tx, person, &request, asker.own)?;
    Ok(Outcome::Done(id))
}

/// Does not agree to a copy, also after having agreed, as long as it is not published: it never is.
pub fn decline(tx: &mut Tx<'_>, person: &Person, id: PublishRequestId) -> Result<PublishRequest> {
    tx.lock(Key("copy", &[id.0]))?;
    let request = queries::get_asked(tx.conn(), person, id)?;
    if request.state == CopyState::Declined {
        return Ok(request);
    }
    if !request.state.is_open() {
        return Err(wrong_state(&request));
    }
    let asker = accounts::get(tx.conn(), request.account_id)?.actor_id;
    close(tx, &request, asker, CopyState::Declined, Act::CopyDeclined)?;
    tell_asker(tx, person, &request, asker)?;
    Ok(request)
}

/// Takes back what somebody asked for.
pub fn withdraw(tx: &mut Tx<'_>, person: &Person, id: PublishRequestId) -> Result<PublishRequest> {
    tx.lock(Key("copy", &[id.0]))?;
    let request = queries::get_own(tx.conn(), person, id)?;
    if request.state == CopyState::Withdrawn {
        return Ok(request);
    }
    if !request.state.is_open() {
        return Err(wrong_state(&request));
    }
    close(tx, &request, person.own, CopyState::Withdrawn, Act::CopyWithdrawn)?;
    Ok(request)
}

/// The draft that came of a copy is thrown away by somebody who writes for its brand: the request ends with it, and
/// whoever asked is told.
pub fn end_with_draft(tx: &mut Tx<'_>, person: &Person, id: PublishRequestId) -> Result<()> {
    tx.lock(Key("copy", &[id.0]))?;
    let Some(request) = find(tx.conn(), id)?.filter(|request| request.state == CopyState::Drafted) else {
        return Ok(());
    };
    let asker = accounts::get(tx.conn(), request.account_id)?.actor_id;
    if request.account_id == person.account {
        return close(tx, &request, asker, CopyState::Withdrawn, Act::CopyWithdrawn);
    }
    close(tx, &request, asker, CopyState::Declined, Act::CopyDeclined)?;
    tell_asker(tx, person, &request, asker)
}

fn close(tx: &mut Tx<'_>, request: &PublishRequest, asker: ActorId, state: CopyState, act: Act) -> Result<()> {
    let (id, now) = (request.id, tx.now());
    media::release(tx, Holder::Copy(id))?;
    diesel::update(publish_requests::table.find(id))
        .set((publish_requests::state.eq(state), publish_requests::updated_at.eq(now)))
        .execute(tx.conn())?;
    let Some(source) = request.source_id else { return Ok(()) };
    let asked: Vec<ActorId> = publish_consents::table
        .filter(publish_consents::request_id.eq(id))
        .select(publish_consents::actor_id)
        .load(tx.conn())?;
    for actor in asked {
        for (_, own) in accounts::people_behind(tx.conn(), actor)? {
            notifications::forget(tx, own, NotificationKind::Consent, asker, Some(source))?;
        }
    }
    note(tx, act, source, json!({ "request": id }))
}

/// Whoever asked is told that somebody answered.
fn tell_asker(tx: &mut Tx<'_>, person: &Person, request: &PublishRequest, asker: ActorId) -> Result<()> {
    let Some(source) = request.source_id else { return Ok(()) };
    notifications::forget(tx, person.own, NotificationKind::Consent, asker, Some(source))?;
    notifications::forget(tx, asker, NotificationKind::Consent, person.own, Some(source))?;
    notifications::tell(tx, asker, NotificationKind::Consent, person.own, Some(source))
}

/// What is said to who agrees to what cannot be published at this moment: they have no part in the reason.
pub fn not_now(error: Error) -> Error {
    if matches!(error.kind(), Kind::Internal | Kind::Unavailable) {
        return error;
    }
    let told = format!("This cannot be published at this moment, so nothing was done. {}", error.safe());
    Error::conflict("copy.not_now", told)
}

/// What is said to somebody who is not asked.
pub(super) fn not_asked() -> Error {
    Error::forbidden("copy.not_asked", "You asked for this copy yourself: others agree to it.")
}
