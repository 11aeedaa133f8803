//! Why a post stays inside, and when whoever wrote it looks at it again. An internal post is no archive: it has a
//! reason to stay inside, or a date at which its author is asked whether it may be published, stays, or goes.
//!
//! Who is gone is not asked, and nobody in their place: a question that nobody answers changes nothing, so the post
//! stays where it is. What somebody wrote goes with their account; what a suspended person wrote is read by nobody, and
//! the question waits until they are back. What a brand wrote inside is asked of those who publish for it.

use std::time::Duration;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Draft, Post, Viewer, get_many, get_visible, keep_visible};
use crate::{
    db::{Among, Conn, Key, Timestamp, Tx, schema::internal_reviews},
    domain::{
        AccountId, ActorId, Page, PostId, accounts, actors,
        notifications::{self, NotificationKind},
        work::Job,
    },
    error::{Error, Result},
};

/// When an internal post is looked at again, where nobody said otherwise.
pub const LOOKED_AT: Duration = Duration::from_secs(90 * 24 * 3600);
/// The latest date for it.
const LATEST: Duration = Duration::from_secs(5 * 365 * 24 * 3600);
/// Of how many posts somebody is told in one transaction.
const PORTION: i64 = 100;
/// Up to how many that wait are counted.
const COUNTED: i64 = 1_000;

crate::text_enum! {
    /// Why a post stays inside.
    InternalReason {
        /// It speaks of customers, or of what is theirs.
        CustomerData = "customer_data",
        /// It speaks of what is not out yet.
        Unreleased = "unreleased",
        /// It speaks of people who work here.
        People = "people",
        /// It is thought aloud, and not meant to last.
        DraftThinking = "draft_thinking",
        /// Another one.
        Other = "other",
    }
}

/// Why a post stays inside, and when it is looked at again. One of both is always there once it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inside {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<InternalReason>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_at: Option<Timestamp>,
}

impl Inside {
    /// What somebody typed of it; what is left out or empty is not said.
    pub fn typed(reason: Option<&str>, review_at: Option<&str>) -> Result<Self> {
        let reason = reason.filter(|reason| !reason.is_empty()).map(str::parse).transpose();
        let reason = reason.map_err(|told: String| Error::invalid("post.reason", told))?;
        let wrong = || Error::invalid("post.review_at", "A review date is a time such as 2026-11-01T12:00:00Z.");
        let moment =
            |at: &str| Some(at).filter(|at| at.len() <= 64).and_then(Timestamp::parse_rfc3339).ok_or_else(wrong);
        let review_at = review_at.filter(|at| !at.is_empty()).map(moment).transpose()?;
        Ok(Self { reason, review_at })
    }

    /// The same for a post that waited and is published now: a date that is over by now is one as long from now as that
    /// of a new post.
    pub fn published(self, now: Timestamp) -> Self {
        let renewed = |at: Timestamp| if at <= now { now.plus(LOOKED_AT) } else { at };
        Self { review_at: self.review_at.map(renewed), ..self }
    }

    /// Refuses a date that is over when the post is published.
    pub fn must_be_after(&self, published: Timestamp) -> Result<()> {
        if self.review_at.is_some_and(|at| at <= published) {
            let told =
                "This is looked at again before it is published. Choose a later review date, or an earlier time.";
            return Err(Error::invalid("post.review_at", told));
        }
        Ok(())
    }

    /// Nobody said anything of it.
    pub const fn is_unsaid(&self) -> bool {
        self.reason.is_none() && self.review_at.is_none()
    }
}

/// An internal post that waits for an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The post.
    pub post: Post,
    /// Why it stays inside, and when it was to be looked at.
    pub inside: Inside,
    /// When somebody was told.
    pub asked_at: Option<Timestamp>,
}

/// A post, why it stays inside, when it was to be looked at, and when somebody was told.
type Asked = (PostId, Option<InternalReason>, Option<Timestamp>, Option<Timestamp>);

/// Refuses a reason or a date of what is for outside, and a date that is not to come, or too late.
pub(super) fn check(tx: &mut Tx<'_>, internal: bool, inside: &Inside) -> Result<()> {
    if !internal && !inside.is_unsaid() {
        let told = "Only a post for the company or a team has a reason to stay inside, or a date to look at it again.";
        return Err(Error::invalid("post.inside", told));
    }
    let now = tx.now();
    if inside.review_at.is_some_and(|at| at <= now || at > now.plus(LATEST)) {
        let told = "An internal post is looked at again at a time to come, within five years.";
        return Err(Error::invalid("post.review_at", told));
    }
    Ok(())
}

