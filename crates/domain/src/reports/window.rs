//! The days whose data a report covers.

use chrono::{Datelike, Months, NaiveDate};
use serde::Deserialize;

use super::WindowKind;
use crate::obligations::DutyPeriod;

/// Which window periods have, from a day on: data, since no certain law fixes it.
#[derive(Debug, Clone, Deserialize)]
pub struct WindowTable {
    windows: Vec<WindowFrom>,
}

#[derive(Debug, Clone, Deserialize)]
struct WindowFrom {
    valid_from: NaiveDate,
    kind: WindowKind,
}

impl WindowTable {
    /// The window of periods that begin on a day; before the first one that is named, the period itself.
    pub fn kind_on(&self, first_day: NaiveDate) -> WindowKind {
        let known = self.windows.iter().rev().find(|window| window.valid_from <= first_day);
        known.map_or(WindowKind::Plain, |window| window.kind)
    }
}

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
}
