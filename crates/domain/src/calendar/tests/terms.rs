//! Edges of terms in days and months.

use super::*;
use TermUnit::{CalendarDay, Month, WorkingDay};

#[test]
fn an_explanation_names_every_day_of_a_working_term() {
    let answer = due("2019-04-12", Term::after(2, WorkingDay));
    assert_eq!(
        reasons(&answer),
        [
            ("start_day_not_counted", false),
            ("weekend", false),
            ("public_holiday", false),
            ("day_in_lieu", false),
            ("working_day", true),
            ("working_day", true),
        ]
    );
    assert!(answer.explanation[3].name.as_deref().unwrap().contains("Hùng Vương"));
    assert_eq!(answer.due_at, at("2019-04-18 00:00"));
}

#[test]
fn a_rolled_term_explains_where_it_went() {
    let answer = due("2019-04-24", Term::after(4, CalendarDay));
    assert_eq!(answer.due_on, day("2019-05-02"));
    assert_eq!(
        reasons(&answer)[4..],
        [
            ("calendar_day", true),
            ("day_in_lieu", false),
            ("public_holiday", false),
            ("public_holiday", false),
            ("rolled_to_working_day", false),
        ]
    );
}

#[test]
fn a_term_of_zero_is_the_same_day_unless_rolling_is_asked_for() {
    for unit in [CalendarDay, WorkingDay, Month] {
        let sunday = due("2019-04-14", Term::after(0, unit));
        assert_eq!((sunday.due_on, reasons(&sunday)), (day("2019-04-14"), vec![("same_day", false)]));
        let rolled = Term { roll: Some(true), ..Term::after(0, unit) };
        assert_eq!(due_on("2019-04-14", rolled), day("2019-04-16"));
    }
}

#[test]
fn a_start_on_a_day_off_is_not_counted_either() {
    assert_eq!(due_on("2019-04-14", Term::after(1, WorkingDay)), day("2019-04-16"));
    assert_eq!(due_on("2019-02-05", Term::after(1, WorkingDay)), day("2019-02-11"));
    assert_eq!(due_on("2019-05-04", Term::after(1, WorkingDay)), day("2019-05-06"));
    assert_eq!(due_on("2019-02-05", Term::before(1, WorkingDay)), day("2019-02-01"));
}

#[test]
fn a_term_over_tet_skips_the_whole_break() {
    assert_eq!(due_on("2026-02-13", Term::after(1, WorkingDay)), day("2026-02-23"));
    assert_eq!(due_on("2026-02-13", Term::after(1, CalendarDay)), day("2026-02-23"));
    let unrolled = Term { roll: Some(false), ..Term::after(1, CalendarDay) };
    assert_eq!(due_on("2026-02-13", unrolled), day("2026-02-14"));
}

#[test]
fn a_make_up_saturday_ends_a_rolled_term_unless_told_otherwise() {
    let term = Term::after(1, CalendarDay);
    assert_eq!(due_on("2019-05-03", term), day("2019-05-04"));

    let weekdays_only = Term { make_up_saturday_ends_term: false, ..term };
    assert_eq!(due_on("2019-05-03", weekdays_only), day("2019-05-06"));

    let counted = Term { make_up_saturday_ends_term: false, ..Term::after(2, WorkingDay) };
    assert_eq!(due_on("2019-05-02", counted), day("2019-05-04"));
}

#[test]
fn a_make_up_day_passed_over_is_said_to_be() {
    let notice =
        [(6, DayKind::SwappedWorkingDay), (5, DayKind::Compensatory)].map(|(day, kind)| DayException {
            date: NaiveDate::from_ymd_opt(2024, 7, day).unwrap(),
            kind,
            name_vi: "Hoán đổi".into(),
            compensates: None,
            swaps_with: None,
            status: DayStatus::Final,
        });
    let calendar = WorkCalendar::new(1, CoveredYears { first: 2024, last: 2024 }, notice).unwrap();
    let term = Term { make_up_saturday_ends_term: false, ..Term::after(1, CalendarDay) };
    let answer = calendar.compute(&OfficeHours::default(), Start::Day(day("2024-07-04")), &term).unwrap();
    assert_eq!(answer.due_on, day("2024-07-08"));
    assert_eq!(reasons(&answer)[2], ("make_up_day_passed_over", false));
}

