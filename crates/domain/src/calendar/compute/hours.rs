//! Terms in hours: from the moment on (Civil Code 2015 Art. 147), over office hours of working days.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::walk::Walk;
use crate::calendar::zone::{from_vn_local, to_vn_local};
use crate::calendar::{CalendarError, DayReason, Direction, Due, OfficeHours, Term};

pub(super) fn count(
    mut walk: Walk<'_>,
    hours: &OfficeHours,
    start: DateTime<Utc>,
    term: &Term,
) -> Result<Due, CalendarError> {
    let local_start = to_vn_local(start);
    if term.amount == 0 {
        walk.note(false, DayReason::SameDay);
        return Ok(Due { due_on: walk.date, due_at: start, explanation: walk.explanation() });
    }
    let mut left = TimeDelta::hours(term.amount.into());
    loop {
        let day = walk.calendar.day(walk.date)?;
        let before = left;
        let end =
            if day.working { work(walk.date, hours, local_start, term.direction, &mut left) } else { None };
        let counted = left < before;
        let idle = day.working && !counted;
        walk.note(counted, if idle { DayReason::OutsideOfficeHours } else { day.reason });
        if let Some(end) = end {
            let due_at = from_vn_local(end);
            return Ok(Due { due_on: walk.date, due_at, explanation: walk.explanation() });
        }
        walk.step()?;
    }
}

/// Takes the office time of `date` off `left`, as far as it lies on the term's side of `start`; the moment
/// nothing is left, if it comes on this day.
fn work(
    date: NaiveDate,
    hours: &OfficeHours,
    start: NaiveDateTime,
    direction: Direction,
    left: &mut TimeDelta,
) -> Option<NaiveDateTime> {
    let spans = hours.spans().iter().map(|span| (date.and_time(span.from), date.and_time(span.to)));
    match direction {
        Direction::After => spans
            .map(|(from, to)| (from.max(start), to))
            .find_map(|(from, to)| spend(left, to - from).map(|spent| from + spent)),
        Direction::Before => spans
            .rev()
            .map(|(from, to)| (from, to.min(start)))
            .find_map(|(from, to)| spend(left, to - from).map(|spent| to - spent)),
    }
}

/// Spends up to `available` of `left`; how much of the span was spent, if that was all of it.
fn spend(left: &mut TimeDelta, available: TimeDelta) -> Option<TimeDelta> {
    let spent = available.max(TimeDelta::zero()).min(*left);
    *left -= spent;
    left.is_zero().then_some(spent)
}
