//! Drafts that wait for their time.

use diesel::prelude::*;
use serde_json::json;

use super::{
    Draft, DraftState, Hand, Outcome, find, news,
    publish::{hold_rules, must_be_publishable, put_out, ready, settle},
    queries::get_for,
    review::is_stale,
    standing::{Standing, let_go, standing},
    waiting::begin_waiting,
    write::note,
    wrong_state,
};
use crate::{
    db::{Key, Timestamp, Tx, schema::drafts},
    domain::{
        AccountId, ActorId, DraftId, Site,
        accounts::{self, Right},
        audit::{self, About, Act, Entry},
        brands,
        notifications::DraftNews,
        scheduled::BROKEN,
        work::{Job, tell_of_act},
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
    brands::hold_crisis(tx)?;
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
    brands::may_wait(tx, draft.actor_id)?;
    if at <= tx.now() {
        return Err(Error::invalid("draft.time_over", "This time is over. Choose a later one, or publish now."));
    }
    draft.wish.0.inside.must_be_after(at)?;
    hold_rules(tx, &draft)?;
    let standing = ready(tx, &draft, hand.account)?;
    if let Some(until) = standing.until
        && at >= until
    {
        let told = format!(
            "The approvals of this draft count until {}. Choose an earlier time, or have it approved anew closer to it.",
            until.rfc3339()
        );
        return Err(Error::invalid("draft.time_approvals", told));
    }
    if let Some(until) = standing.certified_until
        && at >= until
    {
        let told = format!(
            "The certificates by which this answer goes count until {}. Choose an earlier time, or ask an owner or admin \
             for new ones.",
            until.rfc3339()
        );
        return Err(Error::invalid("draft.time_certificates", told));
    }
    must_be_publishable(tx, site, hand.account, &draft)?;
    settle(tx, &draft, DraftState::Scheduled)?;
    // Whoever gives it a time does not want it at once any more.
    diesel::update(drafts::table.find(id))
        .set((drafts::scheduled_at.eq(at), drafts::scheduled_by.eq(hand.account), drafts::at_once.eq(false)))
        .execute(tx.conn())?;
    note(tx, &draft, Act::DraftScheduled, None, json!({ "at": at.rfc3339() }))?;
    news::tell_author(tx, &draft, hand.account, DraftNews::Scheduled)?;
    tx.defer(&Job::PublishDrafts { actor: draft.actor_id, at })?;
    Ok(Outcome::Done(id))
}

/// Takes the time of a draft back: it is approved as before, and waits for whoever publishes it or gives it another time.
/// What waits for no time any more is as it is: asked twice it is done once.
pub fn unschedule(tx: &mut Tx<'_>, hand: &Hand, id: DraftId, seen: Option<i64>) -> Result<Outcome> {
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_for(tx.conn(), hand, id, Right::Schedule)?;
    match draft.state {
        DraftState::Approved | DraftState::InReview => return Ok(Outcome::Done(id)),
        DraftState::Scheduled if is_stale(&draft, seen) => return Ok(Outcome::Stale(id)),
        DraftState::Scheduled => {}
        _ => return Err(wrong_state(&draft)),
    }
    settle(tx, &draft, DraftState::Approved)?;
    begin_waiting(tx, id)?;
    let at = draft.scheduled_at.map(Timestamp::rfc3339);
    note(tx, &draft, Act::DraftUnscheduled, None, json!({ "at": at, "scheduled_by": draft.scheduled_by }))?;
    let told = std::iter::once(draft.author_id).chain(draft.scheduled_by.filter(|other| *other != draft.author_id));
    news::tell(tx, (id, draft.actor_id), told, Some(hand.account), DraftNews::Unscheduled)?;
    Ok(Outcome::Done(id))
}

/// The next draft of a brand whose time has come. Where none has, the job comes again when the first is due.
pub fn next_due(tx: &mut Tx<'_>, brand: ActorId) -> Result<Option<DraftId>> {
    tx.lock(Key("drafts.due", &[brand.0]))?;
    let next: Option<(DraftId, Option<Timestamp>)> = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::state.eq(DraftState::Scheduled))
        .filter(drafts::scheduled_at.is_not_null())
        .order((drafts::scheduled_at, drafts::id))
        .select((drafts::id, drafts::scheduled_at))
        .first(tx.conn())
        .optional()?;
    let Some((id, Some(at))) = next else { return Ok(None) };
    if at > tx.now() {
        tx.defer(&Job::PublishDrafts { actor: brand, at })?;
        return Ok(None);
    }
    Ok(Some(id))
}

