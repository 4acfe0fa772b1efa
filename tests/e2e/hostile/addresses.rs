//! Paths and queries of every wrong shape.

use serde_json::json;

use super::*;

const LISTS: &[&str] = &[
    "/v1/units",
    "/v1/procedures",
    "/v1/accounts",
    "/v1/clients",
    "/v1/audit",
    "/v1/changes",
    "/v1/calendar/versions",
];

fn with(path: &str, query: &str) -> String {
    format!("{path}{}{query}", if path.contains('?') { "&" } else { "?" })
}

#[test]
fn control_characters_in_an_address_are_malformed() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for control in ["%00", "%0a", "%0D", "%1b", "%7f", "%7F"] {
        for path in [
            "/v1/units/X",
            "/v1/procedures/1.001193",
            "/v1/accounts/x",
            "/v1/codes/x",
            "/v1/procedures?q=a",
            "/v1/units?as_of=2019-01-01",
            "/v1/audit?subject=unit:X",
            "/nowhere/",
            "/docs/",
        ] {
            let answer = admin.get(&format!("{path}{control}"));
            is_refusal(&format!("{path}{control}"), &answer);
            assert_eq!((answer.status, answer.code()), (400, "malformed"), "{path}{control}");
        }
    }
    is_alive(&city);
}

#[test]
fn ids_nobody_gave_are_not_found_whatever_they_look_like() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let long = "x".repeat(5000);
    let ids = [
        "x",
        "%FF%FE",
        "%ED%A0%80",
        "%F0%9F%92%A9",
        "..",
        "%2e%2e%2f%2e%2e",
        "'--",
        "%25%30%30",
        "00000000-0000-0000-0000-000000000000",
        "%7B00000000-0000-0000-0000-000000000000%7D",
        "~",
        "1.001193~",
        "~~~",
        "-1",
        "*",
        &long,
    ];
    for id in ids {
        for path in [
            "/v1/procedures/",
            "/v1/units/",
            "/v1/accounts/",
            "/v1/clients/",
            "/v1/codes/",
            "/v1/calendar/versions/",
        ] {
            let answer = admin.get(&format!("{path}{id}"));
            is_refusal(&format!("{path}{id:.60}"), &answer);
            assert!([400, 404].contains(&answer.status), "{path}{id:.60}: {}", answer.text);
        }
    }
    for path in
        ["/v1/nowhere", "/v2/units", "/v1/units/C31117/nowhere", "//v1/units", "/%2e%2e/etc/passwd", "/v1"]
    {
        let answer = admin.get(path);
        is_refusal(path, &answer);
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{path}");
    }
    is_alive(&city);
}

#[test]
fn an_unknown_parameter_is_refused_with_the_nearest_known_one() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for path in LISTS {
        let answer = admin.get(&with(path, "limt=5"));
        is_refusal(path, &answer);
        assert_eq!((answer.status, answer.code()), (400, "unknown_parameter"), "{path}");
        assert!(answer.body["detail"].as_str().unwrap().contains("`limit`"), "{path}: {}", answer.text);
    }
    for path in ["/v1/units/C31117?asof=2019-01-01", "/v1/procedures/1.001193?as-of=2019-01-01"] {
        let answer = city.get(path);
        is_refusal(path, &answer);
        assert!(answer.body["detail"].as_str().unwrap().contains("`as_of`"), "{}", answer.text);
    }
    for name in ["%FF", "%C2%85", &"a".repeat(5000), "LIMIT", "limit[]", "__proto__"] {
        let answer = city.get(&with("/v1/units", &format!("{name}=1")));
        is_refusal(name, &answer);
        assert_eq!(answer.status, 400, "{name:.50}");
    }
}

#[test]
fn a_parameter_given_twice_is_refused() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for path in LISTS {
        let answer = admin.get(&with(path, "limit=5&limit=5"));
        is_refusal(path, &answer);
        assert_eq!(answer.status, 400, "{path}");
        assert_eq!(answer.body["errors"][0]["pointer"], "/query/limit", "{path}");
    }
}

#[test]
fn values_out_of_range_or_of_no_type_are_refused_by_name() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for path in LISTS {
        for limit in ["0", "201", "256", "-1", "abc", "", "1.5", "99999999999999999999", "0x10", "%E0%A5%A7"]
        {
            let answer = admin.get(&with(path, &format!("limit={limit}")));
            is_refusal(&format!("{path} limit={limit}"), &answer);
            assert_eq!(answer.status, 400, "{path} limit={limit}");
            assert_eq!(
                answer.body["errors"][0]["pointer"], "/query/limit",
                "{path} limit={limit}: {}",
                answer.text
            );
        }
    }
    for (path, name, values) in [
        ("/v1/procedures", "as_of", ["2019-13-01", "0000-00-00", "2019-3-4T", "today", ""].as_slice()),
        ("/v1/units", "as_of", &["2019-02-29", "20190101", "2019-01-01T00:00:00Z"]),
        ("/v1/procedures/1.001193", "as_of", &["2019-13-01"]),
        ("/v1/procedures", "level", &["nowhere", "Commune", "1", ""]),
        ("/v1/procedures", "channel", &["fax", "DIRECT"]),
        ("/v1/procedures", "subject", &["everyone"]),
        ("/v1/procedures", "service_level", &["nd43", "nd43:5", "nd42:4", ":", "nd43:4:4", "ND43:4"]),
        ("/v1/procedures", "unit", &["KHONGCOKHONGCOKHONGCO"]),
        ("/v1/procedures", "count", &["yes", "EXACT"]),
        ("/v1/procedures", "updated_since", &["2019-03-04", "yesterday", "1551690000", ""]),
        ("/v1/accounts", "updated_since", &["2019-03-04", "yesterday"]),
        ("/v1/units", "kind", &["village"]),
        ("/v1/changes", "after", &["-1", "x", "99999999999999999999"]),
        ("/v1/audit", "subject", &["unit", ":", "unit:", "UNIT:C31117", "unit:%F0%9F%92%A9"]),
    ] {
        for value in values {
            let answer = admin.get(&format!("{path}?{name}={value}"));
            is_refusal(&format!("{path}?{name}={value}"), &answer);
            assert_eq!(answer.status, 400, "{path}?{name}={value}: {}", answer.text);
            assert_eq!(
                answer.body["errors"][0]["pointer"],
                format!("/query/{name}"),
                "{path}?{name}={value}"
            );
        }
    }
}

