//! From a draft to a post, once.

use diesel::prelude::*;
use serde_json::json;

use super::{
    Counted, Draft, DraftState, Hand, Outcome,
    copied::agreed,
    edits::changed_post,
    new_uploads, news,
    queries::{get_for, get_with_role},
    review::is_stale,
    said,
    standing::{Standing, let_go, standing},
    waiting::end_waiting,
    write::{desk, note},
    wrong_state,
};
use crate::{
    db::{Json, Key, Timestamp, Tx, schema::drafts},
    domain::{
        AccountId, Audience, By, DraftId, PostId, Site,
        accounts::{self, Right},
        audit::{About, Act, Entry},
        brands, copies,
        media::{self, Holder},
        notifications::{self, DraftNews, NotificationKind},
        org,
        posts::{self, Post},
        work::tell_of_act,
    },
    error::{Error, Result, Rule},
};

/// How many characters the reason of an override has at least, and at most.
pub const REASON: (usize, usize) = (15, 1_000);

/// Publishes a draft that has the approvals which it needs. Asked twice it is one post.
pub fn publish(tx: &mut Tx<'_>, site: &Site, hand: &Hand, id: DraftId, seen: Option<i64>) -> Result<Outcome> {
    brands::hold_crisis(tx)?;
    tx.lock(Key("draft", &[id.0]))?;
    let (draft, role) = get_with_role(tx.conn(), hand, id)?;
    // Who may send it is a matter of the rules too.
    hold_rules(tx, &draft)?;
    let now = tx.now();
    let (free, missing) = let_go(tx.conn(), &draft, hand.account, now)?;
    if !draft.is_sent_by(role, free) {
        if let Some(missing) = missing.filter(|_| draft.of_post.is_none() && role.may(Right::ReplyWithoutApproval)) {
            let refused = Error::forbidden("draft.certificate", missing.told());
            return Err(refused.ruled_by(Rule::Brand(draft.actor_id.0)));
        }
        let right = if draft.of_post.is_some() { Right::EditPublished } else { Right::Publish };
        accounts::need_right(tx.conn(), hand.account, draft.actor_id, right)?;
    }
    match draft.state {
        DraftState::Published => return Ok(Outcome::Done(id)),
        DraftState::Discarded => return Err(wrong_state(&draft)),
        _ if is_stale(&draft, seen) => return Ok(Outcome::Stale(id)),
        _ => {}
    }
    let standing = ready(tx, &draft, hand.account)?;
    put_out(tx, site, hand.account, &draft, &standing)?;
    Ok(Outcome::Done(id))
}

/// Publishes a draft in an emergency, whatever approvals it lacks. Every other manager of the brand who has an e-mail
/// address is told by letter; where there is none, it is refused.
pub fn publish_anyway(
    tx: &mut Tx<'_>,
    site: &Site,
    hand: &Hand,
    id: DraftId,
    seen: Option<i64>,
    reason: &str,
) -> Result<Outcome> {
    brands::hold_crisis(tx)?;
    tx.lock(Key("draft", &[id.0]))?;
    let draft = get_for(tx.conn(), hand, id, Right::Override)?;
    match draft.state {
        DraftState::Published | DraftState::Discarded => return Err(wrong_state(&draft)),
        _ if is_stale(&draft, seen) => return Ok(Outcome::Stale(id)),
        _ => {}
    }
    let reason = said(reason, REASON.0, REASON.1, "draft.reason")?;
    let managers = accounts::people_with(tx.conn(), &[draft.actor_id], Right::Override)?;
    let others: Vec<AccountId> =
        managers.into_iter().map(|(_, manager)| manager).filter(|manager| *manager != hand.account).collect();
    let told = accounts::with_address(tx.conn(), &others)?;
    if told.is_empty() {
        let refused = "This brand has no second manager with an e-mail address who could be told of it. Give somebody \
                       that role first, or the manager an address.";
        return Err(Error::conflict("draft.no_second_manager", refused));
    }
    hold_changed(tx, &draft)?;
    let now = tx.now();
    let standing = standing(tx.conn(), &draft, Some(hand.account), now)?;
    diesel::update(drafts::table.find(id)).set(drafts::override_reason.eq(&reason)).execute(tx.conn())?;
    let post = put_out(tx, site, hand.account, &draft, &standing)?;
    let without_address: Vec<AccountId> = others.into_iter().filter(|manager| !told.contains(manager)).collect();
    let details = json!({
        "post": post,
        "told": &told,
        "without_address": without_address,
        "needed": standing.needed,
        "approved_by": standing.approved_by,
    });
    let (about, brand) = (About::Draft(id), Some(draft.actor_id));
    let entry = Entry { act: Act::DraftOverridden, about, brand, reason: Some(&reason), details };
    tell_of_act(tx, &entry, told)?;
    Ok(Outcome::Done(id))
}

/// How the draft stands, when it may be published by this person; refused when it may not. Held are the rules before, by
/// [`hold_rules`].
pub(super) fn ready(tx: &mut Tx<'_>, draft: &Draft, sender: AccountId) -> Result<Standing> {
    let now = tx.now();
    let standing = standing(tx.conn(), draft, Some(sender), now)?;
    standing.must_be_met(draft.actor_id)?;
    Ok(standing)
}

/// The post that a draft changes, and the rules by which it is judged, stay as they are until this transaction ends: in
/// this order, after the draft itself.
pub(super) fn hold_rules(tx: &mut Tx<'_>, draft: &Draft) -> Result<()> {
    hold_changed(tx, draft)?;
    brands::hold_policy(tx, draft.actor_id)
}

