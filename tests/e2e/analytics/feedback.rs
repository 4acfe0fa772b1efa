//! Feedback by units, classes and months.

use diesel::RunQueryDsl;
use serde_json::{Value, json};

use super::{ask, figure, listed, of_2019, told};
use crate::city::City;
use crate::feedback::{act, answered, letter, send, transferred};

/// Two items with SXD, one of them answered late, one each with D916 and C31117, and one that was withdrawn.
fn season(city: &City) -> [String; 5] {
    let first = transferred(city, "conduct", "SXD");
    let second = transferred(city, "regulation", "SXD");
    let third = transferred(city, "conduct", "D916");
    let fourth = transferred(city, "conduct", "C31117");
    let fifth = send(city, letter());
    fifth.act(city, "withdraw", json!({ "reason": "Đã được giải quyết." })).expect(200);
    city.clock.set("2019-03-14T08:00:00+07:00");
    answered(city, &first.code);
    city.clock.set("2019-05-06T08:00:00+07:00");
    answered(city, &second.code);
    [first, second, third, fourth, fifth].map(|receipt| receipt.code)
}

#[test]
fn figures_are_as_long_as_the_lists_they_lead_to() {
    let city = City::new();
    season(&city);
    let office = city.login("controller.vpubnd");
    let by_state = told(&office, of_2019("feedback_received", &["state"], json!({})));
    assert_eq!(by_state["total"], json!(listed(&office, "/v1/feedback?limit=200")));
    assert!(by_state["rows"].as_array().unwrap().len() >= 3, "{by_state}");
    for row in by_state["rows"].as_array().unwrap() {
        let state = row["keys"]["state"].as_str().unwrap();
        assert_eq!(row["value"], json!(listed(&office, &format!("/v1/feedback?state={state}"))), "{state}");
    }
    let by_unit = told(&office, of_2019("feedback_received", &["unit", "class"], json!({})));
    for unit in ["SXD", "D916", "C31117"] {
        let narrowed =
            told(&office, of_2019("feedback_received", &[], json!({ "unit": unit, "level": "city" })));
        let list = listed(&office, &format!("/v1/feedback?unit={unit}&class=conduct"));
        assert_eq!(figure(&by_unit, json!({ "unit": unit, "class": "conduct" })), json!(list), "{unit}");
        assert_eq!(narrowed["total"], json!(if unit == "SXD" { 2 } else { 0 }));
    }
    let overdue = told(&office, of_2019("feedback_overdue", &["month"], json!({})));
    let list = listed(&office, "/v1/feedback?overdue=true");
    assert!(list >= 2);
    assert_eq!(overdue["total"], json!(list));
}

#[test]
fn answers_are_counted_by_their_day_with_the_days_they_took() {
    let city = City::new();
    let codes = season(&city);
    let office = city.login("controller.vpubnd");
    let answered = told(&office, of_2019("feedback_answered", &["month"], json!({})));
    let rows: Vec<Value> = answered["rows"].as_array().unwrap().clone();
    assert_eq!(
        rows,
        [
            json!({ "keys": { "month": "2019-03" }, "value": 1 }),
            json!({ "keys": { "month": "2019-05" }, "value": 1 })
        ]
    );
    let total = |measure: &str| told(&office, of_2019(measure, &[], json!({})))["total"].clone();
    assert_eq!(total("feedback_answered_on_time"), json!(1));
    assert_eq!(total("feedback_on_time_ratio"), json!(50.0));
    // 10 and 63 days.
    assert_eq!(total("feedback_days_to_answer"), json!(36.5));
    assert_eq!(total("feedback_days_to_answer_p50"), json!(10));
    assert_eq!(total("feedback_days_to_answer_p90"), json!(63));
    assert_eq!(total("feedback_satisfied_ratio"), Value::Null, "nobody has said so");
    let levels = told(&office, of_2019("feedback_on_time_ratio", &["level"], json!({})));
    assert_eq!(figure(&levels, json!({ "level": "city" })), json!(50.0));
    // Opened again, it is not answered any more.
    act(&office, &codes[0], "close", json!({})).expect(200);
    act(&office, &codes[0], "reopen", json!({ "text": "Đề nghị xem lại." })).expect(200);
    assert_eq!(total("feedback_answered"), json!(1));
}

