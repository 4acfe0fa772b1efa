//! Each operation on reports once, so that it succeeds.

use serde_json::json;

use super::audit_rows;
use crate::city::{Answer, City, Person};
use crate::feedback::files::PDF;
use crate::reports::{SETTLEMENT, accepted, act, attach, report, settled};

/// None: it is not about reports.
pub fn perform(city: &City, id: &str) -> Option<(i64, Answer)> {
    let (office, head) = (city.login("controller.vpubnd"), city.login("head.sxd"));
    let counted = |request: &dyn Fn() -> Answer| Some((audit_rows(city), request()));
    let step = |person: &Person<'_>, report: &str, verb: &str, body: serde_json::Value| {
        Some((audit_rows(city), act(person, report, verb, body)))
    };
    let owed = || report(&head, "2019-Q1", SETTLEMENT, "SXD");
    let submitted = || {
        let id = owed();
        act(&head, &id, "save", settled("Xây dựng", 2, 2, 0)).expect(200);
        act(&head, &id, "submit", json!({})).expect(200);
        id
    };
    match id {
        "prefillReport" => step(&head, &owed(), "prefill", json!({})),
        "saveReport" => step(&head, &owed(), "save", json!({ "nothing_arose": true })),
        "submitReport" => {
            let id = owed();
            act(&head, &id, "save", json!({ "nothing_arose": true })).expect(200);
            step(&head, &id, "submit", json!({}))
        }
        "sendReportBack" => {
            step(&office, &submitted(), "send-back", json!({ "objections": [{ "reason": "Lệch" }] }))
        }
        "acceptReport" => step(&office, &submitted(), "accept", json!({})),
        "attachToReport" => {
            let id = owed();
            counted(&|| attach(&head, &id, PDF))
        }
        "linkReportFile" => {
            let id = owed();
            let file = attach(&head, &id, PDF).expect(201).body["id"].as_str().unwrap().to_owned();
            counted(&|| head.post(&format!("/v1/reports/{id}/files/{file}/link"), json!({})))
        }
        "setReportLedger" => {
            let id = accepted(city, "2019-Q1", "SXD", settled("Xây dựng", 2, 2, 0));
            let path = format!("/v1/reports/{id}/ledger");
            let etag = office.get(&path).expect(200).etag();
            let body = json!({ "state": "blocked", "missing": "Mã đơn vị" });
            counted(&|| office.send("PUT", &path).header("If-Match", &etag).json(body.clone()).answer())
        }
        "freezeReportingPeriod" => {
            counted(&|| office.post("/v1/reporting-periods/2019-Q1/freeze", json!({ "reason": "Hết hạn" })))
        }
        "openReportingYear" => {
            counted(&|| office.post("/v1/reporting-periods/open-year", json!({ "year": 2020 })))
        }
        "requestAdHocReport" => counted(&|| {
            let asked = json!({ "title": "T", "forms": [SETTLEMENT], "units": ["SXD"], "data_from": "2019-01-01",
                "data_to": "2019-02-01", "due_on": "2019-03-15" });
            office.post("/v1/reporting-periods", asked)
        }),
        "publishReportForm" => {
            let shipped = city.get("/v1/report-forms/08-VPCP-KSTT/versions").expect(200);
            let form = shipped.body["items"][0]["form"].clone();
            let body = json!({ "valid_from": "2020-01-01", "reason": "Sửa", "form": form });
            counted(&|| city.login("admin.vpubnd").put("/v1/report-forms/08-VPCP-KSTT", body.clone()))
        }
        _ => None,
    }
}
