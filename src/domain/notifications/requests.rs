//! Those whose notifications wait until they are let in.

use diesel::{dsl, prelude::*};

use super::NotificationKind;
use crate::{
    db::{
        Among, Conn, Key, Signal, Timestamp, Tx,
        schema::{mentions, notification_permissions, notification_requests, notifications, posts},
    },
    domain::{
        ActorId, Audience, NotificationId, NotificationRequestId, Page, PostId,
        conversations::{self, Said},
        work::Job,
    },
    error::{Error, Result},
    on_conn,
};

/// How many requests are answered at once: as many as a page has at most.
const AT_ONCE: usize = 80;

/// How many direct posts of those who are let in come into conversations in one transaction.
const MERGED: i64 = 200;

/// Somebody whose notifications wait.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the Mastodon API")]
pub struct Request {
    pub id: NotificationRequestId,
    pub from_id: ActorId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// How many mentions wait.
    pub notifications_count: i64,
    /// The last post of theirs that waits.
    pub last_post: Option<PostId>,
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Of how many people.
    pub requests: i64,
    /// How many notifications.
    pub notifications: i64,
}

/// Columns of a request as it is stored.
type Row = (NotificationRequestId, ActorId, Timestamp, Timestamp);

/// Nothing by these senders is told to `owner` or kept waiting meanwhile. Who locks several begins with the smallest.
pub(super) fn lock(tx: &mut Tx<'_>, owner: ActorId, senders: &[ActorId]) -> Result<()> {
    let mut senders = senders.to_vec();
    senders.sort();
    senders.into_iter().try_for_each(|from| tx.lock(Key("notifications.waiting", &[owner.0, from.0])))
}

/// Writes down that something by `from` waits for `owner`.
pub(super) fn note(tx: &mut Tx<'_>, owner: ActorId, from: ActorId) -> Result<()> {
    let (id, now) = (NotificationRequestId(tx.new_id()), tx.now());
    on_conn!(tx.conn(), |c| diesel::insert_into(notification_requests::table)
        .values((
            notification_requests::id.eq(id),
            notification_requests::owner_id.eq(owner),
            notification_requests::from_id.eq(from),
            notification_requests::created_at.eq(now),
            notification_requests::updated_at.eq(now),
        ))
        .on_conflict((notification_requests::owner_id, notification_requests::from_id))
        .do_update()
        .set(notification_requests::updated_at.eq(now))
        .execute(c))?;
    Ok(())
}

/// What makes a request one: mentions that wait.
macro_rules! waiting {
    () => {
        notifications::table
            .filter(notifications::filtered.eq(true))
            .filter(notifications::kind.eq(NotificationKind::Mention))
    };
}

/// Whose notifications wait for `owner`, newest first.
pub fn list_requests(conn: &mut Conn, owner: ActorId, page: &Page) -> Result<Vec<Request>> {
    let (above, below) = page.bounds();
    let still = waiting!().filter(notifications::owner_id.eq(owner)).select(notifications::from_id);
    let query = notification_requests::table
        .filter(notification_requests::owner_id.eq(owner))
        .filter(notification_requests::id.gt(NotificationRequestId(above)))
        .filter(notification_requests::id.lt(NotificationRequestId(below)))
        .filter(notification_requests::from_id.eq_any(still))
        .limit(page.limit)
        .select((
            notification_requests::id,
            notification_requests::from_id,
            notification_requests::created_at,
            notification_requests::updated_at,
        ))
        .into_boxed();
    let query = if page.upwards() {
        query.order(notification_requests::id.asc())
    } else {
        query.order(notification_requests::id.desc())
    };
    let mut rows: Vec<Row> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    with_what_waits(conn, owner, &rows)
}

/// One request to `owner`, or not found.
pub fn find_request(conn: &mut Conn, owner: ActorId, id: NotificationRequestId) -> Result<Request> {
    let row: Option<Row> = notification_requests::table
        .find(id)
        .filter(notification_requests::owner_id.eq(owner))
        .select((
            notification_requests::id,
            notification_requests::from_id,
            notification_requests::created_at,
            notification_requests::updated_at,
        ))
        .first(conn)
        .optional()?;
    let found = with_what_waits(conn, owner, row.as_slice())?;
    found.into_iter().next().ok_or_else(missing)
}

fn missing() -> Error {
    Error::not_found("notification.no_request", "There is no such request.")
}

