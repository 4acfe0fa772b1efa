use proptest::prelude::*;

use super::*;

const DAY: &str = "2019-03-04";

fn civil_status() -> Registry {
    let keywords =
        SourceRow { keywords: vec!["khai sinh".into()], ..row("1.000010", "Trích lục hộ tịch") };
    let component = SourceRow {
        dossier_components: vec![SourceComponent {
            name: Some("Bản sao giấy khai sinh".into()),
            ..SourceComponent::default()
        }],
        ..row("1.000011", "Nhập học")
    };
    Registry::with(&[
        component,
        keywords,
        row("1.001193", "Thủ tục đăng ký khai sinh"),
        row("1.000012", "Thủ tục đăng ký lại khai sinh"),
        row("1.000013", "Đăng ký khai sinh kết hợp nhận cha, mẹ, con"),
        row("1.000014", "Đăng kí khai sính"),
        row("1.000015", "Khai báo sinh hoạt đăng ký"),
        row("1.000016", "Cấp giấy phép lao động"),
        SourceRow {
            local_code: Some("1.000017.000.00.00.H13".into()),
            ..row("1.000017", "Cấp phép xây dựng")
        },
    ])
}

/// Queries with what they find, in order.
#[test]
fn golden_queries() {
    let registry = civil_status();
    let index = registry.index();
    let all_birth_registrations = [
        "Thủ tục đăng ký khai sinh",
        "Đăng ký khai sinh kết hợp nhận cha, mẹ, con",
        "Thủ tục đăng ký lại khai sinh",
        "Khai báo sinh hoạt đăng ký",
    ];
    let golden: [(&str, &[&str]); 9] = [
        ("Đăng ký KHAI SINH", &all_birth_registrations),
        ("thủ tục hành chính đăng ký khai sinh", &all_birth_registrations),
        (
            "khai sinh",
            &[
                "Đăng kí khai sính",
                "Thủ tục đăng ký khai sinh",
                "Thủ tục đăng ký lại khai sinh",
                "Đăng ký khai sinh kết hợp nhận cha, mẹ, con",
                "Khai báo sinh hoạt đăng ký",
                "Trích lục hộ tịch",
                "Nhập học",
            ],
        ),
        (
            "khai sính",
            &[
                "Đăng kí khai sính",
                "Thủ tục đăng ký khai sinh",
                "Thủ tục đăng ký lại khai sinh",
                "Đăng ký khai sinh kết hợp nhận cha, mẹ, con",
                "Khai báo sinh hoạt đăng ký",
                "Trích lục hộ tịch",
                "Nhập học",
            ],
        ),
        ("cap", &["Cấp phép xây dựng", "Cấp giấy phép lao động"]),
        ("phép cấp", &["Cấp phép xây dựng", "Cấp giấy phép lao động"]),
        ("1.001193", &["Thủ tục đăng ký khai sinh"]),
        ("001193", &["Thủ tục đăng ký khai sinh"]),
        ("1.000017.000.00.00.h13", &["Cấp phép xây dựng"]),
    ];
    for (query, expected) in golden {
        assert_eq!(registry.names(&index, query, DAY), expected, "{query}");
    }
    assert!(registry.names(&index, "khai thuế", DAY).is_empty());
    assert!(registry.names(&index, " …!", DAY).is_empty());
    assert_eq!(registry.names(&index, "thủ tục", DAY).len(), 2);
}

#[test]
fn a_whole_code_goes_before_everything_else() {
    let registry = Registry::with(&[
        row("1.000001", "Thủ tục theo mã 1.001193 và 1.001193"),
        row("1.001193", "Tên không có mã"),
    ]);
    let index = registry.index();
    assert_eq!(registry.names(&index, "1.001193", DAY)[0], "Tên không có mã");
    assert_eq!(registry.names(&index, "1.0011", DAY).len(), 2);
}

#[test]
fn pages_of_hits_follow_one_another() {
    let registry = civil_status();
    let index = registry.index();
    let filter = Filter::default();
    let page_after = |after: Option<&Hit>, limit| {
        index.search(&Query { text: "khai sinh", day: day(DAY), filter: &filter, after, limit }).unwrap()
    };
    let whole = page_after(None, 50);
    let mut paged: Vec<Hit> = Vec::new();
    loop {
        let page = page_after(paged.last(), 2);
        assert_eq!(page.total, whole.total);
        if page.items.is_empty() {
            break;
        }
        paged.extend(page.items);
    }
    assert_eq!(paged, whole.items);
}

#[test]
fn every_way_to_type_a_query_finds_the_same() {
    use unicode_normalization::UnicodeNormalization;
    let registry = civil_status();
    let index = registry.index();
    let hits = |text: &str| {
        let query = Query { text, day: day(DAY), filter: &Filter::default(), after: None, limit: 50 };
        index.search(&query).unwrap().items
    };
    let ids = |text: &str| {
        let mut ids: Vec<String> = hits(text).into_iter().map(|hit| hit.version_id).collect();
        ids.sort();
        ids
    };
    let words =
        prop::sample::select(vec!["Đăng", "ký", "khai", "sinh", "Cấp", "phép", "lại", "giấy", "hộ", "k"]);
    let queries = prop::collection::vec(words, 1..4).prop_map(|words| words.join(" "));
    proptest!(ProptestConfig::with_cases(64), |(query in queries)| {
        let expected = hits(&query);
        prop_assert_eq!(&hits(&query.nfd().collect::<String>()), &expected);
        prop_assert_eq!(&hits(&query.to_uppercase()), &expected);
        prop_assert_eq!(ids(&kstt_domain::text::fold(&query)), ids(&query));
    });
}