/// Publishes a draft whose time has come. In one transaction it is published and waits no longer, so it is published
/// once, whenever the process dies. What may not be published any more is held, with the reason.
pub fn publish_due(tx: &mut Tx<'_>, site: &Site, id: DraftId) -> Result<()> {
    brands::hold_crisis(tx)?;
    tx.lock(Key("draft", &[id.0]))?;
    let now = tx.now();
    // Somebody may have changed it, or published it, meanwhile.
    let due = find(tx.conn(), id)?
        .filter(|draft| draft.state == DraftState::Scheduled && draft.scheduled_at.is_some_and(|at| at <= now));
    let Some(draft) = due else { return Ok(()) };
    match tx.attempt(|tx| send(tx, site, &draft)) {
        Err(error) if is_refusal(&error) => hold(tx, &draft, &error),
        sent => sent,
    }
}

/// Looks at the first draft of a brand behind `after` that waits for its time, and holds it where it would be refused if
/// it were now: whoever wrote, approved or scheduled it may not do so any more. Whoever must know hears of it now, and not
/// when it is too late. Answers which one it was, and whether a fault of ours kept it from being looked at: those behind
/// it are none the less. One for each transaction, so that nobody waits for all of them.
pub fn hold_unready(tx: &mut Tx<'_>, brand: ActorId, after: Option<DraftId>) -> Result<Option<(DraftId, Result<()>)>> {
    brands::hold_crisis(tx)?;
    let next: Option<DraftId> = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::state.eq(DraftState::Scheduled))
        .filter(drafts::id.gt(after.unwrap_or(DraftId(0))))
        .order(drafts::id)
        .select(drafts::id)
        .first(tx.conn())
        .optional()?;
    let Some(id) = next else { return Ok(None) };
    tx.lock(Key("draft", &[id.0]))?;
    match tx.attempt(|tx| hold_where_refused(tx, id)) {
        // The database is in trouble, and so are those behind it.
        Err(error) if error.kind() == Kind::Unavailable => Err(error),
        looked => Ok(Some((id, looked))),
    }
}

fn hold_where_refused(tx: &mut Tx<'_>, id: DraftId) -> Result<()> {
    let waits = find(tx.conn(), id)?.filter(|draft| draft.state == DraftState::Scheduled);
    let Some(draft) = waits else { return Ok(()) };
    match tx.attempt(|tx| may_go(tx, &draft)) {
        Err(error) if is_refusal(&error) => hold(tx, &draft, &error),
        looked => looked.map(drop),
    }
}

/// Whether something was refused, and will be when it is tried again: no fault of ours, and no trouble that passes.
fn is_refusal(error: &Error) -> bool {
    !matches!(error.kind(), Kind::Internal | Kind::Unavailable)
}