/// Two queries.
fn with_what_waits(conn: &mut Conn, owner: ActorId, rows: &[Row]) -> Result<Vec<Request>> {
    let senders: Vec<ActorId> = rows.iter().map(|(_, from, ..)| *from).collect();
    let counted: Vec<(ActorId, i64, Option<NotificationId>)> = waiting!()
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::from_id.among(senders))
        .group_by(notifications::from_id)
        .select((notifications::from_id, dsl::count_star(), dsl::max(notifications::id)))
        .load(conn)?;
    let latest: Vec<NotificationId> = counted.iter().filter_map(|(.., latest)| *latest).collect();
    let posts: Vec<(ActorId, Option<PostId>)> = notifications::table
        .filter(notifications::id.among(latest))
        .select((notifications::from_id, notifications::post_id))
        .load(conn)?;
    let request = |&(id, from_id, created_at, updated_at): &Row| {
        let (_, notifications_count, _) = counted.iter().find(|(sender, ..)| *sender == from_id)?;
        let last_post = posts.iter().find(|(sender, _)| *sender == from_id).and_then(|(_, post)| *post);
        Some(Request { id, from_id, created_at, updated_at, notifications_count: *notifications_count, last_post })
    };
    Ok(rows.iter().filter_map(request).collect())
}

/// How much waits for `owner`.
pub fn summary(conn: &mut Conn, owner: ActorId) -> Result<Summary> {
    let (requests, notifications) = waiting!()
        .filter(notifications::owner_id.eq(owner))
        .select((dsl::count(notifications::from_id).aggregate_distinct(), dsl::count_star()))
        .first(conn)?;
    Ok(Summary { requests, notifications })
}

/// The senders of these requests to `owner`; those of others are not there.
fn senders(tx: &mut Tx<'_>, owner: ActorId, ids: &[NotificationRequestId]) -> Result<Vec<ActorId>> {
    if ids.len() > AT_ONCE {
        let told = format!("At most {AT_ONCE} requests can be answered at once.");
        return Err(Error::invalid("notification.too_many_requests", told));
    }
    Ok(notification_requests::table
        .filter(notification_requests::owner_id.eq(owner))
        .filter(notification_requests::id.among(ids.to_vec()))
        .select(notification_requests::from_id)
        .load(tx.conn())?)
}

/// Lets senders in: what waited is told, and so is what they do from now on. What they wrote to `owner` alone comes into
/// conversations with it.
pub fn accept_requests(tx: &mut Tx<'_>, owner: ActorId, ids: &[NotificationRequestId]) -> Result<()> {
    let senders = senders(tx, owner, ids)?;
    lock(tx, owner, &senders)?;
    let now = tx.now();
    for from in &senders {
        on_conn!(tx.conn(), |c| diesel::insert_into(notification_permissions::table)
            .values((
                notification_permissions::owner_id.eq(owner),
                notification_permissions::from_id.eq(*from),
                notification_permissions::created_at.eq(now),
            ))
            .on_conflict((notification_permissions::owner_id, notification_permissions::from_id))
            .do_nothing()
            .execute(c))?;
    }
    let mut room = MERGED;
    for from in &senders {
        room -= tell_part(tx, owner, *from, room)?;
    }
    end(tx, owner, senders)
}

/// Tells `owner` more of what waited by a sender whom they let in.
pub fn merge(tx: &mut Tx<'_>, owner: ActorId, from: ActorId) -> Result<()> {
    lock(tx, owner, &[from])?;
    tell_part(tx, owner, from, MERGED).map(drop)
}

/// Whether all is told that waited by senders whom `owner` let in.
pub fn is_merged(conn: &mut Conn, owner: ActorId) -> Result<bool> {
    let let_in = notification_permissions::table
        .filter(notification_permissions::owner_id.eq(owner))
        .select(notification_permissions::from_id);
    let waits = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::filtered.eq(true))
        .filter(notifications::from_id.eq_any(let_in));
    Ok(!diesel::select(dsl::exists(waits)).get_result::<bool>(conn)?)
}

