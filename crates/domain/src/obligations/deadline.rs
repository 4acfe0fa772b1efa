//! When an obligation is due: both readings of the date where there are two, and which of them decides.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{Cutoff, DateReading, DeadlineRule, DutyPeriod, Every, Timing};
use crate::calendar::{
    CalendarError, DayCount, Due, OfficeHours, Pause, Start, Term, TermUnit, WorkCalendar, start_of_vn_day,
};
use crate::units::UnitKind;

/// What opens an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The event the rule is counted from.
    Moment(DateTime<Utc>),
    /// A period, and the kind of the unit that owes something for it.
    Period(DutyPeriod, UnitKind),
    /// The last day itself, where whoever asks sets it.
    LastDay(NaiveDate),
}

/// The moments of an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// From here on it is due soon.
    pub soon_at: DateTime<Utc>,
    /// From here on it is past what the stricter reading allows, or past the last working day before a date
    /// that is not moved on.
    pub warn_at: DateTime<Utc>,
    /// From here on it is late.
    pub due_at: DateTime<Utc>,
    /// The last lawful day.
    pub due_on: NaiveDate,
    /// Every way to read the date; one decides.
    pub readings: Vec<Reading>,
}

/// One way to read a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reading {
    pub reading: DateReading,
    /// Whether passing this date is what counts as late.
    pub decides: bool,
    /// The last lawful day by this reading.
    pub due_on: NaiveDate,
    /// The first moment too late by this reading.
    pub due_at: DateTime<Utc>,
    /// Every day from the start on, counted or skipped, and why.
    #[cfg_attr(feature = "schema", schema(max_items = 4000))]
    pub explanation: Vec<DayCount>,
}

/// Why a rule gives no deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoDeadline {
    /// Windows, limits and parameters are checked where they apply.
    Shape,
    /// Counted from an event; a period was given, or the other way round.
    Opening,
    /// Units of this kind do not owe it.
    NotOwed,
    Calendar(CalendarError),
}

impl From<CalendarError> for NoDeadline {
    fn from(error: CalendarError) -> Self {
        Self::Calendar(error)
    }
}

/// What days are counted with.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    pub calendar: &'a WorkCalendar,
    pub hours: &'a OfficeHours,
    /// When the clock stood still.
    pub pauses: &'a [Pause],
}

impl Counting<'_> {
    fn due(&self, start: Start, term: &Term) -> Result<Due, CalendarError> {
        self.calendar.compute_with_pauses(self.hours, start, term, self.pauses)
    }

    /// The start of the day that lies `amount` working days before `day`.
    fn working_days_before(&self, day: NaiveDate, amount: u32) -> Result<DateTime<Utc>, CalendarError> {
        let term = Term::before(amount, TermUnit::WorkingDay);
        Ok(start_of_vn_day(self.calendar.compute(self.hours, Start::Day(day), &term)?.due_on))
    }
}

impl DeadlineRule {
    /// The deadline of what `opening` opens.
    pub fn deadline(&self, opening: Opening, counting: Counting<'_>) -> Result<Deadline, NoDeadline> {
        self.deadline_of(self.readings(opening, counting)?, counting)
    }

    /// Every way to read the date of what `opening` opens; one decides.
    pub fn readings(&self, opening: Opening, counting: Counting<'_>) -> Result<Vec<Reading>, NoDeadline> {
        Ok(match (&self.timing, opening) {
            (Timing::Term { term, other_reading }, Opening::Moment(moment)) => {
                term_readings(moment, term, other_reading.as_ref(), counting)?
            }
            (Timing::Recurring { every: Every::Interval { term } }, Opening::Moment(moment)) => {
                term_readings(moment, term, None, counting)?
            }
            (Timing::Immediate, Opening::Moment(moment)) => {
                let today = Term { roll: Some(true), ..Term::after(0, TermUnit::CalendarDay) };
                term_readings(moment, &today, None, counting)?
            }
            (
                Timing::FixedDate { cutoffs }
                | Timing::Recurring { every: Every::Quarter { cutoffs } | Every::Month { cutoffs } },
                Opening::Period(period, kind),
            ) => cutoff_readings(period, owed_by(cutoffs, kind)?, self.open)?,
            (Timing::Parameter { .. }, Opening::LastDay(day)) => vec![on_day(DateReading::Set, true, day)?],
            (Timing::Window { .. } | Timing::CountLimit { .. } | Timing::Parameter { .. }, _) => {
                return Err(NoDeadline::Shape);
            }
            _ => return Err(NoDeadline::Opening),
        })
    }

