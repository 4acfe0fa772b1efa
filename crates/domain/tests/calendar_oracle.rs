//! The shipped holiday table and the day arithmetic against an independent oracle: the PyPI package
//! `holidays` and plain Python (`scripts/oracle/holidays.py` writes the fixture).

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Utc};
use kstt_domain::calendar::*;

/// Days on which the shipped table departs from the package, and why.
const KNOWN_DIFFERENCES: [(&str, bool, &str); 2] = [
    ("2026-01-02", false, "off, swapped for 10/01/2026 by 12729/VPCP-KGVX, which the package lacks"),
    ("2026-01-10", true, "made up for 02/01/2026 by 12729/VPCP-KGVX, which the package lacks"),
];

#[derive(serde::Deserialize)]
struct Oracle {
    years: BTreeMap<i32, OracleYear>,
    cases: Vec<OracleCase>,
}

#[derive(serde::Deserialize)]
struct OracleYear {
    weekdays_off: Vec<NaiveDate>,
    weekend_days_worked: Vec<NaiveDate>,
}

/// Start, amount, unit, direction and due, on the wall clock of Vietnam.
#[derive(serde::Deserialize)]
struct OracleCase(String, u32, TermUnit, Direction, String);

fn oracle() -> Oracle {
    serde_json::from_str(include_str!("fixtures/holidays-oracle.json")).unwrap()
}

fn shipped() -> HolidayTable {
    serde_json::from_str(include_str!("../../../data/holidays.json")).unwrap()
}

/// The shipped calendar without the entries the package lacks: the same days, so that every case of the
/// arithmetic can be compared.
fn calendar_of_the_package() -> WorkCalendar {
    let mut table = shipped();
    table.days.retain(|day| KNOWN_DIFFERENCES.iter().all(|(date, ..)| day.date.to_string() != *date));
    table.calendar(1).unwrap()
}

fn moment(wall_clock: &str) -> DateTime<Utc> {
    let local: NaiveDateTime = wall_clock.parse().unwrap();
    local.and_local_timezone(VIETNAM).unwrap().to_utc()
}

#[test]
fn the_shipped_table_and_the_package_agree_on_every_day() {
    let calendar = shipped().calendar(1).unwrap();
    let mut differences = Vec::new();
    for (year, theirs) in oracle().years {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        for day in calendar.days(first..=last).unwrap() {
            let weekday = day.date.weekday().number_from_monday() <= 5;
            let worked = if weekday {
                !theirs.weekdays_off.contains(&day.date)
            } else {
                theirs.weekend_days_worked.contains(&day.date)
            };
            if day.working != worked {
                differences.push((day.date.to_string(), day.working));
            }
        }
    }
    assert_eq!(differences, KNOWN_DIFFERENCES.map(|(date, working, _)| (date.to_string(), working)));
}

#[test]
fn the_oracle_speaks_for_the_same_years() {
    let covered = shipped().meta.covered;
    let years: Vec<i32> = oracle().years.into_keys().collect();
    assert_eq!(years, (covered.first..=covered.last).collect::<Vec<_>>());
}

#[test]
fn every_computed_term_ends_where_the_oracle_says() {
    let calendar = calendar_of_the_package();
    let cases = oracle().cases;
    assert!(cases.len() >= 3_000, "the fixture holds {} cases", cases.len());
    for OracleCase(start, amount, unit, direction, expected) in cases {
        let term = Term { direction, ..Term::after(amount, unit) };
        let (from, due_at) = match unit {
            TermUnit::Hour => (Start::Moment(moment(&start)), moment(&expected)),
            _ => {
                let due_on: NaiveDate = expected.parse().unwrap();
                (Start::Day(start.parse().unwrap()), start_of_vn_day(due_on + Days::new(1)))
            }
        };
        let answer = calendar.compute(&OfficeHours::default(), from, &term).unwrap();
        assert_eq!(answer.due_at, due_at, "{amount} {unit} {direction} {start}");
    }
}
