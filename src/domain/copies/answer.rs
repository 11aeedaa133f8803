//! Agreeing to a copy, not agreeing, and taking it back.

use diesel::prelude::*;
use serde_json::json;

use super::{
    CopyState, Outcome, Person, PublishRequest,
    ask::{Asked, ask_people, may_speak, note, people_behind, source_of},
    people::answers_for,
    queries, wrong_state,
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
    error::{Error, Result},
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
    may_speak(tx.conn(), &asker, request.actor_id)?;
    let source = source_of(tx.conn(), &asker, &request)?;
    let (mine, now) = (answers_for(tx.conn(), person)?, tx.now());
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
    // Somebody may be called as a word of it since it was written.
    ask_people(tx, site, &asker, (id, &source), Asked::Others)?;
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
        for (_, own) in people_behind(tx.conn(), actor)? {
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

/// What is said to somebody who is not asked.
pub(super) fn not_asked() -> Error {
    Error::forbidden("copy.not_asked", "You asked for this copy yourself: others agree to it.")
}
