//! Figures come from the records and lead back to them; what differs needs a reason.

use serde_json::{Value, json};

use super::{FEEDBACK, act, cell, report};
use crate::city::City;
use crate::feedback::{answered, letter, send, transferred};

fn records(city: &City, id: &str, row: &str, column: &str) -> Vec<Value> {
    let path = format!("/v1/reports/{id}/cells/{row}/{column}/records?limit=200");
    city.login("controller.vpubnd").get(&path).expect(200).body["items"].as_array().unwrap().clone()
}

#[test]
fn a_report_is_filled_from_feedback_and_every_figure_leads_back() {
    let city = City::new();
    let first = transferred(&city, "conduct", "SXD");
    let second = transferred(&city, "regulation", "SXD");
    transferred(&city, "regulation", "STP");
    answered(&city, &first.code);
    let head = city.login("head.sxd");
    let id = report(&head, "2019-Q1", FEEDBACK, "SXD");
    let filled = act(&head, &id, "prefill", json!({})).expect(200).body;
    let value = |row: &str, column: &str| cell(&filled, row, column)["value"].clone();
    for (column, count) in [
        ("carried_over", 0),
        ("received", 2),
        ("received_conduct", 1),
        ("received_regulation", 1),
        ("answered_new", 1),
        ("answered", 1),
        ("in_progress", 1),
        ("total", 2),
    ] {
        let found = value("—", column);
        assert!(found == count || (count == 0 && found.is_null()), "{column}: {found}");
    }
    assert_eq!(cell(&filled, "—", "received")["origin"], "records");
    assert_eq!(cell(&filled, "—", "total")["origin"], "formula");
    assert_eq!(cell(&filled, "—", "received")["computed_at"], "2019-03-04T01:00:00Z");
    assert_eq!(filled["checks"], json!([]), "what is counted balances");
    let codes = |column: &str| -> Vec<Value> {
        records(&city, &id, "%E2%80%94", column).iter().map(|record| record["code"].clone()).collect()
    };
    assert_eq!(codes("received"), [json!(first.code), json!(second.code)]);
    assert_eq!(codes("in_progress"), [json!(second.code)]);
    assert_eq!(codes("answered_new"), [json!(first.code)]);
    for column in ["received", "received_conduct", "in_progress", "answered_new"] {
        assert_eq!(value("—", column), codes(column).len(), "{column}: as many as it says");
    }
}

#[test]
fn what_is_outside_the_window_counts_in_its_own_period() {
    let city = City::new();
    let early = transferred(&city, "regulation", "SXD");
    city.clock.set("2019-04-02T09:00:00+07:00");
    answered(&city, &early.code);
    transferred(&city, "regulation", "SXD");
    let head = city.login("head.sxd");
    let figures = |period: &str| {
        let id = report(&head, period, FEEDBACK, "SXD");
        let filled = act(&head, &id, "prefill", json!({})).expect(200).body;
        ["carried_over", "received", "answered_new", "answered_carried", "in_progress"]
            .map(|column| cell(&filled, "—", column)["value"].as_i64().unwrap_or_default())
    };
    assert_eq!(figures("2019-Q1"), [0, 1, 0, 0, 1]);
    assert_eq!(figures("2019-Q2"), [1, 1, 0, 1, 1]);
    assert_eq!(figures("2019"), [0, 2, 1, 0, 1]);
}

