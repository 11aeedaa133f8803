//! How long to wait after a failure.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// The longest wait after each failure in a row.
const WAITS: [u64; 7] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR];
/// The most that a server can make us wait with `Retry-After`.
const LONGEST: Duration = Duration::from_secs(24 * HOUR);

/// The wait after so many failures in a row: what the server asks for, else anything up to the step's length, so
/// that what failed together does not come back together.
pub(super) fn after(failures: i32, retry_after: Option<Duration>) -> Duration {
    if let Some(asked) = retry_after {
        return asked.clamp(Duration::from_secs(1), LONGEST);
    }
    let step = usize::try_from(failures - 1).unwrap_or(0).min(WAITS.len() - 1);
    let longest = Duration::from_secs(WAITS.get(step).copied().unwrap_or(24 * HOUR));
    longest.mul_f64(random()).max(Duration::from_secs(1))
}

/// From 0 to 1.
fn random() -> f64 {
    let mut bytes = [0_u8; 4];
    // Without randomness every wait is the longest one.
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_day_and_no_further() {
        for (failures, longest) in [(0, MINUTE), (1, MINUTE), (2, 5 * MINUTE), (7, 24 * HOUR), (400, 24 * HOUR)] {
            for _ in 0..50 {
                let wait = after(failures, None);
                assert!(wait >= Duration::from_secs(1) && wait <= Duration::from_secs(longest), "{failures}: {wait:?}");
            }
        }
    }

    #[test]
    fn a_server_may_ask_for_at_most_a_day() {
        assert_eq!(after(1, Some(Duration::from_secs(90))), Duration::from_secs(90));
        assert_eq!(after(1, Some(Duration::MAX)), LONGEST);
        assert_eq!(after(1, Some(Duration::ZERO)), Duration::from_secs(1));
    }
}
