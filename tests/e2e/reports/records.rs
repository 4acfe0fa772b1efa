//! The records behind a figure: those that the lists have, for whoever may read them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{act, cell, report};
use crate::city::{City, Person};
use crate::feedback::transferred;
use crate::obligations::open_term;

/// Publishes a form T of departments whose only row is the whole, a column for each measure, and opens 2019 by it.
fn publish(city: &City, columns: &[(&str, &str)]) {
    let words = |text: &str| json!({ "vi": text, "en": text });
    let column = |(at, &(code, measure)): (usize, &(&str, &str))| json!({ "code": code, "number": at + 1, "title": words(code), "kind": "count", "source": [measure] });
    let columns: Vec<Value> = columns.iter().enumerate().map(column).collect();
    let form = json!({ "code": "T", "regime": "2019", "title": words("T"), "certainty": "seen", "basis": [{ "document": "T" }],
        "reporters": ["department"], "periods": ["quarter"], "rows": "total", "columns": columns });
    let body = json!({ "valid_from": "2019-03-05", "reason": "Thử", "form": form });
    city.login("admin.vpubnd").put("/v1/report-forms/T", body).expect(200);
    let office = city.login("controller.vpubnd");
    office.post("/v1/reporting-periods/open-year", json!({ "year": 2019 })).expect(200);
}

/// The ids of what is listed.
fn listed(person: &Person<'_>, path: &str) -> HashSet<String> {
    let page = person.get(path).expect(200).body;
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_suspended_is_overdue_neither_in_a_report_nor_in_a_list() {
    let city = City::new();
    publish(&city, &[("overdue", "obligations.overdue")]);
    let office = city.login("controller.vpubnd");
    city.clock.set("2019-04-02T09:00:00+07:00");
    let [suspended, over] = [0, 1].map(|_| open_term(&city, "K-12", "SXD", "2019-04-01T02:00:00Z"));
    let path = format!("/v1/obligations/{suspended}");
    let etag = office.get(&path).expect(200).etag();
    let why = json!({ "reason": "Chờ bổ sung" });
    office.send("POST", &format!("{path}/suspend")).header("If-Match", &etag).json(why).answer().expect(200);
    city.clock.set("2019-04-22T09:00:00+07:00");
    let breached = listed(
        &office,
        "/v1/obligations?unit=SXD&overdue=true&due_from=2019-04-01&due_before=2019-07-01&limit=200",
    );
    assert!(breached.contains(&over) && !breached.contains(&suspended), "{breached:?}");
    let id = report(&office, "2019-Q2", "T", "SXD");
    let filled = act(&office, &id, "prefill", json!({})).expect(200).body;
    assert_eq!(cell(&filled, "total", "overdue")["value"], breached.len());
    let behind = format!("/v1/reports/{id}/cells/total/overdue/records?limit=200");
    assert_eq!(listed(&office, &behind), breached);
}

#[test]
fn records_of_another_room_are_for_whoever_reads_that_room() {
    let city = City::new();
    publish(&city, &[("received", "feedback.received"), ("overdue", "obligations.overdue")]);
    city.clock.set("2019-04-02T09:00:00+07:00");
    for _ in 0..3 {
        transferred(&city, "regulation", "SXD");
    }
    let over = open_term(&city, "K-12", "SXD", "2019-04-01T02:00:00Z");
    city.clock.set("2019-04-22T09:00:00+07:00");
    let (admin, head) = (city.login("admin.vpubnd"), city.login("head.sxd"));
    let id = report(&head, "2019-Q2", "T", "SXD");
    let path = |column: &str| format!("/v1/reports/{id}/cells/total/{column}/records");
    let scopes = json!({ "name": "Đọc báo cáo", "scopes": ["reports.read"] });
    let made = admin.post("/v1/clients", scopes).expect(201).body;
    let asked = json!({ "grant_type": "client_credentials", "client_id": made["client"]["id"],
        "client_secret": made["client_secret"] });
    let client = Person { city: &city, tokens: city.post("/v1/auth/token", asked).expect(200).body };
    client.get(&format!("/v1/reports/{id}")).expect(200);
    assert_eq!(["received", "overdue"].map(|column| client.get(&path(column)).status), [403, 403]);
    assert_eq!(admin.get(&path("received")).status, 403, "who keeps accounts reads no feedback");
    assert!(listed(&admin, &path("overdue")).contains(&over));
    // Officers of the control office read feedback of their own alone, and reports of all.
    assert_eq!(listed(&city.login("officer.vpubnd"), &path("received")), HashSet::new());
    assert_eq!(listed(&head, &path("received")).len(), 3);
    assert!(listed(&head, &path("overdue")).contains(&over));
    let mut page = head.get(&format!("{}?limit=2", path("received"))).expect(200).body;
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let cursor = page["next_cursor"].take();
    let further = format!("{}?limit=2&cursor={}", path("received"), cursor.as_str().unwrap());
    page = head.get(&further).expect(200).body;
    assert_eq!((page["items"].as_array().unwrap().len(), &page["next_cursor"]), (1, &Value::Null));
}
