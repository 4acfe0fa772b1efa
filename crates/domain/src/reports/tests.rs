use proptest::prelude::*;

use super::*;
use crate::codes::Code;
use crate::obligations::DutyPeriod;

fn form(code: &str) -> ReportForm {
    shipped_forms().unwrap().into_iter().find(|form| form.code == code).unwrap()
}

fn table(rows: &[(&str, &[(&str, i64)])]) -> Cells {
    let row =
        |cells: &[(&str, i64)]| cells.iter().map(|(column, value)| ((*column).into(), *value)).collect();
    rows.iter().map(|(key, cells)| ((*key).into(), row(cells))).collect()
}

fn told(violations: &[Violation]) -> Vec<(&str, &str, &str, i64, i64)> {
    violations
        .iter()
        .map(|one| (one.check.as_str(), one.row.as_str(), one.column.as_str(), one.expected, one.found))
        .collect()
}

#[test]
fn every_shipped_form_is_sound_and_reads_back() {
    let forms = shipped_forms().unwrap();
    assert_eq!(forms.len(), 22);
    for form in &forms {
        assert_eq!(form.validate(), [], "{}", form.code);
        let again: ReportForm = serde_json::from_str(&serde_json::to_string(form).unwrap()).unwrap();
        assert_eq!(again, *form);
        let numbers = printed(form);
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u32), "{}", form.code);
        assert_eq!(forms.iter().filter(|other| other.code == form.code).count(), 1, "{}", form.code);
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/report-forms");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), forms.len());
}

fn printed(form: &ReportForm) -> Vec<u32> {
    let labels = form.labels.iter().map(|label| label.number);
    labels.chain(form.columns.iter().map(|column| column.number)).collect()
}

#[test]
fn the_forms_that_were_seen_have_the_printed_columns() {
    let seen: Vec<String> = shipped_forms()
        .unwrap()
        .into_iter()
        .filter(|form| form.certainty == FormCertainty::Seen)
        .map(|form| form.code)
        .collect();
    assert_eq!(seen, ["II.06a", "II.07b"]);
    assert!(printed(&form("II.06a")).into_iter().eq(1..=13));
    assert!(printed(&form("II.07b")).into_iter().eq(1..=14));
    let by_numbers = |form: &ReportForm| -> Vec<(u32, Vec<u32>)> {
        let number = |code: &String| form.column(code).unwrap().number;
        let sums = form.columns.iter().filter(|column| column.is_sum());
        sums.map(|column| (column.number, column.sum.iter().map(number).collect())).collect()
    };
    assert_eq!(by_numbers(&form("II.06a")), [(3, vec![4, 5, 6]), (7, vec![8, 9, 10]), (11, vec![12, 13])]);
    let levels = [(3, vec![4, 5, 6]), (7, vec![8, 9, 10]), (11, vec![12, 13, 14])];
    assert_eq!(by_numbers(&form("II.07b")), levels);
}

#[test]
fn what_is_unsound_is_told_by_place() {
    let faults = |change: fn(&mut ReportForm)| {
        let mut form = form("II.06a");
        change(&mut form);
        form.validate()
            .into_iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        faults(|form| form.columns[1].sum = vec!["received_total".into()]),
        ["/columns/0/sum circular", "/columns/1/sum circular", "/columns/1/source computed"]
    );
    assert_eq!(faults(|form| form.columns[0].sum[1] = "nothing".into()), ["/columns/0/sum/1 unknown_column"]);
    assert_eq!(faults(|form| form.columns[1].number = 3), ["/columns/1/number out_of_order"]);
    assert_eq!(faults(|form| form.code = "II:06a".into()), ["/code malformed"]);
    assert_eq!(faults(|form| form.code = "x".repeat(32)), ["/code too_long"]);
    assert_eq!(faults(|form| form.checks[1].code = "balance".into()), ["/checks/1/code named_twice"]);
    assert_eq!(faults(|form| form.checks[0].code = "sum".into()), ["/checks/0/code reserved"]);
    assert_eq!(faults(|form| form.columns[0].title.vi = "x".repeat(201)), ["/columns/0/title/vi too_long"]);
    assert_eq!(
        faults(|form| form.columns[10].kind = ColumnKind::Text),
        ["/columns/8/sum/1 of_another_kind", "/columns/10/source of_text"]
    );
    assert_eq!(
        faults(|form| form.columns[0].sum = vec!["carried_over".into(); 101]),
        ["/columns/0/sum too_many"]
    );
    let gone = |form: &mut ReportForm| {
        (form.labels, form.columns, form.checks) = (Vec::new(), Vec::new(), Vec::new());
    };
    assert_eq!(faults(gone), ["/columns missing"]);
    let unknown = serde_json::to_string(&form("II.06a")).unwrap().replacen("\"rows\"", "\"lines\"", 1);
    assert!(serde_json::from_str::<ReportForm>(&unknown).is_err());
}

