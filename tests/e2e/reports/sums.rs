//! Commune, district, city: exact, explained, beside other periods, and to take away.

use serde_json::{Value, json};

use super::{SETTLEMENT, accepted, act, report, settled};
use crate::city::City;

fn value(sums: &Value, row: &str, column: &str) -> Value {
    let cells = sums["cells"].as_array().unwrap();
    cells
        .iter()
        .find(|cell| cell["row"] == row && cell["column"] == column)
        .map_or(Value::Null, |cell| cell["value"].clone())
}

#[test]
fn sums_follow_the_tree_and_tell_their_origin_and_who_is_left_out() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let first = accepted(&city, "2019-Q1", "C31117", settled("Hộ tịch", 10, 7, 1));
    accepted(&city, "2019-Q1", "C31153", settled("Hộ tịch", 5, 5, 0));
    accepted(&city, "2019-Q1", "D916", settled("Hộ tịch", 2, 2, 0));
    let waiting = report(&office, "2019-Q1", SETTLEMENT, "SXD");
    act(&office, &waiting, "save", settled("Xây dựng", 100, 100, 0)).expect(200);
    act(&office, &waiting, "submit", json!({})).expect(200);
    let sums = |query: &str| {
        office
            .get(&format!("/v1/reporting-periods/2019-Q1/roll-up?form={SETTLEMENT}{query}"))
            .expect(200)
            .body
    };
    let all = sums("&origins=true");
    assert_eq!(
        (value(&all, "Hộ tịch", "received_total"), value(&all, "Xây dựng", "received_total")),
        (json!(17), Value::Null)
    );
    assert_eq!(all["included"], json!(["C31117", "C31153", "D916"]));
    assert!(all["left_out"].as_array().unwrap().contains(&json!("SXD")));
    assert_eq!(all["checks"], json!([]), "what balances below balances above");
    let cell = all["cells"].as_array().unwrap().iter().find(|cell| cell["column"] == "settled_late").unwrap();
    let share =
        json!({ "unit": "C31117", "report": first, "revision": 1, "value": 1, "counted_elsewhere": 0 });
    assert_eq!(cell["origins"][0], share);
    let district = sums("&unit=D916");
    assert_eq!(
        (value(&district, "Hộ tịch", "received_total"), &district["included"]),
        (json!(12), &json!(["C31117", "D916"]))
    );
    assert_eq!(value(&sums("&with_submitted=true"), "Xây dựng", "received_total"), 100);
    let below = city
        .login("head.d916")
        .get(&format!("/v1/reporting-periods/2019-Q1/roll-up?form={SETTLEMENT}"))
        .expect(200)
        .body;
    assert_eq!(below["cells"], district["cells"], "a district sees its own part");
    // An officer sees the reports of the own unit alone, and no more of them in a sum.
    for query in ["&origins=true", "&unit=D916&origins=true"] {
        let path = format!("/v1/reporting-periods/2019-Q1/roll-up?form={SETTLEMENT}{query}");
        let own = city.login("officer.d916").get(&path).expect(200).body;
        assert_eq!((&own["included"], &own["left_out"]), (&json!(["D916"]), &json!([])), "{query}");
        assert_eq!(value(&own, "Hộ tịch", "received_total"), 2);
    }
    let other = format!("/v1/reporting-periods/2019-Q1/roll-up?form={SETTLEMENT}&unit=SXD");
    assert_eq!(city.login("head.d916").get(&other).status, 403);
    let unknown = office.get("/v1/reporting-periods/2019-Q1/roll-up?form=II.06a");
    assert_eq!((unknown.status, &unknown.body["errors"][0]["pointer"]), (422, &json!("/query/form")));
}

