//! A walk along the days, noting each one passed.

use chrono::NaiveDate;

use crate::calendar::{CalendarError, DayCount, DayReason, Direction, Pause, WorkCalendar};

/// Where the walk stands and what it has noted so far.
pub(super) struct Walk<'a> {
    pub calendar: &'a WorkCalendar,
    pub date: NaiveDate,
    pub direction: Direction,
    pauses: &'a [Pause],
    /// Days passed over because the clock stood still.
    pub paused_days: u32,
    notes: Vec<DayCount>,
}

impl<'a> Walk<'a> {
    pub fn new(
        calendar: &'a WorkCalendar,
        start: NaiveDate,
        direction: Direction,
        pauses: &'a [Pause],
    ) -> Self {
        Self { calendar, date: start, direction, pauses, paused_days: 0, notes: Vec::new() }
    }

    /// Goes on to the next day on which the clock runs.
    pub fn step(&mut self) -> Result<(), CalendarError> {
        self.next_day()?;
        while self.pauses.iter().any(|pause| pause.holds(self.date)) {
            self.note(false, DayReason::Paused);
            self.paused_days += 1;
            self.next_day()?;
        }
        Ok(())
    }

    fn next_day(&mut self) -> Result<(), CalendarError> {
        let next = match self.direction {
            Direction::After => self.date.succ_opt(),
            Direction::Before => self.date.pred_opt(),
        };
        self.date = next.ok_or(CalendarError::DateOutOfRange)?;
        Ok(())
    }

    /// Notes the day the walk stands on.
    pub fn note(&mut self, counted: bool, reason: DayReason) {
        self.notes.push(DayCount { date: self.date, counted, reason, name: self.calendar.name(self.date) });
    }

    /// Goes on to a working day if the walk stands on a day off.
    pub fn roll(&mut self, make_up_day_ends: bool) -> Result<(), CalendarError> {
        let ends = |reason| {
            reason == DayReason::WorkingDay || (reason == DayReason::MakeUpWorkingDay && make_up_day_ends)
        };
        if ends(self.calendar.day(self.date)?.reason) {
            return Ok(());
        }
        loop {
            self.step()?;
            match self.calendar.day(self.date)?.reason {
                reason if ends(reason) => {
                    self.note(false, DayReason::RolledToWorkingDay);
                    return Ok(());
                }
                DayReason::MakeUpWorkingDay => self.note(false, DayReason::MakeUpDayPassedOver),
                day_off => self.note(false, day_off),
            }
        }
    }

    /// The notes taken.
    pub fn explanation(self) -> Vec<DayCount> {
        self.notes
    }
}