#[test]
fn votes_are_told_as_a_share() {
    let city = City::new();
    let (first, second) = (transferred(&city, "conduct", "SXD"), transferred(&city, "conduct", "SXD"));
    let office = city.login("controller.vpubnd");
    for (receipt, satisfied) in [(&first, true), (&second, false)] {
        answered(&city, &receipt.code);
        act(&office, &receipt.code, "close", json!({})).expect(200);
        receipt.act(&city, "vote", json!({ "satisfied": satisfied })).expect(200);
    }
    let ratio = told(&office, of_2019("feedback_satisfied_ratio", &["unit"], json!({})));
    assert_eq!(ratio["total"], json!(50.0));
    assert_eq!(figure(&ratio, json!({ "unit": "SXD" })), json!(50.0));
}

#[test]
fn an_item_counts_once_however_it_is_split_and_follows_its_receipt() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "mixed" })).expect(200);
    let parts = json!([{ "class": "conduct", "unit": "C31117" }, { "class": "regulation", "unit": "SXD" }]);
    act(&office, &receipt.code, "split", json!({ "parts": parts })).expect(200);
    let months = |office: &crate::city::Person<'_>| {
        told(office, of_2019("feedback_received", &["month", "unit"], json!({})))
    };
    let before = months(&office);
    assert_eq!(before["total"], json!(1));
    assert_eq!(figure(&before, json!({ "month": "2019-03", "unit": "C31117" })), json!(1));
    let corrected = json!({ "received_at": "2019-02-27T17:30:00Z", "dry_run": false, "reason": "Dấu đến ghi ngày 28/02" });
    act(&office, &receipt.code, "correct-receipt", corrected).expect(200);
    // Half past midnight of the 28th in Vietnam.
    let day = |from: &str, to: &str| {
        let query = json!({ "measure": "feedback_received", "from": from, "to": to });
        told(&office, query)["total"].clone()
    };
    assert_eq!((day("2019-02-28", "2019-02-28"), day("2019-02-27", "2019-02-27")), (json!(1), json!(0)));
    assert_eq!(figure(&months(&office), json!({ "month": "2019-02", "unit": "C31117" })), json!(1));
}

#[test]
fn everyone_counts_what_they_see_and_nothing_else() {
    let city = City::new();
    season(&city);
    let query = of_2019("feedback_received", &["unit"], json!({}));
    let units = |username: &str| {
        let result = told(&city.login(username), query.clone());
        let rows = result["rows"].as_array().unwrap().clone();
        let mut units: Vec<String> =
            rows.iter().map(|row| row["keys"]["unit"].as_str().unwrap().to_owned()).collect();
        units.sort();
        (units, result["total"].clone())
    };
    assert_eq!(units("officer.sxd"), (vec!["SXD".to_owned()], json!(2)));
    assert_eq!(units("head.d916"), (vec!["C31117".to_owned(), "D916".to_owned()], json!(2)));
    assert_eq!(units("clerk.c31117"), (vec!["C31117".to_owned()], json!(1)));
    assert_eq!(units("controller.vpubnd").1, json!(5));
    let head = city.login("head.d916");
    let of = |unit: &str| ask(&head, of_2019("feedback_received", &[], json!({ "unit": unit })));
    assert_eq!(of("SXD").status, 403);
    assert_eq!(of("VPUBND").status, 403);
    assert_eq!(of("D916").expect(200).body["results"]["q"]["total"], json!(2), "with those below");
    assert_eq!(of("C31117").expect(200).body["results"]["q"]["total"], json!(1));
    let procedures = ask(&head, of_2019("procedures_in_force", &[], json!({ "unit": "SXD" })));
    assert_eq!(procedures.status, 403, "also where it would not apply");
}

#[test]
fn heirs_count_what_they_inherited() {
    let city = City::new();
    transferred(&city, "conduct", "C31120");
    let admin = city.login("admin.vpubnd");
    city.clock.set("2019-05-06T08:00:00+07:00");
    let etag = admin.get("/v1/units/C31120").expect(200).etag();
    let merge = json!({ "on": "2019-05-01", "legal_basis": "NQ 1", "into": "C31117" });
    admin.send("POST", "/v1/units/C31120/merge").header("If-Match", &etag).json(merge).answer().expect(200);
    let clerk = city.login("clerk.c31117");
    for filters in [json!({}), json!({ "unit": "C31117" }), json!({ "unit": "C31120" })] {
        let result = told(&clerk, of_2019("feedback_received", &["unit"], filters.clone()));
        assert_eq!(figure(&result, json!({ "unit": "C31120" })), json!(1), "{filters}: {result}");
    }
}