#[test]
fn another_figure_needs_a_reason_and_stays_beside_what_records_say() {
    let city = City::new();
    transferred(&city, "regulation", "SXD");
    let officer = city.login("officer.sxd");
    let id = report(&officer, "2019-Q1", FEEDBACK, "SXD");
    act(&officer, &id, "prefill", json!({})).expect(200);
    let with = |value: i64, reason: Value| json!({ "cells": [{ "row": "—", "column": "received", "value": value, "reason": reason }] });
    let refused = act(&officer, &id, "save", with(3, Value::Null)).expect(422).body;
    assert_eq!(refused["errors"][0]["pointer"], "/cells/0/reason");
    let saved = act(&officer, &id, "save", with(3, json!("Hai phản ánh nhận bằng giấy"))).expect(200).body;
    let told = cell(&saved, "—", "received");
    assert_eq!(
        (&told["value"], &told["computed"], &told["origin"]),
        (&json!(3), &json!(1), &json!("corrected"))
    );
    // Counting again leaves what was declared with a reason.
    send(&city, letter());
    let again = act(&officer, &id, "prefill", json!({})).expect(200).body;
    assert_eq!(cell(&again, "—", "received")["value"], 3);
    // Null takes it back to the records.
    let back = json!({ "cells": [{ "row": "—", "column": "received", "value": null }] });
    assert_eq!(cell(&act(&officer, &id, "save", back).expect(200).body, "—", "received")["value"], 1);
}

#[test]
fn what_a_form_does_not_have_is_refused_and_nothing_is_saved() {
    let city = City::new();
    let officer = city.login("officer.sxd");
    let id = report(&officer, "2019-Q1", FEEDBACK, "SXD");
    let refused = |cell: Value| {
        let told = act(&officer, &id, "save", json!({ "cells": [cell] })).expect(422).body;
        (told["errors"][0]["pointer"].clone(), told["errors"][0]["code"].clone())
    };
    let at = |member: &str, code: &str| (json!(format!("/cells/0/{member}")), json!(code));
    assert_eq!(refused(json!({ "row": "A", "column": "total", "value": 1 })), at("column", "computed"));
    assert_eq!(
        refused(json!({ "row": "A", "column": "nothing", "value": 1 })),
        at("column", "unknown_column")
    );
    assert_eq!(
        refused(json!({ "row": "A", "column": "received", "value": -1 })),
        at("value", "out_of_range")
    );
    assert_eq!(
        refused(json!({ "row": "A", "column": "received", "text": "một" })),
        at("column", "of_another_kind")
    );
    assert_eq!(refused(json!({ "row": " ", "column": "received", "value": 1 })), at("row", "blank"));
    assert_eq!(officer.get(&format!("/v1/reports/{id}")).expect(200).body["version"], 1);
}

#[test]
fn silence_is_no_report_and_nothing_arose_is_a_statement() {
    let city = City::new();
    let (officer, head) = (city.login("officer.sxd"), city.login("head.sxd"));
    let id = report(&head, "2019-Q1", FEEDBACK, "SXD");
    assert_eq!(act(&officer, &id, "submit", json!({})).status, 403, "a report is sent by the head");
    let silent = act(&head, &id, "submit", json!({})).expect(422).body;
    assert_eq!(silent["errors"][0]["code"], "says_nothing");
    act(&officer, &id, "save", json!({ "nothing_arose": true })).expect(200);
    let both = json!({ "cells": [{ "row": "A", "column": "received", "value": 1 }] });
    assert_eq!(act(&officer, &id, "save", both).expect(422).body["errors"][0]["code"], "contradicts");
    let sent = act(&head, &id, "submit", json!({})).expect(200).body;
    assert_eq!(
        (&sent["state"], &sent["nothing_arose"], &sent["late"]),
        (&json!("submitted"), &json!(true), &json!(false))
    );
    assert_eq!(act(&officer, &id, "save", json!({})).status, 409);
}