#[test]
fn a_period_stands_beside_the_one_before_and_the_year_so_far() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    accepted(&city, "2019-Q1", "SXD", settled("Xây dựng", 10, 7, 0));
    let mut next = settled("Xây dựng", 5, 6, 0);
    next["cells"][2]["value"] = json!(3);
    next["cells"][5]["value"] = json!(2);
    accepted(&city, "2019-Q2", "SXD", next);
    let path = format!("/v1/reporting-periods/2019-Q2/roll-up?form={SETTLEMENT}&compare=true");
    let told = office.get(&path).expect(200).body;
    let compared = &told["compared"];
    assert_eq!(value(&compared["previous"], "Xây dựng", "received_direct"), 10);
    assert_eq!(compared["last_year"], Value::Null);
    let sofar = &compared["accumulated"];
    assert_eq!(sofar["periods"], json!(["2019-Q1", "2019-Q2"]));
    let figures = ["received_direct", "carried_over", "settled_total", "in_process_total", "received_total"]
        .map(|column| value(sofar, "Xây dựng", column));
    // Movements add up; what was carried over is January's, what is left is June's.
    assert_eq!(figures, [json!(15), json!(0), json!(13), json!(2), json!(15)]);
}

#[test]
fn sums_reports_and_the_book_can_be_taken_away() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let id = accepted(&city, "2019-Q1", "SXD", settled("=Xây dựng", 10, 7, 0));
    let lines = office
        .get(&format!("/v1/reporting-periods/2019-Q1/roll-up/export?format=ndjson&form={SETTLEMENT}"))
        .expect(200)
        .text;
    let row: Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(
        (&row["row"], &row["received_total"], &row["pending_in_time"]),
        (&json!("=Xây dựng"), &json!(10), &json!(3))
    );
    let table = office.get(&format!("/v1/reports/{id}/export?format=csv")).expect(200).text;
    assert!(table.contains("\r\n'=Xây dựng,10,0,0,10,7,7,0,3,3,0\r\n"), "{table}");
    for path in
        ["/v1/reporting-periods/2019-Q1/book".to_owned(), format!("/v1/reports/{id}/export?format=xlsx")]
    {
        let book = office.get(&path).expect(200);
        assert!(book.header("content-type").contains("spreadsheetml"), "{path}");
        assert!(book.text.starts_with("PK"), "{path}");
    }
    let before = office.get("/v1/reporting-periods/2019-Q1/book?as_of=1850-01-01T00:00:00Z");
    assert_eq!((before.status, &before.body["errors"][0]["pointer"]), (422, &json!("/query/as_of")));
}

#[test]
fn an_interlinked_dossier_counts_once_with_the_unit_that_leads() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let record = |unit: &str, lead: Option<&str>, [received, on_time, left]: [i64; 3]| {
        json!({ "unit": unit, "lead": lead, "field": "Xây dựng", "level": "city", "channel": "direct", "period": "2019-01",
            "counts": { "received": received, "early": 0, "on_time": on_time, "late": 0, "in_time": left, "overdue": 0,
                "by_status": { "in_process": left, "settled": on_time } } })
    };
    let items = [
        record("SXD", None, [10, 7, 3]),
        record("D916", None, [4, 4, 0]),
        // Of the ten, the district takes part in five.
        record("D916", Some("SXD"), [5, 3, 2]),
    ];
    let done = crate::dossiers::import(&office, &items).expect(200).body;
    assert_eq!((&done["created"], &done["notes"]), (&json!(3), &json!([])), "{done}");
    let hand_in = |unit: &str| {
        let id = report(&office, "2019-Q1", SETTLEMENT, unit);
        act(&office, &id, "prefill", json!({})).expect(200);
        act(&office, &id, "submit", json!({})).expect(200);
        act(&office, &id, "accept", json!({})).expect(200);
    };
    let sums = || {
        let path = format!("/v1/reporting-periods/2019-Q1/roll-up?form={SETTLEMENT}&origins=true");
        office.get(&path).expect(200).body
    };
    let figures = |sums: &Value| {
        ["received_total", "settled_total", "in_process_total"].map(|column| value(sums, "Xây dựng", column))
    };
    hand_in("D916");
    let alone = sums();
    assert_eq!((figures(&alone), &alone["interlinked"]), ([json!(9), json!(7), json!(2)], &json!(0)));
    hand_in("SXD");
    let both = sums();
    assert_eq!((figures(&both), &both["interlinked"]), ([json!(14), json!(11), json!(3)], &json!(5)));
    assert_eq!(both["checks"], json!([]), "what is left balances");
    let cells = both["cells"].as_array().unwrap();
    let received = cells.iter().find(|cell| cell["column"] == "received_direct").unwrap();
    let told: Vec<_> = received["origins"].as_array().unwrap().iter().collect();
    let share = |of: &Value| (of["unit"].clone(), of["value"].clone(), of["counted_elsewhere"].clone());
    assert_eq!(
        told.iter().map(|of| share(of)).collect::<Vec<_>>(),
        [(json!("D916"), json!(9), json!(5)), (json!("SXD"), json!(10), json!(0)),]
    );
    // The window is not over: the figures stop where they were counted.
    assert_eq!(both["partial"].as_array().unwrap().len(), 2, "{}", both["partial"]);
}

