//! How a term is counted: day by day, keeping a note of each.

mod days;
mod hours;
mod walk;

use super::{CalendarError, Due, OfficeHours, Start, Term, TermUnit, WorkCalendar};

impl WorkCalendar {
    /// The end of `term` from `start`. `hours` only matters to terms in hours.
    pub fn compute(&self, hours: &OfficeHours, start: Start, term: &Term) -> Result<Due, CalendarError> {
        term.check_amount()?;
        match (term.unit, start) {
            (TermUnit::CalendarDay, _) => days::count(self, start.day(), term, days::calendar_days),
            (TermUnit::WorkingDay, _) => days::count(self, start.day(), term, days::working_days),
            (TermUnit::Month, _) => days::count(self, start.day(), term, days::months),
            (TermUnit::Hour, Start::Moment(moment)) => hours::count(self, hours, moment, term),
            (TermUnit::Hour, Start::Day(_)) => Err(CalendarError::HoursNeedMoment),
        }
    }
}
