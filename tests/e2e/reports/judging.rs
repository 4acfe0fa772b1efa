//! Submitted, sent back, submitted again, accepted, frozen.

use serde_json::json;

use super::{FEEDBACK, SETTLEMENT, accepted, act, attach, cell, report, settled};
use crate::city::City;
use crate::feedback::files::PDF;

#[test]
fn a_report_is_sent_back_corrected_and_accepted_and_the_old_revision_stays() {
    let city = City::new();
    let (head, office) = (city.login("head.sxd"), city.login("controller.vpubnd"));
    let id = report(&head, "2019-Q1", SETTLEMENT, "SXD");
    let mut wrong = settled("Xây dựng", 10, 6, 1);
    wrong["cells"][5]["value"] = json!(9);
    act(&head, &id, "save", wrong).expect(200);
    let sent = act(&head, &id, "submit", json!({})).expect(200).body;
    assert_eq!(
        (&sent["checks"][0]["check"], &sent["checks"][0]["row"]),
        (&json!("balance"), &json!("Xây dựng"))
    );
    let refused = act(&office, &id, "accept", json!({})).expect(422).body;
    assert_eq!(refused["errors"][0]["code"], "check_failed");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("balance / Xây dựng / received_total"));
    assert_eq!(act(&head, &id, "accept", json!({})).status, 403);
    let objection = json!({ "row": "Xây dựng", "column": "pending_in_time", "reason": "Không cân" });
    let back = act(&office, &id, "send-back", json!({ "objections": [objection] })).expect(200).body;
    assert_eq!((&back["state"], &back["revision"]), (&json!("returned"), &json!(2)));
    assert_eq!(back["objections"], json!([objection]));
    act(&head, &id, "save", settled("Xây dựng", 10, 6, 1)).expect(200);
    assert_eq!(act(&head, &id, "submit", json!({})).expect(200).body["state"], "resubmitted");
    let old = head.get(&format!("/v1/reports/{id}?revision=1")).expect(200).body;
    assert_eq!(cell(&old, "Xây dựng", "pending_in_time")["value"], 9);
    assert_eq!(cell(&old, "Xây dựng", "received_total")["value"], 10);
    let taken = act(&office, &id, "accept", json!({})).expect(200).body;
    assert_eq!((&taken["state"], &taken["revision"]), (&json!("accepted"), &json!(2)));
    let page = office.get(&format!("/v1/reports/{id}/ledger")).expect(200).body;
    assert_eq!((&page["state"], &page["unit"]), (&json!("to_enter"), &json!("SXD")));
}

#[test]
fn late_is_told_and_never_refused_and_meets_what_is_owed() {
    let city = City::new();
    let (head, office) = (city.login("head.c31117"), city.login("controller.vpubnd"));
    let id = report(&head, "2019-Q1", SETTLEMENT, "C31117");
    let duty = || {
        let path = "/v1/obligations?unit=C31117&subject=periodic_report:2019-Q1/06/VPCP/KSTT";
        office.get(path).expect(200).body["items"][0].clone()
    };
    assert_eq!((&duty()["state"], &duty()["due_on"]), (&json!("open"), &json!("2019-03-20")));
    city.clock.set("2019-03-21T09:00:00+07:00");
    assert_eq!(
        (&duty()["state"], &head.get(&format!("/v1/reports/{id}")).expect(200).body["late"]),
        (&json!("breached"), &json!(true))
    );
    act(&head, &id, "save", settled("Hộ tịch", 3, 3, 0)).expect(200);
    let sent = act(&head, &id, "submit", json!({})).expect(200).body;
    assert_eq!((&sent["state"], &sent["late"]), (&json!("submitted"), &json!(true)));
    assert_eq!(duty()["state"], "met_late");
    // Its district may judge it; nobody judges their own.
    let district = city.login("controller.d916");
    act(&district, &id, "accept", json!({})).expect(200);
    let own = report(&office, "2019-Q1", SETTLEMENT, "D916");
    act(&office, &own, "save", json!({ "nothing_arose": true })).expect(200);
    act(&office, &own, "submit", json!({})).expect(200);
    assert_eq!(act(&district, &own, "accept", json!({})).status, 409);
}

