//! The citizen with code and secret.

use serde_json::{Value, json};

use super::{act, answered, letter, send, transferred};
use crate::city::City;

#[test]
fn a_wrong_code_and_a_wrong_secret_look_the_same() {
    let city = City::new();
    let receipt = send(&city, letter());
    let ask = |code: &str, secret: Option<&str>| {
        let request = city.send("GET", &format!("/v1/public/feedback/{code}"));
        let request =
            if let Some(secret) = secret { request.header("Feedback-Secret", secret) } else { request };
        let mut answer = request.answer();
        answer.body["trace_id"] = Value::Null;
        (answer.status, answer.body)
    };
    assert_eq!(ask(&receipt.code, Some(&receipt.secret)).0, 200);
    assert_eq!(ask(&receipt.code, Some(&receipt.secret.to_uppercase().replace('-', " "))).0, 200);
    let wrong = ask(&receipt.code, Some("00000-00000-00000-00000"));
    assert_eq!(wrong.0, 404);
    assert_eq!(ask("PAKN.20190304.9999", Some(&receipt.secret)), wrong);
    assert_eq!(ask(&receipt.code, None), wrong);
    assert_eq!(ask("nothing", Some("x")), wrong);
}

#[test]
fn the_citizen_follows_it_in_plain_words_to_the_answer() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let seen = receipt.follow(&city).expect(200);
    assert_eq!(seen.header("cache-control"), "private, no-store");
    assert_eq!(seen.body["state_text"]["vi"], "Đã chuyển đơn vị xử lý");
    assert_eq!(
        (&seen.body["handler"], &seen.body["next_expected_on"]),
        (&json!("Sở Xây dựng thành phố Cần Thơ"), &json!("2019-03-25"))
    );
    assert_eq!(
        (&seen.body["answer"], &seen.body["allowed_acts"]),
        (&Value::Null, &json!(["supplement", "withdraw"]))
    );
    receipt.act(&city, "supplement", json!({ "text": "Tôi bổ sung biên nhận hồ sơ số 12." })).expect(200);
    let officer = city.login("officer.sxd");
    act(&officer, &receipt.code, "note", json!({ "text": "Hỏi lại bộ phận một cửa." })).expect(200);
    act(&officer, &receipt.code, "update", json!({ "text": "Đang xác minh tại bộ phận một cửa." }))
        .expect(200);
    assert_eq!(receipt.act(&city, "vote", json!({ "satisfied": true })).status, 409);
    answered(&city, &receipt.code);
    let seen = receipt.follow(&city).expect(200).body;
    let said: Vec<&str> =
        seen["updates"].as_array().unwrap().iter().map(|update| update["text"].as_str().unwrap()).collect();
    assert_eq!(said, ["Tôi bổ sung biên nhận hồ sơ số 12.", "Đang xác minh tại bộ phận một cửa."]);
    assert_eq!(seen["answer"], "Đơn vị đã trả kết quả và xin lỗi người dân.");
    assert_eq!(
        receipt.act(&city, "vote", json!({ "satisfied": false })).expect(200).body["satisfied"],
        false
    );
    assert_eq!(receipt.act(&city, "vote", json!({ "satisfied": true })).status, 409, "once");
}

#[test]
fn it_opens_again_only_within_its_window() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    answered(&city, &receipt.code);
    act(&city.login("controller.vpubnd"), &receipt.code, "close", json!({})).expect(200);
    let seen = receipt.follow(&city).expect(200).body;
    assert_eq!(
        (&seen["can_reopen_until"], &seen["allowed_acts"]),
        (&json!("2019-03-19"), &json!(["reopen", "vote"]))
    );
    city.clock.set("2019-03-20T00:00:00+07:00");
    assert_eq!(receipt.act(&city, "reopen", json!({ "reason": "Chưa đúng" })).status, 409);
    city.clock.set("2019-03-19T23:59:00+07:00");
    let again = receipt.act(&city, "reopen", json!({ "reason": "Kết quả vẫn chưa đúng." })).expect(200).body;
    assert_eq!((&again["state"], &again["next_expected_on"]), (&json!("reopened"), &json!("2019-04-08")));
    receipt.act(&city, "withdraw", json!({ "reason": "Đã giải quyết." })).expect(200);
    assert_eq!(receipt.act(&city, "withdraw", json!({ "reason": "Nữa" })).status, 409);
}

#[test]
fn the_days_begin_when_the_last_fault_is_cured() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let item = json!({
        "channel": "written", "received_at": "2019-03-04T08:00:00+07:00", "title": "Đơn phản ánh",
        "content": "Cán bộ một cửa phường hay về sớm, người dân phải quay lại hôm sau.", "sender": { "name": "Lê Văn Tám" },
    });
    let made = office.post("/v1/feedback", item).expect(201).body;
    let (code, secret) = (made["code"].as_str().unwrap(), made["secret"].as_str().unwrap());
    act(&office, code, "ask-sender", json!({ "text": "Đề nghị cho biết địa chỉ và số điện thoại." }))
        .expect(200);
    city.clock.set("2019-03-08T10:00:00+07:00");
    let cured = json!({ "text": "Địa chỉ và điện thoại của tôi.", "sender": { "address": "Phường Cái Khế", "phone": "0900000009" } });
    let path = format!("/v1/public/feedback/{code}/supplement");
    let seen =
        city.send("POST", &path).header("Feedback-Secret", secret).json(cured).answer().expect(200).body;
    // Twenty days from Friday 8 March end on Thursday the 28th.
    assert_eq!((&seen["state"], &seen["next_expected_on"]), (&json!("received"), &json!("2019-03-15")));
    let seen = office.get(&format!("/v1/feedback/{code}")).expect(200).body;
    assert_eq!(
        (&seen["due_on"], &seen["grounds"], &seen["valid_at"]),
        (&json!("2019-03-28"), &json!([]), &json!("2019-03-08T03:00:00Z"))
    );
}

#[test]
fn a_retry_needs_the_secret_as_well() {
    let city = City::new();
    let receipt = send(&city, letter());
    let again = |secret: &str| {
        let path = format!("/v1/public/feedback/{}/supplement", receipt.code);
        let request = city.send("POST", &path).header("Idempotency-Key", "bo-sung-mot-lan-duy-nhat");
        let request = if secret.is_empty() { request } else { request.header("Feedback-Secret", secret) };
        request.json(json!({ "text": "Tôi bổ sung biên nhận." })).answer()
    };
    let first = again(&receipt.secret).expect(200);
    let second = again(&receipt.secret).expect(200);
    assert_eq!((&second.body, second.header("idempotency-replayed")), (&first.body, "true"));
    for other in ["", "0a1b2-c3d4e-f5g6h-7j8k9"] {
        assert_eq!(again(other).status, 404, "{other}");
    }
}

#[test]
fn what_is_withdrawn_after_it_was_published_is_public_no_longer() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    answered(&city, &receipt.code);
    let texts =
        json!({ "title": "Chậm trả kết quả", "content": "Chậm trả kết quả.", "answer": "Đã trả kết quả." });
    act(&city.login("controller.vpubnd"), &receipt.code, "publish", texts).expect(200);
    let public = || city.get("/v1/public/feedback?limit=200").expect(200).text.contains(&receipt.code);
    assert!(public());
    receipt.act(&city, "reopen", json!({ "reason": "Kết quả vẫn chưa đúng." })).expect(200);
    assert!(public(), "it is public until it is taken back");
    receipt.act(&city, "withdraw", json!({ "reason": "Đã giải quyết." })).expect(200);
    assert!(!public());
}
