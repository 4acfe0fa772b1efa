//! Feedback: from a citizen's complaint to a published answer.

mod citizen;
mod clocks;
mod conduct;
mod corrected;
mod export;
pub mod files;
mod intake;
mod journey;
mod ledger;
mod lists;
mod parts;
mod publicity;
mod real_items;
mod season;

use serde_json::{Value, json};

use crate::city::{Answer, City, Person};

pub fn letter() -> Value {
    json!({
        "title": "Chậm trả kết quả đăng ký khai sinh",
        "content": "Tôi nộp hồ sơ đăng ký khai sinh ngày 25/02 nhưng đến nay vẫn chưa nhận được kết quả.",
        "sender": { "name": "Nguyễn Văn An", "address": "Phường An Khánh, quận Ninh Kiều", "phone": "0900 000 001",
            "email": "an@example.com" },
    })
}

/// What a citizen holds after sending an item.
pub struct Receipt {
    pub code: String,
    pub secret: String,
}

pub fn send(city: &City, letter: Value) -> Receipt {
    let sent = city.post("/v1/public/feedback", letter).expect(201).body;
    let text = |name: &str| sent[name].as_str().unwrap().to_owned();
    Receipt { code: text("code"), secret: text("secret") }
}

impl Receipt {
    pub fn follow(&self, city: &City) -> Answer {
        city.send("GET", &format!("/v1/public/feedback/{}", self.code))
            .header("Feedback-Secret", &self.secret)
            .answer()
    }

    pub fn act(&self, city: &City, verb: &str, body: Value) -> Answer {
        let path = format!("/v1/public/feedback/{}/{verb}", self.code);
        city.send("POST", &path).header("Feedback-Secret", &self.secret).json(body).answer()
    }
}

/// Does something to an item under its present version.
pub fn act(person: &Person<'_>, id: &str, verb: &str, body: Value) -> Answer {
    let etag = person.get(&format!("/v1/feedback/{id}")).expect(200).etag();
    let path = format!("/v1/feedback/{id}/{verb}");
    person.send("POST", &path).header("If-Match", &etag).json(body).answer()
}

/// An item that is classified and in the hands of a unit.
pub fn transferred(city: &City, class: &str, unit: &str) -> Receipt {
    let receipt = send(city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": class })).expect(200);
    act(&office, &receipt.code, "transfer", json!({ "unit": unit })).expect(200);
    receipt
}

/// An item in two parts, of SXD and of D916.
pub fn split(city: &City) -> Receipt {
    let receipt = send(city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "mixed" })).expect(200);
    let parts = json!({ "parts": [{ "class": "conduct", "unit": "SXD" }, { "class": "regulation", "unit": "D916" }] });
    act(&office, &receipt.code, "split", parts).expect(200);
    receipt
}

/// Brings an item that is in the hands of SXD to an accepted answer.
pub fn answered(city: &City, code: &str) {
    let (officer, head) = (city.login("officer.sxd"), city.login("head.sxd"));
    act(&officer, code, "draft", json!({ "answer": "Đơn vị đã trả kết quả và xin lỗi người dân." }))
        .expect(200);
    act(&head, code, "approve", json!({})).expect(200);
    act(&officer, code, "submit", json!({})).expect(200);
    act(&city.login("controller.vpubnd"), code, "accept-answer", json!({})).expect(200);
}

/// Rule, state and last lawful day of every clock of an item, in the order of rules.
pub fn clocks(city: &City, code: &str) -> Vec<(String, String, String)> {
    let office = city.login("controller.vpubnd");
    let id = office.get(&format!("/v1/feedback/{code}")).expect(200).body["id"].as_str().unwrap().to_owned();
    let page = office.get(&format!("/v1/obligations?subject=feedback:{id}&limit=200")).expect(200).body;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut told: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (text(&item["rule"]["id"]), text(&item["state"]), text(&item["due_on"])))
        .collect();
    told.sort();
    told
}

pub fn clock(rule: &str, state: &str, due_on: &str) -> (String, String, String) {
    (rule.into(), state.into(), due_on.into())
}
