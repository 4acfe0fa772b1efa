//! Periods, who owes what, and what is asked for once.

use serde_json::{Value, json};

use super::{FEEDBACK, SETTLEMENT, accepted, act, report, settled};
use crate::city::City;

#[test]
fn a_year_has_its_periods_with_windows_and_both_readings_of_each_cut_off() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let page = office.get("/v1/reporting-periods?year=2019").expect(200).body;
    let codes: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|period| &period["code"]).collect();
    assert_eq!(codes, ["2019", "2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"]);
    let quarter = office.get("/v1/reporting-periods/2019-Q1").expect(200).body;
    assert_eq!(
        quarter,
        json!({
            "code": "2019-Q1", "kind": "quarter", "title": null, "first_day": "2019-01-01", "last_day": "2019-03-31",
            "data_from": "2019-01-01", "data_to": "2019-03-31", "frozen_at": null,
            "cutoffs": [
                { "owed_by": ["commune"], "strict_on": "2019-03-19", "mild_on": "2019-03-20", "due_on": "2019-03-20" },
                { "owed_by": ["department", "district"], "strict_on": "2019-03-24", "mild_on": "2019-03-25", "due_on": "2019-03-25" },
            ],
        })
    );
    let opened = office.post("/v1/reporting-periods/open-year", json!({ "year": 2021 })).expect(200).body;
    assert!(opened["opened"].as_i64().unwrap() > 1000);
    // By the regime in force then, from the 15th to the 14th (ND 09/2019 Art. 12).
    let later = office.get("/v1/reporting-periods/2021-Q1").expect(200).body;
    assert_eq!((&later["data_from"], &later["data_to"]), (&json!("2020-12-15"), &json!("2021-03-14")));
    assert_eq!(report(&office, "2021-Q1", "II.06a", "SXD").len(), 36);
    let again = office.post("/v1/reporting-periods/open-year", json!({ "year": 2021 })).expect(200).body;
    assert_eq!((&again["opened"], &again["kept"]), (&json!(0), &opened["opened"]));
}

#[test]
fn one_call_tells_who_owes_what() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    accepted(&city, "2019-Q1", "C31117", settled("Hộ tịch", 3, 3, 0));
    let id = report(&office, "2019-Q1", FEEDBACK, "C31117");
    act(&office, &id, "save", json!({ "nothing_arose": true })).expect(200);
    city.clock.set("2019-03-21T09:00:00+07:00");
    act(&office, &id, "submit", json!({})).expect(200);
    let status =
        |person: &str| city.login(person).get("/v1/reporting-periods/2019-Q1/status").expect(200).body;
    let told = status("controller.vpubnd");
    let level = |name: &str| {
        told["levels"].as_array().unwrap().iter().find(|level| level["level"] == name).unwrap().clone()
    };
    let communes = level("commune");
    let owed = communes["owed"].as_i64().unwrap();
    assert_eq!(
        ["submitted", "late", "accepted", "nothing_arose", "returned"]
            .map(|name| communes[name].as_i64().unwrap()),
        [2, 1, 1, 1, 0]
    );
    assert_eq!(communes["missing"], owed - 2);
    assert_eq!(level("district")["missing"], 0, "districts have until the 25th");
    // The city's own comes after its units' (ND 09/2019 Art. 13).
    assert_eq!(
        (&told["city"]["due_on"], &told["city"]["state"], &told["city"]["met_at"]),
        (&json!("2019-03-25"), &json!("due_soon"), &Value::Null)
    );
    let unit = told["units"].as_array().unwrap().iter().find(|unit| unit["unit"] == "C31117").unwrap();
    let of = |form: &str| {
        unit["reports"].as_array().unwrap().iter().find(|report| report["form"] == form).unwrap().clone()
    };
    assert_eq!((&of(SETTLEMENT)["state"], &of(FEEDBACK)["late"]), (&json!("accepted"), &json!(true)));
    assert_eq!((&of("08/VPCP/KSTT")["missing"], &of("08/VPCP/KSTT")["late"]), (&json!(true), &json!(false)));
    let seen = |person: &str| -> Vec<Value> {
        status(person)["units"].as_array().unwrap().iter().map(|unit| unit["unit"].clone()).collect()
    };
    assert_eq!(seen("head.c31117"), ["C31117"]);
    let district = seen("head.d916");
    assert!(
        district.contains(&json!("C31117"))
            && district.contains(&json!("D916"))
            && !district.contains(&json!("C31153"))
    );
}

