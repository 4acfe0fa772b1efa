//! The shipped table is consistent with itself, and the calendar says what it reads there.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::*;

fn shipped() -> HolidayTable {
    let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/holidays.json"));
    serde_json::from_str(json).unwrap()
}

#[test]
fn every_year_has_a_basis_and_every_day_is_covered() {
    let table = shipped();
    let covered = table.meta.covered;
    let years: Vec<i32> = table.meta.years.iter().map(|year| year.year).collect();
    assert_eq!(years, (covered.first..=covered.last).collect::<Vec<_>>());
    assert!(table.days.iter().all(|exception| covered.contains(exception.date)));
    assert!(table.days.is_sorted_by(|earlier, later| earlier.date < later.date));
}

#[test]
fn swaps_are_mutual_and_days_in_lieu_make_good_a_weekend_holiday() {
    let table = shipped();
    let by_date: BTreeMap<_, _> = table.days.iter().map(|exception| (exception.date, exception)).collect();
    for exception in &table.days {
        let on_weekend = exception.date.weekday().number_from_monday() > 5;
        match exception.kind {
            DayKind::Public => assert_eq!((exception.compensates, exception.swaps_with), (None, None)),
            DayKind::SwappedWorkingDay => assert!(on_weekend && exception.swaps_with.is_some()),
            DayKind::Compensatory => {
                assert!(!on_weekend && exception.compensates.is_some() != exception.swaps_with.is_some())
            }
        }
        if let Some(other) = exception.swaps_with {
            assert_eq!(by_date[&other].swaps_with, Some(exception.date));
            assert_ne!(by_date[&other].kind, exception.kind);
        }
        if let Some(holiday) = exception.compensates {
            assert_eq!(by_date[&holiday].kind, DayKind::Public);
            assert!(holiday.weekday().number_from_monday() > 5 && holiday < exception.date);
        }
    }
}

#[test]
fn two_entries_for_one_date_are_refused() {
    let mut table = shipped();
    let first = table.days[0].clone();
    table.days.push(first.clone());
    assert_eq!(table.calendar(1), Err(CalendarError::RepeatedDate(first.date)));
}

#[test]
fn a_day_says_what_it_is() {
    let cases = [
        ("2019-04-12", true, DayReason::WorkingDay),
        ("2019-04-13", false, DayReason::Weekend),
        ("2019-04-14", false, DayReason::PublicHoliday),
        ("2019-04-15", false, DayReason::DayInLieu),
        ("2019-05-04", true, DayReason::MakeUpWorkingDay),
    ];
    for (date, working, reason) in cases {
        let answer = CALENDAR.day(day(date)).unwrap();
        assert_eq!((answer.working, answer.reason), (working, reason), "{date}");
    }
    assert_eq!(CALENDAR.day(day("2019-09-02")).unwrap().name.as_deref(), Some("Quốc khánh (02/9)"));
    assert_eq!(CALENDAR.version(), 7);
}

#[test]
fn days_between_do_not_count_the_start() {
    assert_eq!(CALENDAR.working_days_between(day("2019-04-12"), day("2019-04-22")), Ok(5));
    assert_eq!(CALENDAR.working_days_between(day("2019-04-22"), day("2019-04-12")), Ok(-5));
    assert_eq!(CALENDAR.working_days_between(day("2019-04-12"), day("2019-04-12")), Ok(0));
    assert_eq!(calendar_days_between(day("2019-04-12"), day("2019-04-22")), 10);
    assert_eq!(calendar_days_between(day("2019-04-22"), day("2019-04-12")), -10);
}
