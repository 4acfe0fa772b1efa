//! Items that are the same, and items that are several.

use serde_json::json;

use super::{act, letter, send, split};
use crate::city::City;

#[test]
fn a_duplicate_is_suggested_by_sender_and_by_text_and_never_merged_by_itself() {
    let city = City::new();
    let first = send(&city, letter());
    let mut near = letter();
    near["content"] = json!(letter()["content"].as_str().unwrap().to_uppercase());
    near["sender"] = json!({ "name": "Trần Thị Bình", "address": "Quận Cái Răng", "phone": "0900 000 777" });
    let same_text = send(&city, near);
    let mut other = letter();
    other["content"] = json!(
        "Đường trước nhà tôi bị ngập mỗi khi trời mưa, đã phản ánh nhiều lần nhưng chưa ai giải quyết."
    );
    let same_sender = send(&city, other);
    let office = city.login("controller.vpubnd");
    let found = office.get(&format!("/v1/feedback/{}/resembling", first.code)).expect(200).body;
    let told: Vec<(&str, String)> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["feedback"]["code"].as_str().unwrap(), item["because"].to_string()))
        .collect();
    assert_eq!(
        told,
        [
            (same_text.code.as_str(), r#"["near_text"]"#.to_owned()),
            (same_sender.code.as_str(), r#"["same_sender"]"#.to_owned())
        ]
    );
    let merged = act(&office, &same_text.code, "merge", json!({ "into": first.code })).expect(200).body;
    assert_eq!(merged["state"], "merged");
    let read = same_text.follow(&city).expect(200).body;
    assert_eq!(read["updates"][0]["text"], format!("Trùng với {}.", first.code));
    assert_eq!(act(&office, &first.code, "merge", json!({ "into": same_text.code })).status, 422);
    city.clock.set("2019-03-05T08:00:00+07:00");
    let newer = send(&city, letter());
    let wrong = act(&office, &first.code, "merge", json!({ "into": newer.code }));
    assert_eq!(wrong.status, 422, "whoever wrote first keeps their days: {}", wrong.text);
    same_sender.act(&city, "withdraw", json!({ "reason": "Đã giải quyết." })).expect(200);
    let ended = act(&office, &newer.code, "merge", json!({ "into": same_sender.code }));
    assert_eq!(ended.status, 422, "nobody answers what was withdrawn: {}", ended.text);
    city.clock.set("2019-06-30T08:00:00+07:00");
    let late = send(&city, letter());
    let found = office.get(&format!("/v1/feedback/{}/resembling", late.code)).expect(200).body;
    assert_eq!(found["items"], json!([]), "sixty days have passed");
}

#[test]
fn an_item_for_several_units_is_split_answered_in_parts_and_counted_once() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "mixed" })).expect(200);
    let parts = json!({ "parts": [{ "class": "conduct", "unit": "SXD", "content": "Phần về cấp phép xây dựng chậm." },
        { "class": "regulation", "unit": "D916" }] });
    let split = act(&office, &receipt.code, "split", parts).expect(200).body;
    assert_eq!(
        (&split["state"], &split["handler"], &split["missing"]),
        (&json!("split"), &json!("SXD"), &json!(["parts"]))
    );
    let told = office.get(&format!("/v1/feedback/{}/parts", receipt.code)).expect(200).body;
    let told: Vec<(&str, &str, &str)> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            (
                part["code"].as_str().unwrap(),
                part["handler"].as_str().unwrap(),
                part["due_on"].as_str().unwrap(),
            )
        })
        .collect();
    let code = |number: u8| format!("{}/{number}", receipt.code);
    assert_eq!(told, [(code(1).as_str(), "SXD", "2019-03-25"), (code(2).as_str(), "D916", "2019-03-25")]);
    for (unit, number) in [("sxd", 1), ("d916", 2)] {
        let (officer, head) = (city.login(&format!("officer.{unit}")), city.login(&format!("head.{unit}")));
        let id = officer.get("/v1/feedback?my_unit=true").expect(200).body["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["code"] == code(number))
            .unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        act(&officer, &id, "draft", json!({ "answer": format!("Trả lời phần {number}.") })).expect(200);
        act(&head, &id, "approve", json!({})).expect(200);
        act(&officer, &id, "submit", json!({})).expect(200);
        act(&office, &id, "accept-answer", json!({})).expect(200);
        let whole = office.get(&format!("/v1/feedback/{}", receipt.code)).expect(200).body;
        assert_eq!(whole["state"], if number == 1 { "split" } else { "answer_accepted" });
    }
    let read = receipt.follow(&city).expect(200).body;
    assert_eq!(read["answer"], "1. Trả lời phần 1.\n\n2. Trả lời phần 2.");
}