#[test]
fn a_violation_names_its_cell() {
    let form = form("II.06a");
    let before = table(&[
        ("land", &[("pending_in_time", 3), ("pending_overdue", 1)]),
        ("trade", &[("in_process_total", 2), ("pending_in_time", 2)]),
    ]);
    let now = table(&[(
        "land",
        &[
            ("received_total", 11),
            ("received_online", 7),
            ("carried_over", 3),
            ("settled_on_time", 9),
            ("pending_overdue", 1),
        ],
    )]);
    assert_eq!(
        told(&violations(&form, &now, Some(&before))),
        [
            ("sum", "land", "received_total", 10, 11),
            ("balance", "land", "received_total", 10, 11),
            ("carried_over", "land", "carried_over", 4, 3),
            ("carried_over", "trade", "carried_over", 2, 0),
        ]
    );
    let mut whole = now.clone();
    complete(&form, &mut whole).unwrap();
    assert_eq!(violations(&form, &whole, None), []);
    assert_eq!(whole["land"]["in_process_total"], 1);
}

#[test]
fn feedback_balances_and_parts_stay_within_their_whole() {
    let form = form("05/VPCP/KSTT");
    let sound = [
        ("carried_over", 2),
        ("received", 5),
        ("received_conduct", 4),
        ("received_regulation", 1),
        ("answered_new", 3),
        ("answered_carried", 2),
        ("in_progress", 1),
        ("transferred", 1),
        ("published", 5),
    ];
    assert_eq!(violations(&form, &table(&[("land", &sound)]), None), []);
    let mut wrong = table(&[("land", &sound)]);
    wrong.get_mut("land").unwrap().insert("answered_carried".into(), 3);
    assert_eq!(
        told(&violations(&form, &wrong, None)),
        [
            ("balance", "land", "total", 8, 7),
            ("carried_within_carried_over", "land", "answered_carried", 2, 3)
        ]
    );
}

#[test]
fn what_no_cell_can_hold_is_a_fault() {
    let form = form("II.06a");
    let large = table(&[("land", &[("received_online", i64::MAX), ("received_direct", 1)])]);
    let overflow = |column: &str| CellOverflow { row: "land".into(), column: column.into() };
    let mut whole = large.clone();
    assert_eq!(complete(&form, &mut whole), Err(overflow("received_total")));
    assert_eq!(whole, large);
    assert_eq!(add_up(&form, [&large, &large].into_iter()), Err(overflow("received_online")));
    assert_eq!(told(&violations(&form, &large, None)), [("balance", "land", "received_total", 0, i64::MAX)]);
}

#[test]
fn a_window_has_the_days_of_the_decree() {
    let window = |code: &str, kind| {
        let window = DataWindow::of(code.parse::<DutyPeriod>().unwrap(), kind).unwrap();
        format!("{} {}", window.first, window.last)
    };
    use WindowKind::*;
    assert_eq!(window("2020-Q1", Plain), "2020-01-01 2020-03-31");
    assert_eq!(window("2020-Q1", Fifteenth), "2019-12-15 2020-03-14");
    assert_eq!(window("2020-Q2", Fifteenth), "2020-03-15 2020-06-14");
    assert_eq!(window("2020-Q4", Fifteenth), "2020-09-15 2020-12-14");
    assert_eq!(window("2020", Fifteenth), "2019-12-15 2020-12-14");
    assert_eq!(window("2020-02", Fifteenth), "2020-01-15 2020-02-14");
}

