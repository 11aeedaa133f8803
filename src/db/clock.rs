//! Where the time of a transaction comes from.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use super::Timestamp;

/// A source of time.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::wall_clock()
    }
}

/// A clock that goes as the machine's does, and is behind it until it is set right.
#[derive(Debug, Default)]
pub struct LateClock(AtomicI64);

impl LateClock {
    /// Is behind the machine's clock by this much from now on.
    pub fn set_behind(&self, by: Duration) {
        self.0.store(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for LateClock {
    fn now(&self) -> Timestamp {
        Timestamp(Timestamp::wall_clock().0 - self.0.load(Ordering::SeqCst))
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Sets the clock, forwards or back.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.0, Ordering::SeqCst);
    }

    /// Moves the clock forwards.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}
