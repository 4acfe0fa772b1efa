//! How to send each operation about what a unit owes; the city committee owes neither plan nor report.

use serde_json::{Value, json};

use super::STALE;
use crate::city::{Answer, Person};

const ABOUT_ONE: &[&str] = &[
    "getObligation",
    "explainObligation",
    "assignObligation",
    "meetObligation",
    "cancelObligation",
    "suspendObligation",
    "resumeObligation",
    "correctObligationTrigger",
];

pub fn is_about_one(id: &str) -> bool {
    ABOUT_ONE.contains(&id)
}

/// Sends an operation about an obligation.
pub fn send(person: &Person<'_>, duty: &str, id: &str) -> Option<Answer> {
    let path = format!("/v1/obligations/{duty}");
    let change = |verb: &str, body: Value| {
        person.send("POST", &format!("{path}/{verb}")).header("If-Match", STALE).json(body).answer()
    };
    Some(match id {
        "getObligation" => person.get(&path),
        "explainObligation" => person.get(&format!("{path}/explanation")),
        "assignObligation" => change("assign", json!({ "officer_id": null })),
        "meetObligation" => change("meet", json!({ "note": "Số 1" })),
        "cancelObligation" | "suspendObligation" | "resumeObligation" => {
            change(id.trim_end_matches("Obligation"), json!({ "reason": "thử" }))
        }
        "correctObligationTrigger" => change(
            "correct-trigger",
            json!({ "trigger_at": "2019-03-01T01:00:00Z", "dry_run": true, "reason": "thử" }),
        ),
        _ => return None,
    })
}
