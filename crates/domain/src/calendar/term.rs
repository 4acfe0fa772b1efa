//! What is asked of the calendar and what it answers.

use chrono::{DateTime, NaiveDate, Utc};

use super::{CalendarError, DayReason, Direction, TermUnit, vn_date};

/// What starts a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Day(NaiveDate),
    /// Needed by terms in hours; for all others its day in Vietnam counts.
    Moment(DateTime<Utc>),
}

impl Start {
    /// The day in Vietnam the term starts on.
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Moment(moment) => vn_date(moment),
        }
    }
}

impl TermUnit {
    /// The longest term accepted in this unit: ten years of days or months, five of office hours.
    pub const fn max_amount(self) -> u32 {
        match self {
            Self::CalendarDay | Self::WorkingDay => 3_660,
            Self::Month => 120,
            Self::Hour => 10_000,
        }
    }
}

/// A length of time from a start, forward or backward. A term of 0 ends on the day it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// At most [`TermUnit::max_amount`].
    pub amount: u32,
    pub unit: TermUnit,
    pub direction: Direction,
    /// Whether an end on a day off moves on, in the direction of the term, to a working day. Absent:
    /// as [`Term::rolls`] says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll: Option<bool>,
    /// Whether a rolled term may end on a make-up Saturday. Civil Code 2015 Art. 148 speaks of weekends
    /// only; taking the day as worked is the usual reading.
    #[serde(default = "yes")]
    pub make_up_saturday_ends_term: bool,
}

fn yes() -> bool {
    true
}

impl Term {
    /// `amount` units after the start, rolled as the law has it.
    pub const fn after(amount: u32, unit: TermUnit) -> Self {
        Self { amount, unit, direction: Direction::After, roll: None, make_up_saturday_ends_term: true }
    }

    /// `amount` units before the start, not rolled.
    pub const fn before(amount: u32, unit: TermUnit) -> Self {
        Self { direction: Direction::Before, ..Self::after(amount, unit) }
    }

    /// Whether the end moves off a day off. Unless said otherwise, only calendar days and months
    /// forward do (Civil Code 2015 Art. 148): "no later than n days before" may name a holiday, and a
    /// term of 0 is the same day. Hours end in office hours and never roll.
    pub fn rolls(&self) -> bool {
        let by_law = self.amount > 0
            && self.direction == Direction::After
            && matches!(self.unit, TermUnit::CalendarDay | TermUnit::Month);
        self.unit != TermUnit::Hour && self.roll.unwrap_or(by_law)
    }

    /// An error if the amount is beyond what its unit allows.
    pub fn check_amount(&self) -> Result<(), CalendarError> {
        let max = self.unit.max_amount();
        if self.amount > max {
            return Err(CalendarError::AmountTooLarge { unit: self.unit, max });
        }
        Ok(())
    }
}

/// The end of a term, and how it was reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Due {
    /// The last lawful day.
    pub due_on: NaiveDate,
    /// The first moment that is too late: the midnight after `due_on` in Vietnam (Civil Code 2015
    /// Art. 148); for a term in hours, the moment the last hour is full.
    pub due_at: DateTime<Utc>,
    /// Every day from the start to `due_on`, both included, in the direction of the term.
    pub explanation: Vec<DayCount>,
}

/// One day on the way to a due day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DayCount {
    pub date: NaiveDate,
    /// Whether the day, or office time of it, is part of the term.
    pub counted: bool,
    pub reason: DayReason,
    /// Vietnamese name of the holiday or swap, if it is one.
    pub name: Option<String>,
}

/// A span in which a clock stands still: the day it is stopped has run, the day it goes on is the first
/// day again and is not counted (Civil Code 2015 Art. 147).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub stopped_on: NaiveDate,
    /// `None` while it lasts.
    pub resumed_on: Option<NaiveDate>,
}

impl Pause {
    /// Whether the clock stands still on that day.
    pub fn holds(&self, date: NaiveDate) -> bool {
        self.stopped_on < date && self.resumed_on.is_some_and(|resumed| date <= resumed)
    }
}