#[test]
fn a_report_can_be_asked_for_once() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let asked = json!({
        "title": "Tình hình giải quyết hồ sơ dịp Tết", "forms": [SETTLEMENT], "units": ["C31117", "SXD"],
        "data_from": "2019-01-28", "data_to": "2019-02-10", "due_on": "2019-03-15",
    });
    let made = office.post("/v1/reporting-periods", asked.clone()).expect(201);
    assert_eq!(
        (&made.body["code"], &made.body["cutoffs"][0]["due_on"]),
        (&json!("2019-DX01"), &json!("2019-03-15"))
    );
    let head = city.login("head.sxd");
    let id = report(&head, "2019-DX01", SETTLEMENT, "SXD");
    let duty = || {
        let path = "/v1/obligations?unit=SXD&rule=K-35";
        office.get(path).expect(200).body["items"][0].clone()
    };
    assert_eq!((&duty()["due_on"], &duty()["state"]), (&json!("2019-03-15"), &json!("open")));
    // A recount of all dates leaves a day that someone set.
    office.post("/v1/obligations/recompute", json!({ "dry_run": false, "reason": "thử" })).expect(200);
    assert_eq!(duty()["due_on"], "2019-03-15");
    let why = format!("/v1/obligations/{}/explanation", duty()["id"].as_str().unwrap());
    let set = json!([{ "reading": "set", "decides": true, "due_on": "2019-03-15",
        "due_at": "2019-03-15T17:00:00Z", "explanation": [] }]);
    assert_eq!(office.get(&why).expect(200).body["readings"], set);
    let try_to = |verb: &str, body: Value| {
        let path = format!("/v1/obligations/{}", duty()["id"].as_str().unwrap());
        let etag = office.get(&path).expect(200).etag();
        office.send("POST", &format!("{path}/{verb}")).header("If-Match", &etag).json(body).answer()
    };
    assert_eq!(try_to("suspend", json!({ "reason": "x" })).status, 409, "a set day stands still for nobody");
    let moved = json!({ "trigger_at": "2019-03-01T02:00:00Z", "dry_run": false, "reason": "x" });
    assert_eq!(try_to("correct-trigger", moved).status, 409, "and is counted from nothing");
    let before = json!({ "note": "x", "met_at": "2019-03-01T02:00:00Z" });
    assert_eq!(try_to("meet", before).status, 422, "nothing is done before it is asked for");
    act(&head, &id, "save", json!({ "nothing_arose": true })).expect(200);
    act(&head, &id, "submit", json!({})).expect(200);
    assert_eq!(duty()["state"], "met");
    assert_eq!(
        city.login("officer.d916").get("/v1/reports?period=2019-DX01").expect(200).body["items"],
        json!([])
    );
    let mut wrong = asked;
    wrong["forms"] = json!(["II.06a"]);
    wrong["units"] = json!(["NOBODY"]);
    wrong["due_on"] = json!("2019-03-01");
    let refused = office.post("/v1/reporting-periods", wrong).expect(422).body;
    let pointers: Vec<&Value> =
        refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/due_on", "/forms/0", "/units/0"]);
}

#[test]
fn each_form_is_asked_for_once_of_each_unit_that_there_is() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let merger = json!({ "into": "D918", "on": "2019-03-10", "legal_basis": "NQ 2", "reason": "Sắp xếp" });
    let etag = office.get("/v1/units/D916").expect(200).etag();
    office.send("POST", "/v1/units/D916/merge").header("If-Match", &etag).json(merger).answer().expect(200);
    city.clock.set("2019-03-12T09:00:00+07:00");
    let asked = json!({ "title": "Đột xuất", "forms": [SETTLEMENT, SETTLEMENT], "units": ["SXD", "D916", "SXD"],
        "data_from": "2019-01-28", "data_to": "2019-02-10", "due_on": "2019-03-15" });
    let refused = office.post("/v1/reporting-periods", asked).expect(422).body;
    let faults: Vec<_> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        faults,
        [("/forms/1", "duplicate"), ("/units/1", "unit_not_there"), ("/units/2", "duplicate")]
    );
}

#[test]
fn after_a_merger_the_heir_reports_for_all_it_took_over() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    office.post("/v1/reporting-periods/open-year", json!({ "year": 2020 })).expect(200);
    let of = |unit: &str| {
        let path = format!("/v1/reports?period=2020-Q1&form={FEEDBACK}&unit={unit}");
        office.get(&path).expect(200).body["items"].as_array().unwrap().len()
    };
    let merged: Vec<String> =
        office.get("/v1/units?as_of=2020-02-01&kind=commune&limit=200").expect(200).body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|unit| unit["code"].as_str().unwrap().to_owned())
            .collect();
    let after: Vec<String> = office.get("/v1/units?as_of=2020-03-19&kind=commune&limit=200").expect(200).body
        ["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["code"].as_str().unwrap().to_owned())
        .collect();
    let gone: Vec<&String> = merged.iter().filter(|code| !after.contains(code)).collect();
    assert!(!gone.is_empty(), "communes merged on 1 March 2020");
    for code in gone {
        assert_eq!(of(code), 0, "{code} is no more when the report is due");
    }
    assert_eq!(of(&after[0]), 1);
}
