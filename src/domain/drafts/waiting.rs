//! Drafts that wait for approval, as apps that know only posts see them: as posts that the team alone sees. Each time a
//! draft is handed in it is seen under another id, so that whoever likes one agrees to just that text.

use diesel::prelude::*;

use super::{Content, Draft, Hand, Once, Outcome, create, queries::get_with_role, save, submit};
use crate::{
    db::{Conn, Signal, Tx, schema::drafts},
    domain::{
        ActorId, By, DraftId, Page, Site, accounts, act_once, actors,
        brands::{self, Speech, WithUploads},
        media,
        posts::{self, NewPost},
        scheduled::Wish,
    },
    error::{Error, Result, Rule},
};

/// Whether what somebody writes as a brand begins as a draft: it waits for approval, or they write nothing but drafts.
pub fn must_wait(tx: &mut Tx<'_>, by: &By, new: &NewPost) -> Result<bool> {
    let By::Local { actor, account: Some(account) } = by else { return Ok(false) };
    if !actors::get(tx.conn(), *actor)?.kind.has_speakers() {
        return Ok(false);
    }
    if !accounts::may_act_as(tx.conn(), *account, *actor)? {
        return Ok(true);
    }
    let answered = new.reply_to.map(|post| posts::find(tx.conn(), post)).transpose()?.flatten();
    let uploads = media::find_many(tx.conn(), &new.media)?;
    let said = WithUploads(new, media::descriptions(&uploads));
    let speech = Speech { said: &said, by: &[*account], sender: None, at: tx.now() };
    Ok(brands::what_asks(tx, *actor, answered.map(|post| post.author_id), &speech)?.approvals > 0)
}

/// Refuses a time for what begins as a draft: whoever publishes for the brand gives it one when it is approved.
pub fn refuse_time(tx: &mut Tx<'_>, by: &By, new: &NewPost) -> Result<()> {
    if !must_wait(tx, by, new)? {
        return Ok(());
    }
    brands::may_wait(tx, by.actor())?;
    let brand = actors::get(tx.conn(), by.actor())?.username;
    let told = format!(
        "What you write as @{brand} is a draft until colleagues approve it, and has no time of its own. Post it without a \
         time: it waits for approval, and a colleague who publishes for the brand chooses when it appears."
    );
    Err(Error::forbidden("draft.no_time", told).ruled_by(Rule::Brand(by.actor().0)))
}

/// Takes what somebody wrote as a post of a brand as a draft that is handed in; it is published as soon as it is
/// approved. The same key is the same draft.
pub fn hand_in(tx: &mut Tx<'_>, site: &Site, hand: &Hand, wish: &Wish, once: Option<&Once>) -> Result<DraftId> {
    let content = Content { wish: wish.clone(), reply_owner: None };
    let handed = act_once(tx, once, |tx| {
        let id = create(tx, site, hand, hand.actor, None, &content, None)?;
        diesel::update(drafts::table.find(id)).set(drafts::at_once.eq(true)).execute(tx.conn())?;
        submit(tx, site, hand, id, None)
    })?;
    match handed {
        Outcome::Done(id) | Outcome::Stale(id) => Ok(id),
    }
}

/// Gives what waits under an id another text, and hands that in: it waits under another id then, since who likes it
/// agrees to just that text.
pub fn rewrite(tx: &mut Tx<'_>, site: &Site, hand: &Hand, waiting: i64, wish: &Wish) -> Result<DraftId> {
    let draft = get_waiting(tx.conn(), hand, waiting)?;
    let content = Content { wish: wish.clone(), reply_owner: None };
    let saved = save(tx, site, hand, draft.id, draft.version, &content)?;
    match (saved, submit(tx, site, hand, draft.id, None)?) {
        (Outcome::Done(id), Outcome::Done(_)) => Ok(id),
        _ => Err(Error::conflict("draft.stale", "Somebody changed this meanwhile. Look at it, and try again.")),
    }
}

/// Shows a draft to apps under a new id.
pub(super) fn begin_waiting(tx: &mut Tx<'_>, id: DraftId) -> Result<()> {
    let waiting = tx.new_id();
    diesel::update(drafts::table.find(id)).set(drafts::waiting_id.eq(waiting)).execute(tx.conn())?;
    tx.signal(Signal { topic: "draft", kind: "waits", id: waiting });
    Ok(())
}

/// Shows a draft to apps no longer.
pub(super) fn end_waiting(tx: &mut Tx<'_>, draft: &Draft) -> Result<()> {
    let Some(waiting) = draft.waiting_id else { return Ok(()) };
    diesel::update(drafts::table.find(draft.id)).set(drafts::waiting_id.eq(None::<i64>)).execute(tx.conn())?;
    tx.signal(Signal { topic: "draft", kind: "gone", id: waiting });
    Ok(())
}

/// The draft that is seen under an id, for who may read it; not found for everybody else.
pub fn get_waiting(conn: &mut Conn, hand: &Hand, waiting: i64) -> Result<Draft> {
    let missing = || Error::not_found("post.not_found", "There is no such post.");
    let seen = drafts::table.filter(drafts::waiting_id.eq(waiting)).select(drafts::id);
    let id: DraftId = seen.first(conn).optional()?.ok_or_else(missing)?;
    get_with_role(conn, hand, id).map(|(draft, _)| draft).map_err(|_| missing())
}

/// A page of the drafts of a brand that wait, the latest first.
pub fn list_waiting(conn: &mut Conn, brand: ActorId, page: &Page) -> Result<Vec<Draft>> {
    let (above, below) = page.bounds();
    let query = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::waiting_id.gt(above))
        .filter(drafts::waiting_id.lt(below))
        .limit(page.limit)
        .select(Draft::as_select())
        .into_boxed();
    let query =
        if page.upwards() { query.order(drafts::waiting_id.asc()) } else { query.order(drafts::waiting_id.desc()) };
    let mut found: Vec<Draft> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    Ok(found)
}