#[test]
fn a_report_on_paper_is_entered_with_its_arrival() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let id = report(&office, "2019-Q1", SETTLEMENT, "C31153");
    act(&office, &id, "save", settled("Hộ tịch", 3, 3, 0)).expect(200);
    city.clock.set("2019-03-25T09:00:00+07:00");
    let without = json!({ "arrived_at": "2019-03-18T02:00:00Z" });
    assert_eq!(act(&office, &id, "submit", without).expect(422).body["errors"][0]["pointer"], "/arrived_at");
    let long_ago = json!({ "arrival_number": "125", "arrived_at": "0019-03-18T02:00:00Z" });
    assert_eq!(act(&office, &id, "submit", long_ago).expect(422).body["errors"][0]["pointer"], "/arrived_at");
    let paper = json!({ "arrival_number": "125", "arrived_at": "2019-03-18T02:00:00Z" });
    let sent = act(&office, &id, "submit", paper).expect(200).body;
    assert_eq!(
        (&sent["arrival_number"], &sent["late"], &sent["first_submitted_at"]),
        (&json!("125"), &json!(false), &json!("2019-03-18T02:00:00Z"))
    );
}

#[test]
fn the_scan_of_a_paper_stays_with_its_report() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let id = accepted(&city, "2019-Q1", "D916", settled("Hộ tịch", 3, 3, 0));
    let path = format!("/v1/reports/{id}/files");
    let scan = attach(&office, &id, PDF).expect(201).body;
    assert_eq!((&scan["media_type"], &scan["state"]), (&json!("application/pdf"), &json!("not_scanned")));
    assert_eq!(attach(&office, &id, b"MZ\x90").status, 422);
    let (head, clerk, other) =
        (city.login("head.d916"), city.login("clerk.d916"), city.login("controller.sxd"));
    assert_eq!(head.get(&path).expect(200).body["items"], json!([scan]));
    for person in [&head, &clerk, &office] {
        let file = format!("{path}/{}/link", scan["id"].as_str().unwrap());
        let answer = person.post(&file, json!({}));
        // Nothing was searched for malware, so that only those who submit the report may have it.
        if std::ptr::eq(person, &clerk) {
            assert_eq!(answer.status, 409, "{}", answer.text);
            continue;
        }
        let address = answer.expect(200).body["address"].as_str().unwrap().to_owned();
        assert_eq!(city.get(&address).expect(200).text.as_bytes(), PDF);
    }
    assert_eq!((other.get(&path).status, attach(&other, &id, PDF).status), (404, 404));
    assert_eq!(attach(&clerk, &id, PDF).status, 403);
    office.post("/v1/reporting-periods/2019-Q1/freeze", json!({ "reason": "Chốt kỳ" })).expect(200);
    assert_eq!(attach(&office, &id, PDF).status, 409, "a frozen report takes no more");
}

#[test]
fn a_report_that_a_scan_came_with_stays_when_its_unit_merges() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let id = report(&office, "2019-Q2", SETTLEMENT, "D916");
    attach(&office, &id, PDF).expect(201);
    let merger = json!({ "into": "D918", "on": "2019-03-10", "legal_basis": "NQ 2", "reason": "Sắp xếp" });
    let etag = office.get("/v1/units/D916").expect(200).etag();
    office.send("POST", "/v1/units/D916/merge").header("If-Match", &etag).json(merger).answer().expect(200);
    let files = office.get(&format!("/v1/reports/{id}/files")).expect(200).body;
    assert_eq!(files["items"].as_array().unwrap().len(), 1);
    let silent = format!("/v1/reports?period=2019-Q2&form={FEEDBACK}&unit=D916");
    assert_eq!(office.get(&silent).expect(200).body["items"], json!([]), "nothing was said in the others");
}