#[test]
fn the_window_of_a_period_is_that_of_its_first_day() {
    let windows = shipped_windows().unwrap();
    let kind = |day: &str| windows.kind_on(day.parse().unwrap());
    assert_eq!((kind("2019-01-01"), kind("2020-12-14")), (WindowKind::Plain, WindowKind::Plain));
    assert_eq!((kind("2020-12-15"), kind("2026-01-01")), (WindowKind::Fifteenth, WindowKind::Fifteenth));
    assert_eq!(kind("1899-12-31"), WindowKind::Plain);
}

#[test]
fn late_is_after_the_last_lawful_day_and_missing_is_late_without_a_report() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().ok();
    let told = |submitted, today: &str| {
        let (due, today) = (day("2019-03-19"), today.parse().unwrap());
        (is_late(due, day(submitted), today), is_missing(due, day(submitted), today))
    };
    assert_eq!((told("", "2019-03-19"), told("", "2019-03-20")), ((false, false), (true, true)));
    assert_eq!(
        (told("2019-03-19", "2019-04-01"), told("2019-03-20", "2019-04-01")),
        ((false, false), (true, false))
    );
    assert!(!is_late(None, None, chrono::NaiveDate::MAX));
}

#[test]
fn movements_of_periods_add_up_and_stocks_stay_at_their_ends() {
    let form = form("II.06a");
    let quarter = |columns: &[(&str, i64)]| -> Cells {
        let row = columns.iter().map(|(column, value)| ((*column).to_owned(), *value)).collect();
        let mut cells = Cells::from([("Hộ tịch".to_owned(), row)]);
        complete(&form, &mut cells).unwrap();
        cells
    };
    let first = quarter(&[
        ("received_online", 10),
        ("carried_over", 2),
        ("settled_early", 7),
        ("pending_in_time", 5),
    ]);
    let second =
        quarter(&[("received_online", 4), ("carried_over", 5), ("settled_early", 6), ("pending_overdue", 3)]);
    let found = accumulate(&form, &[&first, &second]).unwrap();
    let value = |column: &str| found["Hộ tịch"][column];
    assert_eq!(
        ["received_online", "carried_over", "received_total", "settled_total", "in_process_total"].map(value),
        [14, 2, 16, 13, 3]
    );
    assert!(violations(&form, &found, None).is_empty());
    assert_eq!(accumulate(&form, &[&first]).unwrap()["Hộ tịch"]["in_process_total"], 5);
    assert_eq!(accumulate(&form, &[]).unwrap(), Cells::new());
}

#[test]
fn the_whole_agrees_with_the_reports_below_column_by_column() {
    let form = form("II.06b");
    let whole = table(&[
        ("district", &[("received_direct", 10), ("carried_over", 1)]),
        ("commune", &[("received_direct", 20)]),
    ]);
    let below = |received: i64| table(&[("Hộ tịch", &[("received_direct", received), ("carried_over", 1)])]);
    let parts = |received: i64| [("II.06a".to_owned(), below(received))].into();
    assert_eq!(violated_parts(&form, &whole, &parts(30)), []);
    let broken = violated_parts(&form, &whole, &parts(29));
    assert_eq!(told(&broken), [("parts", TOTAL, "received_direct", 29, 30)]);
    let nobody_owes_one = std::collections::BTreeMap::new();
    assert_eq!(violated_parts(&form, &whole, &nobody_owes_one), []);
}

