//! Vectors worked out by hand from the Civil Code and the yearly holiday notices.

use super::*;

#[test]
fn forward_terms_end_where_the_law_says() {
    let vectors = [
        ("2019-04-12", 5, TermUnit::WorkingDay, "2019-04-22"),
        ("2019-05-02", 3, TermUnit::WorkingDay, "2019-05-06"),
        ("2019-04-10", 20, TermUnit::CalendarDay, "2019-05-02"),
        ("2019-01-16", 20, TermUnit::CalendarDay, "2019-02-11"),
        ("2019-08-30", 2, TermUnit::WorkingDay, "2019-09-04"),
        ("2023-04-27", 5, TermUnit::WorkingDay, "2023-05-09"),
        ("2025-01-20", 10, TermUnit::WorkingDay, "2025-02-10"),
        ("2025-04-24", 5, TermUnit::WorkingDay, "2025-05-05"),
        ("2026-08-28", 2, TermUnit::WorkingDay, "2026-09-04"),
    ];
    for (start, amount, unit, expected) in vectors {
        assert_eq!(due_on(start, Term::after(amount, unit)), day(expected), "{start} + {amount} {unit}");
    }
}

#[test]
fn backward_limits_may_fall_on_a_holiday() {
    let vectors = [
        (5, TermUnit::CalendarDay, "2019-05-01"),
        (8, TermUnit::CalendarDay, "2019-04-28"),
        (5, TermUnit::WorkingDay, "2019-04-25"),
    ];
    for (amount, unit, expected) in vectors {
        assert_eq!(due_on("2019-05-06", Term::before(amount, unit)), day(expected), "D − {amount} {unit}");
    }
}

#[test]
fn every_year_has_its_number_of_working_days() {
    let per_year = [250, 252, 252, 250, 249, 249, 251, 250, 249, 249];
    for (year, expected) in (2018..).zip(per_year) {
        let span = day(&format!("{year}-01-01"))..=day(&format!("{year}-12-31"));
        let worked = CALENDAR.days(span).unwrap().filter(|day| day.working).count();
        assert_eq!(worked, expected, "{year}");
    }
}