#[test]
fn a_window_stands_beside_another() {
    let city = City::new();
    transferred(&city, "conduct", "SXD");
    city.clock.set("2019-04-10T08:00:00+07:00");
    transferred(&city, "conduct", "SXD");
    transferred(&city, "conduct", "D916");
    let office = city.login("controller.vpubnd");
    let april = |dimensions: &[&str], compare: &str| {
        let query = json!({ "measure": "feedback_received", "dimensions": dimensions, "from": "2019-04-01",
            "to": "2019-04-30", "compare": compare });
        told(&office, query)
    };
    let months = april(&["unit", "month"], "previous");
    assert_eq!(months["compared"], json!({ "from": "2019-03-01", "to": "2019-03-31", "total": 1 }));
    assert_eq!(
        months["rows"],
        json!([
            { "keys": { "unit": "D916", "month": "2019-04" }, "value": 1, "compared": 0 },
            { "keys": { "unit": "SXD", "month": "2019-04" }, "value": 1, "compared": 1 },
        ])
    );
    let year = april(&["unit"], "last_year");
    assert_eq!(year["compared"], json!({ "from": "2018-04-01", "to": "2018-04-30", "total": 0 }));
    assert_eq!(year["rows"][0]["compared"], json!(0));
}

#[test]
fn what_was_known_on_a_day_is_told_where_it_can_be() {
    let city = City::new();
    season(&city);
    let office = city.login("controller.vpubnd");
    let ask = |as_of: &str| {
        let queries = json!({
            "received": of_2019("feedback_received", &[], json!({})),
            "answered": of_2019("feedback_answered", &[], json!({})),
            "overdue": of_2019("feedback_overdue", &[], json!({})),
            "by_state": of_2019("feedback_received", &["state"], json!({})),
            "dossiers": of_2019("dossiers_received", &[], json!({})),
        });
        office.post("/v1/analytics/query", json!({ "queries": queries, "as_of": as_of })).expect(200).body
    };
    let then = ask("2019-04-01");
    assert_eq!(then["as_of"], json!("2019-04-01"));
    let of = |answers: &Value, name: &str| answers["results"][name]["total"].clone();
    assert_eq!([of(&then, "received"), of(&then, "answered")], [json!(5), json!(1)]);
    assert_eq!(of(&then, "overdue"), json!(3), "of four items, one was answered");
    assert_eq!(then["results"]["answered"]["applied_filters"], json!(["as_of"]));
    for name in ["by_state", "dossiers"] {
        assert_eq!(then["results"][name]["ignored_filters"], json!(["as_of"]), "{name}");
        assert_eq!(then["results"][name]["as_of"], json!("2019-05-06"), "{name}");
    }
    assert_eq!(of(&ask("2019-03-03"), "received"), json!(0));
    let today = ask("2030-01-01");
    assert_eq!((today["as_of"].clone(), of(&today, "answered")), (json!("2019-05-06"), json!(2)));
}

#[test]
fn items_of_an_older_program_are_counted_after_the_upgrade() {
    let city = City::new();
    season(&city);
    let office = city.login("controller.vpubnd");
    let asked = || {
        let of = |measure| told(&office, of_2019(measure, &["unit", "month"], json!({})));
        [of("feedback_received"), of("feedback_days_to_answer"), of("feedback_overdue")]
    };
    let before = asked();
    let lose = |what: &str| {
        city.app
            .db
            .write(|conn| {
                for statement in
                    [what, "UPDATE registry_revision SET revision = 0 WHERE name = 'feedback_facts'"]
                {
                    diesel::sql_query(statement).execute(conn)?;
                }
                Ok::<_, kstt_persistence::Error>(())
            })
            .unwrap();
    };
    lose("DELETE FROM feedback_facts");
    assert_eq!(asked()[0]["total"], json!(0));
    city.work_once();
    assert_eq!(asked(), before);
    lose("UPDATE feedback_facts SET received_month = NULL, answered_month = NULL");
    let refused = ask(&office, of_2019("feedback_received", &["month"], json!({})));
    assert_eq!(refused.code(), "unavailable", "rather than too small a figure");
    told(&office, of_2019("dossiers_received", &["month"], json!({})));
    city.work_once();
    assert_eq!(asked(), before);
}
