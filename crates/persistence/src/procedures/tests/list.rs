use kstt_domain::procedures::{ChannelKind, Level};

use super::*;

fn filter(facets: &[Facet]) -> Filter {
    Filter { conditions: facets.iter().cloned().map(Condition::from).collect(), updated_since: None }
}

fn sample() -> Registry {
    let of = |code: &str, name: &str, level: &str, channel: &str| SourceRow {
        level: vec![level.into()],
        field: Some("Hộ tịch".into()),
        submission_channels: vec![SourceChannel {
            channel: Some(channel.into()),
            ..SourceChannel::default()
        }],
        ..row(code, name)
    };
    Registry::with(&[
        of("1.000001", "Đăng ký kết hôn", "xã", "Trực tuyến"),
        of("1.000002", "Cấp trích lục", "xã", "Trực tiếp"),
        of("1.000003", "Đăng ký khai sinh", "tỉnh", "Trực tuyến"),
        of("1.000004", "An táng", "xã", "Trực tuyến"),
        of("1.000005", "Đăng ký kết hôn", "tỉnh", "Trực tiếp"),
    ])
}

#[test]
fn pages_follow_one_another_by_name_and_id() {
    let registry = sample();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = registry.read(|conn| list(conn, day("2019-03-04"), &Filter::default(), after.as_ref(), 2));
        let Some(last) = page.last() else { break };
        after = Some(After { sort_key: last.sort_key.clone(), version_id: last.id.clone() });
        found.extend(names(page));
    }
    assert_eq!(
        found,
        ["An táng", "Cấp trích lục", "Đăng ký kết hôn", "Đăng ký kết hôn", "Đăng ký khai sinh"]
    );
}

#[test]
fn filters_are_joined_by_and() {
    let registry = sample();
    let wanted = filter(&[
        Facet::level(Level::Commune),
        Facet::channel(ChannelKind::Online),
        Facet::field(&field_slug("Hộ tịch")),
    ]);
    let listed = registry.read(|conn| list(conn, day("2019-03-04"), &wanted, None, 20));
    assert_eq!(names(listed), ["An táng", "Đăng ký kết hôn"]);
    assert_eq!(registry.read(|conn| count(conn, day("2019-03-04"), &wanted, 10)), 2);
    assert_eq!(registry.read(|conn| count(conn, day("2019-03-04"), &Filter::default(), 3)), 3);
    let nowhere = filter(&[Facet::level(Level::District)]);
    assert_eq!(registry.read(|conn| count(conn, day("2019-03-04"), &nowhere, 10)), 0);
}

#[test]
fn only_what_is_in_force_and_new_enough_is_listed() {
    let mut registry = sample();
    registry.import(&[row("1.000009", "Xác nhận")], Some(day("2019-05-01")));
    let total = |on: &str| registry.read(|conn| count(conn, day(on), &Filter::default(), 100));
    assert_eq!((total("2019-04-30"), total("2019-05-01")), (5, 6));
    let later = Filter { conditions: Vec::new(), updated_since: Some(moment("2019-03-05")) };
    assert_eq!(registry.read(|conn| count(conn, day("2019-05-01"), &later, 100)), 0);
}
