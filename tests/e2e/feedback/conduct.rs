//! Conduct: whoever is complained of never learns who sent it.

use serde_json::json;

use super::{act, letter, send};
use crate::city::City;

#[test]
fn the_unit_complained_of_gets_a_text_without_its_sender() {
    let city = City::new();
    let mut complaint = letter();
    complaint["content"] = json!(
        "Tôi là Nguyễn Văn An, điện thoại 0900 000 001. Ông Trần Văn Bảy ở bộ phận một cửa hẹn nhiều lần không trả kết quả."
    );
    complaint["about"] = json!({ "unit_code": "C31117", "person": "Trần Văn Bảy" });
    let receipt = send(&city, complaint);
    let (office, head) = (city.login("controller.vpubnd"), city.login("head.c31117"));
    act(&office, &receipt.code, "accept", json!({ "class": "conduct" })).expect(200);
    act(&office, &receipt.code, "transfer", json!({ "unit": "C31117" })).expect(200);
    let path = format!("/v1/feedback/{}", receipt.code);
    let read = head.get(&path).expect(200);
    assert_eq!(read.body["redacted"], true);
    for shown in ["Nguyễn Văn An", "0900"] {
        assert!(!read.text.contains(shown), "{}", read.text);
    }
    assert!(read.body["content"].as_str().unwrap().contains("bộ phận một cửa hẹn nhiều lần"));
    let asked = head.get(&format!("{path}/sender?reason=xem%20ai"));
    assert_eq!(asked.status, 403, "{}", asked.text);
    assert_eq!(city.login("officer.c31117").get(&format!("{path}/sender?reason=xem%20ai")).status, 403);
    office.get(&format!("{path}/sender?reason=li%C3%AAn%20h%E1%BB%87")).expect(200);
    // What the sender adds is relayed by the office, not read by the unit.
    receipt.act(&city, "supplement", json!({ "text": "Tôi, Nguyễn Văn An, bổ sung biên nhận." })).expect(200);
    let entries = head.get(&format!("{path}/entries")).expect(200);
    assert!(!entries.text.contains("Nguyễn Văn An"), "{}", entries.text);
    let listed = head.get("/v1/feedback").expect(200);
    assert!(listed.text.contains(&receipt.code) && !listed.text.contains("Nguyễn Văn An"));
    // Nor is it found by the words that were taken out, and no address of a citizen is kept.
    city.work_once();
    for words in ["Nguy%E1%BB%85n%20V%C4%83n%20An", "b%E1%BB%99%20ph%E1%BA%ADn"] {
        assert_eq!(head.get(&format!("/v1/feedback?q={words}")).expect(200).body["items"], json!([]));
        assert_eq!(
            office.get(&format!("/v1/feedback?q={words}")).expect(200).body["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
    let trail = office.get(&format!("/v1/audit?subject=feedback:{}", receipt.code)).expect(200).body;
    let by_citizen = |row: &&serde_json::Value| row["actor"]["kind"] == "citizen";
    let addresses: Vec<&serde_json::Value> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(by_citizen)
        .map(|row| &row["client_address"])
        .collect();
    assert_eq!(addresses, [&serde_json::Value::Null, &serde_json::Value::Null]);
    // The district above is not complained of.
    let above = city.login("head.d916").get(&path).expect(200);
    assert_eq!(above.body["redacted"], false);
}

#[test]
fn it_is_not_given_to_the_person_it_is_about() {
    let city = City::new();
    let officer = city.login("officer.c31117").get("/v1/me").expect(200).body["account"].clone();
    let mut complaint = letter();
    complaint["about"] = json!({ "unit_code": "C31117", "person": officer["display_name"] });
    let receipt = send(&city, complaint);
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "conduct" })).expect(200);
    act(&office, &receipt.code, "transfer", json!({ "unit": "C31117" })).expect(200);
    let given =
        act(&city.login("head.c31117"), &receipt.code, "assign", json!({ "officer_id": officer["id"] }))
            .expect(422);
    assert_eq!(given.body["errors"][0]["code"], "complained_of");
}

#[test]
fn another_unit_that_handles_it_may_know_the_sender() {
    let city = City::new();
    let mut complaint = letter();
    complaint["about"] = json!({ "unit_code": "C31117" });
    let receipt = send(&city, complaint);
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "conduct" })).expect(200);
    act(&office, &receipt.code, "transfer", json!({ "unit": "D916" })).expect(200);
    let path = format!("/v1/feedback/{}/sender?reason=x%C3%A1c%20minh", receipt.code);
    city.login("officer.d916").get(&path).expect(200);
    assert_eq!(city.login("chairman.ubndtp").get(&path).status, 403);
}

#[test]
fn a_part_tells_the_unit_complained_of_no_more_than_the_whole() {
    let city = City::new();
    let mut complaint = letter();
    complaint["content"] =
        json!("Tôi là Nguyễn Văn An, điện thoại 0900 000 001, nộp hồ sơ mà nay chưa có kết quả.");
    complaint["about"] = json!({ "unit_code": "C31117" });
    let receipt = send(&city, complaint);
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "conduct" })).expect(200);
    let parts = json!({ "parts": [{ "class": "conduct", "unit": "D916" }, { "class": "regulation", "unit": "C31117" }] });
    act(&office, &receipt.code, "split", parts).expect(200);
    let path = format!("/v1/feedback/{}%2F2", receipt.code);
    let read = city.login("head.c31117").get(&path).expect(200);
    assert_eq!(read.body["redacted"], true);
    assert!(!read.text.contains("Nguyễn Văn An") && !read.text.contains("0900"), "{}", read.text);
    assert_eq!(city.login("officer.c31117").get(&format!("{path}/sender?reason=xem%20ai")).status, 403);
    // What is added to a part about its sender is the sender's of the whole.
    let (other, code) = (city.login("officer.d916"), format!("{}%2F1", receipt.code));
    let more = json!({ "text": "Người dân cho số mới.", "sender": { "phone": "0911 222 333" } });
    act(&office, &code, "supplement", more).expect(200);
    let sender = other.get(&format!("/v1/feedback/{code}/sender?reason=li%C3%AAn%20h%E1%BB%87")).expect(200);
    assert_eq!(sender.body["sender"]["phone"], "0911 222 333");
}

#[test]
fn each_reading_of_a_sender_is_judged_and_kept_anew() {
    let city = City::new();
    let receipt = super::transferred(&city, "regulation", "D916");
    let officer = city.login("officer.d916");
    let ask = || {
        let path = format!("/v1/feedback/{}/sender?reason=li%C3%AAn%20h%E1%BB%87", receipt.code);
        officer.send("GET", &path).header("Idempotency-Key", "doc-nguoi-gui-mot-lan").answer()
    };
    for _ in 0..2 {
        assert_eq!(ask().expect(200).header("idempotency-replayed"), "");
    }
    let office = city.login("controller.vpubnd");
    let trail = office.get(&format!("/v1/audit?subject=feedback:{}", receipt.code)).expect(200).body;
    let reads =
        trail["items"].as_array().unwrap().iter().filter(|row| row["action"] == "feedback.read_sender");
    assert_eq!(reads.count(), 2);
    act(&office, &receipt.code, "transfer", json!({ "unit": "SXD" })).expect(200);
    assert_eq!(ask().status, 404);
}
