//! Which days are worked: Monday to Friday, less holidays and days in lieu, plus make-up days.

use std::collections::BTreeMap;
use std::iter::successors;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, Weekday};

use super::{CalendarError, CoveredYears, DayException, DayKind, DayReason};

/// One day of the working calendar.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Day {
    pub date: NaiveDate,
    pub working: bool,
    /// Why it is worked or not.
    pub reason: DayReason,
    /// Vietnamese name of the holiday or swap, if it is one.
    pub name: Option<String>,
}

/// The working calendar of the state administration, at one version of the holiday table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    version: i64,
    covered: CoveredYears,
    exceptions: BTreeMap<NaiveDate, DayException>,
}

impl WorkCalendar {
    /// The calendar of `exceptions`, which are all there are in the `covered` years.
    pub fn new(
        version: i64,
        covered: CoveredYears,
        exceptions: impl IntoIterator<Item = DayException>,
    ) -> Result<Self, CalendarError> {
        let mut by_date = BTreeMap::new();
        for exception in exceptions {
            if let Some(earlier) = by_date.insert(exception.date, exception) {
                return Err(CalendarError::RepeatedDate(earlier.date));
            }
        }
        Ok(Self { version, covered, exceptions: by_date })
    }

    /// The version of the holiday table, stored beside every due date computed with it.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The years the calendar speaks for.
    pub fn covered(&self) -> CoveredYears {
        self.covered
    }

    /// What `date` is; an error outside the covered years.
    pub fn day(&self, date: NaiveDate) -> Result<Day, CalendarError> {
        self.require_covered(date)?;
        Ok(self.known_day(date))
    }

    /// Every day of `span`, which must lie in the covered years.
    pub fn days(
        &self,
        span: RangeInclusive<NaiveDate>,
    ) -> Result<impl Iterator<Item = Day> + '_, CalendarError> {
        let (first, last) = span.into_inner();
        self.require_covered(first)?;
        self.require_covered(last)?;
        let dates = successors(Some(first), NaiveDate::succ_opt).take_while(move |date| *date <= last);
        Ok(dates.map(|date| self.known_day(date)))
    }

    /// The number of working days after `start` up to and including `end`; when `end` is the earlier,
    /// minus the number of those before `start` back to and including `end`. It is the amount that
    /// takes a term in working days from `start` to a working `end`.
    pub fn working_days_between(&self, start: NaiveDate, end: NaiveDate) -> Result<i64, CalendarError> {
        let (span, sign) = if start <= end { (start..=end, 1) } else { (end..=start, -1) };
        let worked = self.days(span)?.filter(|day| day.working && day.date != start).count();
        Ok(sign * worked as i64)
    }

    /// `date` if it is worked, else the first working day after it.
    pub fn working_day_on_or_after(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        self.first_working(successors(Some(date), NaiveDate::succ_opt))
    }

    /// `date` if it is worked, else the last working day before it: the day to warn on when a backward
    /// limit falls on a day off.
    pub fn working_day_on_or_before(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        self.first_working(successors(Some(date), NaiveDate::pred_opt))
    }

    /// The name of `date`, if the table has one.
    pub(super) fn name(&self, date: NaiveDate) -> Option<String> {
        self.exceptions.get(&date).map(|exception| exception.name_vi.clone())
    }

    fn first_working(&self, dates: impl Iterator<Item = NaiveDate>) -> Result<NaiveDate, CalendarError> {
        for date in dates {
            if self.day(date)?.working {
                return Ok(date);
            }
        }
        Err(CalendarError::DateOutOfRange)
    }

    fn require_covered(&self, date: NaiveDate) -> Result<(), CalendarError> {
        if self.covered.contains(date) {
            return Ok(());
        }
        Err(CalendarError::OutsideCalendar { date, covered: self.covered })
    }

    fn known_day(&self, date: NaiveDate) -> Day {
        let exception = self.exceptions.get(&date);
        let (working, reason) = match exception.map(|exception| exception.kind) {
            Some(DayKind::Public) => (false, DayReason::PublicHoliday),
            Some(DayKind::Compensatory) => (false, DayReason::DayInLieu),
            Some(DayKind::SwappedWorkingDay) => (true, DayReason::MakeUpWorkingDay),
            None if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) => (false, DayReason::Weekend),
            None => (true, DayReason::WorkingDay),
        };
        Day { date, working, reason, name: exception.map(|exception| exception.name_vi.clone()) }
    }
}

/// The number of days from `start` to `end`, `start` not counted (Civil Code 2015 Art. 147); negative
/// when `end` is the earlier.
pub fn calendar_days_between(start: NaiveDate, end: NaiveDate) -> i64 {
    (end - start).num_days()
}
