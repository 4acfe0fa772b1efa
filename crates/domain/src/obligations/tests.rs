//! The shipped rules are sound, and their dates are those of the law digest.

use chrono::{DateTime, NaiveDate, Utc};

use super::*;
use crate::calendar::{HolidayTable, OfficeHours, Pause, WorkCalendar, start_of_vn_day};
use crate::codes::Code;
use crate::units::UnitKind;

fn rules() -> Vec<DeadlineRule> {
    let text = include_str!("../../../../data/deadline-rules.json");
    serde_json::from_str::<RuleTable>(text).unwrap().rules
}

fn rule(id: &str) -> DeadlineRule {
    rules().into_iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule {id}"))
}

fn calendar() -> WorkCalendar {
    let text = include_str!("../../../../data/holidays.json");
    serde_json::from_str::<HolidayTable>(text).unwrap().calendar(1).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn after(day: NaiveDate) -> DateTime<Utc> {
    start_of_vn_day(day.succ_opt().unwrap())
}

fn due(id: &str, opening: Opening, pauses: &[Pause]) -> Result<Deadline, NoDeadline> {
    let (calendar, hours) = (calendar(), OfficeHours::default());
    rule(id).deadline(opening, Counting { calendar: &calendar, hours: &hours, pauses })
}

/// Ten in the morning in Vietnam.
fn morning(text: &str) -> Opening {
    Opening::Moment(start_of_vn_day(day(text)) + chrono::TimeDelta::hours(10))
}

fn period(code: &str, kind: UnitKind) -> Opening {
    Opening::Period(code.parse().unwrap(), kind)
}

#[test]
fn every_clock_of_the_digest_is_there_once_and_sound() {
    let rules = rules();
    let mut ids: Vec<String> = (1..=69).map(|number| format!("K-{number:02}")).collect();
    // K-44a is the product's own: the unit's clock beside the citizen's.
    ids.extend(["K-07a".to_owned(), "K-40a".to_owned(), "K-44a".to_owned()]);
    ids.sort();
    let mut found: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    found.sort();
    assert_eq!(found, ids);
    for rule in &rules {
        assert_eq!(rule.faults(), [], "{}", rule.id);
        let long =
            [&rule.title, &rule.consequence].iter().any(|words| words.vi.is_empty() || words.en.is_empty());
        assert!(!long, "{} says nothing", rule.id);
    }
    for shape in RuleShape::ALL {
        assert!(rules.iter().any(|rule| rule.timing.shape() == *shape), "no rule of shape {shape:?}");
    }
}

/// Vectors of the digest, section 7.2.
#[test]
fn terms_end_as_the_digest_has_it() {
    for (id, start, due_on) in [
        ("K-12", "2019-04-12", "2019-04-22"),
        ("K-44", "2019-04-10", "2019-05-02"),
        ("K-44", "2019-01-16", "2019-02-11"),
        ("K-46", "2019-08-30", "2019-09-04"),
        ("K-08", "2019-05-06", "2019-05-01"),
        ("K-07", "2019-05-06", "2019-04-28"),
    ] {
        let found = due(id, morning(start), &[]).unwrap();
        assert_eq!(found.due_on, day(due_on), "{id} from {start}");
        assert_eq!(found.due_at, after(day(due_on)), "{id} from {start}");
        assert_eq!(found.readings.iter().filter(|reading| reading.decides).count(), 1);
        assert!(found.soon_at <= found.warn_at && found.warn_at <= found.due_at, "{id} from {start}");
    }
}

#[test]
fn a_term_that_ends_in_tet_warns_on_its_raw_day_and_breaches_on_the_rolled_one() {
    let found = due("K-44", morning("2019-01-16"), &[]).unwrap();
    assert_eq!(found.warn_at, after(day("2019-02-05")));
    assert_eq!(found.due_at, after(day("2019-02-11")));
    let kinds: Vec<DateReading> = found.readings.iter().map(|reading| reading.reading).collect();
    assert_eq!(kinds, [DateReading::Raw, DateReading::Rolled]);
}

#[test]
fn a_limit_before_a_day_warns_on_the_last_working_day() {
    let found = due("K-08", morning("2019-05-06"), &[]).unwrap();
    assert_eq!(found.due_on, day("2019-05-01"));
    // Five working days before is 25 April; that reading warns.
    assert_eq!(found.warn_at, after(day("2019-04-25")));
}

#[test]
fn a_date_that_can_be_read_two_ways_tells_both() {
    let found = due("K-30", period("2019-Q1", UnitKind::Commune), &[]).unwrap();
    let told: Vec<(DateReading, NaiveDate, bool)> =
        found.readings.iter().map(|reading| (reading.reading, reading.due_on, reading.decides)).collect();
    assert_eq!(
        told,
        [
            (DateReading::Exclusive, day("2019-03-19"), false),
            (DateReading::Inclusive, day("2019-03-20"), true),
        ]
    );
    // The stricter reading warns, the milder one is the end.
    assert_eq!((found.due_on, found.warn_at), (day("2019-03-20"), after(day("2019-03-19"))));
    assert_eq!(due("K-30", period("2019-Q1", UnitKind::District), &[]), Err(NoDeadline::NotOwed));
    assert_eq!(due("K-30", morning("2019-03-04"), &[]), Err(NoDeadline::Opening));
    assert_eq!(due("K-56", morning("2019-03-04"), &[]), Err(NoDeadline::Shape));
}

#[test]
fn a_day_that_someone_set_is_told_as_it_is() {
    let asked = Opening::LastDay(day("2019-03-16"));
    let found = due("K-35", asked, &[]).unwrap();
    // A Saturday: nothing moves it, the Friday before warns.
    assert_eq!((found.due_on, found.warn_at), (day("2019-03-16"), after(day("2019-03-15"))));
    assert_eq!((found.readings[0].reading, found.readings.len()), (DateReading::Set, 1));
    assert_eq!(due("K-35", morning("2019-03-04"), &[]), Err(NoDeadline::Shape));
    assert_eq!(due("K-12", asked, &[]), Err(NoDeadline::Opening));
}

#[test]
fn plans_are_due_in_january_and_yearly_reports_by_level() {
    let plan = due("K-20", period("2020", UnitKind::Commune), &[]).unwrap();
    // 31 January 2020 is the second working day after Tết.
    assert_eq!((plan.due_on, plan.warn_at), (day("2020-01-31"), after(day("2020-01-31"))));
    let report = |kind| due("K-32", period("2020", kind), &[]).unwrap();
    assert!(report(UnitKind::Commune).due_on < report(UnitKind::Department).due_on);
}

#[test]
fn a_clock_that_stood_still_ends_so_much_later() {
    let pause =
        |resumed: Option<&str>| [Pause { stopped_on: day("2019-03-06"), resumed_on: resumed.map(day) }];
    let plain = due("K-12", morning("2019-03-04"), &[]).unwrap();
    assert_eq!(plain.due_on, day("2019-03-11"));
    let paused = due("K-12", morning("2019-03-04"), &pause(Some("2019-03-13"))).unwrap();
    // Two days had run; three more after the 13th.
    assert_eq!(paused.due_on, day("2019-03-18"));
    let calendar_days = due("K-44", morning("2019-03-04"), &pause(Some("2019-03-13"))).unwrap();
    assert_eq!(calendar_days.readings[0].due_on, day("2019-03-31"));
    assert_eq!(due("K-12", morning("2019-03-04"), &pause(None)).unwrap().due_on, plain.due_on);
}
