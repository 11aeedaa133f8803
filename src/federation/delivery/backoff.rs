//! How long to wait after a failed try: 1 min to a day, over seven days.

use std::time::Duration;

/// After this long a delivery is given up.
pub(super) const GIVE_UP: Duration = Duration::from_secs(7 * 24 * 3600);
/// The longest wait that a server may ask for.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

const STEPS: [u64; 7] = [60, 5 * 60, 15 * 60, 3600, 4 * 3600, 12 * 3600, 24 * 3600];

/// The wait after the given try (1 is the first): random between half of its step and the whole, and at least what
/// the server asked for.
pub(super) fn wait(attempts: i32, asked: Option<Duration>, seed: u64) -> Duration {
    let step = usize::try_from(attempts - 1).unwrap_or(0).min(STEPS.len() - 1);
    let longest = STEPS.get(step).copied().unwrap_or(60) * 1000;
    let spread = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let own = Duration::from_millis(longest / 2 + spread % (longest / 2));
    asked.map_or(own, |asked| asked.min(LONGEST).max(own.min(asked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_in_their_bounds() {
        for attempts in 1..20 {
            for seed in 0..50 {
                let wait = wait(attempts, None, seed);
                let step = STEPS[usize::try_from(attempts - 1).unwrap().min(6)];
                assert!(
                    wait >= Duration::from_secs(step) / 2 && wait <= Duration::from_secs(step),
                    "{attempts}: {wait:?}"
                );
            }
        }
        assert_eq!(wait(1, Some(Duration::from_secs(7200)), 3), Duration::from_secs(7200));
        assert_eq!(wait(1, Some(Duration::from_secs(999_999)), 3), LONGEST);
        assert_eq!(wait(7, Some(Duration::from_secs(120)), 3), Duration::from_secs(120));
    }
}
