//! How sending went, day by day, for people who look. Counted while results are written down: of what arrived the
//! receipts are kept for a month, and there are too many of them to be counted each time.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::{
    db::{Conn, Timestamp, Tx, schema::delivery_days},
    domain::calendar::Day,
    error::Result,
    on_conn,
};

/// The most days that are told at once.
pub const MOST_DAYS: i64 = 90;

/// A day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deliveries {
    /// The day.
    pub day: Day,
    /// How many activities arrived at an inbox.
    pub delivered: i64,
    /// How many tries failed, after which it is tried again.
    pub retried: i64,
    /// How many were given up after a try. What was taken back is not among them.
    pub given_up: i64,
}

/// Adds what became of some tries to the counts of today, whichever day `more` names. One statement, and none where
/// nothing is to be added.
pub(super) fn count(tx: &mut Tx<'_>, more: &Deliveries) -> Result<()> {
    if more.delivered + more.retried + more.given_up == 0 {
        return Ok(());
    }
    let today = Day::of(tx.now()).0;
    on_conn!(tx.conn(), |c| diesel::insert_into(delivery_days::table)
        .values((
            delivery_days::day.eq(today),
            delivery_days::delivered.eq(more.delivered),
            delivery_days::retried.eq(more.retried),
            delivery_days::given_up.eq(more.given_up),
        ))
        .on_conflict(delivery_days::day)
        .do_update()
        .set((
            delivery_days::delivered.eq(delivery_days::delivered + more.delivered),
            delivery_days::retried.eq(delivery_days::retried + more.retried),
            delivery_days::given_up.eq(delivery_days::given_up + more.given_up),
        ))
        .execute(c))?;
    Ok(())
}

/// The counts of so many days up to now, the oldest first, each day once. One query.
pub fn days(conn: &mut Conn, now: Timestamp, days: i64) -> Result<Vec<Deliveries>> {
    let wanted = Day::of(now).last(days.clamp(1, MOST_DAYS));
    let mut found: BTreeMap<Day, Deliveries> =
        wanted.map(|day| (day, Deliveries { day, ..Deliveries::default() })).collect();
    let Some(first) = found.keys().next() else { return Ok(Vec::new()) };
    let rows: Vec<(i64, i64, i64, i64)> =
        delivery_days::table.filter(delivery_days::day.ge(first.0)).select(delivery_days::all_columns).load(conn)?;
    for (day, delivered, retried, given_up) in rows {
        let day = Day(day);
        if let Some(counted) = found.get_mut(&day) {
            *counted = Deliveries { day, delivered, retried, given_up };
        }
    }
    Ok(found.into_values().collect())
}