/// Holds a draft that could not be published by a fault of ours, so that those behind it are published. Of the draft
/// itself nothing is read: it may be what is broken.
pub fn hold_broken(tx: &mut Tx<'_>, brand: ActorId, id: DraftId) -> Result<()> {
    tx.lock(Key("draft", &[id.0]))?;
    let waits = drafts::table.find(id).filter(drafts::state.eq(DraftState::Scheduled));
    let people: Option<(AccountId, Option<AccountId>)> =
        waits.select((drafts::author_id, drafts::scheduled_by)).first(tx.conn()).optional()?;
    let Some((author, scheduled_by)) = people else { return Ok(()) };
    let now = tx.now();
    diesel::update(waits)
        .set((
            drafts::state.eq(DraftState::Held),
            drafts::scheduled_at.eq(None::<Timestamp>),
            drafts::scheduled_by.eq(None::<AccountId>),
            drafts::held.eq(BROKEN.1),
            drafts::held_code.eq(BROKEN.0),
            drafts::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    note_held(tx, (id, brand), author, scheduled_by, BROKEN.1)
}

/// Holds every draft that waits for its time, of all brands; answers how many. The authors are told in the workroom; who
/// else must know of it is told by whoever does this.
pub fn hold_all(tx: &mut Tx<'_>, why: &Error) -> Result<usize> {
    let waiting: Vec<(DraftId, ActorId, AccountId)> = drafts::table
        .filter(drafts::state.eq(DraftState::Scheduled))
        .order(drafts::id)
        .select((drafts::id, drafts::actor_id, drafts::author_id))
        .load(tx.conn())?;
    let (now, reason) = (tx.now(), why.safe());
    diesel::update(drafts::table.filter(drafts::state.eq(DraftState::Scheduled)))
        .set((
            drafts::state.eq(DraftState::Held),
            drafts::scheduled_at.eq(None::<Timestamp>),
            drafts::scheduled_by.eq(None::<AccountId>),
            drafts::held.eq(reason),
            drafts::held_code.eq(why.code()),
            drafts::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    for (id, brand, author) in &waiting {
        let (act, about, details) = (Act::DraftHeld, About::Draft(*id), json!({ "author": author }));
        audit::record(tx, &Entry { act, about, brand: Some(*brand), reason: Some(reason), details })?;
        news::tell(tx, (*id, *brand), [*author], None, DraftNews::Held)?;
    }
    Ok(waiting.len())
}

/// Writes down that a draft is held. Its author and whoever gave it its time are told by letter and in the workroom, while
/// they may read it.
fn note_held(
    tx: &mut Tx<'_>,
    (id, brand): (DraftId, ActorId),
    author: AccountId,
    scheduled_by: Option<AccountId>,
    reason: &str,
) -> Result<()> {
    let (act, about, details) = (Act::DraftHeld, About::Draft(id), json!({ "author": author }));
    let told: Vec<AccountId> = std::iter::once(author).chain(scheduled_by.filter(|other| *other != author)).collect();
    news::tell(tx, (id, brand), told.iter().copied(), None, DraftNews::Held)?;
    tell_of_act(tx, &Entry { act, about, brand: Some(brand), reason: Some(reason), details }, told)
}

/// Who scheduled a draft, and how it stands, when it may go out at this moment: rights are those of now, of whoever
/// scheduled it, of its author, and of those who approved it.
fn may_go(tx: &mut Tx<'_>, draft: &Draft) -> Result<(AccountId, Standing)> {
    let lost = |who: &str| Error::forbidden("draft.rights", format!("Whoever {who} this may not do so any more."));
    let scheduled_by = draft.scheduled_by.ok_or_else(|| lost("scheduled"))?;
    let scheduler = accounts::role_on(tx.conn(), scheduled_by, draft.actor_id)?;
    scheduler.filter(|role| role.may(Right::Schedule)).ok_or_else(|| lost("scheduled"))?;
    let author = accounts::role_on(tx.conn(), draft.author_id, draft.actor_id)?;
    author.filter(|role| role.may(Right::WriteDraft)).ok_or_else(|| lost("wrote"))?;
    brands::may_wait(tx, draft.actor_id)?;
    hold_rules(tx, draft)?;
    Ok((scheduled_by, ready(tx, draft, scheduled_by)?))
}

fn send(tx: &mut Tx<'_>, site: &Site, draft: &Draft) -> Result<()> {
    let (scheduled_by, standing) = may_go(tx, draft)?;
    put_out(tx, site, scheduled_by, draft, &standing).map(drop)
}

/// Publishes what was approved and written as a post, while its author may publish it, or else in the name of who agreed
/// to it; what could not be is held, with the reason. Where neither may send it as it stands, it waits for somebody who
/// may, and stays approved. The rules are held.
pub(super) fn publish_written(tx: &mut Tx<'_>, site: &Site, draft: &Draft, agreed: Option<AccountId>) -> Result<()> {
    let now = tx.now();
    for person in std::iter::once(draft.author_id).chain(agreed) {
        let role = accounts::role_on(tx.conn(), person, draft.actor_id)?;
        let (free, _) = let_go(tx.conn(), draft, person, now)?;
        if !role.is_some_and(|role| draft.is_sent_by(role, free)) {
            continue;
        }
        let standing = standing(tx.conn(), draft, Some(person), now)?;
        if standing.is_met() {
            return match tx.attempt(|tx| put_out(tx, site, person, draft, &standing)) {
                Err(error) if is_refusal(&error) => hold(tx, draft, &error),
                done => done.map(drop),
            };
        }
    }
    Ok(())
}

fn hold(tx: &mut Tx<'_>, draft: &Draft, why: &Error) -> Result<()> {
    settle(tx, draft, DraftState::Held)?;
    diesel::update(drafts::table.find(draft.id))
        .set((drafts::held.eq(why.safe()), drafts::held_code.eq(why.code())))
        .execute(tx.conn())?;
    note_held(tx, (draft.id, draft.actor_id), draft.author_id, draft.scheduled_by, why.safe())
}
