//! Whether everybody agreed, and what became of it.

use diesel::prelude::*;
use serde_json::json;

use super::{
    CopyState, Person, PublishRequest,
    ask::{may_speak, note, source_of, still_needed},
    find,
    people::must_be_able,
};
use crate::{
    db::{
        Key, Tx,
        schema::{publish_consents, publish_requests},
    },
    domain::{
        ActorId, DraftId, PostId, PublishRequestId, Site, accounts,
        audit::Act,
        posts::{self, Inside},
        scheduled::Wish,
    },
    error::{Error, Result},
};

/// Whether everybody who must agree to a copy agreed to just what it says, as things are at this moment: who is in it,
/// who can agree, and what whoever asked may do. Refused where it could not be published whoever agrees.
fn all_agreed(tx: &mut Tx<'_>, site: &Site, request: &PublishRequest) -> Result<bool> {
    let asker = accounts::get(tx.conn(), request.account_id)?;
    let asker = Person { account: asker.id, own: asker.actor_id };
    may_speak(tx.conn(), &asker, request.actor_id)?;
    let source = source_of(tx.conn(), &asker, request)?;
    let asked: Vec<(ActorId, Option<String>)> = publish_consents::table
        .filter(publish_consents::request_id.eq(request.id))
        .select((publish_consents::actor_id, publish_consents::content_hash))
        .load(tx.conn())?;
    let people: Vec<ActorId> = asked.iter().map(|(actor, _)| *actor).collect();
    for actor in still_needed(tx.conn(), site, request, &source, &people)? {
        must_be_able(tx.conn(), &source, &actor)?;
        if !asked.iter().any(|(one, hash)| *one == actor.id && hash.as_ref() == Some(&request.content_hash)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The request, where it waits for nobody any more.
pub fn is_ready(tx: &mut Tx<'_>, site: &Site, id: PublishRequestId) -> Result<Option<PublishRequest>> {
    tx.lock(Key("copy", &[id.0]))?;
    let Some(request) = find(tx.conn(), id)?.filter(|request| request.state == CopyState::Waiting) else {
        return Ok(None);
    };
    Ok(if all_agreed(tx, site, &request)? { Some(request) } else { None })
}

/// A copy became a draft of its brand.
pub fn drafted(tx: &mut Tx<'_>, id: PublishRequestId, draft: DraftId) -> Result<()> {
    let now = tx.now();
    diesel::update(publish_requests::table.find(id))
        .set((
            publish_requests::state.eq(CopyState::Drafted),
            publish_requests::draft_id.eq(draft),
            publish_requests::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The request from which a draft came, when it still says just what everybody agreed to, and they still do; refused
/// when not, whatever approvals the draft has.
pub fn agreed_draft(tx: &mut Tx<'_>, site: &Site, id: PublishRequestId, wish: &Wish) -> Result<PublishRequest> {
    tx.lock(Key("copy", &[id.0]))?;
    let found = find(tx.conn(), id)?.filter(|request| request.state == CopyState::Drafted && request.wish.0 == *wish);
    let refused = || {
        let told = "This is a copy of an internal post, and not everybody who is in it agrees to this text any more. Throw \
                    it away, and ask anew.";
        Error::conflict("draft.consent", told)
    };
    let request = found.ok_or_else(refused)?;
    if all_agreed(tx, site, &request)? { Ok(request) } else { Err(refused()) }
}

/// A copy became a post. On the original, who may read it sees that; whoever is asked whether it stays inside answered
/// by that.
pub fn published(tx: &mut Tx<'_>, request: &PublishRequest, post: PostId) -> Result<()> {
    let now = tx.now();
    diesel::update(publish_requests::table.find(request.id))
        .set((
            publish_requests::state.eq(CopyState::Published),
            publish_requests::post_id.eq(post),
            publish_requests::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    let Some(source) = request.source_id.map(|id| posts::find(tx.conn(), id)).transpose()?.flatten() else {
        return Ok(());
    };
    posts::link(tx, source.id, post)?;
    let others = publish_consents::table
        .filter(publish_consents::request_id.eq(request.id))
        .filter(publish_consents::actor_id.ne(request.actor_id));
    if diesel::select(diesel::dsl::exists(others)).get_result(tx.conn())? {
        posts::keep_as_agreed(tx, post)?;
    }
    if posts::is_to_be_reviewed(tx.conn(), source.id)? {
        posts::keep_on(tx, &source, Inside::default())?;
    }
    let details = json!({ "request": request.id, "post": post, "content_hash": request.content_hash });
    note(tx, Act::CopyPublished, source.id, details)
}
