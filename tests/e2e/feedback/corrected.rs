//! Clocks whose beginning was wrong, whose item changed hands, or whose answer was looked at for long: what is counted
//! anew, and who answers for what has passed.

use serde_json::{Value, json};

use super::{act, clock, clocks, letter, send, split, transferred};
use crate::city::City;

fn corrected(city: &City, code: &str, received_at: &str) -> Value {
    let body = json!({ "received_at": received_at, "dry_run": false, "reason": "Ghi nhầm ngày nhận" });
    act(&city.login("controller.vpubnd"), code, "correct-receipt", body).expect(200).body
}

/// Days on which the spans after the answer was due end, with how they stand.
fn spans(city: &City, code: &str) -> Vec<(String, String)> {
    let told =
        clocks(city, code).into_iter().filter(|(rule, state, _)| rule == "K-45" && state != "cancelled");
    told.map(|(_, state, due_on)| (due_on, state)).collect()
}

fn span(due_on: &str, state: &str) -> (String, String) {
    (due_on.into(), state.into())
}

#[test]
fn the_weeks_after_the_answer_was_due_begin_anew_with_the_receipt() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let officer = city.login("officer.sxd");
    city.clock.set("2019-03-28T09:00:00+07:00");
    city.work_once();
    assert_eq!(spans(&city, &receipt.code), [span("2019-04-01", "open")]);
    act(&officer, &receipt.code, "update", json!({ "text": "Đang xác minh." })).expect(200);
    // Twenty days from 18 February end on Sunday 10 March, which rolls: its weeks end on the 18th, the 25th and 1 April.
    corrected(&city, &receipt.code, "2019-02-18T02:00:00Z");
    city.work_once();
    assert_eq!(
        spans(&city, &receipt.code),
        [span("2019-03-18", "breached"), span("2019-03-25", "breached"), span("2019-04-01", "met")]
    );
    let told = clocks(&city, &receipt.code);
    assert!(told.contains(&clock("K-44", "breached", "2019-03-11")), "{told:?}");
    assert!(
        told.contains(&clock("K-44a", "cancelled", "2019-03-18")),
        "no unit has longer than that: {told:?}"
    );
    assert!(told.contains(&clock("K-42", "met_late", "2019-02-25")), "what was met is judged anew: {told:?}");
}

#[test]
fn a_receipt_from_which_nothing_could_be_counted_is_counted_once_it_is_right() {
    let city = City::new();
    let code = on_paper(&city, letter()["sender"].clone(), "2010-03-01T02:00:00Z");
    assert_eq!(clocks(&city, &code), []);
    let told = corrected(&city, &code, "2019-03-01T02:00:00Z");
    assert_eq!(told["feedback"]["due_on"], "2019-03-21");
    let told = clocks(&city, &code);
    assert!(told.contains(&clock("K-42", "open", "2019-03-08")), "{told:?}");
    assert!(told.contains(&clock("K-40a", "met_late", "2019-03-01")), "{told:?}");
}

#[test]
fn parts_are_counted_from_the_receipt_of_the_whole() {
    let city = City::new();
    let (office, receipt) = (city.login("controller.vpubnd"), split(&city));
    corrected(&city, &receipt.code, "2019-02-25T02:00:00Z");
    let told = office.get(&format!("/v1/feedback/{}/parts", receipt.code)).expect(200).body;
    let due: Vec<&Value> = told["items"].as_array().unwrap().iter().map(|part| &part["due_on"]).collect();
    assert_eq!(due, ["2019-03-18", "2019-03-18"]);
}

#[test]
fn a_holiday_that_is_announced_late_moves_the_weeks_with_the_answer() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    city.clock.set("2019-04-02T09:00:00+07:00");
    city.work_once();
    assert_eq!(spans(&city, &receipt.code), [span("2019-04-01", "breached"), span("2019-04-08", "open")]);
    let admin = city.login("admin.vpubnd");
    let etag = admin.get("/v1/calendar").expect(200).etag();
    let edit = json!({ "reason": "Nghỉ đột xuất", "lift": [],
        "set": [{ "date": "2019-03-25", "kind": "public", "name_vi": "Nghỉ đột xuất", "status": "final" }] });
    admin.send("POST", "/v1/calendar/versions").header("If-Match", &etag).json(edit).answer().expect(201);
    let again = json!({ "dry_run": false, "reason": "Lịch nghỉ thay đổi" });
    city.login("controller.vpubnd").post("/v1/obligations/recompute", again).expect(200);
    city.work_once();
    // Due on the 26th now: each week a day later, and none of them twice.
    assert_eq!(spans(&city, &receipt.code), [span("2019-04-02", "due_soon")]);
}

#[test]
fn what_a_unit_let_pass_stays_with_it() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    city.clock.set("2019-04-02T09:00:00+07:00");
    city.work_once();
    act(&city.login("controller.vpubnd"), &receipt.code, "transfer", json!({ "unit": "D916" })).expect(200);
    let owed = |unit: &str| {
        let path = format!("/v1/obligations?unit={unit}&subject=feedback:{}", id_of(&city, &receipt.code));
        let page = city.login("controller.vpubnd").get(&path).expect(200).body;
        let told = |item: &Value| format!("{} {}", item["rule"]["id"], item["state"]).replace('"', "");
        let mut told: Vec<String> = page["items"].as_array().unwrap().iter().map(told).collect();
        told.sort();
        told.retain(|told| !told.contains("cancelled"));
        told
    };
    assert_eq!(owed("SXD"), ["K-44a breached", "K-45 breached"]);
    assert_eq!(owed("D916"), ["K-44 breached", "K-45 open"]);
}

