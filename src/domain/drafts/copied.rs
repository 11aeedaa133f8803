//! Copies of internal posts on their way out. Who asks and who agrees is `copies`' to know; here a copy to which everybody
//! agreed becomes a post of whoever asked, or a draft of their brand, by the operations of every other door.

use diesel::prelude::*;

use super::{Content, Draft, DraftState, Hand, create, find, publish::settle, write::note};
use crate::{
    db::{Key, Tx, schema::drafts},
    domain::{
        By, DraftId, Once, PublishRequestId, Site, accounts, act_once,
        audit::Act,
        copies::{self, NewRequest, Outcome, Person, PublishRequest, Words},
        media::{self, Holder},
        posts,
    },
    error::{Error, Result},
};

/// Asks for a copy of an internal post; where nobody else must agree it is published, or a draft, at once. The same key
/// with the same words is the same request.
pub fn ask_for_copy(
    tx: &mut Tx<'_>,
    site: &Site,
    person: &Person,
    new: &NewRequest,
    once: Option<&Once>,
) -> Result<PublishRequestId> {
    let asked = act_once(tx, once, |tx| {
        let id = copies::ask(tx, site, person, new)?;
        go_on(tx, site, id)?;
        Ok(id.0)
    })?;
    Ok(PublishRequestId(asked))
}

/// Gives a copy another text, to which all agree anew.
pub fn rewrite_copy(
    tx: &mut Tx<'_>,
    site: &Site,
    person: &Person,
    (id, seen): (PublishRequestId, i64),
    words: &Words,
) -> Result<Outcome> {
    let outcome = copies::rewrite(tx, site, person, id, seen, words)?;
    if matches!(outcome, Outcome::Done(_)) {
        go_on(tx, site, id)?;
    }
    Ok(outcome)
}

/// Agrees to a copy; with the last one who agrees it is published, or a draft.
pub fn consent_to_copy(
    tx: &mut Tx<'_>,
    site: &Site,
    person: &Person,
    id: PublishRequestId,
    seen: i64,
) -> Result<Outcome> {
    let outcome = copies::consent(tx, site, person, id, seen)?;
    if matches!(outcome, Outcome::Done(_)) {
        go_on(tx, site, id).map_err(copies::not_now)?;
    }
    Ok(outcome)
}

/// Does not agree to a copy. The draft that came of it is thrown away.
pub fn decline_copy(tx: &mut Tx<'_>, person: &Person, id: PublishRequestId) -> Result<()> {
    hold_draft(tx, id)?;
    let request = copies::decline(tx, person, id)?;
    throw_away(tx, &request)
}

/// Takes a copy back that one asked for. The draft that came of it is thrown away.
pub fn withdraw_copy(tx: &mut Tx<'_>, person: &Person, id: PublishRequestId) -> Result<()> {
    hold_draft(tx, id)?;
    let request = copies::withdraw(tx, person, id)?;
    throw_away(tx, &request)
}

/// Nobody publishes the draft that came of a copy meanwhile. Before the request itself, as where one is published.
fn hold_draft(tx: &mut Tx<'_>, id: PublishRequestId) -> Result<()> {
    match copies::find(tx.conn(), id)?.and_then(|request| request.draft_id) {
        Some(draft) => tx.lock(Key("draft", &[draft.0])),
        None => Ok(()),
    }
}

/// A draft is thrown away: the request from which it came ends with it.
pub(super) fn end_request(tx: &mut Tx<'_>, hand: &Hand, draft: &Draft) -> Result<()> {
    let person = Person { account: hand.account, own: hand.own };
    draft.copy_id.map_or(Ok(()), |id| copies::end_with_draft(tx, &person, id))
}

fn throw_away(tx: &mut Tx<'_>, request: &PublishRequest) -> Result<()> {
    let Some(id) = request.draft_id else { return Ok(()) };
    // It may have come since the request was looked at.
    tx.lock(Key("draft", &[id.0]))?;
    let Some(draft) = find(tx.conn(), id)?.filter(|draft| draft.state.is_open()) else { return Ok(()) };
    media::release(tx, Holder::Draft(id))?;
    settle(tx, &draft, DraftState::Discarded)?;
    note(tx, &draft, Act::DraftDiscarded, None, serde_json::json!({ "author": draft.author_id }))
}

/// Publishes a copy to which everybody agreed, or begins its draft; nothing where somebody has not.
fn go_on(tx: &mut Tx<'_>, site: &Site, id: PublishRequestId) -> Result<()> {
    let Some(request) = copies::is_ready(tx, site, id)? else { return Ok(()) };
    let asker = accounts::get(tx.conn(), request.account_id)?;
    media::release(tx, Holder::Copy(id))?;
    if request.actor_id == asker.actor_id {
        let by = By::Local { actor: asker.actor_id, account: Some(asker.id) };
        let draft = posts::compose(tx, site, &by, &request.wish.0.clone().into_post())?;
        let post = posts::create(tx, site, &by, &draft)?;
        return copies::published(tx, &request, post);
    }
    let hand = Hand { account: asker.id, own: asker.actor_id, actor: asker.actor_id };
    let content = Content { wish: request.wish.0.clone(), reply_owner: None };
    let draft: DraftId = create(tx, site, &hand, request.actor_id, None, &content, None)?;
    diesel::update(drafts::table.find(draft)).set(drafts::copy_id.eq(Some(id))).execute(tx.conn())?;
    copies::drafted(tx, id, draft)
}

/// The request from which a draft came, when it may be published as far as that goes.
pub(super) fn agreed(tx: &mut Tx<'_>, site: &Site, draft: &Draft) -> Result<Option<PublishRequest>> {
    draft.copy_id.map(|id| copies::agreed_draft(tx, site, id, &draft.wish.0)).transpose()
}

/// Refuses another text of a draft to which people agreed as it is.
pub(super) fn must_be_free(draft: &Draft) -> Result<()> {
    if draft.copy_id.is_none() {
        return Ok(());
    }
    let told = "This is a copy of an internal post, and people agreed to just this text. Throw it away, and whoever asked \
                for it asks anew.";
    Err(Error::conflict("draft.consent", told))
}
