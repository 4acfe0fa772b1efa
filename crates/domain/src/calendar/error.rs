//! What can be wrong with a question to the calendar.

use std::fmt;

use chrono::NaiveDate;

use super::{CoveredYears, TermUnit};

/// Why the calendar gives no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarError {
    /// Whether `date` is worked is unknown: the holiday table does not cover its year.
    OutsideCalendar { date: NaiveDate, covered: CoveredYears },
    /// The term is longer than its unit allows.
    AmountTooLarge { unit: TermUnit, max: u32 },
    /// A term in hours was started by a day instead of a moment.
    HoursNeedMoment,
    /// The due day lies beyond the dates that can be written.
    DateOutOfRange,
    /// The holiday table has two entries for one date.
    RepeatedDate(NaiveDate),
    /// Office hours are empty, overlapping or out of order.
    OfficeHoursOutOfOrder,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideCalendar { date, covered: CoveredYears { first, last } } => {
                write!(f, "{date} is outside the working calendar, which covers {first} to {last}")
            }
            Self::AmountTooLarge { unit, max } => write!(f, "a term in {unit} is at most {max}"),
            Self::HoursNeedMoment => f.write_str("a term in hours starts at a moment, not on a day"),
            Self::DateOutOfRange => f.write_str("the due day is beyond the range of dates"),
            Self::RepeatedDate(date) => write!(f, "the holiday table has two entries for {date}"),
            Self::OfficeHoursOutOfOrder => {
                f.write_str("office hours are one or more spans, in order, each ending after it starts")
            }
        }
    }
}

impl std::error::Error for CalendarError {}
