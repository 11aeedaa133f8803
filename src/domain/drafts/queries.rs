//! Looking drafts up, and letting go of them.

use std::time::Duration;

use diesel::prelude::*;

use super::{Counted, Draft, DraftState, DraftView, Hand, ReplyOwner, Review, view::view};
use crate::{
    db::{
        Among, Conn, Json, Timestamp, Tx,
        schema::{draft_reviews, drafts, posts as posts_table},
    },
    domain::{
        AccountId, ActorId, Audience, DraftId, Page, PostId, TeamId,
        accounts::{self, Account, GrantRole, Right},
        posts::{self, Viewer},
    },
    error::{Error, Result},
};

/// How many drafts are read at a time at least, where not all are what is asked for.
const PORTION: i64 = 40;

/// What is said where there is no draft that somebody may read.
pub fn missing() -> Error {
    Error::not_found("draft.not_found", "There is no such draft.")
}

/// Which of these drafts are there, whatever became of them.
pub fn existing(conn: &mut Conn, ids: Vec<DraftId>) -> Result<Vec<DraftId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(drafts::table.filter(drafts::id.among(ids)).select(drafts::id).load(conn)?)
}

/// A draft by id.
pub fn find(conn: &mut Conn, id: DraftId) -> Result<Option<Draft>> {
    Ok(drafts::table.find(id).select(Draft::as_select()).first(conn).optional()?)
}

/// A draft that this person may read, or not found: who may not read it is told nothing of it.
pub fn get(conn: &mut Conn, hand: &Hand, id: DraftId) -> Result<Draft> {
    get_with_role(conn, hand, id).map(|(draft, _)| draft)
}

pub(super) fn get_with_role(conn: &mut Conn, hand: &Hand, id: DraftId) -> Result<(Draft, GrantRole)> {
    let draft = find(conn, id)?.filter(|draft| hand.reaches(draft.actor_id)).ok_or_else(missing)?;
    let role = reader(conn, (hand.account, hand.own), (draft.actor_id, draft.of_post))?.ok_or_else(missing)?;
    Ok((draft, role))
}

/// The role by which somebody may read a draft of a brand at this moment, whatever token they hold; nothing where they
/// may not. A change of a post that is not for everybody is read by those who may read the post.
fn reader(
    conn: &mut Conn,
    (account, own): (AccountId, ActorId),
    (brand, of_post): (ActorId, Option<PostId>),
) -> Result<Option<GrantRole>> {
    let role = accounts::role_on(conn, account, brand)?.filter(|role| role.may(Right::ReadDrafts));
    let (Some(role), Some(post)) = (role, of_post) else { return Ok(role) };
    if role.may(Right::Publish) {
        return Ok(Some(role));
    }
    let closed = posts::not_open_among(conn, &[post])?;
    Ok(closed_to(conn, own, closed)?.is_empty().then_some(role))
}

/// Whether there is a draft that somebody may not read at this moment. Of what it says nothing is read.
pub fn is_closed_to(conn: &mut Conn, person: &Account, id: DraftId) -> Result<bool> {
    let draft: Option<(ActorId, Option<PostId>)> =
        drafts::table.find(id).select((drafts::actor_id, drafts::of_post)).first(conn).optional()?;
    let Some(draft) = draft else { return Ok(false) };
    Ok(reader(conn, (person.id, person.actor_id), draft)?.is_none())
}

/// Who made a post of a brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Who wrote it.
    pub author: AccountId,
    /// Whose approvals counted when it was published.
    pub approved_by: Vec<AccountId>,
    /// Who looks after the answers: who wrote it, where it was no draft.
    pub reply_owner: ReplyOwner,
}

/// The code of the reason for which a draft is held, as long as it is that one. Of the draft itself nothing is read: it may
/// be what is broken.
pub fn held_code(conn: &mut Conn, id: DraftId, reason: &str) -> Result<Option<String>> {
    let held = drafts::table.filter(drafts::id.eq(id)).filter(drafts::held.eq(reason));
    Ok(held.select(drafts::held_code).first::<Option<String>>(conn).optional()?.flatten())
}

