//! Validity in time: half-open spans of days, `[from, to)`, either side possibly open.
//!
//! Every `valid_to` of the product is exclusive, in data, tables and JSON.

use chrono::NaiveDate;

/// The stored form of an open start: no fact of the product is older.
pub const OPEN_START: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
/// The stored form of an open end.
pub const OPEN_END: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();

/// A half-open span of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// The span of optional bounds; `None` is open.
    pub fn of(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Self {
        Self { from: from.unwrap_or(OPEN_START), to: to.unwrap_or(OPEN_END) }
    }

    /// Whether `day` lies in the span.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && day < self.to
    }

    /// Whether the two spans share a day.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// The span is not empty.
    pub fn is_proper(&self) -> bool {
        self.from < self.to
    }
}

/// The wire form of a stored start: `None` when open.
pub fn known_start(stored: NaiveDate) -> Option<NaiveDate> {
    (stored != OPEN_START).then_some(stored)
}

/// The wire form of a stored end: `None` when open.
pub fn known_end(stored: NaiveDate) -> Option<NaiveDate> {
    (stored != OPEN_END).then_some(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_end_is_exclusive() {
        let period = Period::of(Some(day("2019-01-01")), Some(day("2020-03-01")));
        assert!(period.contains(day("2020-02-29")));
        assert!(!period.contains(day("2020-03-01")));
        assert!(!period.overlaps(&Period::of(Some(day("2020-03-01")), None)));
    }
}
