//! How a term is counted: day by day, keeping a note of each.

mod days;
mod hours;
mod walk;

use walk::Walk;

use super::{CalendarError, Due, OfficeHours, Pause, Start, Term, TermUnit, WorkCalendar};

impl WorkCalendar {
    /// The end of `term` from `start`. `hours` only matters to terms in hours.
    pub fn compute(&self, hours: &OfficeHours, start: Start, term: &Term) -> Result<Due, CalendarError> {
        self.compute_with_pauses(hours, start, term, &[])
    }

    /// The same, passing over the days on which the clock stood still.
    pub fn compute_with_pauses(
        &self,
        hours: &OfficeHours,
        start: Start,
        term: &Term,
        pauses: &[Pause],
    ) -> Result<Due, CalendarError> {
        term.check_amount()?;
        let walk = Walk::new(self, start.day(), term.direction, pauses);
        match (term.unit, start) {
            (TermUnit::CalendarDay, _) => days::count(walk, term, days::calendar_days),
            (TermUnit::WorkingDay, _) => days::count(walk, term, days::working_days),
            (TermUnit::Month, _) => days::count(walk, term, days::months),
            (TermUnit::Hour, Start::Moment(moment)) => hours::count(walk, hours, moment, term),
            (TermUnit::Hour, Start::Day(_)) => Err(CalendarError::HoursNeedMoment),
        }
    }
}
