//! The holiday table as it is written in `data/holidays.json` and entered by administrators.

use chrono::{Datelike, NaiveDate};

use super::{CalendarError, DayKind, DayStatus, WorkCalendar};

/// The years a holiday table speaks for, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CoveredYears {
    pub first: i32,
    pub last: i32,
}

impl CoveredYears {
    /// Whether the table speaks for `date`.
    pub fn contains(self, date: NaiveDate) -> bool {
        (self.first..=self.last).contains(&date.year())
    }
}

/// A day that differs from an ordinary weekday or weekend.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DayException {
    pub date: NaiveDate,
    pub kind: DayKind,
    /// Vietnamese name of the holiday or of the swap.
    pub name_vi: String,
    /// The holiday on a weekend that this weekday makes good (Labour Code 2019 Art. 111.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensates: Option<NaiveDate>,
    /// The other half of a swap: the make-up day of a day off, and the reverse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swaps_with: Option<NaiveDate>,
    pub status: DayStatus,
}

/// The legal basis of the holidays of one year.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct YearBasis {
    pub year: i32,
    pub basis: Vec<String>,
}

/// What a holiday table says about itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TableMeta {
    pub covered: CoveredYears,
    pub years: Vec<YearBasis>,
}

/// The file `data/holidays.json`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HolidayTable {
    pub meta: TableMeta,
    pub days: Vec<DayException>,
}

impl HolidayTable {
    /// The calendar of this table, known as `version`.
    pub fn calendar(self, version: i64) -> Result<WorkCalendar, CalendarError> {
        WorkCalendar::new(version, self.meta.covered, self.days)
    }
}
