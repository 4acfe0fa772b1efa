//! The shipped holiday table against the law's own vectors, edge cases and properties.

mod hours;
mod law_vectors;
mod properties;
mod table;
mod terms;

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::zone::from_vn_local;
use super::*;

static CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(|| {
    let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/holidays.json"));
    serde_json::from_str::<HolidayTable>(json).unwrap().calendar(7).unwrap()
});

fn day(iso: &str) -> NaiveDate {
    iso.parse().unwrap()
}

/// A moment by the wall clock in Vietnam.
fn at(iso: &str) -> DateTime<Utc> {
    from_vn_local(NaiveDateTime::parse_from_str(iso, "%Y-%m-%d %H:%M").unwrap())
}

fn compute(start: Start, term: Term) -> Result<Due, CalendarError> {
    CALENDAR.compute(&OfficeHours::default(), start, &term)
}

fn due(start: &str, term: Term) -> Due {
    compute(Start::Day(day(start)), term).unwrap()
}

fn due_on(start: &str, term: Term) -> NaiveDate {
    due(start, term).due_on
}

fn reasons(due: &Due) -> Vec<(&'static str, bool)> {
    due.explanation.iter().map(|note| (crate::codes::Code::code(note.reason), note.counted)).collect()
}
