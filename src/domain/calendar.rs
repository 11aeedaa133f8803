//! Days and weeks of the calendar in UTC, for figures and for what is counted by day.

use crate::db::Timestamp;

/// A day in microseconds.
const DAY: i64 = 24 * 3600 * 1_000_000;
/// A week in microseconds.
const LENGTH: i64 = 7 * DAY;
/// 1970 began on a Thursday: a Monday was three days before.
const MONDAY: i64 = 3 * DAY;

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(pub i64);

impl Day {
    /// The day of a moment.
    pub fn of(moment: Timestamp) -> Self {
        Self(moment.0.div_euclid(DAY))
    }

    /// This many up to this one, the oldest first.
    pub fn last(self, days: i64) -> impl DoubleEndedIterator<Item = Self> {
        (self.0 - days + 1..=self.0).map(Self)
    }

    /// When it begins.
    pub fn start(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(DAY))
    }

    /// When the next one begins.
    pub fn end(self) -> Timestamp {
        Self(self.0 + 1).start()
    }

    /// Such as 2026-11-27.
    pub fn date(self) -> String {
        self.start().rfc3339().chars().take_while(|one| *one != 'T').collect()
    }

    /// The day of a column of times, in SQL: times are not before 1970.
    pub fn in_sql(column: &str) -> String {
        format!("{column} / {DAY}")
    }
}

/// A week of the calendar, from Monday to Sunday in UTC, counted from the one in which 1970 began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(pub i64);

impl Week {
    /// The week of a moment.
    pub fn of(moment: Timestamp) -> Self {
        Self((moment.0 + MONDAY).div_euclid(LENGTH))
    }

    /// So many weeks before.
    #[must_use]
    pub fn back(self, weeks: i64) -> Self {
        Self(self.0 - weeks)
    }

    /// When it begins.
    pub fn start(self) -> Timestamp {
        Timestamp(self.0 * LENGTH - MONDAY)
    }

    /// The week of a column of times, in SQL: times are not before 1970.
    pub fn in_sql(column: &str) -> String {
        format!("({column} + {MONDAY}) / {LENGTH}")
    }

    /// The same in seconds since 1970.
    pub fn begins(self) -> i64 {
        self.start().0 / 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_utc() {
        let day = Day::of(Timestamp::parse_rfc3339("2026-11-27T23:59:59Z").unwrap());
        assert_eq!(day.date(), "2026-11-27");
        assert_eq!(day.start(), Timestamp::parse_rfc3339("2026-11-27T00:00:00Z").unwrap());
        assert_eq!((Day::of(day.end()).date(), Day::of(Timestamp(-1))), ("2026-11-28".to_owned(), Day(-1)));
        assert_eq!(day.last(2).map(Day::date).collect::<Vec<_>>(), ["2026-11-26", "2026-11-27"]);
    }

    #[test]
    fn weeks_begin_on_mondays() {
        // 26 November 2026 is a Thursday.
        let week = Week::of(Timestamp::parse_rfc3339("2026-11-26T02:00:00Z").unwrap());
        assert_eq!(week.start(), Timestamp::parse_rfc3339("2026-11-23T00:00:00Z").unwrap());
        assert_eq!(Week::of(week.start()), week);
        assert_eq!(Week::of(Timestamp(week.start().0 - 1)), week.back(1));
        assert_eq!(week.begins(), 1_795_392_000);
    }
}
