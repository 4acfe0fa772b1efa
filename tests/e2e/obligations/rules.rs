//! The rules as data.

use serde_json::{Value, json};

use crate::city::City;

#[test]
fn every_clock_of_the_law_is_listed_with_its_basis() {
    let city = City::new();
    let all = city.get("/v1/deadline-rules").expect(200);
    let items = all.body["items"].as_array().unwrap();
    // K-39 begins in 2020, and the index of 2022 has not begun.
    let ids: Vec<&str> = items.iter().map(|item| item["rule"]["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"K-44") && !ids.contains(&"K-39") && !ids.contains(&"K-47"), "{ids:?}");
    let later = city.get("/v1/deadline-rules?as_of=2023-01-01").expect(200).body;
    assert!(later["items"].as_array().unwrap().iter().any(|item| item["rule"]["id"] == "K-47"));
    let recurring = city.get("/v1/deadline-rules?shape=recurring&kind=legal_breach").expect(200).body;
    for item in recurring["items"].as_array().unwrap() {
        assert_eq!((&item["shape"], &item["rule"]["kind"]), (&json!("recurring"), &json!("legal_breach")));
    }
    let again = city.send("GET", "/v1/deadline-rules").header("If-None-Match", &all.etag()).answer();
    assert_eq!(again.status, 304);
    assert_eq!(city.get("/v1/deadline-rules/K-99").status, 404);
}

#[test]
fn a_preview_explains_every_day_and_tells_both_readings() {
    let city = City::new();
    let ask = |body: Value| city.post("/v1/obligations/preview", body);
    // Over Tết 2019: the raw day is 5 February, the next working day the 11th.
    let told = ask(json!({ "rule": "K-44", "at": "2019-01-16T09:30:00+07:00" })).expect(200).body;
    assert_eq!(told["due_on"], "2019-02-11");
    assert_eq!(told["warn_at"], "2019-02-05T17:00:00Z");
    assert_eq!(told["due_at"], "2019-02-11T17:00:00Z");
    let readings = told["readings"].as_array().unwrap();
    assert_eq!((&readings[0]["reading"], &readings[1]["reading"]), (&json!("raw"), &json!("rolled")));
    assert_eq!(readings[0]["explanation"].as_array().unwrap().len(), 21);
    assert_eq!(readings[0]["explanation"][0]["reason"], "start_day_not_counted");
    let told = ask(json!({ "rule": "K-30", "period": "2020-Q1", "unit_kind": "commune" })).expect(200).body;
    assert_eq!(told["due_on"], "2020-03-20");
    for (body, pointer, code) in [
        (json!({ "rule": "K-44" }), "/at", "opening_needed"),
        (json!({ "rule": "K-44", "period": "2020-Q1", "unit_kind": "commune" }), "/period", "other_opening"),
        (json!({ "rule": "K-30", "period": "2020-Q1", "unit_kind": "district" }), "/period", "not_owed"),
        (json!({ "rule": "K-30", "period": "2020-13", "unit_kind": "commune" }), "/period", "not_a_period"),
        (json!({ "rule": "K-56", "at": "2019-03-04T01:00:00Z" }), "/at", "no_deadline"),
        (json!({ "rule": "K-44", "at": "2050-03-04T01:00:00Z" }), "/at", "outside_calendar"),
    ] {
        let refused = ask(body.clone());
        assert_eq!(refused.status, 422, "{body}: {}", refused.text);
        let fault = &refused.body["errors"][0];
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!(pointer), &json!(code)), "{body}");
    }
}

#[test]
fn an_open_rule_is_set_from_a_day_and_a_fixed_one_is_not() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let change = |inclusive: bool, from: &str| {
        json!({ "valid_from": from, "reason": "Công văn hướng dẫn", "timing": { "shape": "recurring",
            "every": { "rhythm": "quarter",
                "cutoffs": [{ "owed_by": ["commune"], "month": 3, "day": 20, "inclusive": inclusive }] } } })
    };
    let put = |rule: &str, body: Value| {
        let path = format!("/v1/deadline-rules/{rule}");
        let etag = admin.get(&path).expect(200).etag();
        admin.send("PUT", &path).header("If-Match", &etag).json(body).answer()
    };
    let set = put("K-30", change(false, "2020-01-01")).expect(200).body;
    assert_eq!(set["versions"].as_array().unwrap().len(), 2);
    assert_eq!(set["versions"][0]["valid_to"], "2020-01-01");
    let due = |period: &str| {
        let body = json!({ "rule": "K-30", "period": period, "unit_kind": "commune" });
        city.post("/v1/obligations/preview", body).expect(200).body["due_on"].clone()
    };
    assert_eq!((due("2019-Q4"), due("2020-Q1")), (json!("2019-12-20"), json!("2020-03-19")));
    let stale = admin
        .send("PUT", "/v1/deadline-rules/K-30")
        .header("If-Match", "\"1-0\"")
        .json(change(true, "2021-01-01"))
        .answer();
    assert_eq!(stale.status, 412);
    let earlier = put("K-30", change(true, "2019-06-01"));
    assert_eq!((earlier.status, &earlier.body["errors"][0]["pointer"]), (422, &json!("/valid_from")));
    let term =
        json!({ "shape": "term", "term": { "amount": 9, "unit": "working_day", "direction": "after" } });
    let body = json!({ "valid_from": "2020-01-01", "reason": "thử", "timing": term });
    assert_eq!(put("K-12", body.clone()).status, 409, "the decree fixes five working days");
    let other_shape = put("K-30", body);
    assert_eq!((other_shape.status, &other_shape.body["errors"][0]["code"]), (422, &json!("outside_period")));
}