#[test]
fn a_backward_term_rolls_backward_when_asked() {
    let term = Term { roll: Some(true), ..Term::before(5, CalendarDay) };
    assert_eq!(due_on("2019-05-06", term), day("2019-04-26"));
    assert_eq!(CALENDAR.working_day_on_or_before(day("2019-05-01")).unwrap(), day("2019-04-26"));
    assert_eq!(CALENDAR.working_day_on_or_after(day("2019-05-01")).unwrap(), day("2019-05-02"));
}

#[test]
fn months_keep_the_day_number_or_end_with_the_month() {
    let unrolled = |amount| Term { roll: Some(false), ..Term::after(amount, Month) };
    assert_eq!(due_on("2019-01-31", unrolled(1)), day("2019-02-28"));
    assert_eq!(due_on("2020-01-31", unrolled(1)), day("2020-02-29"));
    assert_eq!(due_on("2020-02-29", unrolled(12)), day("2021-02-28"));
    assert_eq!(due_on("2019-03-15", unrolled(6)), day("2019-09-15"));
    assert_eq!(due_on("2019-03-15", Term::after(6, Month)), day("2019-09-16"));
    assert_eq!(due_on("2019-03-31", Term::before(1, Month)), day("2019-02-28"));

    let clipped = due("2019-01-31", Term::after(1, Month));
    assert_eq!(reasons(&clipped).last(), Some(&("month_end_clipped", true)));
}

#[test]
fn a_moment_starts_on_its_day_in_vietnam() {
    let late_evening_utc = Start::Moment("2019-04-11T17:30:00Z".parse().unwrap());
    assert_eq!(compute(late_evening_utc, Term::after(5, WorkingDay)).unwrap().due_on, day("2019-04-22"));
}

#[test]
fn amounts_have_a_limit() {
    for unit in [CalendarDay, WorkingDay, Month, TermUnit::Hour] {
        let max = unit.max_amount();
        let answer = compute(Start::Day(day("2019-01-02")), Term::after(max + 1, unit));
        assert_eq!(answer, Err(CalendarError::AmountTooLarge { unit, max }));
    }
}

#[test]
fn the_calendar_does_not_guess_beyond_its_years() {
    let covered = CALENDAR.covered();
    let outside = |date| CalendarError::OutsideCalendar { date: day(date), covered };
    let start = Start::Day(day("2027-12-30"));
    assert_eq!(compute(start, Term::after(2, WorkingDay)), Err(outside("2028-01-01")));
    assert_eq!(compute(start, Term::after(2, CalendarDay)), Err(outside("2028-01-01")));
    assert_eq!(
        CALENDAR.working_days_between(day("2018-01-02"), day("2017-12-31")),
        Err(outside("2017-12-31"))
    );
    assert_eq!(due_on("2018-01-02", Term::before(2, CalendarDay)), day("2017-12-31"));
}

#[test]
fn the_ends_of_time_are_errors() {
    let last = Start::Day(NaiveDate::MAX);
    let unrolled = |term| Term { roll: Some(false), ..term };
    for term in [Term::after(0, CalendarDay), unrolled(Term::after(1, CalendarDay)), Term::after(1, Month)] {
        assert_eq!(compute(last, term), Err(CalendarError::DateOutOfRange));
    }
    assert_eq!(
        compute(Start::Day(NaiveDate::MIN), Term::before(1, CalendarDay)),
        Err(CalendarError::DateOutOfRange)
    );
    assert_eq!(vn_date(DateTime::<Utc>::MAX_UTC), NaiveDate::MAX);
    assert_eq!(start_of_vn_day(NaiveDate::MIN), DateTime::<Utc>::MIN_UTC);
}
