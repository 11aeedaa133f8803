//! What is owed and what became of it, for whoever runs the server: of anything, by post, by server.

use std::collections::HashMap;

use diesel::{dsl, prelude::*};

use super::receipts::{Receipt, withdrawn_among};
use crate::{
    db::{
        Among, Conn, Signal, Timestamp, Tx,
        schema::{activities, deliveries, servers},
    },
    domain::Page,
    error::Result,
};

/// How many values one statement names; SQLite takes no more than 32,766.
const PORTION: usize = 10_000;

/// Which deliveries are meant. What is `None` does not narrow them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Of {
    /// One delivery.
    pub id: Option<i64>,
    /// Those to this server.
    pub host: Option<String>,
    /// Those of activities about the object with this id, such as a post.
    pub object: Option<String>,
    /// Those of activities of this actor of ours.
    pub actor: Option<i64>,
    /// Those in one of these states: `waiting`, `delivered`, `failed`. Empty: in any.
    pub states: Vec<String>,
}

/// What is owed to one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostDebt {
    /// The server.
    pub host: String,
    /// How many deliveries wait for it.
    pub waiting: i64,
    /// How many were given up.
    pub failed: i64,
    /// Failed tries in a row.
    pub failures: i32,
    /// Nothing is sent to it before this moment.
    pub paused_until: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// The ids of these deliveries on this page.
fn ids(conn: &mut Conn, of: &Of, page: &Page) -> Result<Vec<i64>> {
    let (above, below) = page.bounds();
    let mut query = deliveries::table
        .filter(deliveries::id.gt(above))
        .filter(deliveries::id.lt(below))
        .limit(page.limit)
        .select(deliveries::id)
        .into_boxed();
    query = if page.upwards() { query.order(deliveries::id.asc()) } else { query.order(deliveries::id.desc()) };
    if let Some(id) = of.id {
        query = query.filter(deliveries::id.eq(id));
    }
    if let Some(host) = of.host.clone() {
        query = query.filter(deliveries::host.eq(host));
    }
    if let Some(actor) = of.actor {
        query = query.filter(deliveries::actor_id.eq(actor));
    }
    if !of.states.is_empty() {
        query = query.filter(deliveries::state.among(of.states.clone()));
    }
    if let Some(object) = of.object.clone() {
        let about = activities::table.filter(activities::object_uri.eq(object)).select(activities::id);
        query = query.filter(deliveries::activity_id.eq_any(about));
    }
    Ok(query.load(conn)?)
}

/// What became of these deliveries, newest first, whatever they carry: posts, likes, follows, answers to them.
pub fn list(conn: &mut Conn, of: &Of, page: &Page) -> Result<Vec<Receipt>> {
    let mut found: Vec<Receipt> = Vec::new();
    for portion in ids(conn, of, page)?.chunks(PORTION) {
        let portion: Vec<Receipt> = deliveries::table
            .inner_join(activities::table)
            .filter(deliveries::id.among(portion.to_vec()))
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
            .load(conn)?;
        found.extend(portion);
    }
    found.sort_by_key(|receipt| std::cmp::Reverse(receipt.id));
    Ok(found)
}

/// How much is owed to a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Debt {
    /// How many deliveries wait for it.
    pub waiting: i64,
    /// How many were given up.
    pub failed: i64,
}

/// What is owed to each of these servers; those to which nothing is are left out.
pub fn debts(conn: &mut Conn, hosts: &[String]) -> Result<HashMap<String, Debt>> {
    let mut debts: HashMap<String, Debt> = HashMap::new();
    for portion in hosts.chunks(PORTION) {
        let counted: Vec<(String, String, i64)> = deliveries::table
            .filter(deliveries::host.among(portion.to_vec()))
            .filter(deliveries::state.ne("delivered"))
            .group_by((deliveries::host, deliveries::state))
            .select((deliveries::host, deliveries::state, dsl::count_star()))
            .load(conn)?;
        for (host, state, count) in counted {
            let debt = debts.entry(host).or_default();
            if state == "waiting" { debt.waiting = count } else { debt.failed = count }
        }
    }
    Ok(debts)
}