/// Who made a post of this brand, for who may read its drafts; nothing for everybody else.
pub fn made_by(conn: &mut Conn, hand: &Hand, brand: ActorId, post: PostId) -> Result<Option<Made>> {
    let reads = |role: GrantRole| role.may(Right::ReadDrafts);
    if !hand.reaches(brand) || !accounts::role_on(conn, hand.account, brand)?.is_some_and(reads) {
        return Ok(None);
    }
    let Some(authorship) = posts::find_authorship(conn, post)? else { return Ok(None) };
    let draft: Option<(Option<Json<Counted>>, AccountId, Option<TeamId>)> = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::post_id.eq(post))
        .select((drafts::counted, drafts::reply_owner_id, drafts::reply_team_id))
        .first(conn)
        .optional()?;
    let author = authorship.account_id;
    let Some((counted, person, team)) = draft else {
        return Ok(Some(Made { author, approved_by: Vec::new(), reply_owner: ReplyOwner::Person(author) }));
    };
    let approved_by = counted.map(|Json(counted)| counted.approved_by).unwrap_or_default();
    let reply_owner = team.map_or(ReplyOwner::Person(person), ReplyOwner::Team);
    Ok(Some(Made { author, approved_by, reply_owner }))
}

/// Those of these drafts that a person may read at this moment, whatever token they hold.
pub(super) fn readable_by(conn: &mut Conn, person: &Account, found: Vec<Draft>) -> Result<Vec<Draft>> {
    let publishes = accounts::brands_with(conn, person.id, Right::Publish)?;
    let reads = accounts::brands_with(conn, person.id, Right::ReadDrafts)?;
    let (mut open, rest): (Vec<Draft>, Vec<Draft>) =
        found.into_iter().partition(|draft| publishes.contains(&draft.actor_id));
    let rest = rest.into_iter().filter(|draft| reads.contains(&draft.actor_id)).collect();
    open.append(&mut keep_readable(conn, person.actor_id, rest)?);
    Ok(open)
}

/// Those of these posts that somebody may not read as themselves. No query where there are none.
fn closed_to(conn: &mut Conn, own: ActorId, posts: Vec<PostId>) -> Result<Vec<PostId>> {
    if posts.is_empty() {
        return Ok(posts);
    }
    let viewer = Viewer::local(conn, own)?;
    let seen = posts::keep_visible(conn, &viewer, &posts)?;
    Ok(posts.into_iter().filter(|post| !seen.contains(post)).collect())
}

/// Those of these drafts that somebody reads who does not publish for their brand: not the changes of posts that they may
/// not read themselves.
pub fn keep_readable(conn: &mut Conn, own: ActorId, found: Vec<Draft>) -> Result<Vec<Draft>> {
    let closed = closed_to(conn, own, found.iter().filter_map(|draft| draft.of_post).collect())?;
    Ok(found.into_iter().filter(|draft| draft.of_post.is_none_or(|post| !closed.contains(&post))).collect())
}

/// The posts whose changes a person may not read, of brands in whose name they do not publish.
fn hidden_changes(conn: &mut Conn, hand: &Hand, brands: &[ActorId]) -> Result<Vec<PostId>> {
    let publishes = accounts::brands_with(conn, hand.account, Right::Publish)?;
    let others: Vec<ActorId> = brands.iter().copied().filter(|brand| !publishes.contains(brand)).collect();
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let changed: Vec<PostId> = drafts::table
        .inner_join(posts_table::table.on(posts_table::id.nullable().eq(drafts::of_post)))
        .filter(drafts::actor_id.among(others))
        .filter(posts_table::audience.ne_all([Audience::Public, Audience::Unlisted]))
        .select(posts_table::id)
        .distinct()
        .load(conn)?;
    closed_to(conn, hand.own, changed)
}

/// A draft with which this person may do something.
pub(super) fn get_for(conn: &mut Conn, hand: &Hand, id: DraftId, right: Right) -> Result<Draft> {
    let (draft, _) = get_with_role(conn, hand, id)?;
    accounts::need_right(conn, hand.account, draft.actor_id, right)?;
    Ok(draft)
}

/// A draft that this person may change: their own, or anybody's with the right to that.
pub(super) fn get_to_write(conn: &mut Conn, hand: &Hand, id: DraftId, right: Right) -> Result<Draft> {
    let draft = get_for(conn, hand, id, right)?;
    if draft.author_id != hand.account {
        accounts::need_right(conn, hand.account, draft.actor_id, Right::EditOthersDraft)?;
    }
    Ok(draft)
}

/// Which drafts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sought {
    /// Of one brand, or of all.
    pub brand: Option<ActorId>,
    /// In the state that they have at this moment, or in any.
    pub state: Option<DraftState>,
    /// Also those that wait for somebody who may publish them.
    pub or_for_publishers: bool,
    /// That wait for a time, which is not before this one.
    pub due_from: Option<Timestamp>,
    /// That wait for a time, which is before this one.
    pub due_until: Option<Timestamp>,
}