#[test]
fn weeks_that_begin_while_the_office_looks_at_an_answer_are_not_owed() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let (officer, head) = (city.login("officer.sxd"), city.login("head.sxd"));
    city.clock.set("2019-03-22T09:00:00+07:00");
    act(&officer, &receipt.code, "draft", json!({ "answer": "Đã xử lý." })).expect(200);
    act(&head, &receipt.code, "approve", json!({})).expect(200);
    act(&officer, &receipt.code, "submit", json!({})).expect(200);
    city.clock.set("2019-04-03T09:00:00+07:00");
    city.work_once();
    assert_eq!(spans(&city, &receipt.code).len(), 2);
    act(&city.login("controller.vpubnd"), &receipt.code, "accept-answer", json!({})).expect(200);
    assert_eq!(spans(&city, &receipt.code), []);
    assert!(clocks(&city, &receipt.code).contains(&clock("K-44", "met", "2019-03-25")));
}

#[test]
fn a_split_item_is_answered_when_the_last_of_its_parts_was() {
    let city = City::new();
    let (office, receipt) = (city.login("controller.vpubnd"), split(&city));
    let told = office.get(&format!("/v1/feedback/{}/parts", receipt.code)).expect(200).body;
    let ids: Vec<&str> =
        told["items"].as_array().unwrap().iter().map(|part| part["id"].as_str().unwrap()).collect();
    city.clock.set("2019-03-25T15:00:00+07:00");
    for (unit, id) in ["sxd", "d916"].into_iter().zip(&ids) {
        let (officer, head) = (city.login(&format!("officer.{unit}")), city.login(&format!("head.{unit}")));
        act(&officer, id, "draft", json!({ "answer": "Trả lời." })).expect(200);
        act(&head, id, "approve", json!({})).expect(200);
        act(&officer, id, "submit", json!({})).expect(200);
    }
    city.clock.set("2019-03-27T15:00:00+07:00");
    for id in ids {
        act(&office, id, "accept-answer", json!({})).expect(200);
    }
    assert!(clocks(&city, &receipt.code).contains(&clock("K-44", "met", "2019-03-25")));
    // Opened again, the whole is answered as a whole.
    act(&office, &receipt.code, "close", json!({})).expect(200);
    receipt.act(&city, "reopen", json!({ "reason": "Chưa trả lời đủ." })).expect(200);
    let (officer, head) = (city.login("officer.sxd"), city.login("head.sxd"));
    act(&officer, &receipt.code, "draft", json!({ "answer": "Trả lời đủ." })).expect(200);
    act(&head, &receipt.code, "approve", json!({})).expect(200);
    act(&officer, &receipt.code, "submit", json!({})).expect(200);
    act(&office, &receipt.code, "accept-answer", json!({})).expect(200);
}

#[test]
fn asking_the_sender_of_a_valid_item_stops_nothing() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let receipt = send(&city, letter());
    act(&office, &receipt.code, "ask-sender", json!({ "text": "Đề nghị gửi thêm giấy tờ." })).expect(200);
    let told = clocks(&city, &receipt.code);
    assert!(told.contains(&clock("K-42", "open", "2019-03-11")), "{told:?}");
}

#[test]
fn what_its_sender_completed_is_valid_from_then_on() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let code = on_paper(&city, json!({ "name": "Nguyễn Văn An" }), "2019-03-04T01:00:00Z");
    act(&office, &code, "ask-sender", json!({ "text": "Thiếu địa chỉ." })).expect(200);
    city.clock.set("2019-03-12T09:00:00+07:00");
    act(&office, &code, "supplement", json!({ "text": "Số 1 đường Hòa Bình." })).expect(200);
    act(&office, &code, "ask-sender", json!({ "text": "Thiếu số điện thoại." })).expect(200);
    let accept = json!({ "class": "regulation", "despite_grounds": "Đã rõ địa chỉ." });
    act(&office, &code, "accept", accept).expect(200);
    let told = clocks(&city, &code);
    assert!(told.contains(&clock("K-44", "open", "2019-04-01")), "{told:?}");
    let asked = told.iter().filter(|(rule, ..)| rule == "K-41").count();
    assert!(asked <= 1, "the term is of the first request: {told:?}");
}

/// The code of what came on paper from a sender.
fn on_paper(city: &City, sender: Value, received_at: &str) -> String {
    let mut paper = letter();
    (paper["sender"], paper["channel"], paper["received_at"]) =
        (sender, json!("written"), json!(received_at));
    let told = city.login("controller.vpubnd").post("/v1/feedback", paper).expect(201).body;
    told["code"].as_str().unwrap().to_owned()
}

fn id_of(city: &City, code: &str) -> String {
    let found = city.login("controller.vpubnd").get(&format!("/v1/feedback/{code}")).expect(200).body;
    found["id"].as_str().unwrap().to_owned()
}
