//! 64-bit ids that sort by time: 47 bits of milliseconds, 6 bits of process slot, 10 bits of sequence.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use super::Timestamp;

const SEQUENCE_BITS: u32 = 10;
const SLOT_BITS: u32 = 6;
const LOW_BITS: u32 = SEQUENCE_BITS + SLOT_BITS;

/// How many processes may make ids on one database at the same time.
pub const SLOTS: u8 = 1 << SLOT_BITS;

/// Makes ids for one process. Never goes backwards, even when the clock does.
#[derive(Debug)]
pub struct IdSource {
    slot: AtomicU8,
    /// Milliseconds and sequence of the last id, without the slot.
    last: AtomicI64,
}

impl IdSource {
    /// A source for the process that holds `slot` (below [`SLOTS`]).
    pub fn new(slot: u8) -> Self {
        Self { slot: AtomicU8::new(slot % SLOTS), last: AtomicI64::new(0) }
    }

    /// Changes the slot, when the lease moved to another one.
    pub fn use_slot(&self, slot: u8) {
        self.slot.store(slot % SLOTS, Ordering::Relaxed);
    }

    /// Goes on after an id that was made before, by whomever.
    pub fn go_on_after(&self, id: i64) {
        let last = ((id >> LOW_BITS) << SEQUENCE_BITS) | ((1 << SEQUENCE_BITS) - 1);
        self.last.fetch_max(last, Ordering::Relaxed);
    }

    /// The next id; larger than every earlier one from this source.
    pub fn next(&self, now: Timestamp) -> i64 {
        let floor = (now.0.max(0) / 1000) << SEQUENCE_BITS;
        let step = |last: i64| Some(floor.max(last + 1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or_else(|last| last);
        let now = floor.max(last + 1);
        let (millis, sequence) = (now >> SEQUENCE_BITS, now & ((1 << SEQUENCE_BITS) - 1));
        (millis << LOW_BITS) | (i64::from(self.slot.load(Ordering::Relaxed)) << SEQUENCE_BITS) | sequence
    }

    /// An id for a moment in the past, with random low bits.
    pub fn at(&self, moment: Timestamp) -> i64 {
        let mut low = [0_u8; 2];
        // Without randomness the id is still valid, only likelier to clash, and a clash is retried.
        let _ = aws_lc_rs::rand::fill(&mut low);
        ((moment.0.max(0) / 1000) << LOW_BITS) | i64::from(u16::from_be_bytes(low))
    }
}

/// The moment an id was made for, to the millisecond.
pub fn time_of(id: i64) -> Timestamp {
    Timestamp((id >> LOW_BITS).saturating_mul(1000))
}

/// The smallest id that an event at `moment` may have; for paging by time.
pub fn first_id_at(moment: Timestamp) -> i64 {
    (moment.0.max(0) / 1000) << LOW_BITS
}