/// A page of the drafts that a person may read, newest first.
pub fn list(conn: &mut Conn, hand: &Hand, sought: &Sought, page: &Page, now: Timestamp) -> Result<Vec<DraftView>> {
    let Sought { brand, state, .. } = *sought;
    let mut brands = accounts::brands_with(conn, hand.account, Right::ReadDrafts)?;
    brands.retain(|known| hand.reaches(*known) && brand.is_none_or(|brand| brand == *known));
    let hidden = hidden_changes(conn, hand, &brands)?;
    let handed_in = [DraftState::InReview, DraftState::Approved];
    let stored: Option<Vec<DraftState>> =
        state.map(|state| if handed_in.contains(&state) { handed_in.to_vec() } else { vec![state] });
    let limit = usize::try_from(page.limit).unwrap_or(0);
    // Where not all are what is asked for, few are read at a time but not one.
    let portions = Page {
        limit: if stored.as_ref().is_some_and(|states| states.len() > 1) {
            page.limit.max(PORTION)
        } else {
            page.limit
        },
        ..*page
    };
    let (mut listed, mut rest): (Vec<DraftView>, Page) = (Vec::new(), portions);
    // Which of those that were handed in are approved is known when they are read: where many are not what is asked for,
    // the page goes on.
    loop {
        let found = portion(conn, &brands, (stored.as_deref(), sought), &hidden, &rest)?;
        let (full, last) = (
            i64::try_from(found.len()).unwrap_or(0) >= rest.limit,
            if rest.upwards() { found.first() } else { found.last() },
        );
        let Some(last) = last.map(|draft| draft.id.0) else { break };
        let mut views = view(conn, found, now)?;
        views.retain(|view| {
            state.is_none_or(|state| view.state() == state) || sought.or_for_publishers && view.waits_for_publisher()
        });
        if rest.upwards() {
            let room = limit.saturating_sub(listed.len());
            views.drain(..views.len().saturating_sub(room));
            listed.splice(..0, views);
            rest.min_id = Some(last);
        } else {
            listed.append(&mut views);
            listed.truncate(limit);
            rest.max_id = Some(last);
        }
        if !full || listed.len() >= limit {
            break;
        }
    }
    Ok(listed)
}

/// A page of drafts of these brands as they are stored, newest first, but for the changes of these posts.
fn portion(
    conn: &mut Conn,
    brands: &[ActorId],
    (states, sought): (Option<&[DraftState]>, &Sought),
    hidden: &[PostId],
    page: &Page,
) -> Result<Vec<Draft>> {
    let (above, below) = page.bounds();
    let mut query = drafts::table
        .filter(drafts::actor_id.among(brands.to_vec()))
        .filter(drafts::id.gt(DraftId(above)))
        .filter(drafts::id.lt(DraftId(below)))
        .limit(page.limit)
        .select(Draft::as_select())
        .into_boxed();
    if let Some(states) = states {
        query = query.filter(drafts::state.among(states.to_vec()));
    }
    if let Some(from) = sought.due_from {
        query = query.filter(drafts::scheduled_at.ge(from));
    }
    if let Some(until) = sought.due_until {
        query = query.filter(drafts::scheduled_at.lt(until));
    }
    if !hidden.is_empty() {
        let hidden = drafts::of_post.assume_not_null().among(hidden.to_vec());
        query = query.filter(drafts::of_post.is_null().or(diesel::dsl::not(hidden)));
    }
    query = if page.upwards() { query.order(drafts::id.asc()) } else { query.order(drafts::id.desc()) };
    let mut found: Vec<Draft> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    Ok(found)
}

/// What was said of these drafts, oldest first.
pub(super) fn reviews_of(conn: &mut Conn, ids: &[DraftId]) -> Result<Vec<Review>> {
    Ok(draft_reviews::table
        .filter(draft_reviews::draft_id.among(ids.to_vec()))
        .order((draft_reviews::created_at, draft_reviews::id))
        .select(Review::as_select())
        .load(conn)?)
}

/// Forgets what was written for a brand that is gone.
pub fn forget_all_of(tx: &mut Tx<'_>, brand: ActorId) -> Result<()> {
    diesel::delete(drafts::table.filter(drafts::actor_id.eq(brand))).execute(tx.conn())?;
    Ok(())
}

/// Forgets up to `limit` drafts that were thrown away long ago; answers how many.
pub fn prune(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old: Vec<DraftId> = drafts::table
        .filter(drafts::state.eq(DraftState::Discarded))
        .filter(drafts::updated_at.lt(before))
        .order(drafts::updated_at)
        .limit(limit)
        .select(drafts::id)
        .load(tx.conn())?;
    Ok(diesel::delete(drafts::table.filter(drafts::id.among(old))).execute(tx.conn())?)
}
