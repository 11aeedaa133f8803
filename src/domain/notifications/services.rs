//! The services that hand messages to apps, which people's apps choose: how well each takes them. One that does not is
//! left alone for a while; one that never took any must show first that it does.

use diesel::prelude::*;

use crate::{
    db::{Among, Conn, Timestamp, Tx, schema::push_services},
    error::Result,
    on_conn,
};

/// A service, as far as we know it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = push_services)]
pub struct PushService {
    /// The machine, whatever the port.
    pub host: String,
    /// How often in a row it did not answer.
    pub failures: i32,
    /// Nothing is handed to it before this moment.
    pub paused_until: Timestamp,
    /// When it was last seen to answer, about.
    pub answered_at: Option<Timestamp>,
}

impl PushService {
    /// Whether it answered last, as far as we know.
    pub fn is_proven(&self) -> bool {
        self.failures == 0 && self.answered_at.is_some()
    }
}

/// A service that was asked before.
pub fn find_service(conn: &mut Conn, host: &str) -> Result<Option<PushService>> {
    Ok(push_services::table.find(host).select(PushService::as_select()).first(conn).optional()?)
}

/// Those of these hosts to which nothing is handed now, each with the moment until when.
pub(super) fn paused_among(conn: &mut Conn, hosts: &[String], now: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    Ok(push_services::table
        .filter(push_services::host.among(hosts.to_vec()))
        .filter(push_services::paused_until.gt(now))
        .select((push_services::host, push_services::paused_until))
        .load(conn)?)
}

/// Nobody else asks a service until this moment: the answer to one message decides about the others. Answers whether
/// the turn is ours.
pub fn try_service(tx: &mut Tx<'_>, host: &str, until: Timestamp) -> Result<bool> {
    let now = tx.now();
    let new = on_conn!(tx.conn(), |c| diesel::insert_into(push_services::table)
        .values((
            push_services::host.eq(host),
            push_services::failures.eq(0),
            push_services::paused_until.eq(until),
            push_services::seen_at.eq(now),
        ))
        .on_conflict(push_services::host)
        .do_nothing()
        .execute(c))?;
    if new > 0 {
        return Ok(true);
    }
    let free = push_services::table.find(host).filter(push_services::paused_until.le(now));
    Ok(diesel::update(free)
        .set((push_services::paused_until.eq(until), push_services::seen_at.eq(now)))
        .execute(tx.conn())?
        > 0)
}

/// A service answered: it is asked as others are from now on.
pub fn service_answered(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    let now = tx.now();
    let well = (
        push_services::failures.eq(0),
        push_services::paused_until.eq(Timestamp(0)),
        push_services::answered_at.eq(now),
        push_services::seen_at.eq(now),
    );
    on_conn!(tx.conn(), |c| diesel::insert_into(push_services::table)
        .values((push_services::host.eq(host), well))
        .on_conflict(push_services::host)
        .do_update()
        .set(well)
        .execute(c))?;
    Ok(())
}

/// A service did not answer so often in a row: nothing is handed to it before this moment.
pub fn pause_service(tx: &mut Tx<'_>, host: &str, failures: i32, until: Timestamp) -> Result<()> {
    let now = tx.now();
    let ill =
        (push_services::failures.eq(failures), push_services::paused_until.eq(until), push_services::seen_at.eq(now));
    on_conn!(tx.conn(), |c| diesel::insert_into(push_services::table)
        .values((push_services::host.eq(host), ill))
        .on_conflict(push_services::host)
        .do_update()
        .set(ill)
        .execute(c))?;
    Ok(())
}

/// Forgets a service that is none.
pub fn forget_service(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    diesel::delete(push_services::table.find(host)).execute(tx.conn())?;
    Ok(())
}

/// Forgets up to `limit` services that were not asked since a moment; answers how many.
pub fn prune_services(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let old: Vec<String> = push_services::table
        .filter(push_services::seen_at.lt(before))
        .limit(limit)
        .select(push_services::host)
        .load(tx.conn())?;
    Ok(diesel::delete(push_services::table.filter(push_services::host.among(old))).execute(tx.conn())?)
}