#[test]
fn settlement_is_filled_from_counts_of_dossiers_and_balances() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let record = |channel: &str, period: &str, [received, early, on_time, late, left]: [i64; 5]| {
        json!({ "unit": "SXD", "field": "Xây dựng", "level": "city", "channel": channel, "period": period,
            "counts": { "received": received, "early": early, "on_time": on_time, "late": late,
                "in_time": left, "overdue": 0, "late_causes": { "staff": late },
                "by_status": { "in_process": left, "settled": early + on_time + late } } })
    };
    let items = [
        record("online", "2018-12", [9, 2, 3, 0, 4]),
        record("online", "2019-01", [10, 5, 3, 1, 5]),
        record("direct", "2019-01", [7, 0, 7, 0, 0]),
        record("online", "2019-02", [6, 0, 6, 0, 5]),
        record("direct", "2019-02", [2, 0, 1, 0, 1]),
    ];
    let done = crate::dossiers::import(&office, &items).expect(200).body;
    assert_eq!((&done["created"], &done["refused"]), (&json!(5), &json!([])), "{done}");
    let head = city.login("head.sxd");
    let id = report(&head, "2019-Q1", super::SETTLEMENT, "SXD");
    let filled = act(&head, &id, "prefill", json!({})).expect(200).body;
    let value = |column: &str| cell(&filled, "Xây dựng", column)["value"].as_i64().unwrap_or_default();
    let figures = [
        "carried_over",
        "received_online",
        "received_direct",
        "settled_on_time",
        "settled_late",
        "pending_in_time",
        "received_total",
        "settled_total",
        "in_process_total",
    ]
    .map(value);
    assert_eq!(figures, [4, 16, 9, 22, 1, 6, 29, 23, 6]);
    assert_eq!(
        filled["checks"],
        json!([]),
        "what was in hand at the end of one period is carried into the next"
    );
    for column in ["carried_over", "received_online", "settled_on_time", "pending_in_time"] {
        let behind = records(&city, &id, "X%C3%A2y%20d%E1%BB%B1ng", column);
        let sum: i64 = behind.iter().map(|record| record["value"].as_i64().unwrap()).sum();
        assert_eq!(sum, value(column), "{column}: {behind:?}");
        let href = behind[0]["href"].as_str().unwrap();
        head.get(href).expect(200);
    }
    let causes = report(&head, "2019-Q1", "07/VPCP/KSTT", "SXD");
    let filled = act(&head, &causes, "prefill", json!({})).expect(200).body;
    assert!(filled["cells"].as_array().unwrap().iter().any(|cell| cell["value"] == 1), "{}", filled["cells"]);
}

#[test]
fn nothing_arose_does_not_hold_against_the_records() {
    let city = City::new();
    transferred(&city, "regulation", "SXD");
    let (head, office) = (city.login("head.sxd"), city.login("controller.vpubnd"));
    let id = report(&head, "2019-Q1", FEEDBACK, "SXD");
    let stated = act(&head, &id, "save", json!({ "nothing_arose": true })).expect(200).body;
    let check = &stated["checks"][0];
    assert_eq!((&check["check"], &check["severity"]), (&json!("nothing_arose"), &json!("warning")));
    let filled = act(&head, &id, "prefill", json!({})).expect(200).body;
    assert_eq!(
        (&filled["nothing_arose"], &cell(&filled, "—", "received")["value"]),
        (&json!(false), &json!(1))
    );
    let other = report(&head, "2019", FEEDBACK, "SXD");
    act(&head, &other, "save", json!({ "nothing_arose": true })).expect(200);
    act(&head, &other, "submit", json!({})).expect(200);
    assert_eq!(
        act(&office, &other, "accept", json!({})).expect(422).body["errors"][0]["code"],
        "comment_missing"
    );
}