/// Tells `owner` what waited by a sender: everything, but of direct posts the latest `room`, which come into conversations
/// with it; answers how many. A job does the same for those before them.
fn tell_part(tx: &mut Tx<'_>, owner: ActorId, from: ActorId, room: i64) -> Result<i64> {
    let direct = posts::table
        .filter(posts::id.nullable().eq(notifications::post_id))
        .filter(posts::audience.eq(Audience::Direct))
        .filter(notifications::kind.eq(NotificationKind::Mention));
    let theirs = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::from_id.eq(from))
        .filter(notifications::filtered.eq(true));
    let mut waited: Vec<(NotificationId, PostId, PostId)> = theirs
        .inner_join(posts::table.on(posts::id.nullable().eq(notifications::post_id)))
        .filter(notifications::kind.eq(NotificationKind::Mention))
        .filter(posts::audience.eq(Audience::Direct))
        .order(notifications::id.desc())
        .limit(room)
        .select((notifications::id, posts::id, posts::thread_id))
        .load(tx.conn())?;
    let told = theirs.filter(dsl::not(dsl::exists(direct)));
    let mut merged = diesel::update(told).set(notifications::filtered.eq(false)).execute(tx.conn())?;
    // As they were said.
    waited.sort_by_key(|(_, post, _)| *post);
    let ids: Vec<PostId> = waited.iter().map(|(_, post, _)| *post).collect();
    let named: Vec<(PostId, ActorId)> = mentions::table
        .filter(mentions::post_id.among(ids))
        .filter(mentions::hidden.eq(false))
        .select((mentions::post_id, mentions::actor_id))
        .load(tx.conn())?;
    for (_, post, thread) in &waited {
        let mut people: Vec<ActorId> = named.iter().filter(|(of, _)| of == post).map(|(_, person)| *person).collect();
        people.push(from);
        let said = Said { post: *post, thread: *thread, author: from, people, now: true };
        conversations::add(tx, owner, &said)?;
    }
    let count = i64::try_from(waited.len()).unwrap_or(room);
    let waited: Vec<NotificationId> = waited.into_iter().map(|(id, ..)| id).collect();
    merged += diesel::update(notifications::table.filter(notifications::id.among(waited)))
        .set(notifications::filtered.eq(false))
        .execute(tx.conn())?;
    if merged > 0 {
        tx.signal(Signal { topic: "notifications", kind: "merged", id: owner.0 });
    }
    if count >= room {
        tx.defer(&Job::LetIn { owner, from })?;
    }
    Ok(count)
}

/// Of these posts each with whom it waits for, because their policy filters it.
pub fn waits_among(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<(PostId, ActorId)>> {
    Ok(notifications::table
        .filter(notifications::post_id.among(ids.to_vec()))
        .filter(notifications::kind.eq(NotificationKind::Mention))
        .filter(notifications::filtered.eq(true))
        .select((notifications::post_id.assume_not_null(), notifications::owner_id))
        .load(conn)?)
}

/// Forgets what waited by these senders; what they do next waits again.
pub fn dismiss_requests(tx: &mut Tx<'_>, owner: ActorId, ids: &[NotificationRequestId]) -> Result<()> {
    let senders = senders(tx, owner, ids)?;
    lock(tx, owner, &senders)?;
    let theirs = notifications::table
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::from_id.among(senders.clone()))
        .filter(notifications::filtered.eq(true));
    diesel::delete(theirs).execute(tx.conn())?;
    end(tx, owner, senders)
}

fn end(tx: &mut Tx<'_>, owner: ActorId, senders: Vec<ActorId>) -> Result<()> {
    let requests = notification_requests::table
        .filter(notification_requests::owner_id.eq(owner))
        .filter(notification_requests::from_id.among(senders));
    diesel::delete(requests).execute(tx.conn())?;
    Ok(())
}

/// Lets somebody in no more.
pub(super) fn forget_sender(tx: &mut Tx<'_>, owner: ActorId, from: ActorId) -> Result<()> {
    end(tx, owner, vec![from])?;
    diesel::delete(notification_permissions::table.find((owner, from))).execute(tx.conn())?;
    Ok(())
}

/// Forgets requests of which nothing waits any more.
pub(super) fn forget_empty(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    let waiting = waiting!().filter(notifications::owner_id.eq(owner)).select(notifications::from_id);
    let empty = notification_requests::table
        .filter(notification_requests::owner_id.eq(owner))
        .filter(notification_requests::from_id.ne_all(waiting));
    diesel::delete(empty).execute(tx.conn())?;
    Ok(())
}

/// Forgets what waited for somebody who goes, and whom they let in.
pub(super) fn forget_all_of(tx: &mut Tx<'_>, owner: ActorId) -> Result<()> {
    diesel::delete(notification_requests::table.filter(notification_requests::owner_id.eq(owner)))
        .execute(tx.conn())?;
    diesel::delete(notification_permissions::table.filter(notification_permissions::owner_id.eq(owner)))
        .execute(tx.conn())?;
    Ok(())
}