#[test]
fn what_is_carried_over_is_what_was_left_the_period_before() {
    let city = City::new();
    accepted(&city, "2019-Q1", "SXD", settled("Xây dựng", 10, 7, 0));
    let head = city.login("head.sxd");
    let id = report(&head, "2019-Q2", SETTLEMENT, "SXD");
    let told = act(&head, &id, "save", settled("Xây dựng", 5, 5, 0)).expect(200).body;
    let check = &told["checks"][0];
    assert_eq!(
        (&check["check"], &check["column"], &check["expected"], &check["found"]),
        (&json!("carried_over"), &json!("carried_over"), &json!(3), &json!(0))
    );
    let mut right = settled("Xây dựng", 5, 8, 0);
    right["cells"][2]["value"] = json!(3);
    right["cells"][5]["value"] = json!(0);
    assert_eq!(act(&head, &id, "save", right).expect(200).body["checks"], json!([]));
}

#[test]
fn the_balance_knows_what_is_only_expected() {
    let city = City::new();
    let head = city.login("head.sxd");
    let id = report(&head, "2019-Q1", SETTLEMENT, "SXD");
    let mut table = settled("Xây dựng", 10, 7, 1);
    table["cells"][1]["estimated"] = json!(4);
    let told = act(&head, &id, "save", table.clone()).expect(200).body;
    assert_eq!(
        (&told["checks"][0]["with_estimates"], &told["checks"][0]["expected"]),
        (&json!(true), &json!(10))
    );
    table["cells"][5]["estimated"] = json!(4);
    assert_eq!(act(&head, &id, "save", table).expect(200).body["checks"], json!([]));
}

#[test]
fn a_frozen_period_stays_as_it_is() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let id = accepted(&city, "2019-Q1", "SXD", settled("Xây dựng", 10, 7, 0));
    let sums = || office.get("/v1/reporting-periods/2019-Q1/roll-up?form=06/VPCP/KSTT").expect(200).text;
    let before = sums();
    let path = "/v1/reporting-periods/2019-Q1/freeze";
    assert_eq!(office.post(path, json!({})).expect(422).body["errors"][0]["pointer"], "/reason");
    let done = office.post(path, json!({ "reason": "Hết hạn" })).expect(200).body;
    assert_eq!(done["frozen"], 1);
    assert_eq!(office.post(path, json!({ "reason": "Hết hạn" })).status, 409);
    let other = report(&office, "2019-Q1", SETTLEMENT, "STP");
    assert_eq!(act(&office, &other, "save", settled("Tư pháp", 1, 1, 0)).status, 409);
    assert_eq!(act(&office, &id, "send-back", json!({ "objections": [{ "reason": "x" }] })).status, 409);
    city.clock.set("2020-03-21T09:00:00+07:00");
    assert_eq!(sums(), before, "the same bytes a year later");
}

#[test]
fn the_ledger_of_the_national_system_is_confirmed_by_hand() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let id = accepted(&city, "2019-Q1", "SXD", settled("Xây dựng", 10, 7, 0));
    let path = format!("/v1/reports/{id}/ledger");
    let put = |body: serde_json::Value| {
        let etag = office.get(&path).expect(200).etag();
        office.send("PUT", &path).header("If-Match", &etag).json(body).answer()
    };
    let pointers = put(json!({ "state": "entered" })).expect(422).body["errors"].clone();
    assert_eq!(
        (&pointers[0]["pointer"], &pointers[1]["pointer"]),
        (&json!("/national_code"), &json!("/entered_at"))
    );
    assert_eq!(put(json!({ "state": "blocked" })).expect(422).body["errors"][0]["pointer"], "/missing");
    let entered =
        json!({ "state": "entered", "national_code": "BC-7", "entered_at": "2019-03-04T00:30:00Z" });
    assert_eq!(put(entered).expect(200).body["national_code"], "BC-7");
    assert_eq!(
        office.get("/v1/report-ledger?state=entered").expect(200).body["items"][0]["report_id"],
        json!(id)
    );
    assert_eq!(city.login("head.sxd").get(&path).status, 403);
}