/// The servers to which something is owed or was not delivered, the most that waits first.
pub fn hosts(conn: &mut Conn, limit: i64) -> Result<Vec<HostDebt>> {
    let count = |conn: &mut Conn, state: &str| -> Result<Vec<(String, i64)>> {
        Ok(deliveries::table
            .filter(deliveries::state.eq(state))
            .group_by(deliveries::host)
            .select((deliveries::host, dsl::count_star()))
            .load(conn)?)
    };
    let (waiting, failed) = (count(conn, "waiting")?, count(conn, "failed")?);
    let of = |counts: &[(String, i64)], host: &str| {
        counts.iter().find(|(known, _)| known == host).map_or(0, |(_, count)| *count)
    };
    let mut names: Vec<String> = waiting.iter().chain(&failed).map(|(host, _)| host.clone()).collect();
    names.sort();
    names.dedup();
    type Health = (String, i32, Timestamp, Option<String>);
    let health: Vec<Health> = servers::table
        .filter(servers::host.among(names.clone()))
        .select((servers::host, servers::failures, servers::paused_until, servers::last_error))
        .load(conn)?;
    let mut debts: Vec<HostDebt> = names
        .into_iter()
        .map(|host| {
            let known = health.iter().find(|(known, ..)| *known == host);
            HostDebt {
                waiting: of(&waiting, &host),
                failed: of(&failed, &host),
                failures: known.map_or(0, |(_, failures, ..)| *failures),
                paused_until: known.map(|(.., until, _)| *until).filter(|until| until.0 > 0),
                last_error: known.and_then(|(.., error)| error.clone()),
                host,
            }
        })
        .collect();
    debts.sort_by(|one, other| (other.waiting, other.failed, &one.host).cmp(&(one.waiting, one.failed, &other.host)));
    debts.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(debts)
}

/// How many deliveries wait.
pub fn count_waiting(conn: &mut Conn) -> Result<i64> {
    Ok(deliveries::table.filter(deliveries::state.eq("waiting")).count().get_result(conn)?)
}

/// Tries these servers again at once; those that asked to be left alone only where they are `named`.
fn end_pauses(tx: &mut Tx<'_>, hosts: &[String], named: bool) -> Result<()> {
    let asked: &[bool] = if named { &[false, true] } else { &[false] };
    let paused = servers::table.filter(servers::host.among(hosts.to_vec())).filter(servers::pause_asked.eq_any(asked));
    diesel::update(paused)
        .set((servers::paused_until.eq(Timestamp(0)), servers::pause_asked.eq(false)))
        .execute(tx.conn())?;
    Ok(())
}

/// Tries these deliveries again now, and for as long as new ones; what arrived or is under way is left alone. A
/// server that is named is sent to at once, whatever pause it has; others too, unless they asked for it. Answers how many.
pub fn retry_of(tx: &mut Tx<'_>, of: &Of, limit: i64) -> Result<usize> {
    let now = tx.now();
    if let Some(host) = &of.host {
        end_pauses(tx, std::slice::from_ref(host), true)?;
    }
    let mut open: Vec<String> = of.states.clone();
    if open.is_empty() {
        open.extend(["waiting".to_owned(), "failed".to_owned()]);
    }
    open.retain(|state| state != "delivered");
    if open.is_empty() {
        return Ok(0);
    }
    let page = Page { limit, ..Page::default() };
    let ids = ids(tx.conn(), &Of { states: open, ..of.clone() }, &page)?;
    let mut changed = 0;
    for portion in ids.chunks(500) {
        let withdrawn = withdrawn_among(tx.conn(), portion)?;
        let meant: Vec<i64> = portion.iter().copied().filter(|id| !withdrawn.contains(id)).collect();
        let hosts: Vec<String> = deliveries::table
            .filter(deliveries::id.among(meant.clone()))
            .select(deliveries::host)
            .distinct()
            .load(tx.conn())?;
        end_pauses(tx, &hosts, false)?;
        let still: Vec<(String, Timestamp)> = servers::table
            .filter(servers::host.among(hosts))
            .filter(servers::paused_until.gt(now))
            .select((servers::host, servers::paused_until))
            .load(tx.conn())?;
        let idle = || deliveries::table.filter(deliveries::leased_until.lt(now));
        // Who asked to be left alone until then is, and why it waits stays there.
        for (host, until) in &still {
            let theirs = idle().filter(deliveries::id.among(meant.clone())).filter(deliveries::host.eq(host));
            changed += diesel::update(theirs)
                .set((
                    deliveries::state.eq("waiting"),
                    deliveries::next_at.eq(until),
                    deliveries::created_at.eq(now),
                    deliveries::done_at.eq(None::<Timestamp>),
                ))
                .execute(tx.conn())?;
        }
        let still: Vec<String> = still.into_iter().map(|(host, _)| host).collect();
        let free = idle().filter(deliveries::id.among(meant)).filter(dsl::not(deliveries::host.among(still)));
        changed += diesel::update(free)
            .set((
                deliveries::state.eq("waiting"),
                deliveries::next_at.eq(now),
                deliveries::created_at.eq(now),
                deliveries::done_at.eq(None::<Timestamp>),
                // What went wrong before is not why it waits now.
                deliveries::last_status.eq(None::<i32>),
                deliveries::last_error.eq(None::<String>),
            ))
            .execute(tx.conn())?;
    }
    tx.signal(Signal { topic: "deliveries", kind: "new", id: 0 });
    Ok(changed)
}
