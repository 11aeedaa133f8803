//! Every process leases a slot, so that no two make the same id.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use diesel::prelude::*;

use super::{Conn, Core, Db, SLOTS, Timestamp, Tx, newest, schema::slots};
use crate::{
    error::{Error, Result},
    on_conn,
};

/// How long a lease holds without being renewed.
const LEASE: Duration = Duration::from_secs(120);
/// Ids that are further in the future come from a clock that was badly wrong, and are not followed.
const FOLLOWED: Duration = Duration::from_secs(24 * 3600);
/// Clocks of several machines differ by less.
const SKEW: Duration = Duration::from_secs(60);

/// Leases a slot for this process, once.
pub(super) fn lease(db: &Db) -> Result<()> {
    let core = &db.0.core;
    let _one_at_a_time = core.leasing.lock().unwrap_or_else(PoisonError::into_inner);
    if core.leased.load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut pooled = db.0.pool.get()?;
    let now = Timestamp::wall_clock();
    look_back(&mut pooled.conn, core, now)?;
    for slot in 0..i32::from(SLOTS) {
        if take(&mut pooled.conn, slot, &core.process, now)? {
            core.ids.use_slot(u8::try_from(slot).unwrap_or(0));
            core.leased.store(true, Ordering::SeqCst);
            return Ok(());
        }
    }
    Err(Error::unavailable(
        "database.slots",
        format!("{SLOTS} processes use this database already. Stop one, or wait two minutes."),
    ))
}

/// Notices that the clock was set back since the database was last used. Ids go on after those that are there, so that
/// what is written now stands after what was written before.
fn look_back(conn: &mut Conn, core: &Core, now: Timestamp) -> Result<()> {
    let newest = newest::id(conn)?;
    if super::time_of(newest) <= core.clock.now().plus(FOLLOWED) {
        core.ids.go_on_after(newest);
    }
    let last: Option<Timestamp> = slots::table.select(diesel::dsl::max(slots::leased_until)).first(conn)?;
    // Every lease, also one of a process that died, ended at most this much after the database was used.
    let behind = last.unwrap_or_default().minus(LEASE).since(now);
    if behind > SKEW {
        core.set_back.store(i64::try_from(behind.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
    Ok(())
}

/// Shortens the leases by which `look_back` noticed a clock that was set back, to what a process that lives now has
/// anyway: so that it is noticed once, and not again at each start until the clock is there again. Answers whether there
/// were any. A slot is free for others no sooner than its holder would have to renew it.
pub fn shorten_leases(tx: &mut Tx<'_>) -> Result<bool> {
    let longest = Timestamp::wall_clock().plus(LEASE);
    let shortened = diesel::update(slots::table.filter(slots::leased_until.gt(longest.plus(SKEW))))
        .set(slots::leased_until.eq(longest))
        .execute(tx.conn())?;
    Ok(shortened > 0)
}

fn take(conn: &mut Conn, slot: i32, holder: &str, now: Timestamp) -> Result<bool> {
    let until = now.plus(LEASE);
    let inserted = on_conn!(conn, |c| diesel::insert_into(slots::table)
        .values((slots::slot.eq(slot), slots::holder.eq(holder), slots::leased_until.eq(until)))
        .on_conflict(slots::slot)
        .do_nothing()
        .execute(c))?;
    if inserted == 1 {
        return Ok(true);
    }
    let taken = diesel::update(slots::table.find(slot).filter(slots::leased_until.lt(now)))
        .set((slots::holder.eq(holder), slots::leased_until.eq(until)))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Renews the lease; takes another slot when somebody has ours.
pub(super) async fn renew(db: &Db) -> Result<()> {
    let holder = db.0.core.process.clone();
    let kept = db
        .write(move |tx| {
            let until = Timestamp::wall_clock().plus(LEASE);
            Ok(diesel::update(slots::table.filter(slots::holder.eq(&holder)))
                .set(slots::leased_until.eq(until))
                .execute(tx.conn())?)
        })
        .await?;
    if kept == 0 {
        db.0.core.leased.store(false, Ordering::SeqCst);
        let again = db.clone();
        tokio::task::spawn_blocking(move || lease(&again)).await.map_err(Error::internal)??;
    }
    Ok(())
}

impl Drop for super::Shared {
    /// Waits for what is still being written, then gives the slot back; when that fails the lease runs out by itself.
    /// Should the clock be set back, nobody uses the slot in the time in which it was used already.
    fn drop(&mut self) {
        self.writer = None;
        if self.core.leased.load(Ordering::SeqCst)
            && let Ok(mut pooled) = self.pool.get()
        {
            let _ = diesel::update(slots::table.filter(slots::holder.eq(&self.core.process)))
                .set(slots::leased_until.eq(Timestamp::wall_clock()))
                .execute(&mut pooled.conn);
        }
    }
}
