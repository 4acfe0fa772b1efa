use proptest::prelude::*;

use super::*;
use crate::codes::Code;

fn counts() -> Counts {
    Counts {
        received: 120,
        by_status: StatusCounts {
            in_process: 20,
            supplement_requested: 3,
            settled: 4,
            result_returned: 100,
            ..StatusCounts::default()
        },
        early: 60,
        on_time: 40,
        late: 4,
        in_time: 21,
        overdue: 2,
        late_causes: CauseCounts { staff: 4, coordination: 2, ..CauseCounts::default() },
    }
}

fn faults(change: impl FnOnce(&mut Counts)) -> Vec<(String, &'static str)> {
    let mut counts = counts();
    change(&mut counts);
    counts.check().into_iter().map(|(pointer, fault)| (pointer, fault.code())).collect()
}

fn fault(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), code)]
}

#[test]
fn counts_that_agree_have_no_fault() {
    assert_eq!(faults(|_| ()), []);
    assert!(Counts::default().check().is_empty());
}

#[test]
fn a_count_is_neither_negative_nor_beyond_all_measure() {
    assert_eq!(faults(|counts| counts.late = -1), fault("/late", "out_of_range"));
    assert_eq!(
        faults(|counts| counts.by_status.stopped = MOST + 1),
        fault("/by_status/stopped", "out_of_range")
    );
    assert_eq!(faults(|counts| counts.late_causes.law = i64::MIN), fault("/late_causes/law", "out_of_range"));
    assert_eq!(faults(|counts| counts.by_status.stopped = MOST), []);
}

#[test]
fn a_part_is_not_more_than_its_whole() {
    assert_eq!(faults(|counts| counts.early = 61), fault("/by_status", "more_timed_than_settled"));
    assert_eq!(faults(|counts| counts.in_time = 22), fault("/by_status", "more_pending_than_open"));
    assert_eq!(faults(|counts| counts.late_causes.other = 1), fault("/late_causes", "more_causes_than_late"));
}

#[test]
fn what_is_left_open_is_told_and_not_refused() {
    let told = [
        (faults(|counts| counts.by_status.settled = 5), fault("/by_status", "settled_untimed")),
        (faults(|counts| counts.by_status.accepted = 1), fault("/by_status", "pending_untimed")),
        (faults(|counts| counts.late_causes.staff = 3), fault("/late_causes", "causes_missing")),
        (faults(|counts| counts.received = 128), fault("/received", "more_received_than_found")),
    ];
    for (found, expected) in told {
        assert_eq!(found, expected);
        assert!(!CountFault::from_code(found[0].1).unwrap().refuses());
    }
    // Some systems count along what has only been registered.
    let registered = |counts: &mut Counts| {
        counts.by_status.newly_registered = 1;
        counts.in_time = 22;
    };
    assert_eq!(faults(registered), []);
}

#[test]
fn statuses_and_causes_are_written_as_their_codes() {
    fn keys(value: serde_json::Value) -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    }
    fn codes<C: Code>() -> Vec<String> {
        let mut codes: Vec<String> = C::ALL.iter().map(|code| code.code().to_owned()).collect();
        codes.sort();
        codes
    }
    let mut written = keys(serde_json::to_value(StatusCounts::default()).unwrap());
    written.sort();
    assert_eq!(written, codes::<DossierStatus>());
    let mut written = keys(serde_json::to_value(CauseCounts::default()).unwrap());
    written.sort();
    assert_eq!(written, codes::<DossierCause>());
}

#[test]
fn the_places_that_differ_are_named() {
    let mut other = counts();
    (other.late, other.by_status.stopped) = (5, 1);
    assert_eq!(counts().differences(&other), ["/late", "/by_status/stopped"]);
    assert!(counts().differences(&counts()).is_empty());
}

#[test]
fn a_period_is_a_day_or_a_whole_month() {
    let days = |text: &str| {
        let period = CountPeriod::parse(text).unwrap();
        assert_eq!(period.to_string(), text);
        (period.first().to_string(), period.last().to_string())
    };
    assert_eq!(days("2019-03-04"), ("2019-03-04".to_owned(), "2019-03-04".to_owned()));
    assert_eq!(days("2019-02"), ("2019-02-01".to_owned(), "2019-02-28".to_owned()));
    assert_eq!(days("2020-02"), ("2020-02-01".to_owned(), "2020-02-29".to_owned()));
    assert_eq!(days("2199-12"), ("2199-12-01".to_owned(), "2199-12-31".to_owned()));
    for wrong in
        ["2019", "2019-13", "2019-02-30", "1999-12", "2200-01-01", "2019-3-4", "+2019-03", "2019-03-04 ", ""]
    {
        assert_eq!(CountPeriod::parse(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_counts_make_the_check_fail(numbers in prop::collection::vec(any::<i64>(), 6), many in 0..=MOST) {
        let mut wild = Counts { received: numbers[0], early: numbers[1], ..counts() };
        (wild.on_time, wild.late, wild.in_time, wild.overdue) = (numbers[2], numbers[3], numbers[4], numbers[5]);
        wild.check();
        let full = Counts { received: many, early: many, on_time: many, late: many, in_time: many, overdue: many, ..counts() };
        full.check();
    }

    #[test]
    fn no_text_makes_a_period_fail(text in ".*") {
        if let Some(period) = CountPeriod::parse(&text) {
            prop_assert_eq!(CountPeriod::parse(&period.to_string()), Some(period));
            prop_assert!(period.first() <= period.last());
        }
    }
}
