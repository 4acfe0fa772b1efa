//! The whole way, who may take which step, and what each step leaves behind.

use serde_json::json;

use super::{act, answered, letter, send, transferred};
use crate::city::City;

#[test]
fn each_step_is_its_takers_own() {
    let city = City::new();
    let (office, head, officer) =
        (city.login("controller.vpubnd"), city.login("head.sxd"), city.login("officer.sxd"));
    let receipt = send(&city, letter());
    let code = receipt.code.as_str();
    assert_eq!(
        act(&office, code, "transfer", json!({ "unit": "SXD" })).status,
        409,
        "it is not accepted yet"
    );
    assert_eq!(head.get(&format!("/v1/feedback/{code}")).status, 404);
    let accepted =
        act(&office, code, "accept", json!({ "class": "regulation", "field": "Hoạt động xây dựng" }))
            .expect(200);
    assert_eq!((&accepted.body["state"], &accepted.body["missing"]), (&json!("accepted"), &json!([])));
    act(&office, code, "transfer", json!({ "unit": "SXD", "note": "Đề nghị trả lời sớm." })).expect(200);
    let id = officer.get("/v1/me").expect(200).body["account"]["id"].clone();
    let given = act(&head, code, "assign", json!({ "officer_id": id })).expect(200);
    assert_eq!((&given.body["state"], &given.body["officer_id"]), (&json!("assigned"), &id));
    let other = city.login("officer.d916").get("/v1/me").expect(200).body["account"]["id"].clone();
    assert_eq!(
        act(&head, code, "assign", json!({ "officer_id": other })).expect(422).body["errors"][0]["code"],
        "unknown_officer"
    );
    act(&officer, code, "draft", json!({ "answer": "Trả lời lần một." })).expect(200);
    assert_eq!(act(&officer, code, "approve", json!({})).status, 403, "only the head approves");
    act(&head, code, "approve", json!({})).expect(200);
    act(&officer, code, "submit", json!({})).expect(200);
    assert_eq!(act(&head, code, "accept-answer", json!({})).status, 403);
    let returned = act(&office, code, "return-answer", json!({ "text": "Chưa nói đến phí." })).expect(200);
    assert_eq!(returned.body["state"], "answer_returned");
    answered(&city, code);
    let entries = office.get(&format!("/v1/feedback/{code}/entries")).expect(200).body;
    let events: Vec<&str> =
        entries["items"].as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!(
        events,
        [
            "accept",
            "transfer",
            "assign",
            "draft",
            "approve",
            "submit",
            "return_answer",
            "draft",
            "approve",
            "submit",
            "accept_answer"
        ]
    );
    assert!(
        !receipt.follow(&city).expect(200).text.contains("Chưa nói đến phí"),
        "notes stay within the office"
    );
}

#[test]
fn acts_need_the_version_that_was_read() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    let path = format!("/v1/feedback/{}/accept", receipt.code);
    let accept = json!({ "class": "conduct" });
    assert_eq!(office.send("POST", &path).json(accept.clone()).answer().status, 428);
    let etag = office.get(&format!("/v1/feedback/{}", receipt.code)).expect(200).etag();
    let first =
        office.send("POST", &path).header("If-Match", &etag).json(accept.clone()).answer().expect(200);
    let stale = office.send("POST", &path).header("If-Match", &etag).json(accept).answer().expect(412);
    assert_eq!(stale.etag(), first.etag());
}

#[test]
fn what_is_not_ours_is_guided_refused_or_handed_back() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let guided = send(&city, letter());
    let body = json!({ "to": "denunciation", "text": "Đề nghị gửi Thanh tra thành phố." });
    let seen = act(&office, &guided.code, "guide-elsewhere", body).expect(200).body;
    assert_eq!(
        (&seen["state"], &seen["class"], &seen["guided_to"]),
        (&json!("out_of_scope"), &json!("out_of_scope"), &json!("denunciation"))
    );
    let refused = send(&city, letter());
    let body = json!({ "ground": "unclear", "text": "Chưa nêu rõ vụ việc." });
    act(&office, &refused.code, "refuse", body).expect(200);
    let read = refused.follow(&city).expect(200).body;
    assert!(read["updates"][0]["text"].as_str().unwrap().contains("Điều 7 khoản 1 điểm c"), "{read}");
    assert_eq!(read["next_expected_on"], serde_json::Value::Null);
    let handed = transferred(&city, "regulation", "SXD");
    let back =
        act(&city.login("officer.sxd"), &handed.code, "hand-back", json!({ "text": "Thuộc Sở Tư pháp." }))
            .expect(200)
            .body;
    assert_eq!((&back["state"], &back["handler"]), (&json!("accepted"), &json!("VPUBND")));
}

#[test]
fn a_unit_that_ended_leaves_its_items_to_its_heirs() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "C31117");
    let admin = city.login("admin.vpubnd");
    let etag = admin.get("/v1/units/C31117").expect(200).etag();
    let merge = json!({ "on": "2019-03-10", "legal_basis": "NQ 1", "into": "C31120" });
    admin.send("POST", "/v1/units/C31117/merge").header("If-Match", &etag).json(merge).answer().expect(200);
    city.clock.set("2019-03-11T08:00:00+07:00");
    let account = json!({ "username": "heir", "display_name": "Người kế thừa", "grant": { "role": "officer", "unit": "C31120" } });
    let made = admin.post("/v1/accounts", account).expect(201).body;
    let password = made["temporary_password"].as_str().unwrap();
    let heir = city.login_as("heir", password, None);
    heir.put("/v1/me/password", json!({ "current_password": password, "new_password": "a long new secret" }))
        .expect(204);
    let listed = heir.get("/v1/feedback?my_unit=true").expect(200).body;
    assert_eq!(listed["items"][0]["code"], receipt.code.as_str());
    act(&heir, &receipt.code, "draft", json!({ "answer": "Đã xử lý xong." })).expect(200);
}