/// Writes down why a new post stays inside and when it is looked at again. An answer to an internal post goes with what
/// it answers, unless its author says something of it.
pub(super) fn keep_new(
    tx: &mut Tx<'_>,
    id: PostId,
    author: ActorId,
    draft: &Draft,
    parent: Option<&Post>,
) -> Result<()> {
    let inside = draft.inside;
    let answers = parent.is_some_and(|parent| !parent.audience.federates());
    if draft.audience.federates() || (answers && inside.is_unsaid()) {
        return Ok(());
    }
    // Whoever looks for what is due next at this moment finds this one, or leaves a job for it.
    tx.lock(Key("look_again", &[author.0]))?;
    let date = tx.now().plus(LOOKED_AT);
    let review_at = inside.review_at.or(inside.reason.is_none().then_some(date));
    diesel::insert_into(internal_reviews::table)
        .values((
            internal_reviews::post_id.eq(id),
            internal_reviews::author_id.eq(author),
            internal_reviews::reason.eq(inside.reason),
            internal_reviews::review_at.eq(review_at),
        ))
        .execute(tx.conn())?;
    match review_at {
        Some(at) => tx.defer(&Job::LookAgain { actor: author, at }),
        None => Ok(()),
    }
}

/// Why these posts stay inside, and when they are looked at again. Of what is for outside nothing is asked.
pub fn inside_of(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, Inside)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(PostId, Option<InternalReason>, Option<Timestamp>)> = internal_reviews::table
        .filter(internal_reviews::post_id.among(ids.to_vec()))
        .select((internal_reviews::post_id, internal_reviews::reason, internal_reviews::review_at))
        .load(conn)?;
    Ok(found.into_iter().map(|(post, reason, review_at)| (post, Inside { reason, review_at })).collect())
}

/// Tells whoever answers for what an actor wrote inside of what is to be looked at by now, once for each date: a
/// notification for each post, and one letter for all. Comes again when the next date is due.
pub fn look_again(tx: &mut Tx<'_>, author: ActorId) -> Result<()> {
    tx.lock(Key("look_again", &[author.0]))?;
    let now = tx.now();
    let asked = || {
        internal_reviews::table
            .filter(internal_reviews::author_id.eq(author))
            .filter(internal_reviews::asked_at.is_null())
            .filter(internal_reviews::review_at.is_not_null())
    };
    let due: Vec<PostId> = asked()
        .filter(internal_reviews::review_at.le(now))
        .order((internal_reviews::review_at, internal_reviews::post_id))
        .limit(PORTION)
        .select(internal_reviews::post_id)
        .load(tx.conn())?;
    if !due.is_empty() {
        let people = accounts::people_behind(tx.conn(), author)?;
        for post in &due {
            for (_, own) in &people {
                notifications::tell(tx, *own, NotificationKind::Review, author, Some(*post))?;
            }
        }
        diesel::update(internal_reviews::table.filter(internal_reviews::post_id.among(due)))
            .set(internal_reviews::asked_at.eq(Some(now)))
            .execute(tx.conn())?;
        for (account, _) in people {
            tx.defer(&Job::TellOfReviews { account })?;
        }
    }
    let next: Option<Option<Timestamp>> =
        asked().order(internal_reviews::review_at).select(internal_reviews::review_at).first(tx.conn()).optional()?;
    match next.flatten() {
        Some(at) => tx.defer(&Job::LookAgain { actor: author, at }),
        None => Ok(()),
    }
}

/// A page of the internal posts that wait for somebody's answer, newest first, as far as they may read them.
pub fn list_reviews(conn: &mut Conn, account: AccountId, own: ActorId, page: &Page) -> Result<Vec<Review>> {
    let (above, below) = page.bounds();
    let viewer = Viewer::local(conn, own)?;
    let query = internal_reviews::table
        .filter(internal_reviews::author_id.among(accounts::answers_for(conn, account, own)?))
        .filter(internal_reviews::asked_at.is_not_null())
        .filter(internal_reviews::post_id.gt(PostId(above)))
        .filter(internal_reviews::post_id.lt(PostId(below)))
        .limit(page.limit)
        .select((
            internal_reviews::post_id,
            internal_reviews::reason,
            internal_reviews::review_at,
            internal_reviews::asked_at,
        ))
        .into_boxed();
    let query = if page.upwards() {
        query.order(internal_reviews::post_id.asc())
    } else {
        query.order(internal_reviews::post_id.desc())
    };
    let mut found: Vec<Asked> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    let ids: Vec<PostId> = found.iter().map(|(post, ..)| *post).collect();
    let seen = keep_visible(conn, &viewer, &ids)?;
    let written = get_many(conn, &seen)?;
    let review = |(id, reason, review_at, asked_at)| {
        let post = written.iter().find(|post| post.id == id)?.clone();
        Some(Review { post, inside: Inside { reason, review_at }, asked_at })
    };
    Ok(found.into_iter().filter_map(review).collect())
}

