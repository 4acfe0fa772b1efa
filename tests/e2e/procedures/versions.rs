//! Versions in time: what each says, when it holds, and what changed.

use super::*;

/// A procedure with three versions: from ever, from 2019-05-01, and from 2020-01-01.
fn changed_twice(city: &City) -> Value {
    let controller = city.login("controller.vpubnd");
    let mut row = row("9.900001", "Thủ tục một");
    row["time_limit"] = json!("05 ngày làm việc");
    import(&controller, "", std::slice::from_ref(&row)).expect(200);
    row["time_limit"] = json!("03 ngày làm việc");
    row["keywords"] = json!(["nhanh"]);
    import(&controller, "?valid_from=2019-05-01", std::slice::from_ref(&row)).expect(200);
    row["name"] = json!("Thủ tục một (sửa đổi)");
    import(&controller, "?valid_from=2020-01-01", std::slice::from_ref(&row)).expect(200);
    row
}

#[test]
fn versions_follow_one_another_and_say_what_changed() {
    let city = City::new();
    changed_twice(&city);
    let page = city.get("/v1/procedures/9.900001/versions").expect(200).body;
    let told: Vec<Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            json!([
                item["number"],
                item["valid_from"],
                item["valid_to"],
                item["in_force"],
                item["changed_parts"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!([1, null, "2019-05-01", true, []]),
            json!([2, "2019-05-01", "2020-01-01", false, ["time_limit", "classification"]]),
            json!([3, "2020-01-01", null, false, ["name"]]),
        ]
    );
    for item in page["items"].as_array().unwrap() {
        let read = city.get(item["href"].as_str().unwrap()).expect(200);
        assert_eq!((&read.body["number"], &read.body["version_id"]), (&item["number"], &item["version_id"]));
        let again = city.send("GET", item["href"].as_str().unwrap()).header("If-None-Match", &read.etag());
        again.answer().expect(304);
    }
    city.get("/v1/procedures/9.900001/versions/4").expect(404);
    city.get("/v1/procedures/9.900009/versions").expect(404);
}

#[test]
fn versions_come_in_pages() {
    let city = City::new();
    changed_twice(&city);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = city.get(&format!("/v1/procedures/9.900001/versions?limit=1{cursor}")).expect(200).body;
        seen.push(json!([page["items"][0]["number"], page["items"][0]["changed_parts"]]));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let expected = [json!([1, []]), json!([2, ["time_limit", "classification"]]), json!([3, ["name"]])];
    assert_eq!(seen, expected);
}

#[test]
fn every_day_has_its_version_in_reads_lists_and_searches() {
    let city = City::new();
    changed_twice(&city);
    for (day, number, name) in [
        ("1990-01-01", 1, "Thủ tục một"),
        ("2019-04-30", 1, "Thủ tục một"),
        ("2019-05-01", 2, "Thủ tục một"),
        ("2019-12-31", 2, "Thủ tục một"),
        ("2020-01-01", 3, "Thủ tục một (sửa đổi)"),
        ("2099-01-01", 3, "Thủ tục một (sửa đổi)"),
    ] {
        let read = city.get(&format!("/v1/procedures/9.900001?as_of={day}")).expect(200).body;
        assert_eq!((&read["number"], &read["content"]["name"]), (&json!(number), &json!(name)), "{day}");
        for query in ["field=thu-nghiem", "q=9.900001"] {
            let listed = city.get(&format!("/v1/procedures?{query}&as_of={day}")).expect(200).body;
            let items = listed["items"].as_array().unwrap();
            assert_eq!(items.len(), 1, "{query} {day}");
            assert_eq!(
                (&items[0]["number"], &items[0]["name"]),
                (&json!(number), &json!(name)),
                "{query} {day}"
            );
        }
    }
}

#[test]
fn what_a_published_version_says_never_changes() {
    let city = City::new();
    let mut row = changed_twice(&city);
    let content = |number: u32| {
        city.get(&format!("/v1/procedures/9.900001/versions/{number}")).expect(200).body["content"].clone()
    };
    let before: Vec<Value> = (1..=3).map(content).collect();
    let controller = city.login("controller.vpubnd");
    row["name"] = json!("Thủ tục khác");
    // Not after the last version: refused, and nothing is rewritten.
    for query in ["", "?valid_from=2020-01-01", "?valid_from=2019-06-01"] {
        let report = import(&controller, query, std::slice::from_ref(&row)).expect(200).body;
        assert_eq!(totals(&report), [0, 0, 0, 1, 0], "{query}");
    }
    let report = import(&controller, "?valid_from=2021-01-01", std::slice::from_ref(&row)).expect(200).body;
    assert_eq!(totals(&report), [0, 0, 1, 0, 0]);
    assert_eq!((1..=3).map(content).collect::<Vec<_>>(), before);
}

#[test]
fn a_difference_is_told_for_people_and_for_machines() {
    let city = City::new();
    changed_twice(&city);
    let diff = |query: &str| city.get(&format!("/v1/procedures/9.900001/diff?{query}"));
    let by_number = diff("from=1&to=2").expect(200);
    assert_eq!(by_number.body, diff("from=2019-03-04&to=2019-05-01").expect(200).body);
    let parts = by_number.body["parts"].as_array().unwrap();
    let limit = parts.iter().find(|part| part["part"] == "time_limit").unwrap();
    assert_eq!((&limit["point"], &limit["kind"]), (&json!("đ"), &json!("changed")));
    let line = |kind: &str| {
        let line = limit["lines"].as_array().unwrap().iter().find(|line| line["kind"] == kind).unwrap();
        line["segments"].as_array().unwrap().iter().map(|s| s["text"].as_str().unwrap()).collect::<String>()
    };
    assert!(line("removed").contains("05") || line("removed").contains('5'), "{limit}");
    assert!(line("added").contains('3'), "{limit}");

    // The patches of all parts together lead from one content to the other.
    let content = |number: u32| {
        city.get(&format!("/v1/procedures/9.900001/versions/{number}")).expect(200).body["content"].clone()
    };
    for (from, to) in [(1, 2), (2, 3), (1, 3), (3, 1)] {
        let mut patched = content(from);
        let diff = diff(&format!("from={from}&to={to}")).expect(200).body;
        for part in diff["parts"].as_array().unwrap() {
            apply(&mut patched, part["patch"].as_array().unwrap());
        }
        assert_eq!(patched, content(to), "{from} → {to}");
    }
    assert_eq!(diff("from=2&to=2").expect(200).body["parts"], json!([]));
}

/// Applies the operations our differences are made of (RFC 6902).
fn apply(document: &mut Value, patch: &[Value]) {
    for operation in patch {
        let path = operation["path"].as_str().unwrap();
        let (parent, key) = path.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap();
        match (operation["op"].as_str().unwrap(), parent) {
            ("replace", parent) => {
                *parent.pointer_mut(&format!("/{key}")).unwrap() = operation["value"].clone()
            }
            ("add", Value::Array(items)) => items.insert(key.parse().unwrap(), operation["value"].clone()),
            ("remove", Value::Array(items)) => drop(items.remove(key.parse().unwrap())),
            ("add", Value::Object(object)) => drop(object.insert(key.to_owned(), operation["value"].clone())),
            ("remove", Value::Object(object)) => drop(object.remove(key)),
            (other, _) => panic!("{other}"),
        }
    }
}

#[test]
fn a_state_that_never_was_is_named() {
    let city = City::new();
    changed_twice(&city);
    let diff = |query: &str| city.get(&format!("/v1/procedures/9.900001/diff?{query}"));
    for (query, status) in [
        ("from=1", 400),
        ("from=1&to=0", 400),
        ("from=1&to=x", 400),
        ("from=2019-02-30&to=1", 422),
        ("from=1&to=9", 404),
        ("from=1&to=2&with=x", 400),
    ] {
        assert_eq!(diff(query).status, status, "{query}");
    }
    let dated = json!({ "id": "T-9", "code": "9.900002", "name": "Có ngày", "level": ["xã"], "valid_from": "2019-01-01" });
    import(&city.login("controller.vpubnd"), "", &[dated]).expect(200);
    let early = city.get("/v1/procedures/9.900002/diff?from=2018-12-31&to=2019-01-01").expect(404);
    assert!(early.body["detail"].as_str().unwrap().contains("2018-12-31"), "{}", early.text);
}
