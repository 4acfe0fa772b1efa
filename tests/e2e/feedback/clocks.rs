//! Every clock of the law, around holidays, transfers, late answers and corrections.

use serde_json::json;

use super::{act, answered, clock, clocks, letter, send, transferred};
use crate::city::City;

#[test]
fn a_transfer_meets_its_clock_and_moves_the_citizens_without_a_day_more() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "conduct" })).expect(200);
    city.clock.set("2019-03-07T09:00:00+07:00");
    act(&office, &receipt.code, "transfer", json!({ "unit": "SXD" })).expect(200);
    assert_eq!(
        clocks(&city, &receipt.code),
        [
            clock("K-40a", "met", "2019-03-04"),
            clock("K-42", "cancelled", "2019-03-11"),
            clock("K-43", "met", "2019-03-11"),
            clock("K-44", "open", "2019-03-25"),
            clock("K-44a", "open", "2019-03-21"),
        ]
    );
    let owed = city.login("head.sxd").get("/v1/obligations?my_unit=true&rule=K-44").expect(200).body;
    assert_eq!(owed["items"].as_array().unwrap().len(), 1);
}

#[test]
fn the_units_clock_never_ends_after_the_citizens() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "regulation" })).expect(200);
    city.clock.set("2019-03-20T09:00:00+07:00");
    act(&office, &receipt.code, "transfer", json!({ "unit": "SXD" })).expect(200);
    let told = clocks(&city, &receipt.code);
    assert!(told.contains(&clock("K-42", "met_late", "2019-03-11")), "{told:?}");
    assert!(told.contains(&clock("K-44a", "cancelled", "2019-04-03")), "{told:?}");
}

#[test]
fn an_answer_counts_from_its_submission() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    city.clock.set("2019-03-25T16:00:00+07:00");
    let (officer, head) = (city.login("officer.sxd"), city.login("head.sxd"));
    act(&officer, &receipt.code, "draft", json!({ "answer": "Đã trả kết quả cho người dân." })).expect(200);
    act(&head, &receipt.code, "approve", json!({})).expect(200);
    act(&officer, &receipt.code, "submit", json!({})).expect(200);
    city.clock.set("2019-03-28T09:00:00+07:00");
    act(&city.login("controller.vpubnd"), &receipt.code, "accept-answer", json!({})).expect(200);
    let told = clocks(&city, &receipt.code);
    assert!(told.contains(&clock("K-44", "met", "2019-03-25")), "{told:?}");
    // Two working days from Monday the 25th.
    assert!(told.contains(&clock("K-46", "breached", "2019-03-27")), "{told:?}");
}

#[test]
fn after_the_term_an_update_is_owed_every_seven_days_and_each_span_without_one_is_a_breach() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let officer = city.login("officer.sxd");
    let windows = |now: &str| -> Vec<(String, String)> {
        city.clock.set(now);
        city.work_once();
        let told = clocks(&city, &receipt.code);
        told.into_iter()
            .filter(|(rule, ..)| rule == "K-45")
            .map(|(_, state, due_on)| (state, due_on))
            .collect()
    };
    let window = |state: &str, due_on: &str| (state.to_owned(), due_on.to_owned());
    assert_eq!(windows("2019-03-25T23:59:00+07:00"), []);
    assert_eq!(windows("2019-03-26T00:00:00+07:00"), [window("open", "2019-04-01")]);
    act(&officer, &receipt.code, "update", json!({ "text": "Đang lấy ý kiến Sở Tư pháp." })).expect(200);
    assert_eq!(windows("2019-03-30T08:00:00+07:00"), [window("met", "2019-04-01")]);
    assert_eq!(
        windows("2019-04-02T00:00:00+07:00"),
        [window("met", "2019-04-01"), window("open", "2019-04-08")]
    );
    // The third span ends on 15 April, the day off in lieu of Hùng Kings, and rolls to the 16th.
    assert_eq!(
        windows("2019-04-09T08:00:00+07:00"),
        [window("breached", "2019-04-08"), window("met", "2019-04-01"), window("open", "2019-04-16")]
    );
    answered(&city, &receipt.code);
    let told = windows("2019-05-30T08:00:00+07:00");
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told.contains(&window("met", "2019-04-16")) && told.contains(&window("met_late", "2019-04-08")),
        "{told:?}"
    );
}

