//! The ledger of the national system, and erasing senders.

use serde_json::{Value, json};

use super::{answered, clock, clocks, transferred};
use crate::city::City;

#[test]
fn the_result_is_in_the_system_when_someone_has_seen_it_there() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let office = city.login("controller.vpubnd");
    let path = format!("/v1/feedback/{}/ledger", receipt.code);
    let set = |body: Value| {
        let etag = office.get(&path).expect(200).etag();
        office.send("PUT", &path).header("If-Match", &etag).json(body).answer()
    };
    let pointers = |answer: crate::city::Answer| -> Vec<String> {
        let errors = answer.expect(422).body["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(pointers(set(json!({ "state": "entered" }))), ["/national_code", "/entered_at"]);
    assert_eq!(pointers(set(json!({ "state": "blocked" }))), ["/missing"]);
    set(json!({ "state": "blocked", "missing": "Mã lĩnh vực" })).expect(200);
    let blocked = office.get("/v1/feedback-ledger?state=blocked").expect(200).body;
    assert_eq!(
        (&blocked["items"][0]["code"], &blocked["items"][0]["missing"]),
        (&json!(receipt.code), &json!("Mã lĩnh vực"))
    );
    answered(&city, &receipt.code);
    assert!(clocks(&city, &receipt.code).contains(&clock("K-46", "open", "2019-03-06")));
    city.clock.set("2019-03-05T10:00:00+07:00");
    let entered = json!({ "state": "entered", "national_code": "PAKN.20190305.0007", "entered_at": "2019-03-05T09:00:00+07:00" });
    set(entered).expect(200);
    assert!(clocks(&city, &receipt.code).contains(&clock("K-46", "met", "2019-03-06")));
}

#[test]
fn senders_are_erased_after_their_term_with_proof() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    answered(&city, &receipt.code);
    super::act(&city.login("controller.vpubnd"), &receipt.code, "close", json!({})).expect(200);
    let office = city.login("controller.vpubnd");
    let erase = |dry_run: bool| {
        office.post("/v1/feedback-senders/erase", json!({ "dry_run": dry_run })).expect(200).body
    };
    assert_eq!(erase(true), json!({ "dry_run": true, "codes": [] }));
    city.clock.set("2021-03-05T08:00:00+07:00");
    assert_eq!(erase(true)["codes"], json!([receipt.code]));
    assert_eq!(erase(false)["codes"], json!([receipt.code]));
    assert_eq!(erase(false)["codes"], json!([]));
    let shown = office
        .get(&format!("/v1/feedback/{}/sender?reason=xem%20l%E1%BA%A1i", receipt.code))
        .expect(200)
        .body;
    assert_eq!((&shown["sender"], &shown["erased_at"]), (&Value::Null, &json!("2021-03-05T01:00:00Z")));
    receipt.follow(&city).expect(200);
    let trail = office.get(&format!("/v1/audit?subject=feedback:{}", receipt.code)).expect(200).body;
    assert!(trail["items"].as_array().unwrap().iter().any(|row| row["action"] == "feedback.erase_senders"));
}