    /// The stricter reading warns; so does the last working day before a date that is not moved on.
    fn deadline_of(&self, readings: Vec<Reading>, counting: Counting<'_>) -> Result<Deadline, NoDeadline> {
        let strictest = readings.iter().min_by_key(|reading| reading.due_at);
        let decisive = readings.iter().find(|reading| reading.decides).or(strictest);
        let (Some(strictest), Some(decisive)) = (strictest, decisive) else {
            return Err(NoDeadline::Opening);
        };
        let moved_on = readings.iter().any(|reading| reading.reading == DateReading::Rolled);
        let warn_on = match moved_on {
            true => strictest.due_on,
            false => counting.calendar.working_day_on_or_before(strictest.due_on)?,
        };
        let warn_at = if warn_on < strictest.due_on { end_of(warn_on)? } else { strictest.due_at };
        let soon_at = counting.working_days_before(warn_on, self.soon_working_days)?;
        let (due_at, due_on) = (decisive.due_at, decisive.due_on);
        Ok(Deadline { soon_at, warn_at, due_at, due_on, readings })
    }
}

/// The cut-off of units of a kind.
fn owed_by(cutoffs: &[Cutoff], kind: UnitKind) -> Result<&Cutoff, NoDeadline> {
    cutoffs.iter().find(|cutoff| cutoff.owed_by.contains(&kind)).ok_or(NoDeadline::NotOwed)
}

/// A term that rolls has a raw end and a rolled one (Civil Code 2015 Art. 148); the rolled one decides.
fn term_readings(
    moment: DateTime<Utc>,
    term: &Term,
    other: Option<&Term>,
    counting: Counting<'_>,
) -> Result<Vec<Reading>, CalendarError> {
    let start = Start::Moment(moment);
    let decisive = counting.due(start, term)?;
    let mut readings = Vec::new();
    if let Some(other) = other {
        readings.push(reading(DateReading::Other, false, counting.due(start, other)?));
    }
    let raw = counting.due(start, &Term { roll: Some(false), ..*term })?;
    if raw.due_on == decisive.due_on {
        readings.push(reading(DateReading::AsWritten, true, decisive));
    } else {
        readings.push(reading(DateReading::Raw, false, raw));
        readings.push(reading(DateReading::Rolled, true, decisive));
    }
    Ok(readings)
}

/// "Before the 20th" may mean the 19th or the 20th: where the law leaves it open both are told. Fixed
/// dates do not roll.
fn cutoff_readings(period: DutyPeriod, cutoff: &Cutoff, open: bool) -> Result<Vec<Reading>, NoDeadline> {
    let day = period.day(cutoff.month, cutoff.day).ok_or(NoDeadline::Opening)?;
    let day_before = day.pred_opt().ok_or(CalendarError::DateOutOfRange)?;
    let both = [(DateReading::Exclusive, day_before, false), (DateReading::Inclusive, day, true)];
    let mut readings = Vec::new();
    for (kind, due_on, inclusive) in both {
        let decides = cutoff.inclusive == inclusive;
        if decides || open {
            readings.push(on_day(kind, decides, due_on)?);
        }
    }
    Ok(readings)
}

/// A date that is named, not counted.
fn on_day(reading: DateReading, decides: bool, due_on: NaiveDate) -> Result<Reading, CalendarError> {
    Ok(Reading { reading, decides, due_on, due_at: end_of(due_on)?, explanation: Vec::new() })
}

fn reading(reading: DateReading, decides: bool, due: Due) -> Reading {
    let Due { due_on, due_at, explanation } = due;
    Reading { reading, decides, due_on, due_at, explanation }
}

/// The midnight after a day in Vietnam (Civil Code 2015 Art. 148).
fn end_of(day: NaiveDate) -> Result<DateTime<Utc>, CalendarError> {
    day.succ_opt().map(start_of_vn_day).ok_or(CalendarError::DateOutOfRange)
}
