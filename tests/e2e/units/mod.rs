//! Units in time: the counts the law gives, reshaping with its rehearsal, focal officers, refusals.

mod changing;
mod focal;
mod reading;
mod reshaping;

use serde_json::{Value, json};

use crate::city::{Answer, Person};

/// `POST` with the present `ETag` of a unit in `If-Match`.
fn change(who: &Person<'_>, code: &str, path: &str, content: Value) -> Answer {
    let etag = who.get(&format!("/v1/units/{code}")).etag();
    who.send("POST", path).header("If-Match", &etag).json(content).answer()
}

/// Creates a commune below a district; it exists from 2018 on.
fn commune(who: &Person<'_>, code: &str, parent: &str) {
    let content = json!({
        "code": code, "kind": "commune", "subtype": "phường", "name": format!("UBND phường {code}"),
        "short_name": code, "parent_code": parent, "valid_from": "2018-01-01", "legal_basis": "QĐ 1",
    });
    who.post("/v1/units", content).expect(201);
}

/// The codes of a list of units, or of codes.
fn codes(items: &Value) -> Vec<&str> {
    items
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["code"].as_str().or(item.as_str()))
        .collect()
}

/// Pointer and code of every fault of a refusal.
fn faults(body: &Value) -> Vec<(&str, &str)> {
    let each = body["errors"].as_array().into_iter().flatten();
    each.filter_map(|fault| Some((fault["pointer"].as_str()?, fault["code"].as_str()?))).collect()
}
