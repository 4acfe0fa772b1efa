//! The days whose data a report covers.

use chrono::{Datelike, Months, NaiveDate};

use super::WindowKind;
use crate::obligations::DutyPeriod;

/// A span of days, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataWindow {
    pub first: NaiveDate,
    /// The last day that still counts.
    pub last: NaiveDate,
}

impl DataWindow {
    /// The window of a period; `None` outside what dates can hold. By the fifteenth, the first quarter is
    /// from 15 December to 14 March (ND 09/2019 Art. 12).
    pub fn of(period: DutyPeriod, kind: WindowKind) -> Option<Self> {
        let (first, last) = (period.first_day(), period.last_day()?);
        Some(match kind {
            WindowKind::Plain => Self { first, last },
            WindowKind::Fifteenth => {
                let first = first.checked_sub_months(Months::new(1))?.with_day(15)?;
                Self { first, last: last.with_day(14)? }
            }
        })
    }

    /// Whether a day's data count.
    pub fn contains(&self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// The first day of the window after `cutoff`, the last day with real data: from there on the figures are
    /// estimated. `None` when nothing is.
    pub fn estimated_from(&self, cutoff: NaiveDate) -> Option<NaiveDate> {
        let after = cutoff.succ_opt()?.max(self.first);
        (after <= self.last).then_some(after)
    }
}
