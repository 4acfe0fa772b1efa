//! Who hears of feedback, and that nobody hears what was written.

use serde_json::json;

use super::{read_all, unread};
use crate::city::City;
use crate::feedback::{act, letter, send};

#[test]
fn each_step_is_told_to_those_who_have_the_next_one() {
    let city = City::new();
    let (office, head) = (city.login("controller.vpubnd"), city.login("head.sxd"));
    let (controller, officer) = (city.login("controller.sxd"), city.login("officer.sxd"));
    city.work_once();
    let everyone = [&office, &head, &controller, &officer];
    everyone.iter().for_each(|person| read_all(person));
    let heard = || {
        city.work_once();
        everyone.map(|person| {
            let kinds: Vec<String> = unread(person).into_iter().map(|(kind, _)| kind).collect();
            read_all(person);
            kinds.join(" ")
        })
    };
    let receipt = send(&city, letter());
    assert_eq!(heard(), ["feedback_received", "", "", ""]);
    act(&office, &receipt.code, "accept", json!({ "class": "regulation" })).expect(200);
    act(&office, &receipt.code, "transfer", json!({ "unit": "SXD" })).expect(200);
    assert_eq!(heard(), ["", "feedback_transferred", "feedback_transferred", ""]);
    let id = officer.get("/v1/me").expect(200).body["account"]["id"].clone();
    act(&head, &receipt.code, "assign", json!({ "officer_id": id })).expect(200);
    assert_eq!(heard(), ["", "", "", "feedback_assigned"]);
    act(&officer, &receipt.code, "draft", json!({ "answer": "Trả lời." })).expect(200);
    act(&head, &receipt.code, "approve", json!({})).expect(200);
    act(&officer, &receipt.code, "submit", json!({})).expect(200);
    assert_eq!(heard(), ["feedback_submitted", "", "", ""]);
    act(&office, &receipt.code, "return-answer", json!({ "text": "Chưa đúng trọng tâm." })).expect(200);
    assert_eq!(heard(), ["", "feedback_returned", "", "feedback_returned"]);
    let inbox = head.get("/v1/notifications").expect(200);
    assert!(inbox.text.contains(&receipt.code) && !inbox.text.contains("khai sinh"), "{}", inbox.text);
}
