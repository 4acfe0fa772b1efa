//! What the calendar reads and shows.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kstt_domain::calendar::{Day, DayCount, DayException, DayKind, DayReason, DayStatus, Due};
use kstt_persistence::calendar::{CalendarVersionRow, ExceptionRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Days of the working calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarDays {
    /// Version of the calendar that says so.
    #[schema(minimum = 1, maximum = 1000000)]
    pub version: i64,
    /// Every day asked for, in order.
    #[schema(max_items = 400)]
    pub days: Vec<CalendarDay>,
}

/// One day of the working calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarDay {
    /// The day in Vietnam.
    pub date: NaiveDate,
    /// 1 is Monday, 7 is Sunday.
    #[schema(minimum = 1, maximum = 7)]
    pub weekday: u32,
    /// Whether the state administration works.
    pub working: bool,
    /// Why it does or does not.
    pub reason: DayReason,
    /// Vietnamese name of the holiday or swap, if it is one.
    #[schema(max_length = 200)]
    pub name: Option<String>,
}

impl From<Day> for CalendarDay {
    fn from(day: Day) -> Self {
        let weekday = day.date.weekday().number_from_monday();
        Self { date: day.date, weekday, working: day.working, reason: day.reason, name: day.name }
    }
}

/// The end of a term, and how it was reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComputedTerm {
    /// The last lawful day.
    pub due_on: NaiveDate,
    /// The first moment that is too late, UTC: the midnight after `due_on` in Vietnam; for a term in
    /// hours, the moment the last hour is full.
    pub due_at: DateTime<Utc>,
    /// Version of the calendar it was counted with.
    #[schema(minimum = 1, maximum = 1000000)]
    pub calendar_version: i64,
    /// Every day from the start to `due_on`, in the direction of the term.
    #[schema(max_items = 6000)]
    pub explanation: Vec<ExplainedDay>,
}

impl ComputedTerm {
    /// The wire form of a counted term.
    pub fn of(due: Due, calendar_version: i64) -> Self {
        let explanation = due.explanation.into_iter().map(ExplainedDay::from).collect();
        Self { due_on: due.due_on, due_at: due.due_at, calendar_version, explanation }
    }
}

/// One day on the way to a due day.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedDay {
    /// The day in Vietnam.
    pub date: NaiveDate,
    /// Whether it, or office time of it, is part of the term.
    pub counted: bool,
    /// Why it is or is not.
    pub reason: DayReason,
    /// Vietnamese name of the holiday or swap, if it is one.
    #[schema(max_length = 200)]
    pub name: Option<String>,
}

impl From<DayCount> for ExplainedDay {
    fn from(day: DayCount) -> Self {
        Self { date: day.date, counted: day.counted, reason: day.reason, name: day.name }
    }
}

/// A version of the calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarVersion {
    /// Its number; later versions have higher ones.
    #[schema(minimum = 1, maximum = 1000000)]
    pub version: i64,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// Why it was published.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The first year it speaks for.
    #[schema(minimum = 1990, maximum = 2100)]
    pub first_year: i32,
    /// The last year it speaks for.
    #[schema(minimum = 1990, maximum = 2100)]
    pub last_year: i32,
}

impl From<CalendarVersionRow> for CalendarVersion {
    fn from(row: CalendarVersionRow) -> Self {
        Self {
            version: row.version,
            created_at: row.created_at.and_utc(),
            reason: row.reason,
            first_year: row.first_year,
            last_year: row.last_year,
        }
    }
}

/// A version of the calendar with every day that differs from an ordinary weekday or weekend.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarView {
    #[serde(flatten)]
    pub version: CalendarVersion,
    /// In the order of dates.
    #[schema(max_items = 10000)]
    pub exceptions: Vec<CalendarException>,
}

impl CalendarView {
    /// The view of a version and its exceptions.
    pub fn of(row: CalendarVersionRow, exceptions: Vec<ExceptionRow>) -> Self {
        let exceptions = exceptions.into_iter().map(|row| super::edition::exception_of(row).into()).collect();
        Self { version: row.into(), exceptions }
    }
}

/// A day that differs from an ordinary weekday or weekend.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarException {
    /// The day in Vietnam.
    #[schema(example = "2019-09-02")]
    pub date: NaiveDate,
    /// What it is.
    pub kind: DayKind,
    /// Vietnamese name of the holiday or swap.
    #[schema(min_length = 1, max_length = 200, example = "Quốc khánh (02/9)")]
    pub name_vi: String,
    /// For a day in lieu: the holiday on a weekend that it makes good.
    pub compensates: Option<NaiveDate>,
    /// For a swap: the other half, from both sides.
    pub swaps_with: Option<NaiveDate>,
    /// Whether it has been announced.
    pub status: DayStatus,
}

impl From<DayException> for CalendarException {
    fn from(day: DayException) -> Self {
        Self {
            date: day.date,
            kind: day.kind,
            name_vi: day.name_vi,
            compensates: day.compensates,
            swaps_with: day.swaps_with,
            status: day.status,
        }
    }
}

/// Changes that make the next version of the calendar.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCalendarVersion {
    /// Why: the notice or decision that says so.
    #[schema(min_length = 1, max_length = 500, example = "Thông báo lịch nghỉ Quốc khánh")]
    pub reason: String,
    /// Days that differ from now on; a day that differed already is replaced.
    #[serde(default)]
    #[schema(max_items = 400)]
    pub set: Vec<CalendarException>,
    /// Days that are ordinary again.
    #[serde(default)]
    #[schema(max_items = 400, example = json!([]))]
    pub lift: Vec<NaiveDate>,
    /// The first year the calendar speaks for, when that changes.
    #[schema(minimum = 1990, maximum = 2100)]
    pub first_year: Option<i32>,
    /// The last year the calendar speaks for, when that changes.
    #[schema(minimum = 1990, maximum = 2100)]
    pub last_year: Option<i32>,
}
