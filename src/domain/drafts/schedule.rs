//! Drafts that wait for their time.

use diesel::prelude::*;
use serde_json::json;

use super::{
    Draft, DraftState, Hand, Outcome, find,
    publish::{must_be_publishable, put_out, ready, settle},
    queries::get_for,
    review::is_stale,
    uploads,
    write::note,
    wrong_state,
};
use crate::{
    db::{Key, Timestamp, Tx, schema::drafts},
    domain::{
        ActorId, DraftId, Site,
        accounts::{self, Right},
        audit::Act,
        media::{self, Holder},
        work::Job,
    },
    error::{Error, Kind, Result},
};

/// Has a draft published at a moment. It needs what publishing needs, now and then.
pub fn schedule(
    tx: &mut Tx<'_>,
    site: &Site,
    hand: &Hand,
    id: DraftId,
    seen: Option<i64>,
    at: Timestamp,
) -> Result<Outcome> {
    // Before the draft itself, as where the next one is published: a job that ends at this moment would not see this one.
    if let Some(draft) = find(tx.conn(), id)? {
        tx.lock(Key("drafts.due", &[draft.actor_id.0]))?;
    }
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_for(tx.conn(), hand, id, Right::Schedule)?;
    match draft.state {
        DraftState::Published | DraftState::Discarded => return Err(wrong_state(&draft)),
        _ if is_stale(&draft, seen) => return Ok(Outcome::Stale(id)),
        _ => {}
    }
    if at <= tx.now() {
        return Err(Error::invalid("draft.time", "This time is over. Choose a later one, or publish now."));
    }
    ready(tx, &draft)?;
    must_be_publishable(tx, site, hand.account, &draft)?;
    settle(tx, &draft, DraftState::Scheduled)?;
    diesel::update(drafts::table.find(id))
        .set((drafts::scheduled_at.eq(at), drafts::scheduled_by.eq(hand.account)))
        .execute(tx.conn())?;
    note(tx, &draft, Act::DraftScheduled, None, json!({ "at": at.rfc3339() }))?;
    tx.defer(&Job::PublishDrafts { actor: draft.actor_id, at })?;
    Ok(Outcome::Done(id))
}

/// Publishes the next draft of a brand whose time has come, and answers whether there may be another. In one
/// transaction it is published and waits no longer, so it is published once, whenever the process dies. What may not be
/// published any more is held, with the reason.
pub fn publish_next(tx: &mut Tx<'_>, site: &Site, brand: ActorId) -> Result<bool> {
    tx.lock(Key("drafts.due", &[brand.0]))?;
    let next: Option<(DraftId, Option<Timestamp>)> = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::state.eq(DraftState::Scheduled))
        .filter(drafts::scheduled_at.is_not_null())
        .order((drafts::scheduled_at, drafts::id))
        .select((drafts::id, drafts::scheduled_at))
        .first(tx.conn())
        .optional()?;
    let Some((id, Some(at))) = next else { return Ok(false) };
    if at > tx.now() {
        tx.defer(&Job::PublishDrafts { actor: brand, at })?;
        return Ok(false);
    }
    tx.lock(Key("draft", &[id.0]))?;
    // Somebody may have changed it while this waited for them.
    let due =
        find(tx.conn(), id)?.filter(|draft| draft.state == DraftState::Scheduled && draft.scheduled_at == Some(at));
    let Some(draft) = due else { return Ok(true) };
    match send(tx, site, &draft) {
        Ok(()) => {}
        Err(error) if matches!(error.kind(), Kind::Internal | Kind::Unavailable) => return Err(error),
        // Nothing was written: operations refuse before they write.
        Err(error) => hold(tx, &draft, error.safe())?,
    }
    Ok(true)
}

/// Rights are those of this moment: of whoever scheduled it, of its author, and of those who approved it.
fn send(tx: &mut Tx<'_>, site: &Site, draft: &Draft) -> Result<()> {
    let lost = |who: &str| Error::forbidden("draft.rights", format!("Whoever {who} this may not do so any more."));
    let scheduled_by = draft.scheduled_by.ok_or_else(|| lost("scheduled"))?;
    let scheduler = accounts::role_on(tx.conn(), scheduled_by, draft.actor_id)?;
    scheduler.filter(|role| role.may(Right::Schedule)).ok_or_else(|| lost("scheduled"))?;
    let author = accounts::role_on(tx.conn(), draft.author_id, draft.actor_id)?;
    author.filter(|role| role.may(Right::WriteDraft)).ok_or_else(|| lost("wrote"))?;
    let standing = ready(tx, draft)?;
    put_out(tx, site, scheduled_by, draft, &standing).map(drop)
}

fn hold(tx: &mut Tx<'_>, draft: &Draft, reason: &str) -> Result<()> {
    settle(tx, draft, DraftState::Held)?;
    diesel::update(drafts::table.find(draft.id)).set(drafts::held.eq(reason)).execute(tx.conn())?;
    media::hold_free(tx, draft.actor_id, Holder::Draft(draft.id), uploads(&draft.wish.0))?;
    note(tx, draft, Act::DraftHeld, Some(reason), json!({ "author": draft.author_id }))
}