#[test]
fn a_whole_is_not_answered_past_its_parts_and_takes_them_with_it() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "mixed" })).expect(200);
    act(&office, &receipt.code, "draft", json!({ "answer": "Dự thảo cũ." })).expect(200);
    act(&office, &receipt.code, "hand-back", json!({ "text": "x" })).expect(409);
    let other = send(&city, letter());
    act(&office, &other.code, "accept", json!({ "class": "mixed" })).expect(200);
    let parts = json!({ "parts": [{ "class": "conduct", "unit": "SXD" }, { "class": "regulation", "unit": "D916" }] });
    let whole = act(&office, &other.code, "split", parts).expect(200).body;
    assert!(!whole["allowed_actions"].as_array().unwrap().contains(&json!("accept_answer")), "{whole}");
    assert_eq!(act(&office, &other.code, "accept-answer", json!({})).status, 409);
    // What a unit says of its part reaches the sender, who knows the whole only.
    let officer = city.login("officer.sxd");
    let part = officer.get("/v1/feedback?my_unit=true").expect(200).body["items"].as_array().unwrap().clone();
    let part =
        part.iter().find(|item| !item["parent_id"].is_null()).unwrap()["id"].as_str().unwrap().to_owned();
    act(&officer, &part, "update", json!({ "text": "Đang xác minh phần xây dựng." })).expect(200);
    officer.get(&format!("/v1/feedback/{part}/sender?reason=li%C3%AAn%20h%E1%BB%87")).expect(200);
    assert_eq!(other.follow(&city).expect(200).body["updates"][0]["text"], "Đang xác minh phần xây dựng.");
    other.act(&city, "withdraw", json!({ "reason": "Đã giải quyết." })).expect(200);
    let told = office.get(&format!("/v1/feedback/{}/parts", other.code)).expect(200).body;
    let states: Vec<&serde_json::Value> =
        told["items"].as_array().unwrap().iter().map(|part| &part["state"]).collect();
    assert_eq!(states, ["withdrawn", "withdrawn"]);
}

#[test]
fn a_whole_of_which_all_parts_were_guided_elsewhere_was_guided_elsewhere() {
    let city = City::new();
    let (office, receipt) = (city.login("controller.vpubnd"), split(&city));
    for (unit, number) in [("sxd", 1), ("d916", 2)] {
        let part = format!("{}%2F{number}", receipt.code);
        let officer = city.login(&format!("officer.{unit}"));
        act(&officer, &part, "hand-back", json!({ "text": "Không thuộc thẩm quyền." })).expect(200);
        assert_eq!(act(&office, &part, "merge", json!({ "into": receipt.code })).status, 409);
        let guide = json!({ "to": "other_body", "text": "Đề nghị gửi Thanh tra." });
        act(&office, &part, "guide-elsewhere", guide).expect(200);
    }
    let whole = office.get(&format!("/v1/feedback/{}", receipt.code)).expect(200).body;
    assert_eq!((&whole["state"], &whole["guided_to"]), (&json!("out_of_scope"), &json!("other_body")));
}