#[test]
fn every_report_state_meets_every_event() {
    let mut printed = String::from(
        "# States of reports\n\nPrinted from the transition function by a test; edit the function, not this file. An empty \
         cell: nothing leads on from there by that event.\n\n| state |",
    );
    for event in ReportEvent::ALL {
        printed.push_str(&format!(" {event} |"));
    }
    printed.push_str(&format!("\n|---|{}\n", "---|".repeat(ReportEvent::ALL.len())));
    for state in ReportState::ALL {
        printed.push_str(&format!("| `{state}` |"));
        for event in ReportEvent::ALL {
            let cell = match next(*state, *event) {
                Ok(after) => after.to_string(),
                Err(refused) => {
                    assert_eq!(refused, ReportMoveError { state: *state, event: *event });
                    String::new()
                }
            };
            printed.push_str(&format!(" {cell} |"));
        }
        printed.push('\n');
        let is_open = matches!(state, ReportState::Drafting | ReportState::Returned);
        assert_eq!(next(*state, ReportEvent::Save).is_ok(), is_open, "{state}");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/states/reports.md");
    if std::fs::read_to_string(path).unwrap_or_default() != printed {
        std::fs::write(path, printed).unwrap();
        panic!("docs/states/reports.md was old and has been printed anew: review and commit it");
    }
}

#[test]
fn dossier_statuses_have_the_national_numbers() {
    for (at, status) in DossierStatus::ALL.iter().enumerate() {
        assert_eq!(usize::from(status.number()), at + 1);
    }
}

/// The entered columns of II.06a in a few rows.
fn entered() -> impl Strategy<Value = Cells> {
    let columns: Vec<String> = form("II.06a")
        .columns
        .into_iter()
        .filter(|column| !column.is_sum())
        .map(|column| column.code)
        .collect();
    let row = prop::collection::btree_map(prop::sample::select(columns), 0..1_000_000_i64, 0..8);
    prop::collection::btree_map("[a-d]", row, 0..4)
}

/// A table whose rows have settled or in process all that was received.
fn balanced() -> impl Strategy<Value = Cells> {
    let row = (0..1000_i64, 0..1000_i64, 0..1000_i64).prop_map(|(settled, late, pending)| {
        [
            ("received_online", settled + late),
            ("carried_over", pending),
            ("settled_on_time", settled),
            ("settled_late", late),
            ("pending_in_time", pending),
        ]
        .map(|(column, value)| (column.to_owned(), value))
        .into()
    });
    prop::collection::btree_map("[a-d]", row, 0..4)
}

proptest! {
    #[test]
    fn completing_twice_changes_nothing_and_no_sum_is_wrong(mut cells in entered()) {
        let form = form("II.06a");
        complete(&form, &mut cells).unwrap();
        let once = cells.clone();
        complete(&form, &mut cells).unwrap();
        prop_assert_eq!(&cells, &once);
        prop_assert!(violations(&form, &cells, None).iter().all(|one| one.check != SUM_CHECK));
    }

    #[test]
    fn tables_add_up_in_any_order(a in entered(), b in entered(), c in entered()) {
        let form = form("II.06a");
        let sum = |tables: &[&Cells]| add_up(&form, tables.iter().copied()).unwrap();
        let all = sum(&[&a, &b, &c]);
        prop_assert_eq!(&all, &sum(&[&c, &a, &b]));
        prop_assert_eq!(&all, &sum(&[&sum(&[&a, &b]), &c]));
        prop_assert_eq!(&all, &sum(&[&a, &sum(&[&b, &c])]));
        let mut completed = [a, b, c];
        for table in &mut completed {
            complete(&form, table).unwrap();
        }
        let mut whole = all;
        complete(&form, &mut whole).unwrap();
        prop_assert_eq!(add_up(&form, completed.iter()).unwrap(), whole);
    }

    #[test]
    fn what_balances_in_every_part_balances_in_the_sum(parts in prop::collection::vec(balanced(), 0..5)) {
        let form = form("II.06a");
        let mut parts = parts;
        for part in &mut parts {
            complete(&form, part).unwrap();
            prop_assert_eq!(violations(&form, part, None), []);
        }
        let sum = add_up(&form, parts.iter()).unwrap();
        prop_assert_eq!(violations(&form, &sum, None), []);
    }
    #[test]
    fn without_what_others_count_the_rest_is_what_it_was_and_balances(own in balanced(), shared in balanced()) {
        let form = form("II.06a");
        let (mut own, mut shared) = (own, shared);
        complete(&form, &mut own).unwrap();
        complete(&form, &mut shared).unwrap();
        let both = add_up(&form, [&own, &shared].into_iter()).unwrap();
        let rest = without(&form, &both, std::iter::once(&shared)).unwrap();
        prop_assert_eq!(violations(&form, &rest, None), []);
        for (key, row) in rest {
            for (column, value) in row {
                let was = own.get(&key).and_then(|row| row.get(&column)).copied().unwrap_or_default();
                prop_assert_eq!(value, was);
            }
        }
    }
}
