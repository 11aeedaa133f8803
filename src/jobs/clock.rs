//! The machine's clock is set back: everything that waits for a time would wait for that much longer, so its time is
//! moved with the clock. One that is set forwards only makes things due earlier.

use std::time::{Duration, Instant};

use super::runner;
use crate::{
    app::App,
    db::{self, Db, Timestamp, Tx},
    error::{Error, Result},
    federation::delivery,
};

/// How often the clock is compared with the time that really went by.
const LOOK: Duration = Duration::from_secs(1);
/// What a clock may differ from that.
const ODD: Duration = Duration::from_secs(2);

/// Moves back what waits for a time. On a database of several machines each may do this when all their clocks are set
/// back together: then some things are tried earlier than they need be.
pub async fn move_back(db: &Db, by: Duration) -> Result<()> {
    db.write(move |tx| {
        db::shorten_leases(tx)?;
        move_all(tx, by)
    })
    .await
}

/// Moves back what waits if the clock was set back since the database was last used; answers by how much. Once: whoever
/// starts next, or at the same time, finds it done.
pub async fn catch_up(db: &Db) -> Result<Option<Duration>> {
    let by = db.set_back();
    if by.is_zero() {
        return Ok(None);
    }
    let ours = db
        .write(move |tx| {
            let ours = db::shorten_leases(tx)?;
            if ours {
                move_all(tx, by)?;
            }
            Ok(ours)
        })
        .await?;
    Ok(ours.then_some(by))
}

fn move_all(tx: &mut Tx<'_>, by: Duration) -> Result<()> {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    runner::move_back(tx, by)?;
    delivery::move_back(tx, by)
}

/// The clock when it was last looked at.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    wall: Timestamp,
    real: Instant,
}

impl Look {
    /// A first look.
    pub fn at(wall: Timestamp, real: Instant) -> Self {
        Self { wall, real }
    }

    /// By how much the clock was set back since, if it was.
    pub fn set_back(&self, wall: Timestamp, real: Instant) -> Option<Duration> {
        let expected = self.wall.plus(real.saturating_duration_since(self.real));
        Some(expected.since(wall)).filter(|behind| *behind > ODD)
    }
}

/// Watches the clock for as long as the server runs; begins with what happened while it did not.
pub async fn watch(app: App) {
    let mut owed = Duration::ZERO;
    let mut caught_up = false;
    let mut last = Look::at(app.db.now(), Instant::now());
    loop {
        let (wall, real) = (app.db.now(), Instant::now());
        owed += last.set_back(wall, real).unwrap_or_default();
        last = Look::at(wall, real);
        if !caught_up {
            match catch_up(&app.db).await {
                Ok(by) => {
                    caught_up = true;
                    tell(by.unwrap_or_default());
                }
                Err(error) => complain(&error),
            }
        }
        if !owed.is_zero() {
            match move_back(&app.db, owed).await {
                Ok(()) => tell(std::mem::take(&mut owed)),
                Err(error) => complain(&error),
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn tell(by: Duration) {
    if !by.is_zero() {
        tracing::warn!("The clock was set back by {} s; what waits was moved with it", by.as_secs());
    }
}

fn complain(error: &Error) {
    tracing::error!(%error, "Could not move what waits after the clock was set back");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_went_back_is_noticed() {
        let (wall, real) = (Timestamp(1_700_000_000_000_000), Instant::now());
        let look = Look::at(wall, real);
        let second = Duration::from_secs(1);
        assert_eq!(look.set_back(wall.plus(second), real + second), None);
        assert_eq!(look.set_back(wall.plus(second * 7200), real + second), None);
        assert_eq!(look.set_back(wall, real + second), None);
        assert_eq!(look.set_back(wall.minus(second * 3599), real + second), Some(second * 3600));
    }
}