#[test]
fn a_sum_says_for_ever_what_it_said_at_a_moment() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let answer = |query: &str| {
        office.get(&format!("/v1/reporting-periods/2019-Q1/roll-up?form={SETTLEMENT}&origins=true{query}"))
    };
    accepted(&city, "2019-Q1", "SXD", settled("Xây dựng", 10, 7, 0));
    city.clock.set("2019-03-04T02:00:00Z");
    let (first, then) = ("2019-03-04T02:00:00Z", answer("").expect(200).body);
    city.clock.set("2019-03-04T03:00:00Z");
    let id = report(&office, "2019-Q1", SETTLEMENT, "SXD");
    let objections = json!({ "objections": [{ "reason": "Lệch so với sổ" }] });
    act(&office, &id, "send-back", objections).expect(200);
    let between = "2019-03-04T03:00:00Z";
    city.clock.set("2019-03-04T04:00:00Z");
    accepted(&city, "2019-Q1", "SXD", settled("Xây dựng", 12, 7, 0));
    accepted(&city, "2019-Q1", "C31117", settled("Hộ tịch", 1, 1, 0));
    let as_of = |moment: &str, more: &str| answer(&format!("&as_of={moment}{more}")).expect(200);
    let mut told = as_of(first, "").body;
    assert_eq!(told["as_of"], json!(first));
    told["as_of"] = Value::Null;
    assert_eq!(told, then, "sent back and filled anew since");
    assert_eq!(as_of(between, "").body["included"], json!([]));
    assert_eq!(value(&answer("").expect(200).body, "Xây dựng", "received_total"), 12);
    let bytes = as_of(first, "&with_submitted=true").text;
    city.clock.set("2020-04-01T02:00:00Z");
    assert_eq!(as_of(first, "&with_submitted=true").text, bytes, "a year later");
    let ahead = answer("&as_of=2030-01-01T00:00:00Z");
    assert_eq!((ahead.status, &ahead.body["errors"][0]["pointer"]), (422, &json!("/query/as_of")));
}

#[test]
fn a_sum_of_the_past_still_leaves_out_whom_a_merger_let_off() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    office.post("/v1/reporting-periods/open-year", json!({ "year": 2019 })).expect(200);
    let left_out = |query: &str| {
        let path = format!("/v1/reporting-periods/2019-Q1/roll-up?form={SETTLEMENT}{query}");
        office.get(&path).expect(200).body["left_out"].clone()
    };
    let (before, now) = ("&as_of=2019-03-04T02:00:00Z", "2019-03-04T03:00:00Z");
    city.clock.set(now);
    let then = left_out(before);
    assert!(then.as_array().unwrap().contains(&json!("D916")));
    let merger = json!({ "into": "D918", "on": "2019-03-10", "legal_basis": "NQ 2", "reason": "Sắp xếp" });
    let etag = office.get("/v1/units/D916").expect(200).etag();
    office.send("POST", "/v1/units/D916/merge").header("If-Match", &etag).json(merger).answer().expect(200);
    city.clock.set("2019-03-12T03:00:00Z");
    assert!(!left_out("").as_array().unwrap().contains(&json!("D916")));
    assert_eq!(left_out(before), then);
}
