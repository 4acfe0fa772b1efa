//! What is not answered.

use serde_json::{Value, json};

use super::{ask, of_2019, told};
use crate::city::City;

#[test]
fn what_is_wrong_is_told_all_at_once() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let mut reversed = of_2019("feedback_received", &["month", "week"], json!({ "channel": "online" }));
    reversed["to"] = json!("2018-12-31");
    reversed["limit"] = json!(0);
    let queries = json!({
        "a": reversed,
        "b": of_2019("dossiers_received", &["class", "channel"], json!({ "level": "ministry", "unit": "KHONGCO" })),
        "c": of_2019("reports_owed", &["unit", "unit"], json!({ "state": "closed" })),
        "d": of_2019("procedures_in_force", &["level", "field", "level"], json!({})),
        "a name": of_2019("reports_owed", &[], json!({})),
    });
    let refused = office.post("/v1/analytics/query", json!({ "queries": queries })).expect(422).body;
    let mut pointers: Vec<&str> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        [
            "/queries",
            "/queries/a/dimensions/1",
            "/queries/a/filters/channel",
            "/queries/a/limit",
            "/queries/a/to",
            "/queries/b/dimensions/0",
            "/queries/b/filters/level",
            "/queries/b/filters/unit",
            "/queries/c/dimensions/1",
            "/queries/c/filters/state",
            "/queries/d/dimensions",
        ]
    );
    let detail = |pointer: &str| {
        let errors = refused["errors"].as_array().unwrap();
        errors.iter().find(|fault| fault["pointer"] == pointer).unwrap()["detail"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(detail("/queries/b/dimensions/0").contains("unit, level, field, channel, month, quarter, year"));
}

#[test]
fn unknown_names_and_shapes_are_refused() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let good = || of_2019("feedback_received", &["unit"], json!({}));
    let with = |name: &str, value: Value| {
        let mut query = good();
        query[name] = value;
        query
    };
    for query in [
        with("measure", json!("feedback_lost")),
        with("dimensions", json!(["colour"])),
        with("filters", json!({ "colour": "red" })),
        with("filters", json!(["SXD"])),
        with("compare", json!("next")),
        with("order", json!("x")),
        with("limit", json!(-1)),
        with("from", json!("1899-12-31")),
        with("from", json!("+262142-01-01")),
        with("to", json!("2199-12-31")),
        with("filters", json!({ "unit": "" })),
        with("filters", json!({ "field": "x".repeat(201) })),
        json!(["feedback_received", [], null, "2019-01-01", "2019-12-31", null, null]),
    ] {
        let answer = ask(&office, query.clone());
        assert_eq!(answer.status, 422, "{query}: {}", answer.text);
    }
    for queries in [json!({}), json!([]), Value::Null] {
        assert_eq!(
            office.post("/v1/analytics/query", json!({ "queries": queries })).status,
            422,
            "{queries}"
        );
    }
    let many: serde_json::Map<String, Value> = (0..11).map(|n| (format!("q{n}"), good())).collect();
    assert_eq!(office.post("/v1/analytics/query", json!({ "queries": many })).status, 422);
    let day = json!({ "queries": { "q": good() }, "as_of": "1899-01-01" });
    assert_eq!(office.post("/v1/analytics/query", day).status, 422);
    assert_eq!(city.post("/v1/analytics/query", json!({ "queries": { "q": good() } })).status, 401);
}

#[test]
fn rows_beyond_the_limit_are_counted() {
    let city = City::new();
    for unit in ["SXD", "SXD", "D916", "STP"] {
        crate::feedback::transferred(&city, "conduct", unit);
    }
    let mut query = of_2019("feedback_received", &["unit"], json!({}));
    query["limit"] = json!(1);
    let result = told(&city.login("controller.vpubnd"), query);
    assert_eq!(result["rows"], json!([{ "keys": { "unit": "SXD" }, "value": 2 }]));
    assert_eq!((result["left_out"].clone(), result["total"].clone()), (json!(2), json!(4)));
}
