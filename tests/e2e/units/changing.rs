//! Creating and renaming units, and who may.

use serde_json::{Value, json};

use super::{change, faults};
use crate::city::City;

#[test]
fn a_created_unit_can_be_read_and_its_code_is_taken() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let wanted = json!({
        "code": "TTHCC", "kind": "centre", "subtype": "trung tâm", "name": "Trung tâm Phục vụ hành chính công",
        "short_name": "TTPVHCC", "parent_code": "UBNDTP", "valid_from": "2019-07-01", "legal_basis": "QĐ 1",
    });
    let made = admin.post("/v1/units", wanted.clone());
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.header("location"), "/v1/units/TTHCC");
    assert!(made.etag().starts_with("\"1-"));
    assert_eq!(city.get("/v1/units/TTHCC?as_of=2019-06-30").body["exists"], false);
    assert_eq!(city.get("/v1/units/TTHCC?as_of=2019-07-01").body["current"]["name"], wanted["name"]);
    assert_eq!(admin.post("/v1/units", wanted).status, 409);
}

#[test]
fn a_retry_creates_nothing_twice() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let wanted = json!({
        "code": "TTHCC", "kind": "centre", "subtype": "trung tâm", "name": "Trung tâm", "short_name": "TT",
        "parent_code": "UBNDTP", "valid_from": "2019-07-01", "legal_basis": "QĐ 1",
    });
    let send = |content: Value| {
        admin.send("POST", "/v1/units").header("Idempotency-Key", "units-retry-000001").json(content).answer()
    };
    let (first, second) = (send(wanted.clone()), send(wanted.clone()));
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!((first.etag(), first.body), (second.etag(), second.body));
    let mut other = wanted;
    other["code"] = json!("TTHCD");
    let refused = send(other);
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("idempotency_key_reused")));
}

#[test]
fn every_fault_of_a_new_unit_is_told_at_once() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let refused = admin.post(
        "/v1/units",
        json!({
            "code": "x", "kind": "commune", "subtype": " ", "name": "n", "short_name": "s", "parent_code": "SXD",
            "gso_code": "1a", "agency_code": "?", "valid_from": "1800-01-01", "legal_basis": "",
        }),
    );
    assert_eq!(refused.status, 422, "{}", refused.body);
    let mut found = faults(&refused.body);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/agency_code", "pattern"),
            ("/code", "pattern"),
            ("/gso_code", "pattern"),
            ("/legal_basis", "blank"),
            ("/parent_code", "wrong_parent"),
            ("/subtype", "blank"),
            ("/valid_from", "out_of_range"),
        ]
    );
    let orphan = json!({
        "code": "XYZ", "kind": "department", "subtype": "sở", "name": "n", "short_name": "s",
        "valid_from": "2019-01-01", "legal_basis": "QĐ 1",
    });
    assert_eq!(faults(&admin.post("/v1/units", orphan).body), [("/parent_code", "parent_needed")]);
}

#[test]
fn a_rename_leaves_history_as_it_was() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let old = city.get("/v1/units/C31117").body["current"]["name"].clone();
    let renamed = change(
        &admin,
        "C31117",
        "/v1/units/C31117/rename",
        json!({ "on": "2019-07-01", "legal_basis": "NQ 1", "name": "UBND phường Cái Khế Mới" }),
    );
    assert_eq!(renamed.status, 200, "{}", renamed.body);
    assert_eq!(renamed.body["current"]["name"], "UBND phường Cái Khế Mới");
    assert!(renamed.etag().starts_with("\"2-"));
    let on = |day: &str| city.get(&format!("/v1/units/C31117?as_of={day}")).body;
    assert_eq!(on("2019-06-30")["current"]["name"], old);
    assert_eq!(on("2019-06-30")["current"]["valid_to"], "2019-07-01");
    assert_eq!(on("2019-07-01")["current"]["legal_basis"], "NQ 1");
    assert_eq!(on("2019-07-01")["current"]["valid_to"], "2025-07-01", "the end that was known stays");
    assert_eq!(on("2025-07-01")["exists"], false);
}

#[test]
fn a_rename_needs_a_change_and_no_loop() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let rename = |content: Value| change(&admin, "C31117", "/v1/units/C31117/rename", content);
    let nothing = rename(json!({ "on": "2019-07-01", "legal_basis": "NQ 1" }));
    assert_eq!((nothing.status, faults(&nothing.body)), (422, vec![("", "nothing_to_change")]));
    let itself = rename(json!({ "on": "2019-07-01", "legal_basis": "NQ 1", "parent_code": "C31117" }));
    assert_eq!(faults(&itself.body), [("/parent_code", "loop")]);
    let unknown = rename(json!({ "on": "2019-07-01", "legal_basis": "NQ 1", "parent_code": "NOWHERE" }));
    assert_eq!(faults(&unknown.body), [("/parent_code", "unknown_unit")]);
    let gone = rename(json!({ "on": "2025-07-01", "legal_basis": "NQ 1", "name": "x" }));
    assert_eq!(gone.status, 409, "{}", gone.body);
    for (code, parent) in [("TTA", "SXD"), ("TTB", "TTA")] {
        let centre = json!({
            "code": code, "kind": "centre", "subtype": "trung tâm", "name": code, "short_name": code,
            "parent_code": parent, "valid_from": "2019-01-01", "legal_basis": "QĐ 1",
        });
        assert_eq!(admin.post("/v1/units", centre).status, 201);
    }
    let round = json!({ "on": "2019-07-01", "legal_basis": "NQ 1", "parent_code": "TTB" });
    let round = change(&admin, "TTA", "/v1/units/TTA/rename", round);
    assert_eq!((round.status, faults(&round.body)), (422, vec![("/parent_code", "loop")]));
}

#[test]
fn a_change_names_the_version_it_was_read_in() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let content = json!({ "on": "2019-07-01", "legal_basis": "NQ 1", "name": "Sở Xây dựng mới" });
    let path = "/v1/units/SXD/rename";
    assert_eq!(admin.post(path, content.clone()).status, 428);
    let old = city.get("/v1/units/SXD").etag();
    let rename =
        |etag: &str| admin.send("POST", path).header("If-Match", etag).json(content.clone()).answer();
    assert_eq!(rename(&old).status, 200);
    let stale = rename(&old);
    assert_eq!(stale.status, 412);
    assert_eq!(stale.etag(), city.get("/v1/units/SXD").etag(), "the present tag comes with the refusal");
    assert_eq!(rename("\"garbage\"").status, 412);
    let wrong = admin.send("POST", path).header("If-Match", &old).json(json!({ "on": 5 })).answer();
    assert_eq!(wrong.status, 412, "the version comes before the content");
}

#[test]
fn only_the_centre_of_the_city_reshapes_units() {
    let city = City::new();
    let content = json!({ "on": "2020-01-01", "legal_basis": "QĐ 1" });
    for path in [
        "/v1/units/SXD/end",
        "/v1/units/SXD/merge",
        "/v1/units/SXD/split",
        "/v1/units/SXD/rename",
        "/v1/units",
    ] {
        assert_eq!(city.send("POST", path).json(content.clone()).answer().status, 401, "{path}");
        for name in ["admin.sxd", "controller.d916", "clerk.c31117", "officer.vpubnd"] {
            assert_eq!(city.login(name).post(path, content.clone()).status, 403, "{name} {path}");
        }
    }
}
