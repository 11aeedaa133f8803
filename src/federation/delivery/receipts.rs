//! What became of a post on its way: one receipt for each inbox.

use diesel::{dsl, prelude::*};

use super::why::WITHDRAWN;
use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{activities, deliveries, servers},
    },
    domain::posts::Post,
    error::Result,
};

/// The most receipts that one answer has.
const RECEIPTS: i64 = 5_000;

/// What became of one activity about a post, at one inbox.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Receipt {
    /// The delivery.
    pub id: i64,
    /// Such as `Create`, `Update`, `Delete` or `Follow`.
    pub activity: String,
    /// What that was done to, such as the post.
    pub object: Option<String>,
    /// The server.
    pub host: String,
    /// The inbox.
    pub inbox: String,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// The status of the last answer.
    pub last_status: Option<i32>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it was settled.
    pub done_at: Option<Timestamp>,
}

/// The receipts of a post, oldest first.
pub fn receipts(conn: &mut Conn, post: &Post) -> Result<Vec<Receipt>> {
    let Some(uri) = &post.uri else { return Ok(Vec::new()) };
    Ok(deliveries::table
        .inner_join(activities::table)
        .filter(activities::object_uri.eq(uri))
        .filter(activities::actor_id.eq(post.author_id.0))
        .filter(activities::kind.among(["Create", "Update", "Delete"]))
        .order(deliveries::id)
        .limit(RECEIPTS)
        .select((
            deliveries::id,
            activities::kind,
            activities::object_uri,
            deliveries::host,
            deliveries::inbox,
            deliveries::state,
            deliveries::attempts,
            deliveries::last_status,
            deliveries::last_error,
            deliveries::next_at,
            deliveries::done_at,
        ))
        .load(conn)?)
}

/// How sending stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueState {
    /// How many deliveries wait for their time or their turn.
    pub waiting: i64,
    /// Since when the oldest is due that nobody tries, though its server may be sent to.
    pub oldest_due: Option<Timestamp>,
    /// How many were given up in the last day, but for what was taken back before it could be sent.
    pub failed_lately: i64,
    /// The server of the last of those, and why.
    pub last_failed: Option<(String, Option<String>)>,
    /// The servers for which as many wait as may, the fullest first.
    pub full: Vec<String>,
}

/// How sending stands, where `most` deliveries may wait for one server.
pub fn queue_state(conn: &mut Conn, now: Timestamp, most: u32) -> Result<QueueState> {
    let waiting = || deliveries::table.filter(deliveries::state.eq("waiting"));
    let paused = servers::table.filter(servers::host.eq(deliveries::host)).filter(servers::paused_until.gt(now));
    // What an actor owes to a server leaves in order: only the first of it can be late.
    let earlier = diesel::alias!(deliveries as earlier);
    let ahead = earlier
        .filter(earlier.field(deliveries::actor_id).eq(deliveries::actor_id))
        .filter(earlier.field(deliveries::host).eq(deliveries::host))
        .filter(earlier.field(deliveries::state).eq("waiting"))
        .filter(earlier.field(deliveries::id).lt(deliveries::id));
    let due = waiting()
        .filter(deliveries::next_at.le(now))
        .filter(deliveries::leased_until.lt(now))
        .filter(dsl::not(dsl::exists(paused)))
        .filter(dsl::not(dsl::exists(ahead)));
    let yesterday = now.minus(std::time::Duration::from_secs(super::DAY));
    let failed = || {
        deliveries::table
            .filter(deliveries::state.eq("failed"))
            .filter(deliveries::done_at.gt(yesterday))
            .filter(deliveries::last_error.is_null().or(deliveries::last_error.assume_not_null().ne(WITHDRAWN)))
    };
    let last_failed = failed()
        .order((deliveries::done_at.desc(), deliveries::id.desc()))
        .select((deliveries::host, deliveries::last_error))
        .first(conn)
        .optional()?;
    let full = waiting()
        .group_by(deliveries::host)
        .having(dsl::count_star().ge(i64::from(most)))
        .order(dsl::count_star().desc())
        .select(deliveries::host)
        .load(conn)?;
    Ok(QueueState {
        waiting: waiting().count().get_result(conn)?,
        oldest_due: due.select(dsl::min(deliveries::next_at)).first(conn)?,
        failed_lately: failed().count().get_result(conn)?,
        last_failed,
        full,
    })
}

/// Those of these deliveries that tell of something that we deleted or undid since: they must not be sent after its
/// Delete or its Undo.
pub(super) fn withdrawn_among(conn: &mut Conn, ids: &[i64]) -> Result<Vec<i64>> {
    let end = diesel::alias!(activities as ends);
    let deleted = end
        .filter(end.field(activities::kind).eq("Delete"))
        .filter(end.field(activities::object_uri).eq(activities::object_uri));
    let undone = end
        .filter(end.field(activities::kind).eq("Undo"))
        .filter(end.field(activities::object_uri).eq(activities::uri.nullable()));
    let tells = activities::kind.among(["Create", "Update"]);
    Ok(deliveries::table
        .inner_join(activities::table)
        .filter(deliveries::id.among(ids.to_vec()))
        .filter(tells.and(dsl::exists(deleted)).or(dsl::exists(undone)))
        .select(deliveries::id)
        .load(conn)?)
}
