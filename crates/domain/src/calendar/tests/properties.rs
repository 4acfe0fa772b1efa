//! Properties of every term within the shipped calendar, and of none beyond it.

use chrono::{Days, TimeDelta};
use proptest::prelude::*;

use super::*;

const DAYS: [TermUnit; 2] = [TermUnit::CalendarDay, TermUnit::WorkingDay];
const DATES: [TermUnit; 3] = [TermUnit::CalendarDay, TermUnit::WorkingDay, TermUnit::Month];
const UNITS: [TermUnit; 4] = [TermUnit::CalendarDay, TermUnit::WorkingDay, TermUnit::Month, TermUnit::Hour];

/// A moment of 2019–2026: a year from either edge, more than any term of these properties needs.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (0i64..8 * 365 * 24 * 60).prop_map(|minutes| at("2019-01-01 00:00") + TimeDelta::minutes(minutes))
}

fn term(units: &'static [TermUnit]) -> impl Strategy<Value = Term> {
    let unit = prop::sample::select(units);
    (unit, 0u32..=60, any::<bool>(), any::<Option<bool>>(), any::<bool>()).prop_map(
        |(unit, amount, forward, roll, make_up_saturday_ends_term)| {
            let amount = if unit == TermUnit::Month { amount % 7 } else { amount };
            let direction = if forward { Direction::After } else { Direction::Before };
            Term { amount, unit, direction, roll, make_up_saturday_ends_term }
        },
    )
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        (0u64..200_000_000)
            .prop_map(|days| NaiveDate::MIN.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)),
        (0u64..5_000).prop_map(|days| NaiveDate::MIN + Days::new(days)),
        (0u64..5_000).prop_map(|days| NaiveDate::MAX - Days::new(days)),
        (0u64..5_000).prop_map(|days| day("2015-01-01") + Days::new(days)),
    ]
}

fn any_term() -> impl Strategy<Value = Term> {
    let amount = prop_oneof![0u32..=11_000, any::<u32>()];
    (term(&UNITS), amount).prop_map(|(term, amount)| Term { amount, ..term })
}

proptest! {
    #[test]
    fn a_longer_term_never_ends_nearer(start in moment(), term in term(&UNITS)) {
        let shorter = compute(Start::Moment(start), term).unwrap();
        let longer = compute(Start::Moment(start), Term { amount: term.amount + 1, ..term }).unwrap();
        match term.direction {
            Direction::After => prop_assert!(shorter.due_at <= longer.due_at),
            Direction::Before => prop_assert!(shorter.due_at >= longer.due_at),
        }
    }

    #[test]
    fn as_many_days_are_counted_as_asked(start in moment(), term in term(&DAYS)) {
        let answer = compute(Start::Moment(start), term).unwrap();
        let counted = answer.explanation.iter().filter(|note| note.counted).count();
        prop_assert_eq!(counted, term.amount as usize);
    }

    #[test]
    fn the_explanation_runs_day_by_day_from_start_to_due(start in moment(), term in term(&UNITS)) {
        let answer = compute(Start::Moment(start), term).unwrap();
        let step = if term.direction == Direction::After { 1 } else { -1 };
        let dates: Vec<_> = answer.explanation.iter().map(|note| note.date).collect();
        prop_assert_eq!(dates[0], vn_date(start));
        prop_assert_eq!(*dates.last().unwrap(), answer.due_on);
        prop_assert!(dates.windows(2).all(|pair| calendar_days_between(pair[0], pair[1]) == step));
    }

    #[test]
    fn a_rolled_term_ends_on_a_working_day(start in moment(), term in term(&DATES)) {
        let term = Term { roll: Some(true), ..term };
        let answer = compute(Start::Moment(start), term).unwrap();
        let last = CALENDAR.day(answer.due_on).unwrap();
        prop_assert!(last.working);
        prop_assert!(term.make_up_saturday_ends_term || last.reason == DayReason::WorkingDay);
    }

    #[test]
    fn working_days_after_and_before_undo_each_other(start in moment(), amount in 1u32..=60) {
        let start = vn_date(start);
        let end = compute(Start::Day(start), Term::after(amount, TermUnit::WorkingDay)).unwrap().due_on;
        let back = compute(Start::Day(end), Term::before(amount, TermUnit::WorkingDay)).unwrap().due_on;
        prop_assert_eq!(back, CALENDAR.working_day_on_or_before(start).unwrap());
        prop_assert_eq!(CALENDAR.working_days_between(start, end), Ok(i64::from(amount)));
    }

    #[test]
    fn hours_after_and_before_undo_each_other(start in moment(), amount in 1u32..=60) {
        let forward = |start| compute(Start::Moment(start), Term::after(amount, TermUnit::Hour)).unwrap().due_at;
        let backward = |end| compute(Start::Moment(end), Term::before(amount, TermUnit::Hour)).unwrap().due_at;
        prop_assert_eq!(forward(backward(forward(start))), forward(start));
    }

    #[test]
    fn days_end_at_the_midnight_after_the_due_day(start in moment(), term in term(&DATES)) {
        let answer = compute(Start::Moment(start), term).unwrap();
        prop_assert_eq!(answer.due_at, start_of_vn_day(answer.due_on.succ_opt().unwrap()));
    }

    #[test]
    fn no_input_panics(start in any_day(), other in any_day(), term in any_term()) {
        for start in [Start::Day(start), Start::Moment(start_of_vn_day(start))] {
            if let Ok(answer) = compute(start, term) {
                prop_assert_eq!(answer.explanation.last().unwrap().date, answer.due_on);
            }
        }
        let _ = CALENDAR.working_days_between(start, other);
        let _ = CALENDAR.working_day_on_or_after(start);
        let _ = CALENDAR.working_day_on_or_before(start);
        let _ = calendar_days_between(start, other);
    }
}
