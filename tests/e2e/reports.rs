//! Periodic reports: from the records to the city's figures.

mod filling;
mod forms;
mod judging;
mod periods;
mod records;
mod sums;

use serde_json::{Value, json};

use crate::city::{Answer, City, Person};

/// The form of feedback in force in 2019, and that of settlement.
pub const FEEDBACK: &str = "05/VPCP/KSTT";
pub const SETTLEMENT: &str = "06/VPCP/KSTT";

/// The id of a unit's report.
pub fn report(person: &Person<'_>, period: &str, form: &str, unit: &str) -> String {
    let path = format!("/v1/reports?period={period}&form={form}&unit={unit}");
    let page = person.get(&path).expect(200).body;
    page["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{unit} owes no {form} for {period}")).to_owned()
}

/// Does something to a report under its present version.
pub fn act(person: &Person<'_>, id: &str, verb: &str, body: Value) -> Answer {
    let etag = person.get(&format!("/v1/reports/{id}")).expect(200).etag();
    person.send("POST", &format!("/v1/reports/{id}/{verb}")).header("If-Match", &etag).json(body).answer()
}

/// Sends a scan to a report.
pub fn attach(person: &Person<'_>, id: &str, content: &[u8]) -> Answer {
    let path = format!("/v1/reports/{id}/files?name=bao-cao.pdf");
    person.send("POST", &path).bytes("application/pdf", content.to_vec()).answer()
}

/// One cell of a report.
pub fn cell(report: &Value, row: &str, column: &str) -> Value {
    let cells = report["cells"].as_array().unwrap();
    cells.iter().find(|cell| cell["row"] == row && cell["column"] == column).cloned().unwrap_or(Value::Null)
}

/// A table of settlement whose rows balance.
pub fn settled(row: &str, received: i64, on_time: i64, late: i64) -> Value {
    let pending = received - on_time - late;
    let value = |column: &str, value: i64| json!({ "row": row, "column": column, "value": value });
    json!({ "cells": [
        value("received_online", 0), value("received_direct", received), value("carried_over", 0),
        value("settled_on_time", on_time), value("settled_late", late),
        value("pending_in_time", pending), value("pending_overdue", 0),
    ] })
}

/// Brings a report of settlement to its acceptance.
pub fn accepted(city: &City, period: &str, unit: &str, table: Value) -> String {
    let office = city.login("controller.vpubnd");
    let id = report(&office, period, SETTLEMENT, unit);
    act(&office, &id, "save", table).expect(200);
    act(&office, &id, "submit", json!({})).expect(200);
    act(&office, &id, "accept", json!({ "comment": "Đã xem" })).expect(200);
    id
}