#[test]
fn rows_that_are_the_whole_lead_back_as_well_and_rows_nobody_counts_to_nothing() {
    let city = City::new();
    let (admin, office) = (city.login("admin.vpubnd"), city.login("controller.vpubnd"));
    let words = |text: &str| json!({ "vi": text, "en": text });
    let column = |number: u32, code: &str, source: &[&str]| json!({ "code": code, "number": number, "title": words(code), "kind": "count", "source": source });
    let form = json!({ "code": "T", "regime": "2019", "title": words("T"), "certainty": "seen", "basis": [{ "document": "T" }],
        "reporters": ["department"], "periods": ["quarter"], "rows": "total",
        "columns": [column(1, "feedback", &["feedback.received"]),
            column(2, "settled", &["dossiers.settled_early", "dossiers.settled_on_time"])] });
    let body = json!({ "valid_from": "2019-03-05", "reason": "Thử", "form": form });
    admin.put("/v1/report-forms/T", body).expect(200);
    office.post("/v1/reporting-periods/open-year", json!({ "year": 2019 })).expect(200);
    city.clock.set("2019-06-03T09:00:00+07:00");
    for _ in 0..2 {
        transferred(&city, "regulation", "SXD");
    }
    let record = |period: &str| {
        json!({ "unit": "SXD", "field": "Xây dựng", "level": "city", "channel": "online", "period": period,
            "counts": { "received": 7, "early": 3, "on_time": 4, "late": 0, "in_time": 0, "overdue": 0,
                "by_status": { "settled": 7 } } })
    };
    crate::dossiers::import(&office, &[record("2019-04"), record("2019-05")]).expect(200);
    let id = report(&office, "2019-Q2", "T", "SXD");
    let filled = act(&office, &id, "prefill", json!({})).expect(200).body;
    let figures = ["feedback", "settled"].map(|column| cell(&filled, "total", column)["value"].clone());
    assert_eq!(figures, [json!(2), json!(14)]);
    assert_eq!(records(&city, &id, "total", "feedback").len(), 2);
    assert_eq!(records(&city, &id, "X%C3%A2y%20d%E1%BB%B1ng", "feedback"), [] as [Value; 0]);
    assert_eq!(records(&city, &id, "nothing", "settled"), [] as [Value; 0]);
    // One record gives to both measures of the column, and is told once, also across pages.
    let path = format!("/v1/reports/{id}/cells/total/settled/records?limit=1");
    let first = office.get(&path).expect(200).body;
    let next = format!("{path}&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = office.get(&next).expect(200).body;
    assert_eq!((&first["items"][0]["value"], &second["items"][0]["value"]), (&json!(7), &json!(7)));
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second["next_cursor"], Value::Null);
}