#[test]
fn the_index_of_2022_only_warns() {
    let city = City::new();
    city.clock.set("2023-03-06T08:00:00+07:00");
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    let told = clocks(&city, &receipt.code);
    assert!(told.contains(&clock("K-47", "open", "2023-03-27")), "{told:?}");
    act(&office, &receipt.code, "ask-sender", json!({ "text": "Đề nghị bổ sung." })).expect(200);
    city.clock.set("2023-03-09T08:00:00+07:00");
    act(&office, &receipt.code, "refuse", json!({ "ground": "unclear", "text": "Không rõ." })).expect(200);
    let told = clocks(&city, &receipt.code);
    assert!(told.contains(&clock("K-41", "met", "2023-03-13")), "{told:?}");
    // Two working days had passed on the 8th.
    assert!(told.contains(&clock("K-40", "met_late", "2023-03-08")), "{told:?}");
    assert!(
        told.iter()
            .filter(|(rule, ..)| rule == "K-44" || rule == "K-47")
            .all(|(_, state, _)| state == "cancelled")
    );
}

#[test]
fn a_wrong_moment_of_receipt_is_corrected_after_a_rehearsal() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let office = city.login("controller.vpubnd");
    let correct = |dry_run: bool| {
        let body = json!({ "received_at": "2019-02-27T09:00:00+07:00", "dry_run": dry_run, "reason": "Dấu đến ngày 27/02." });
        act(&office, &receipt.code, "correct-receipt", body)
    };
    let moved = json!([
        { "rule": "K-40a", "due_before": "2019-03-04", "due_after": "2019-02-27" },
        { "rule": "K-42", "due_before": "2019-03-11", "due_after": "2019-03-06" },
        { "rule": "K-44", "due_before": "2019-03-25", "due_after": "2019-03-19" },
    ]);
    let rehearsed = correct(true).expect(200).body;
    assert_eq!((&rehearsed["moved"], &rehearsed["feedback"]["due_on"]), (&moved, &json!("2019-03-19")));
    assert_eq!(
        office.get(&format!("/v1/feedback/{}", receipt.code)).expect(200).body["due_on"],
        "2019-03-25"
    );
    assert_eq!(correct(false).expect(200).body["moved"], moved);
    assert!(clocks(&city, &receipt.code).contains(&clock("K-44", "open", "2019-03-19")));
    let trail = office.get(&format!("/v1/audit?subject=feedback:{}", receipt.code)).expect(200).body;
    assert_eq!(trail["items"][0]["reason"], "Dấu đến ngày 27/02.");
    let later = json!({ "received_at": "2019-03-05T09:00:00+07:00", "dry_run": true, "reason": "x" });
    assert_eq!(act(&office, &receipt.code, "correct-receipt", later).status, 422);
}

#[test]
fn no_one_keeps_the_clocks_of_an_item_by_hand_and_its_officer_has_them() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    let (head, officer) = (city.login("head.sxd"), city.login("officer.sxd"));
    let id = officer.get("/v1/me").expect(200).body["account"]["id"].clone();
    act(&head, &receipt.code, "assign", json!({ "officer_id": id })).expect(200);
    let mine = officer.get("/v1/obligations?mine=true&rule=K-44").expect(200).body;
    let duty = mine["items"][0]["id"].as_str().unwrap();
    let etag = officer.get(&format!("/v1/obligations/{duty}")).expect(200).etag();
    let path = format!("/v1/obligations/{duty}/meet");
    let met = officer.send("POST", &path).header("If-Match", &etag).json(json!({ "note": "Xong" })).answer();
    assert_eq!(met.status, 409, "{}", met.text);
}

#[test]
fn what_the_office_answers_itself_is_not_to_be_transferred() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "accept", json!({ "class": "regulation" })).expect(200);
    act(&office, &receipt.code, "draft", json!({ "answer": "Văn phòng trả lời." })).expect(200);
    assert!(clocks(&city, &receipt.code).contains(&clock("K-42", "cancelled", "2019-03-11")));
}

#[test]
fn what_is_closed_after_it_was_opened_again_owes_no_answer() {
    let city = City::new();
    let receipt = transferred(&city, "regulation", "SXD");
    answered(&city, &receipt.code);
    let office = city.login("controller.vpubnd");
    act(&office, &receipt.code, "publish", json!({ "confirmed": [] })).expect(200);
    receipt.act(&city, "reopen", json!({ "reason": "Kết quả vẫn chưa đúng." })).expect(200);
    let owed = || {
        let open = clocks(&city, &receipt.code).into_iter().filter(|(_, state, _)| state == "open");
        open.map(|(rule, ..)| rule).collect::<Vec<_>>()
    };
    assert_eq!(owed(), ["K-44", "K-46"]);
    act(&office, &receipt.code, "close", json!({})).expect(200);
    assert_eq!(owed(), ["K-46"], "the result still goes into the national system");
}
