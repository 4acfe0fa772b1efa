//! The composed items of the reference data, through the public and the staff door: what is admissible, when
//! it is due, and what resembles what.

use serde_json::{Value, json};

use super::act;
use crate::city::{City, Person};

fn items() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/feedback-sample.json");
    let text = std::fs::read_to_string(path).expect("the reference data lies beside the repository");
    serde_json::from_str::<Value>(&text).unwrap()["items"].as_array().unwrap().clone()
}

/// Their words for channels and ours.
const CHANNELS: &[(&str, &str)] = &[
    ("cong_thong_tin", "portal"),
    ("van_ban", "written"),
    ("dien_thoai", "telephone"),
    ("email", "email"),
    ("truc_tiep", "in_person"),
];
/// Their classes and ours; what is not feedback is guided elsewhere.
const CLASSES: &[(&str, &str)] =
    &[("conduct", "conduct"), ("regulation", "regulation"), ("initiative", "initiative"), ("mixed", "mixed")];

fn ours(table: &[(&'static str, &'static str)], theirs: &Value) -> Option<&'static str> {
    table.iter().find(|(name, _)| theirs == name).map(|(_, code)| *code)
}

/// Registers an item on the evening of the day it was received; answers its code.
fn register(city: &City, office: &Person<'_>, item: &Value) -> Value {
    let received = chrono::DateTime::parse_from_rfc3339(item["received_at"].as_str().unwrap()).unwrap();
    city.clock.set(&(received + chrono::TimeDelta::seconds(1)).to_rfc3339());
    let sender = &item["sender"];
    let body = json!({
        "channel": ours(CHANNELS, &item["channel"]).unwrap(), "received_at": item["received_at"],
        "title": item["title"], "content": item["content"], "procedure_code": item["procedure_code"],
        "sender": { "name": sender["name"], "address": sender["address"], "phone": sender["phone"], "email": sender["email"] },
    });
    office.post("/v1/feedback", body).expect(201).body
}

#[test]
fn admissibility_dates_and_duplicates_are_as_expected() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let mut items = items();
    assert_eq!(items.len(), 27);
    items.sort_by_key(|item| item["received_at"].as_str().unwrap().to_owned());
    let mut codes = std::collections::BTreeMap::new();
    for item in &items {
        let id = item["id"].as_str().unwrap();
        let made = register(&city, &office, item);
        let code = made["code"].as_str().unwrap().to_owned();
        codes.insert(id.to_owned(), code.clone());
        let expected = &item["expected"];
        let admissible = expected["admissible"] == true;
        let faulty = !made["grounds"].as_array().unwrap().is_empty();
        // Denunciations, services and questions are well-formed: they are guided elsewhere by people.
        let out_of_scope = ["denunciation", "out_of_scope", "question"]
            .iter()
            .any(|class| expected["classification"] == *class);
        assert_eq!(faulty, !admissible && !out_of_scope, "{id}: {}", made["grounds"]);
        if !admissible {
            continue;
        }
        if !expected["resolve_due"].is_null() {
            assert_eq!(made["due_on"], expected["resolve_due"], "{id}");
        }
        let clock = |rule: &str| {
            let path =
                format!("/v1/obligations?subject=feedback:{}&rule={rule}", made["id"].as_str().unwrap());
            office.get(&path).expect(200).body["items"][0].clone()
        };
        if !expected["transfer_due"].is_null() {
            assert_eq!(clock("K-42")["due_on"], expected["transfer_due"], "{id}");
        }
        let duty = clock("K-44")["id"].as_str().unwrap().to_owned();
        let readings =
            office.get(&format!("/v1/obligations/{duty}/explanation")).expect(200).body["readings"].clone();
        if !expected["resolve_due_raw"].is_null() {
            assert_eq!(readings[0]["due_on"], expected["resolve_due_raw"], "{id}");
        }
        let class = ours(CLASSES, &expected["classification"]).unwrap();
        act(&office, &code, "accept", json!({ "class": class })).expect(200);
    }
    for item in items.iter().filter(|item| !item["expected"]["duplicate_of"].is_null()) {
        let id = item["id"].as_str().unwrap();
        let found = office.get(&format!("/v1/feedback/{}/resembling", codes[id])).expect(200).body;
        let original = &codes[item["expected"]["duplicate_of"].as_str().unwrap()];
        let known = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|candidate| candidate["feedback"]["code"] == original.as_str());
        assert!(known, "{id} resembles {original}: {found}");
    }
}

#[test]
fn strange_characters_survive_a_round_trip_and_reach_no_one_as_code() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    for item in items() {
        let made = register(&city, &office, &item);
        let clean = kstt_domain::text::normalize(item["content"].as_str().unwrap());
        let read = office.get(&format!("/v1/feedback/{}", made["code"].as_str().unwrap())).expect(200).body;
        assert_eq!(read["content"], clean, "{}", item["id"]);
        assert_eq!(read["content"].as_str().unwrap().chars().count(), clean.chars().count());
    }
    let hostile = json!({
        "title": "<script>alert(1)</script> 😀", "content": "=HYPERLINK(\"x\") '; DROP TABLE feedback;-- \u{202e}đảo ngược\u{200b} 😀 <b>đậm</b>",
        "sender": { "name": "A\u{300}n", "address": "Phường Cái Khế", "phone": "0900 000 001" },
    });
    let receipt = super::send(&city, hostile);
    let read = receipt.follow(&city).expect(200);
    assert_eq!(read.header("content-type"), "application/json");
    assert_eq!(read.body["content"], "=HYPERLINK(\"x\") '; DROP TABLE feedback;-- đảo ngược 😀 <b>đậm</b>");
}
