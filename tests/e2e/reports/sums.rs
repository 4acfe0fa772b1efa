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
    assert_eq!(cell["origins"][0], json!({ "unit": "C31117", "report": first, "revision": 1, "value": 1 }));
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
}
