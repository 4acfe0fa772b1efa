//! What everyone reads.

use serde_json::json;

use super::{act, answered, letter, send, transferred};
use crate::city::City;

#[test]
fn nothing_is_published_that_shows_who_someone_is_unless_it_was_confirmed() {
    let city = City::new();
    let mut complaint = letter();
    complaint["content"] =
        json!("Tôi là Nguyễn Văn An, điện thoại 0900 000 001, nộp hồ sơ chưa nhận được kết quả.");
    let receipt = send(&city, complaint);
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "regulation" })).expect(200);
    act(&office, &receipt.code, "transfer", json!({ "unit": "SXD" })).expect(200);
    answered(&city, &receipt.code);
    let check = office.get(&format!("/v1/feedback/{}/publication-check", receipt.code)).expect(200).body;
    let kinds: Vec<&str> = check["content"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["name", "phone"]);
    let refused = act(&office, &receipt.code, "publish", json!({})).expect(422).body;
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2);
    assert_eq!(city.get("/v1/public/feedback").expect(200).body["items"], json!([]));
    let clean = json!({ "content": "Người dân nộp hồ sơ chưa nhận được kết quả." });
    act(&office, &receipt.code, "publish", clean).expect(200);
    let public = city.get("/v1/public/feedback").expect(200);
    assert_eq!(public.body["items"][0]["content"], "Người dân nộp hồ sơ chưa nhận được kết quả.");
    assert_eq!(public.body["items"][0]["answered_by"], "Sở Xây dựng thành phố Cần Thơ");
    assert!(!public.text.contains("Nguyễn Văn An") && !public.text.contains("0900"));
    // What should not have been published is taken back.
    act(&office, &receipt.code, "close", json!({})).expect(200);
    assert_eq!(city.get("/v1/public/feedback").expect(200).body["items"], json!([]));
}

#[test]
fn what_is_public_is_found_by_its_words_newest_first() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let publish = |title: &str| {
        let mut item = letter();
        item["title"] = json!(title);
        let receipt = send(&city, item);
        act(&office, &receipt.code, "accept", json!({ "class": "regulation" })).expect(200);
        act(&office, &receipt.code, "transfer", json!({ "unit": "SXD" })).expect(200);
        answered(&city, &receipt.code);
        act(&office, &receipt.code, "publish", json!({})).expect(200);
        receipt.code
    };
    let (one, two, _) = (publish("Cấp phép xây dựng"), publish("Phép xây dựng nhà ở"), publish("Đất đai"));
    city.work_once();
    let found = |query: &str| -> Vec<String> {
        let page = city.get(&format!("/v1/public/feedback?{query}")).expect(200).body;
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found("q=xay%20dung"), [two.clone(), one.clone()]);
    assert_eq!(found("q=x%C3%A2y%20d%E1%BB%B1ng%20c%E1%BA%A5p"), std::slice::from_ref(&one));
    assert_eq!(found(&format!("q={one}")), std::slice::from_ref(&one));
    assert_eq!(found("q=khong%20co%20gi"), Vec::<String>::new());
    let first = city.get("/v1/public/feedback?q=xay%20dung&limit=1").expect(200).body;
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(found(&format!("q=xay%20dung&limit=1&cursor={cursor}")), [one]);
    // Staff find also what is not public.
    let hidden = transferred(&city, "regulation", "SXD");
    city.work_once();
    let listed =
        city.login("officer.sxd").get("/v1/feedback?q=khai%20sinh&state=transferred").expect(200).body;
    assert_eq!(listed["items"][0]["code"], hidden.code.as_str());
    assert!(
        city.login("officer.d916").get("/v1/feedback?q=khai%20sinh").expect(200).body["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}
