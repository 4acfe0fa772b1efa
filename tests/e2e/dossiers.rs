//! Dossiers: counts of them, as one-stop systems supply them.

mod corrections;
mod imports;
mod lists;
mod sights;
mod sums;

use serde_json::{Value, json};

use crate::city::{Answer, City, Person};

/// Counts that agree with one another.
pub fn counts() -> Value {
    json!({ "received": 120,
        "by_status": { "in_process": 20, "supplement_requested": 3, "settled": 4, "result_returned": 100 },
        "early": 60, "on_time": 40, "late": 4, "in_time": 21, "overdue": 2,
        "late_causes": { "staff": 4, "coordination": 2 } })
}

/// The record of a unit and period.
pub fn record(unit: &str, period: &str) -> Value {
    json!({ "unit": unit, "field": "Hộ tịch", "level": "district", "channel": "online", "period": period,
        "counts": counts() })
}

pub fn import(person: &Person<'_>, items: &[Value]) -> Answer {
    person.post("/v1/dossier-counts/import", json!({ "source": "Một cửa điện tử", "items": items }))
}

/// An import that gives its reason for corrections.
fn correcting(person: &Person<'_>, items: &[Value]) -> Answer {
    let body = json!({ "source": "Một cửa điện tử", "reason": "Đối chiếu sổ", "items": items });
    person.post("/v1/dossier-counts/import", body)
}

/// Created, unchanged, corrected, and how many faults were told.
fn summary(answer: &Answer) -> (u64, u64, u64, usize) {
    let count = |name: &str| answer.body[name].as_u64().unwrap_or_else(|| panic!("{}", answer.text));
    (
        count("created"),
        count("unchanged"),
        count("corrected"),
        answer.body["refused"].as_array().unwrap().len(),
    )
}

/// Stores a record and answers its id.
pub fn stored(city: &City, unit: &str, period: &str) -> String {
    let office = city.login("controller.vpubnd");
    let report = import(&office, &[record(unit, period)]).expect(200);
    assert_eq!(report.body["refused"], json!([]));
    let page = office.get(&format!("/v1/dossier-counts?unit={unit}&limit=1")).expect(200);
    page.body["items"][0]["id"].as_str().unwrap().to_owned()
}

pub fn path(id: &str) -> String {
    format!("/v1/dossier-counts/{id}")
}

/// Corrects a record under its present version.
pub fn correct(person: &Person<'_>, id: &str, counts: Value) -> Answer {
    let etag = person.get(&path(id)).expect(200).etag();
    let body = json!({ "counts": counts, "reason": "Đối chiếu sổ" });
    person.send("PUT", &path(id)).header("If-Match", &etag).json(body).answer()
}

/// How an operation is done once, so that it succeeds.
pub fn recipe<'c>(city: &'c City, id: &str) -> Option<Box<dyn Fn() -> Answer + 'c>> {
    let office = city.login("controller.vpubnd");
    let once: Box<dyn Fn() -> Answer + 'c> = match id {
        "importDossierCounts" => Box::new(move || import(&office, &[record("SXD", "2019-02")])),
        "correctDossierCount" => {
            let id = stored(city, "SXD", "2019-02");
            let mut other = counts();
            other["received"] = json!(119);
            Box::new(move || correct(&office, &id, other.clone()))
        }
        _ => return None,
    };
    Some(once)
}
