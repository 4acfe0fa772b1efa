//! The walk over dossiers: each unit has given counts.

use serde_json::json;

use super::STALE;
use crate::city::{Answer, Person};
use crate::dossiers::{counts, import, path, record};

/// Operations about one record.
const ABOUT_ONE: &[&str] = &["getDossierCount", "correctDossierCount"];

pub fn is_about_one(id: &str) -> bool {
    ABOUT_ONE.contains(&id)
}

/// Sends an operation of the room; `count` is the record of a unit.
pub fn send(person: &Person<'_>, count: &str, id: &str, unit: &str) -> Option<Answer> {
    Some(match id {
        "listDossierCounts" => person.get("/v1/dossier-counts"),
        "exportDossierCounts" => person.get("/v1/dossier-counts/export?format=ndjson"),
        "importDossierCounts" => import(person, &[record(unit, "2019-01")]),
        "getDossierCount" => person.get(&path(count)),
        "correctDossierCount" => {
            let body = json!({ "counts": counts(), "reason": "thử" });
            person.send("PUT", &path(count)).header("If-Match", STALE).json(body).answer()
        }
        _ => return None,
    })
}
