use std::fs;

use kstt_domain::procedures::Level;

use super::*;

const DAY: &str = "2019-03-04";

#[test]
fn a_version_is_found_from_its_day_on_and_the_one_before_until_then() {
    let mut registry = Registry::with(&[row("1.001193", "Đăng ký khai sinh")]);
    let index = registry.index();
    registry.import(&[row("1.001193", "Đăng ký khai sinh lưu động")], Some(day("2019-05-01")));
    assert_eq!(registry.names(&index, "khai sinh", "2019-06-01"), ["Đăng ký khai sinh"; 0]);

    registry.read(|conn| index.catch_up(conn));
    assert_eq!(registry.names(&index, "khai sinh", "2019-04-30"), ["Đăng ký khai sinh"]);
    assert_eq!(registry.names(&index, "khai sinh", "2019-05-01"), ["Đăng ký khai sinh lưu động"]);
}

#[test]
fn facets_narrow_a_search() {
    let city = SourceRow {
        level: vec!["tỉnh".into()],
        ..row("1.000002", "Đăng ký kết hôn có yếu tố nước ngoài")
    };
    let registry = Registry::with(&[row("1.000001", "Đăng ký kết hôn"), city]);
    let index = registry.index();
    let total = |filter: &Filter| {
        index.search(&Query { text: "ket hon", day: day(DAY), filter, after: None, limit: 20 }).unwrap().total
    };
    let of_city = Filter { conditions: vec![Facet::level(Level::City).into()], updated_since: None };
    assert_eq!(total(&of_city), 1);
    assert_eq!(total(&Filter { updated_since: Some(moment("2019-03-05")), ..of_city }), 0);
}

#[test]
fn an_index_opened_again_goes_on_where_it_was() {
    let mut registry = Registry::with(&[row("1.000001", "Đăng ký kết hôn")]);
    drop(registry.index());
    let index = SearchIndex::open(&registry.index_directory()).unwrap();
    assert_eq!(registry.names(&index, "ket hon", DAY).len(), 1);
    registry.import(&[row("1.000002", "Ghi chú kết hôn")], None);
    registry.read(|conn| index.catch_up(conn));
    assert_eq!(registry.names(&index, "ket hon", DAY).len(), 2);
}

#[test]
fn a_damaged_index_is_built_again() {
    let registry = Registry::with(&[row("1.000001", "Đăng ký kết hôn")]);
    drop(registry.index());
    let files = fs::read_dir(registry.index_directory().join("index")).unwrap();
    let segment =
        files.map(|file| file.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "idx"));
    fs::write(segment.unwrap(), b"damaged").unwrap();
    assert_eq!(registry.names(&registry.index(), "ket hon", DAY).len(), 1);

    fs::write(registry.index_directory().join("index/meta.json"), b"{}").unwrap();
    assert_eq!(registry.names(&registry.index(), "ket hon", DAY).len(), 1);
}

#[test]
fn the_index_of_another_registry_is_built_again() {
    let registry = Registry::with(&[row("1.000001", "Đăng ký kết hôn")]);
    let index = registry.index();
    let mut other = Registry::new();
    other.ids = 100;
    other.import(&[row("1.000002", "Ghi chú ly hôn")], None);
    other.read(|conn| index.catch_up(conn));
    assert_eq!(other.names(&index, "hon", DAY), ["Ghi chú ly hôn"]);
}

#[test]
fn two_processes_cannot_share_a_directory() {
    let registry = Registry::new();
    let _index = registry.index();
    let second = SearchIndex::open(&registry.index_directory());
    assert!(matches!(second, Err(Error::Setup(text)) if text.contains("another process")));
}

#[test]
fn threads_may_catch_up_and_search_at_once() {
    let rows: Vec<SourceRow> = (0..300).map(|n| row(&format!("1.{n:06}"), "Đăng ký kết hôn")).collect();
    let registry = Registry::with(&rows);
    let index = SearchIndex::open(&registry.index_directory()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                registry.read(|conn| index.catch_up(conn));
                let query = Query {
                    text: "ket hon",
                    day: day(DAY),
                    filter: &Filter::default(),
                    after: None,
                    limit: 1,
                };
                assert_eq!(index.search(&query).unwrap().total, 300);
            });
        }
    });
}
