use super::*;

fn first_version(outcome: &RowOutcome) -> &str {
    match outcome {
        RowOutcome::Created { version_id, .. } | RowOutcome::Changed { version_id, .. } => version_id,
        other => panic!("nothing was written: {other:?}"),
    }
}

fn procedure_of(outcome: &RowOutcome) -> String {
    match outcome {
        RowOutcome::Created { procedure_id, .. } => procedure_id.clone(),
        other => panic!("not created: {other:?}"),
    }
}

#[test]
fn the_same_rows_twice_change_nothing() {
    let mut registry = Registry::new();
    let rows = [row("1.001193", "Đăng ký khai sinh"), SourceRow { code: None, ..row("", "Không có mã") }];
    let created = registry.import(&rows, None);
    assert!(created.iter().all(|outcome| matches!(outcome, RowOutcome::Created { .. })));
    let revision_before = registry.read(revision);
    assert_eq!(revision_before.procedures, 2);

    let again = registry.import(&rows, Some(day("2019-05-01")));
    let expected: Vec<RowOutcome> =
        created.iter().map(|row| RowOutcome::Unchanged { procedure_id: procedure_of(row) }).collect();
    assert_eq!(again, expected);
    assert_eq!(registry.read(revision), revision_before);
}

#[test]
fn what_was_stored_is_given_back_byte_for_byte() {
    let mut registry = Registry::new();
    let source = SourceRow { field: Some("Hộ tịch".into()), ..row("1.001193", "Đăng ký khai sinh") };
    let prepared = prepared(&source);
    let outcomes = registry.import(&[source], None);
    let version_id = first_version(&outcomes[0]);
    let texts = registry.read(|conn| texts(conn, version_id)).unwrap();
    assert_eq!((texts.content.as_str(), texts.source), (prepared.content.as_str(), prepared.source));
    let names: Vec<String> = registry.read(fields).into_iter().map(|field| field.name).collect();
    assert_eq!(names, ["Hộ tịch"]);
}

#[test]
fn a_change_needs_a_day_and_ends_the_version_before_it() {
    let mut registry = Registry::with(&[row("1.001193", "Đăng ký khai sinh")]);
    let id = registry.read(|conn| by_code(conn, "1.001193", day("2019-03-04")))[0].0.id.clone();
    let changed = [row("1.001193", "Đăng ký khai sinh (sửa đổi)")];
    let undated = RowOutcome::Conflict { procedure_id: id.clone(), conflict: Conflict::Undated };
    assert_eq!(registry.import(&changed, None), [undated]);

    let from = day("2019-05-01");
    assert!(matches!(registry.import(&changed, Some(from))[0], RowOutcome::Changed { .. }));
    let on = |text: &str| {
        let found = registry.read(|conn| by_id(conn, &id, day(text)));
        let (_, version) = found.unwrap();
        let summary = summary(&version);
        (version.number, summary.gist.name, summary.valid_from, summary.valid_to)
    };
    assert_eq!(on("2019-04-30"), (1, "Đăng ký khai sinh".into(), None, Some(from)));
    assert_eq!(on("2019-05-01"), (2, "Đăng ký khai sinh (sửa đổi)".into(), Some(from), None));
    assert_eq!(registry.read(|conn| versions(conn, &id, 0, 20)).len(), 2);
    assert_eq!(registry.read(revision).procedures, 3);

    let back = [row("1.001193", "Đăng ký khai sinh")];
    let not_after = RowOutcome::Conflict { procedure_id: id.clone(), conflict: Conflict::NotAfter(from) };
    assert_eq!(registry.import(&back, Some(from)), [not_after]);
}

#[test]
fn a_row_that_states_its_day_holds_from_that_day() {
    let mut registry = Registry::new();
    let dated = |name: &str, from: &str| SourceRow { valid_from: Some(from.into()), ..row("2.000635", name) };
    registry
        .import(&[dated("Cấp bản sao", "2019-04-01"), dated("Cấp bản sao trích lục", "2019-06-01")], None);
    let name_on = |text: &str| {
        let found = registry.read(|conn| by_code(conn, "2.000635", day(text)));
        found.first().map(|(_, version)| summary(version).gist.name)
    };
    assert_eq!(name_on("2019-03-31"), None);
    assert_eq!(name_on("2019-04-01").unwrap(), "Cấp bản sao");
    assert_eq!(name_on("2019-06-01").unwrap(), "Cấp bản sao trích lục");
    assert_eq!(registry.read(|conn| ever_of_code(conn, "2.000635")).len(), 1);
    assert!(registry.read(|conn| ever_of_code(conn, "2.000636")).is_empty());
}

#[test]
fn the_citys_own_variant_comes_first_then_the_ministrys() {
    let of = |place: Option<&str>| SourceRow {
        locality: place.map(String::from),
        ..row("1.001193", &format!("Đăng ký khai sinh {place:?}"))
    };
    let registry = Registry::with(&[of(Some("Đà Nẵng")), of(None), of(Some("Thành phố Cần Thơ"))]);
    let found = registry.read(|conn| by_code(conn, "1.001193", day("2019-03-04")));
    let variants: Vec<&str> = found.iter().map(|(procedure, _)| procedure.variant.as_str()).collect();
    assert_eq!(variants, ["can-tho-commune", "bo-commune", "da-nang-commune"]);
}

#[test]
fn a_very_long_name_is_stored_whole() {
    let name = "Cấp giấy phép ".repeat(1_000);
    let registry = Registry::with(&[row("1.000001", &name)]);
    let listed = registry.read(|conn| list(conn, day("2019-03-04"), &Filter::default(), None, 20));
    assert!(listed[0].sort_key.len() <= 600);
    assert_eq!(names(listed), [name.trim()]);
}
