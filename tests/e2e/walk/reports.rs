//! How to send each operation on reports.

use serde_json::json;

use super::STALE;
use crate::city::{Answer, Person};
use crate::feedback::files::PDF;
use crate::reports::attach;

/// The first report of the year of a unit, by the form of feedback; accepted, so that it has a page of the ledger.
pub fn of_unit(office: &Person<'_>, unit: &str) -> Option<String> {
    let path = format!("/v1/reports?period=2019-Q1&form=05/VPCP/KSTT&unit={unit}");
    let id = office.get(&path).expect(200).body["items"][0]["id"].as_str()?.to_owned();
    for (verb, body) in [
        ("save", json!({ "nothing_arose": true })),
        ("submit", json!({})),
        ("accept", json!({ "comment": "x" })),
    ] {
        crate::reports::act(office, &id, verb, body).expect(200);
    }
    attach(office, &id, PDF).expect(201);
    Some(id)
}

const ABOUT_ONE: &[&str] = &[
    "getReport",
    "prefillReport",
    "saveReport",
    "submitReport",
    "sendReportBack",
    "acceptReport",
    "listReportCellRecords",
    "exportReport",
    "getReportLedger",
    "setReportLedger",
    "attachToReport",
    "listReportFiles",
    "linkReportFile",
];

const ABOUT_ALL: &[&str] = &[
    "listReports",
    "publishReportForm",
    "listReportingPeriods",
    "getReportingPeriod",
    "openReportingYear",
    "requestAdHocReport",
    "getReportingPeriodStatus",
    "freezeReportingPeriod",
    "rollUpReports",
    "exportRollUp",
    "getReportBook",
    "listReportLedger",
];

/// Whether an operation is about the report of one unit.
pub fn is_about_one(id: &str) -> bool {
    ABOUT_ONE.contains(&id)
}

/// Whether an operation is about all reports that one sees.
pub fn is_about_all(id: &str) -> bool {
    ABOUT_ALL.contains(&id)
}

/// Sends an operation about a report.
pub fn send(person: &Person<'_>, report: &str, id: &str) -> Option<Answer> {
    let act = |verb: &str, body| {
        let path = format!("/v1/reports/{report}/{verb}");
        person.send("POST", &path).header("If-Match", STALE).json(body).answer()
    };
    let get = |rest: &str| person.get(&format!("/v1/reports/{report}{rest}"));
    let period = |rest: &str| person.get(&format!("/v1/reporting-periods/2019-Q1{rest}"));
    Some(match id {
        "getReport" => get(""),
        "prefillReport" => act("prefill", json!({})),
        "saveReport" => act("save", json!({})),
        "submitReport" => act("submit", json!({})),
        "sendReportBack" => act("send-back", json!({ "objections": [{ "reason": "x" }] })),
        "acceptReport" => act("accept", json!({ "comment": "x" })),
        "listReportCellRecords" => get("/cells/total/transferred/records"),
        "exportReport" => get("/export?format=csv"),
        "getReportLedger" => get("/ledger"),
        "setReportLedger" => {
            let path = format!("/v1/reports/{report}/ledger");
            person.send("PUT", &path).header("If-Match", STALE).json(json!({ "state": "to_enter" })).answer()
        }
        "attachToReport" => attach(person, report, PDF),
        "listReportFiles" => get("/files"),
        "linkReportFile" => {
            let files = get("/files").body;
            let file = files["items"][0]["id"].as_str().unwrap_or_default().to_owned();
            person.post(&format!("/v1/reports/{report}/files/{file}/link"), json!({}))
        }
        "listReports" => person.get("/v1/reports?limit=1"),
        "publishReportForm" => person.put(
            "/v1/report-forms/T",
            json!({ "valid_from": "2020-01-01", "reason": "x", "form": { "code": "T", "regime": "2019",
                "title": { "vi": "T", "en": "T" }, "certainty": "unverified", "basis": [], "reporters": ["office"],
                "periods": ["year"], "rows": "total" } }),
        ),
        "listReportingPeriods" => person.get("/v1/reporting-periods?year=2019"),
        "getReportingPeriod" => period(""),
        "openReportingYear" => person.post("/v1/reporting-periods/open-year", json!({ "year": 2019 })),
        "requestAdHocReport" => person.post(
            "/v1/reporting-periods",
            json!({ "title": "T", "forms": ["05/VPCP/KSTT"], "units": ["SXD"], "data_from": "2019-01-01",
                "data_to": "2019-02-01", "due_on": "2019-03-15" }),
        ),
        "getReportingPeriodStatus" => period("/status"),
        "freezeReportingPeriod" => person.post("/v1/reporting-periods/2019-Q2/freeze", json!({})),
        "rollUpReports" => period("/roll-up?form=05/VPCP/KSTT"),
        "exportRollUp" => period("/roll-up/export?format=csv&form=05/VPCP/KSTT"),
        "getReportBook" => period("/book"),
        "listReportLedger" => person.get("/v1/report-ledger"),
        _ => return None,
    })
}
