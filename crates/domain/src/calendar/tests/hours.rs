//! Terms in hours: office time only, 07:30–11:30 and 13:00–17:00.

use super::*;

fn after(start: &str, amount: u32) -> Due {
    compute(Start::Moment(at(start)), Term::after(amount, TermUnit::Hour)).unwrap()
}

fn before(start: &str, amount: u32) -> Due {
    compute(Start::Moment(at(start)), Term::before(amount, TermUnit::Hour)).unwrap()
}

#[test]
fn hours_forward() {
    let vectors = [
        ("2019-03-04 08:00", 2, "2019-03-04 10:00", "within a morning"),
        ("2019-03-04 10:30", 2, "2019-03-04 14:00", "over lunch"),
        ("2019-03-04 12:00", 1, "2019-03-04 14:00", "from lunch"),
        ("2019-03-04 16:00", 1, "2019-03-04 17:00", "full at closing time"),
        ("2019-03-04 16:00", 2, "2019-03-05 08:30", "over night"),
        ("2019-03-04 23:00", 8, "2019-03-05 17:00", "from night"),
        ("2019-03-08 16:30", 1, "2019-03-11 08:00", "over a weekend"),
        ("2019-04-12 16:30", 1, "2019-04-16 08:00", "over a holiday"),
        ("2019-05-03 16:30", 1, "2019-05-04 08:00", "into a make-up Saturday"),
        ("2019-02-05 09:00", 4, "2019-02-11 11:30", "from Tết"),
    ];
    for (start, amount, expected, why) in vectors {
        let answer = after(start, amount);
        assert_eq!(answer.due_at, at(expected), "{why}");
        assert_eq!(answer.due_on, vn_date(at(expected)), "{why}");
    }
}

#[test]
fn hours_backward() {
    let vectors = [
        ("2019-03-04 10:00", 2, "2019-03-04 08:00", "within a morning"),
        ("2019-03-04 14:00", 2, "2019-03-04 10:30", "over lunch"),
        ("2019-03-04 17:00", 8, "2019-03-04 07:30", "a whole day"),
        ("2019-03-05 08:30", 2, "2019-03-04 16:00", "over night"),
        ("2019-03-05 06:00", 1, "2019-03-04 16:00", "from night"),
        ("2019-04-16 08:00", 1, "2019-04-12 16:30", "over a holiday"),
    ];
    for (start, amount, expected, why) in vectors {
        assert_eq!(before(start, amount).due_at, at(expected), "{why}");
    }
}

#[test]
fn no_hours_end_at_once() {
    let answer = after("2019-02-05 09:00", 0);
    assert_eq!(answer.due_at, at("2019-02-05 09:00"));
    assert_eq!(reasons(&answer), [("same_day", false)]);
}

#[test]
fn a_day_without_office_time_left_is_not_counted() {
    assert_eq!(
        reasons(&after("2019-03-08 18:00", 1)),
        [("outside_office_hours", false), ("weekend", false), ("weekend", false), ("working_day", true)]
    );
}

#[test]
fn hours_start_at_a_moment() {
    let answer = compute(Start::Day(day("2019-03-04")), Term::after(1, TermUnit::Hour));
    assert_eq!(answer, Err(CalendarError::HoursNeedMoment));
}

#[test]
fn other_office_hours_are_data() {
    let saturday_shift: OfficeHours =
        serde_json::from_str(r#"[{"from":"08:00:00","to":"10:00:00"}]"#).unwrap();
    let term = Term::after(3, TermUnit::Hour);
    let answer = CALENDAR.compute(&saturday_shift, Start::Moment(at("2019-03-04 07:00")), &term).unwrap();
    assert_eq!(answer.due_at, at("2019-03-05 09:00"));
}

#[test]
fn office_hours_out_of_order_are_refused() {
    let span = |from: &str, to: &str| OfficeSpan { from: from.parse().unwrap(), to: to.parse().unwrap() };
    for spans in [
        vec![],
        vec![span("09:00:00", "09:00:00")],
        vec![span("13:00:00", "17:00:00"), span("07:30:00", "11:30:00")],
        vec![span("07:30:00", "11:30:00"), span("11:00:00", "17:00:00")],
    ] {
        assert_eq!(OfficeHours::try_from(spans), Err(CalendarError::OfficeHoursOutOfOrder));
    }
}