#[test]
fn moments_of_any_year_and_texts_of_any_kind_are_never_an_error_of_the_server() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let huge = "a%20".repeat(10_000);
    let marks = encoded(&format!("a{}", "\u{301}".repeat(3000)));
    for path in LISTS {
        for query in [
            "updated_since=-262143-01-01T00:00:00Z",
            "updated_since=%2B262142-12-31T23:59:59Z",
            "updated_since=0000-01-01T00:00:00Z",
            "updated_since=9999-12-31T23:59:60Z",
            "as_of=0001-01-01",
            "as_of=9999-12-31",
            "as_of=-262143-01-01",
            "as_of=%2B262142-12-31",
            "as_of=%2B999999-01-01",
            "q=%FF%FE",
            "q=%ED%A0%80",
            "q=%22",
            "q=%25",
            "q=*",
            "q=AND%20OR%20NOT",
            "q=name:x",
            "q=%E2%80%8B",
            "q=%F0%9F%92%A9",
            "q=",
            "q=%20",
            "field=%FF",
            "field=%27%3B--",
            "cursor=",
            "&&&",
            "=",
            "a",
            "%",
            "%zz",
            "limit",
            &format!("q={huge}"),
            &format!("q={marks}"),
            &format!("field={huge}"),
        ] {
            let answer = admin.get(&with(path, query));
            if answer.status != 200 {
                is_refusal(&format!("{path}?{query:.60}"), &answer);
            }
        }
    }
    let endless = format!("/v1/procedures?q={}", "a".repeat(300_000));
    let (status, text) = raw(&city, &format!("GET {endless} HTTP/1.1\nHost: x\nConnection: close\n"), b"");
    assert!(status == 0 || (400..500).contains(&status), "{text:.200}");
    is_alive(&city);
}

#[test]
fn a_search_finds_nothing_for_what_holds_no_word() {
    let city = City::new();
    for text in ["...", "*", "\u{200b}", "💩", "\u{301}"] {
        let found = city.get(&format!("/v1/procedures?count=exact&q={}", encoded(text))).expect(200).body;
        assert_eq!((&found["items"], &found["count"]["value"]), (&json!([]), &json!(0)), "{text:?}");
    }
}

#[test]
fn a_cursor_is_good_for_its_own_list_only() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for scopes in ["changes.read", "registry.write"] {
        admin.post("/v1/clients", json!({ "name": scopes, "scopes": [scopes] })).expect(201);
    }
    let first = |path: &str| {
        let page = admin.get(&with(path, "limit=1")).expect(200).body;
        page["next_cursor"].as_str().unwrap_or_else(|| panic!("{path} has a second page")).to_owned()
    };
    let lists = [
        "/v1/units",
        "/v1/units?kind=commune",
        "/v1/procedures",
        "/v1/procedures?level=commune",
        "/v1/procedures?q=dang",
        "/v1/procedures?q=ho",
        "/v1/accounts",
        "/v1/clients",
        "/v1/audit",
        "/v1/audit?subject=unit:C31117",
    ];
    let lists: Vec<(&str, Option<String>)> = lists
        .iter()
        .map(|path| {
            let page = admin.get(&with(path, "limit=1")).expect(200).body;
            (*path, page["next_cursor"].as_str().map(str::to_owned))
        })
        .collect();
    for (path, own) in &lists {
        for (other, cursor) in lists.iter().filter(|(other, _)| other != path) {
            let Some(cursor) = cursor else { continue };
            let answer = admin.get(&with(path, &format!("cursor={cursor}")));
            is_refusal(&format!("{path} with the cursor of {other}"), &answer);
            assert_eq!(
                (answer.status, answer.code()),
                (400, "invalid_cursor"),
                "{path} with the cursor of {other}"
            );
        }
        if let Some(cursor) = own {
            admin.get(&with(path, &format!("cursor={cursor}"))).expect(200);
        }
    }

    let cursor = first("/v1/procedures");
    for at in 0..cursor.len() {
        let mut letters: Vec<char> = cursor.chars().collect();
        letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
        let touched: String = letters.into_iter().collect();
        let answer = city.get(&format!("/v1/procedures?cursor={touched}"));
        is_refusal(&touched, &answer);
        assert_eq!(answer.code(), "invalid_cursor");
    }
    for cursor in ["", "x", "AAAA", "%FF", "e30", &cursor[1..], &format!("{cursor}AAAA"), &"A".repeat(2000)] {
        let answer = city.get(&format!("/v1/procedures?cursor={cursor}"));
        is_refusal(&format!("{cursor:.40}"), &answer);
        assert_eq!(answer.code(), "invalid_cursor", "{cursor:.40}");
    }
    let other_person =
        city.login("admin.d916").get(&format!("/v1/accounts?cursor={}", first("/v1/accounts")));
    assert_eq!(other_person.expect(400).code(), "invalid_cursor");
}