#[test]
fn a_form_that_covers_units_below_agrees_with_their_reports() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    city.clock.set("2021-03-05T08:00:00+07:00");
    office.post("/v1/reporting-periods/open-year", json!({ "year": 2021 })).expect(200);
    let record = |unit: &str, lead: Option<&str>, level: &str, [received, on_time]: [i64; 2]| {
        let left = received - on_time;
        json!({ "unit": unit, "lead": lead, "field": "Hộ tịch", "level": level, "channel": "direct", "period": "2021-01",
            "counts": { "received": received, "early": 0, "on_time": on_time, "late": 0, "in_time": left, "overdue": 0,
                "by_status": { "in_process": left, "settled": on_time } } })
    };
    let items = [
        record("D916", None, "district", [10, 7]),
        record("C31117", None, "commune", [20, 20]),
        // Of the district's ten, the commune takes part in four.
        record("C31117", Some("D916"), "district", [4, 4]),
    ];
    let done = crate::dossiers::import(&office, &items).expect(200).body;
    assert_eq!((&done["created"], &done["notes"]), (&json!(3), &json!([])), "{done}");
    let whole = report(&office, "2021-Q1", "II.06b", "D916");
    let filled = act(&office, &whole, "prefill", json!({})).expect(200).body;
    let received = |row: &str| cell(&filled, row, "received_direct")["value"].as_i64().unwrap_or_default();
    assert_eq!((received("district"), received("commune")), (10, 20), "the four are the district's");
    let behind = records(&city, &whole, "district", "received_direct");
    assert_eq!(behind.iter().map(|record| record["value"].as_i64().unwrap()).sum::<i64>(), 10, "{behind:?}");
    let parts = |told: &Value| {
        let of = |check: &&Value| check["check"] == "parts";
        let checks: Vec<_> = told["checks"].as_array().unwrap().iter().filter(of).cloned().collect();
        checks
            .iter()
            .map(|check| {
                (
                    check["column"].as_str().unwrap().to_owned(),
                    check["expected"].clone(),
                    check["found"].clone(),
                )
            })
            .collect::<Vec<_>>()
    };
    for unit in ["D916", "C31117"] {
        let id = report(&office, "2021-Q1", "II.06a", unit);
        act(&office, &id, "prefill", json!({})).expect(200);
        act(&office, &id, "submit", json!({})).expect(200);
        let before = office.get(&format!("/v1/reports/{whole}")).expect(200).body;
        assert!(parts(&before).contains(&(
            "received_direct".to_owned(),
            json!(if unit == "D916" { 0 } else { 10 }),
            json!(30)
        )));
        act(&office, &id, "accept", json!({})).expect(200);
    }
    let agreed = office.get(&format!("/v1/reports/{whole}")).expect(200).body;
    assert_eq!(parts(&agreed), []);
    let more = json!({ "cells": [
        { "row": "district", "column": "received_direct", "value": 11, "reason": "Hồ sơ giấy" },
        { "row": "district", "column": "pending_in_time", "value": 4, "reason": "Hồ sơ giấy" },
    ] });
    let differs = act(&office, &whole, "save", more).expect(200).body;
    assert_eq!(
        parts(&differs),
        [
            ("received_direct".to_owned(), json!(30), json!(31)),
            ("pending_in_time".to_owned(), json!(3), json!(4)),
        ]
    );
    act(&office, &whole, "submit", json!({})).expect(200);
    let silent = act(&office, &whole, "accept", json!({})).expect(422).body;
    assert_eq!(silent["errors"][0]["code"], "comment_missing");
    act(&office, &whole, "accept", json!({ "comment": "Có hồ sơ giấy" })).expect(200);
    // The report of the city counts the district's dossiers too: a sum has them once.
    let all = report(&office, "2021-Q1", "II.06b", "VPUBND");
    act(&office, &all, "prefill", json!({})).expect(200);
    let sums = || office.get("/v1/reporting-periods/2021-Q1/roll-up?form=II.06b").expect(200).body;
    let received = |sums: &Value| {
        ["district", "commune"].map(|row| {
            let cells = sums["cells"].as_array().unwrap().iter();
            let mut found = cells.filter(|cell| cell["row"] == row && cell["column"] == "received_direct");
            found.next().map_or(0, |cell| cell["value"].as_i64().unwrap())
        })
    };
    assert_eq!((&sums()["included"], received(&sums())), (&json!(["D916"]), [11, 20]));
    act(&office, &all, "submit", json!({})).expect(200);
    act(&office, &all, "accept", json!({ "comment": "Đã xem" })).expect(200);
    assert_eq!((&sums()["included"], received(&sums())), (&json!(["VPUBND"]), [10, 20]));
    let below = format!("/v1/reports/{whole}/cells/commune/received_direct/records");
    assert_eq!(city.login("clerk.d916").get(&below).status, 403, "these are the communes' records");
    city.login("controller.d916").get(&below).expect(200);
}

#[test]
fn figures_of_the_registry_lead_to_its_versions() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let id = report(&office, "2019-Q1", "04/VPCP/KSTT", "VPUBND");
    let filled = act(&office, &id, "prefill", json!({})).expect(200).body;
    let mut seen = 0;
    for column in ["published_new", "published_amended", "published_repealed"] {
        let value = cell(&filled, "total", column)["computed"].as_u64().unwrap();
        let behind = records(&city, &id, "total", column);
        assert_eq!(behind.len() as u64, value, "{column}");
        if let Some(first) = behind.first() {
            office.get(first["href"].as_str().unwrap()).expect(200);
            assert_eq!(first["kind"], "procedure_version");
        }
        seen += value;
    }
    assert!(seen > 0, "{filled}");
}
