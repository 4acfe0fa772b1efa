//! The period of a record: a day or a month.

use chrono::{Datelike, Months, NaiveDate};

/// Years that records may be of.
const YEARS: std::ops::Range<i32> = 2000..2200;
/// The longest period has so many days.
pub const LONGEST_DAYS: u64 = 31;

/// A day, or a whole month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountPeriod {
    first: NaiveDate,
    last: NaiveDate,
}

impl CountPeriod {
    /// The period of `2019-03-04` or `2019-03`.
    pub fn parse(text: &str) -> Option<Self> {
        let has_form = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let (first, last) = match text.len() {
            10 if has_form => {
                let day: NaiveDate = text.parse().ok()?;
                (day, day)
            }
            7 if has_form => {
                let first: NaiveDate = format!("{text}-01").parse().ok()?;
                (first, first.checked_add_months(Months::new(1))?.pred_opt()?)
            }
            _ => return None,
        };
        YEARS.contains(&first.year()).then_some(Self { first, last })
    }

    /// The period of these days, as it was stored.
    pub fn of(first: NaiveDate, last: NaiveDate) -> Self {
        Self { first, last }
    }

    /// Its first day.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// Its last day, which belongs to it.
    pub fn last(self) -> NaiveDate {
        self.last
    }
}

impl std::fmt::Display for CountPeriod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}", self.first.format("%Y-%m"))
        }
    }
}