/// Nobody else changes the post that a draft changes: who approved an edit approved it in place of what is there.
fn hold_changed(tx: &mut Tx<'_>, draft: &Draft) -> Result<()> {
    draft.of_post.map_or(Ok(()), |post| tx.lock(Key("post", &[post.0])))
}

/// Makes the post, by the same operations as every other door, and ends the draft with it.
pub(super) fn put_out(
    tx: &mut Tx<'_>,
    site: &Site,
    person: AccountId,
    draft: &Draft,
    standing: &Standing,
) -> Result<PostId> {
    let by = By::Local { actor: draft.actor_id, account: Some(person) };
    let copy = agreed(tx, site, draft)?;
    media::release(tx, Holder::Draft(draft.id))?;
    let ready = |composed: &mut posts::Draft| {
        composed.approved = true;
        composed.author = Some(draft.author_id);
    };
    let post = match changed_post(tx.conn(), draft)? {
        Some(post) => {
            let id = post.id;
            let mut composed = compose_edit(tx, site, &by, draft, post)?;
            ready(&mut composed);
            posts::edit(tx, &by, id, &composed)?;
            id
        }
        None => {
            let new = draft.wish.0.clone().into_published(tx.now());
            let id = posts::publish(tx, site, &by, &new, ready)?;
            tell_desk(tx, draft, person, id)?;
            id
        }
    };
    settle(tx, draft, DraftState::Published)?;
    let counted = Counted { needed: standing.needed, approved_by: standing.approved_by.clone() };
    diesel::update(drafts::table.find(draft.id))
        .set((
            drafts::post_id.eq(draft.of_post.is_none().then_some(post)),
            drafts::published_by.eq(person),
            drafts::content_hash.eq(&standing.hash),
            drafts::counted.eq(Some(Json(counted))),
        ))
        .execute(tx.conn())?;
    if let Some(copy) = copy {
        copies::published(tx, &copy, post)?;
    }
    let details = json!({
        "post": post,
        "edit": draft.of_post.is_some(),
        "author": draft.author_id,
        "by": person,
        "content_hash": standing.hash,
        "needed": standing.needed,
        "approved_by": standing.approved_by,
    });
    note(tx, draft, Act::DraftPublished, None, details)?;
    news::tell_author(tx, draft, person, DraftNews::Published)?;
    Ok(post)
}

/// Tells the team that looks after the answers to a post which they may all read that it is out. Where nobody of it may
/// write for the brand any more, the answers are with the person beside it, or else with the author, who is told even of
/// what they published themselves.
fn tell_desk(tx: &mut Tx<'_>, draft: &Draft, publisher: AccountId, post: PostId) -> Result<()> {
    let Some(team) = draft.reply_team_id else { return Ok(()) };
    if !matches!(draft.wish.0.audience, Audience::Public | Audience::Unlisted | Audience::Company) {
        return Ok(());
    }
    let mut told = desk(tx, team, draft.actor_id)?;
    if told.is_empty() {
        let people = org::desk(tx.conn(), draft.actor_id, None, [draft.reply_owner_id, draft.author_id])?;
        told.extend(people.iter().map(|person| person.actor_id));
    } else {
        let own = accounts::get(tx.conn(), publisher)?.actor_id;
        told.retain(|member| *member != own);
    }
    for person in told {
        notifications::tell(tx, person, NotificationKind::Status, draft.actor_id, Some(post))?;
    }
    Ok(())
}

/// Refuses what could not be published at this moment, whatever it still needs; nothing is changed.
pub(super) fn must_be_publishable(tx: &mut Tx<'_>, site: &Site, person: AccountId, draft: &Draft) -> Result<()> {
    let by = By::Local { actor: draft.actor_id, account: Some(person) };
    media::release(tx, Holder::Draft(draft.id))?;
    let changes = changed_post(tx.conn(), draft)?;
    if let Some(post) = changes.clone() {
        compose_edit(tx, site, &by, draft, post)?;
    } else {
        let new = draft.wish.0.clone().into_post();
        let mut composed = posts::compose(tx, site, &by, &new)?;
        composed.approved = true;
        posts::check_may_publish(tx, &by, &composed)?;
        posts::check_twin(tx, site, &by, &new, |composed| composed.approved = true)?;
    }
    media::hold(tx, draft.actor_id, Holder::Draft(draft.id), &new_uploads(&draft.wish.0, changes.as_ref()))
}

/// What a draft says, as a change of the post that it changes.
fn compose_edit(tx: &mut Tx<'_>, site: &Site, by: &By, draft: &Draft, post: Post) -> Result<posts::Draft> {
    let mut new = draft.wish.0.clone().into_post();
    new.edited = Some(post.id);
    new.title.clone_from(&post.title);
    posts::compose_edit(tx, site, by, post, &new)
}

/// Brings a draft into a state in which it waits for no time.
pub(super) fn settle(tx: &mut Tx<'_>, draft: &Draft, state: DraftState) -> Result<()> {
    let now = tx.now();
    if !matches!(state, DraftState::InReview | DraftState::Approved) {
        end_waiting(tx, draft)?;
    }
    diesel::update(drafts::table.find(draft.id))
        .set((
            drafts::state.eq(state),
            drafts::scheduled_at.eq(None::<Timestamp>),
            drafts::scheduled_by.eq(None::<AccountId>),
            drafts::held.eq(None::<String>),
            drafts::held_code.eq(None::<String>),
            drafts::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}
