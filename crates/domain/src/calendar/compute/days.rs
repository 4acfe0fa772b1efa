//! Terms in calendar days, working days and months.

use chrono::{Datelike, Months};

use super::walk::Walk;
use crate::calendar::{CalendarError, DayReason, Direction, Due, Term, start_of_vn_day};

/// The end of `term`, its amount walked by `unit`: one of the three functions below.
pub(super) fn count(
    mut walk: Walk<'_>,
    term: &Term,
    unit: fn(&mut Walk, u32) -> Result<(), CalendarError>,
) -> Result<Due, CalendarError> {
    if term.amount == 0 {
        walk.note(false, DayReason::SameDay);
    } else {
        walk.note(false, DayReason::StartDayNotCounted);
        unit(&mut walk, term.amount)?;
    }
    if term.rolls() {
        walk.roll(term.make_up_saturday_ends_term)?;
    }
    let due_on = walk.date;
    let day_after = due_on.succ_opt().ok_or(CalendarError::DateOutOfRange)?;
    Ok(Due { due_on, due_at: start_of_vn_day(day_after), explanation: walk.explanation() })
}

pub(super) fn calendar_days(walk: &mut Walk, amount: u32) -> Result<(), CalendarError> {
    for _ in 0..amount {
        walk.step()?;
        walk.note(true, DayReason::CalendarDay);
    }
    Ok(())
}

pub(super) fn working_days(walk: &mut Walk, amount: u32) -> Result<(), CalendarError> {
    let mut left = amount;
    while left > 0 {
        walk.step()?;
        let day = walk.calendar.day(walk.date)?;
        walk.note(day.working, day.reason);
        left -= u32::from(day.working);
    }
    Ok(())
}

/// Ends on the same day number, or on the last day of a month that lacks it (Civil Code 2015 Art. 148).
pub(super) fn months(walk: &mut Walk, amount: u32) -> Result<(), CalendarError> {
    let start = walk.date;
    let end = match walk.direction {
        Direction::After => start.checked_add_months(Months::new(amount)),
        Direction::Before => start.checked_sub_months(Months::new(amount)),
    }
    .ok_or(CalendarError::DateOutOfRange)?;
    let days = (end - start).num_days().abs();
    for left in (0..days).rev() {
        walk.step()?;
        let clipped = left == 0 && end.day() != start.day();
        walk.note(true, if clipped { DayReason::MonthEndClipped } else { DayReason::CalendarDay });
    }
    Ok(())
}
