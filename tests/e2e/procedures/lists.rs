//! Lists: pages and filters.

use super::*;

const TODAY: &str = "2019-03-04";

fn has(row: &Value, key: &str, text: &str) -> bool {
    row[key].as_array().is_some_and(|list| list.iter().any(|item| item == text))
}

fn sent_by(row: &Value, channel: &str) -> bool {
    row["submission_channels"].as_array().unwrap().iter().any(|item| item["channel"] == channel)
}

#[test]
fn pages_of_any_size_hold_every_procedure_in_force_once_and_in_one_order() {
    let city = City::new();
    let whole = walk(&city, "", 200);
    assert_eq!(set(&whole, "name"), demo_names(TODAY, |_| true));
    assert_eq!(whole.len(), IN_FORCE);
    for size in [1, 7, 60, 61, 62] {
        assert_eq!(all(&walk(&city, "", size), "id"), all(&whole, "id"), "pages of {size}");
    }
    let names: Vec<&str> = whole.iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert!(names[0].starts_with("Cấp ") && names[IN_FORCE - 1].starts_with("Yêu cầu"), "{names:?}");
}

#[test]
fn the_list_is_the_set_of_single_reads() {
    let city = City::new();
    for item in walk(&city, "&as_of=2019-12-31", 200) {
        for day in ["2019-03-04", "2019-05-01", "2019-12-31", "2016-01-01"] {
            let read = city.get(&format!("/v1/procedures/{}?as_of={day}", item["id"].as_str().unwrap()));
            let began = item["valid_from"].as_str().unwrap() <= day;
            assert_eq!(read.status, if began { 200 } else { 404 }, "{day} {item}");
            if began {
                for key in [
                    "id",
                    "version_id",
                    "number",
                    "national_code",
                    "variant",
                    "valid_from",
                    "valid_to",
                    "origin",
                ] {
                    assert_eq!(read.body[key], item[key], "{key}");
                }
                assert_eq!(read.body["content"]["name"], item["name"]);
            }
        }
    }
}

#[test]
fn an_exact_count_is_the_length_of_the_list() {
    let city = City::new();
    for query in [
        "",
        "&level=commune",
        "&channel=online",
        "&unit=SXD",
        "&q=dang+ky",
        "&q=khongcogihet",
        "&as_of=2016-01-01",
        "&field=ho-tich&level=district",
    ] {
        assert_eq!(count(&city, query), walk(&city, query, 13).len(), "{query}");
    }
    let page = city.get("/v1/procedures").expect(200).body;
    assert_eq!(page.get("count"), None, "a count only when asked for");
    assert_eq!(page["items"].as_array().unwrap().len(), 20);
}

#[test]
fn every_filter_gives_exactly_the_rows_that_match() {
    let city = City::new();
    let is = |key: &'static str, text: &'static str| move |row: &Value| has(row, key, text);
    let scale = |value: &'static str| move |row: &Value| row["service_level"]["value"] == value;
    let field = |name: &'static str| move |row: &Value| row["field"] == name;
    type Keep = Box<dyn Fn(&Value) -> bool>;
    let cases: Vec<(&str, Keep)> = vec![
        ("field=ho-tich", Box::new(field("Hộ tịch"))),
        ("field=dat-dai", Box::new(field("Đất đai"))),
        ("level=commune", Box::new(is("level", "xã"))),
        ("level=district", Box::new(is("level", "huyện"))),
        ("level=city", Box::new(is("level", "tỉnh"))),
        ("unit=SXD", Box::new(is("settling_unit_codes", "SXD"))),
        ("unit=C31117", Box::new(is("settling_unit_codes", "group:communes"))),
        ("unit=D916", Box::new(is("settling_unit_codes", "group:districts"))),
        ("unit=UBNDTP", Box::new(is("settling_unit_codes", "UBNDTP"))),
        ("channel=online", Box::new(|row: &Value| sent_by(row, "Trực tuyến"))),
        ("channel=post", Box::new(|row: &Value| sent_by(row, "Dịch vụ bưu chính"))),
        ("channel=direct", Box::new(|row: &Value| sent_by(row, "Trực tiếp"))),
        ("service_level=nd43:2", Box::new(scale("2"))),
        ("service_level=nd43:3", Box::new(scale("3"))),
        ("service_level=nd43:4", Box::new(scale("4"))),
        ("subject=citizen", Box::new(is("subjects", "Công dân Việt Nam"))),
        ("subject=enterprise", Box::new(is("subjects", "Doanh nghiệp"))),
        ("subject=foreigner", Box::new(is("subjects", "Người nước ngoài"))),
    ];
    for (query, keep) in cases {
        let expected = demo_names(TODAY, keep);
        assert!(
            !expected.is_empty() && expected.len() < IN_FORCE || query == "channel=direct",
            "{query} tells nothing"
        );
        assert_eq!(set(&walk(&city, &format!("&{query}"), 9), "name"), expected, "{query}");
    }
    for query in [
        "service_level=nd42:full",
        "subject=party_member",
        "field=khong-co",
        "level=ministry",
        "unit=VPUBND",
        "unit=KHONGCO",
        "unit=sxd",
        "unit=%27",
    ] {
        assert_eq!(walk(&city, &format!("&{query}"), 9).len(), 0, "{query}");
    }
}