/// How many internal posts wait for somebody's answer, and where they are told so; nobody who may not sign in.
pub fn count_reviews(conn: &mut Conn, account: AccountId) -> Result<Option<(i64, String)>> {
    let person = accounts::get(conn, account)?;
    let (true, Some(address)) = (person.is_active(), person.email) else { return Ok(None) };
    let authors = accounts::answers_for(conn, account, person.actor_id)?;
    let viewer = Viewer::local(conn, person.actor_id)?;
    let waiting: Vec<PostId> = internal_reviews::table
        .filter(internal_reviews::author_id.among(authors))
        .filter(internal_reviews::asked_at.is_not_null())
        .limit(COUNTED)
        .select(internal_reviews::post_id)
        .load(conn)?;
    let waiting = i64::try_from(keep_visible(conn, &viewer, &waiting)?.len()).unwrap_or(i64::MAX);
    Ok((waiting > 0).then_some((waiting, address)))
}

/// Keeps an internal post inside, for who answers for it: with a reason, another one, or the one it has; it is looked at
/// again at a date, or as long from now as a new one.
pub fn keep_inside(tx: &mut Tx<'_>, account: AccountId, own: ActorId, id: PostId, inside: Inside) -> Result<Review> {
    let viewer = Viewer::local(tx.conn(), own)?;
    let post = get_visible(tx.conn(), &viewer, id)?;
    if post.audience.federates() {
        return Err(Error::invalid("post.not_internal", "This post is not for the company or a team alone."));
    }
    if !accounts::answers_for(tx.conn(), account, own)?.contains(&post.author_id) {
        return Err(Error::forbidden("post.not_yours", "Only its author decides whether an internal post stays."));
    }
    check(tx, true, &inside)?;
    keep_on(tx, &post, inside)
}

/// Whether somebody waits for an answer about an internal post, or will.
pub(in crate::domain) fn is_to_be_reviewed(conn: &mut Conn, id: PostId) -> Result<bool> {
    let waits = internal_reviews::table.find(id).filter(internal_reviews::review_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(waits)).get_result(conn)?)
}

/// The same, whoever answered otherwise.
pub(in crate::domain) fn keep_on(tx: &mut Tx<'_>, post: &Post, inside: Inside) -> Result<Review> {
    tx.lock(Key("look_again", &[post.author_id.0]))?;
    let known = inside_of(tx.conn(), &[post.id])?.pop().map(|(_, known)| known).unwrap_or_default();
    let at = inside.review_at.unwrap_or(tx.now().plus(LOOKED_AT));
    let kept = Inside { reason: inside.reason.or(known.reason), review_at: Some(at) };
    diesel::delete(internal_reviews::table.find(post.id)).execute(tx.conn())?;
    diesel::insert_into(internal_reviews::table)
        .values((
            internal_reviews::post_id.eq(post.id),
            internal_reviews::author_id.eq(post.author_id),
            internal_reviews::reason.eq(kept.reason),
            internal_reviews::review_at.eq(kept.review_at),
        ))
        .execute(tx.conn())?;
    for (_, own) in accounts::people_behind(tx.conn(), post.author_id)? {
        notifications::forget(tx, own, NotificationKind::Review, post.author_id, Some(post.id))?;
    }
    tx.defer(&Job::LookAgain { actor: post.author_id, at })?;
    Ok(Review { post: post.clone(), inside: kept, asked_at: None })
}

/// The authors of reviews, by their ids.
pub fn authors_of(conn: &mut Conn, reviews: &[Review]) -> Result<Vec<actors::Actor>> {
    let mut authors: Vec<ActorId> = reviews.iter().map(|review| review.post.author_id).collect();
    authors.sort();
    authors.dedup();
    actors::get_many(conn, &authors)
}