#[test]
fn filters_hold_together_in_lists_and_searches() {
    let city = City::new();
    let keep = |row: &Value| {
        has(row, "level", "xã")
            && sent_by(row, "Trực tuyến")
            && row["service_level"]["value"] == "3"
            && row["field"] == "Hộ tịch"
            && has(row, "settling_unit_codes", "group:communes")
            && has(row, "subjects", "Công dân Việt Nam")
    };
    let filters =
        "&level=commune&channel=online&service_level=nd43:3&field=ho-tich&unit=C31117&subject=citizen";
    let expected = demo_names(TODAY, keep);
    assert!(expected.len() > 1, "{expected:?}");
    assert_eq!(set(&walk(&city, filters, 2), "name"), expected);

    let found = set(&search(&city, "khai sinh"), "name");
    let both: BTreeSet<String> = found.intersection(&expected).cloned().collect();
    assert!(both.len() < found.len() && !both.is_empty());
    assert_eq!(set(&walk(&city, &format!("{filters}&q=khai+sinh"), 2), "name"), both);
}

#[test]
fn only_what_changed_since_a_moment_is_listed() {
    let city = City::new();
    city.clock.set("2019-04-01T08:00:00+07:00");
    import(&city.login("controller.vpubnd"), "", &[row("9.900001", "Thủ tục mới viết")]).expect(200);
    assert_eq!(all(&walk(&city, "&updated_since=2019-04-01T01:00:00Z", 50), "name"), ["Thủ tục mới viết"]);
    assert_eq!(walk(&city, "&updated_since=2019-04-01T01:00:01Z", 50).len(), 0);
    assert_eq!(walk(&city, "&updated_since=2019-03-04T01:00:00Z", 50).len(), IN_FORCE + 1);
    assert_eq!(
        all(&walk(&city, "&q=thu&updated_since=2019-04-01T00:00:00Z", 50), "name"),
        ["Thủ tục mới viết"]
    );
}

#[test]
fn pages_after_midnight_go_on_with_the_day_of_the_first() {
    let city = City::new();
    city.clock.set("2019-05-31T23:59:59+07:00");
    for query in ["", "&q=c"] {
        city.clock.set("2019-05-31T23:59:59+07:00");
        let whole = all(&walk(&city, query, 200), "id");
        let first = city.get(&format!("/v1/procedures?limit=5{query}")).expect(200).body;
        city.clock.set("2019-06-01T00:00:00+07:00");
        let mut paged = all(first["items"].as_array().unwrap(), "id");
        let mut cursor = first["next_cursor"].as_str().map(str::to_owned);
        while let Some(next) = cursor {
            let page = city.get(&format!("/v1/procedures?limit=5{query}&cursor={next}")).expect(200).body;
            paged.extend(all(page["items"].as_array().unwrap(), "id"));
            cursor = page["next_cursor"].as_str().map(str::to_owned);
        }
        assert_eq!(paged, whole, "{query}");
        assert_eq!(walk(&city, query, 200).len(), whole.len() + 1, "{query}");
    }
}
