//! What may be received, by whom, under which number.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{clock, clocks, letter, send};
use crate::city::City;

#[test]
fn a_citizen_sends_without_an_account_and_gets_a_code_and_a_secret() {
    let city = City::new();
    let sent = city.post("/v1/public/feedback", letter()).expect(201);
    assert_eq!(sent.body["code"], "PAKN.20190304.0001");
    assert_eq!(sent.header("location"), "/v1/public/feedback/PAKN.20190304.0001");
    // Twenty days from Monday 4 March end on Sunday the 24th, which rolls.
    assert_eq!(sent.body["answer_due_on"], "2019-03-25");
    assert_eq!(sent.body["secret"].as_str().unwrap().len(), 23);
    let seen = city.login("controller.vpubnd").get("/v1/feedback/PAKN.20190304.0001").expect(200).body;
    assert_eq!(
        (&seen["state"], &seen["handler"], &seen["place"]),
        (&json!("received"), &json!("VPUBND"), &json!("VPUBND"))
    );
    assert_eq!(seen["days_left"], json!({ "calendar": 21, "working": 15 }));
    assert_eq!(
        clocks(&city, "PAKN.20190304.0001"),
        [
            clock("K-40a", "met", "2019-03-04"),
            clock("K-42", "open", "2019-03-11"),
            clock("K-44", "open", "2019-03-25")
        ]
    );
}

#[test]
fn every_ground_of_refusal_is_told_and_nothing_is_stored() {
    let city = City::new();
    let refused = city
        .post("/v1/public/feedback", json!({ "title": "Đơn", "content": "Xem lại.", "sender": {} }))
        .expect(422);
    let told: Vec<(&str, &str)> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("/content", "unclear"),
            ("/sender/name", "name_missing"),
            ("/sender/address", "address_missing"),
            ("/sender/phone", "contact_missing"),
        ]
    );
    assert!(refused.body["errors"][0]["detail"].as_str().unwrap().contains("20/2008/NĐ-CP, Điều 7"));
    assert_eq!(send(&city, letter()).code, "PAKN.20190304.0001", "no number was used up");
}

#[test]
fn staff_register_what_came_elsewhere_with_its_true_moment_and_even_what_is_faulty() {
    let city = City::new();
    let clerk = city.login("clerk.c31117");
    let item = json!({
        "channel": "telephone", "received_at": "2019-03-01T09:00:00+07:00", "title": "Gọi điện phản ánh",
        "content": "Người gọi không xưng tên, phản ánh việc phải photo giấy tờ nhiều lần.", "sender": {},
    });
    let made = clerk.post("/v1/feedback", item.clone()).expect(201).body;
    assert_eq!((&made["place"], &made["handler"]), (&json!("C31117"), &json!("VPUBND")));
    assert_eq!(made["grounds"], json!(["name_missing", "address_missing", "contact_missing"]));
    assert_eq!((&made["valid_at"], &made["missing"]), (&Value::Null, &json!(["class", "validity"])));
    let code = made["code"].as_str().unwrap();
    // Received on Friday at the commune, registered on Monday: late by the plan's "at once".
    assert_eq!(
        clocks(&city, code),
        [clock("K-40a", "met_late", "2019-03-01"), clock("K-42", "open", "2019-03-08")]
    );
    clerk.get(&format!("/v1/feedback/{code}")).expect(200);
    assert_eq!(city.login("head.sxd").get(&format!("/v1/feedback/{code}")).status, 404);
    let mut later = item;
    later["received_at"] = json!("2019-03-05T09:00:00+07:00");
    assert_eq!(
        clerk.post("/v1/feedback", later.clone()).expect(422).body["errors"][0]["pointer"],
        "/received_at"
    );
    later["received_at"] = json!("2019-03-01T09:00:00+07:00");
    later["place"] = json!("SXD");
    assert_eq!(clerk.post("/v1/feedback", later).status, 403);
}

#[test]
fn numbers_have_no_gap_and_no_double_under_64_writers() {
    let city = City::with(&[("KSTT_DB_CONNECTIONS", "8")]);
    let other = city.sibling();
    let codes: Vec<String> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..64)
            .map(|writer| {
                let city = if writer % 2 == 0 { &city } else { &other };
                scope.spawn(move || (0..3).map(|_| send(city, letter()).code).collect::<Vec<_>>())
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let unique: BTreeSet<&String> = codes.iter().collect();
    assert_eq!((codes.len(), unique.len()), (192, 192));
    assert_eq!(unique.last().unwrap().as_str(), "PAKN.20190304.0192");
    city.clock.set("2019-03-05T00:30:00+07:00");
    assert_eq!(send(&city, letter()).code, "PAKN.20190305.0001");
}

#[test]
fn one_key_from_twenty_clients_is_one_item_and_one_secret() {
    let city = City::new();
    let answers: BTreeSet<(String, String)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..20)
            .map(|_| {
                scope.spawn(|| {
                    let request = city
                        .send("POST", "/v1/public/feedback")
                        .header("Idempotency-Key", "0123456789abcdef");
                    let sent = request.json(letter()).answer().expect(201).body;
                    (sent["code"].to_string(), sent["secret"].to_string())
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(answers.len(), 1);
    // Another text under the same key is another person's.
    let mut other = letter();
    other["title"] = json!("Việc khác");
    let request = city.send("POST", "/v1/public/feedback").header("Idempotency-Key", "0123456789abcdef");
    assert_eq!(request.json(other).answer().expect(201).body["code"], "PAKN.20190304.0002");
    let kept = std::fs::read(city.scratch.0.join("kstt.db")).unwrap_or_default();
    let secret = answers.first().unwrap().1.trim_matches('"').to_owned();
    assert!(
        !kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()),
        "the secret is kept nowhere"
    );
}

#[test]
fn an_address_sends_only_so_much_an_hour() {
    let city = City::with(&[("KSTT_RATE_LIMIT", "1000"), ("KSTT_RATE_BURST", "1000")]);
    let statuses: Vec<u16> = (0..31).map(|_| city.post("/v1/public/feedback", letter()).status).collect();
    assert_eq!((statuses[29], statuses[30]), (201, 429));
    let refused = city.post("/v1/public/feedback", letter());
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[test]
fn who_sent_it_is_stored_sealed_and_read_in_one_place_with_a_reason() {
    let city = City::new();
    let receipt = send(&city, letter());
    let office = city.login("controller.vpubnd");
    let path = format!("/v1/feedback/{}/sender", receipt.code);
    assert_eq!(office.get(&path).status, 400);
    let reason = "reason=M%E1%BB%9Di%20l%C3%A0m%20vi%E1%BB%87c";
    let shown = office.get(&format!("{path}?{reason}")).expect(200).body;
    assert_eq!(
        (&shown["sender"]["name"], &shown["sender"]["phone"]),
        (&json!("Nguyễn Văn An"), &json!("0900 000 001"))
    );
    let trail = office.get(&format!("/v1/audit?subject=feedback:{}", receipt.code)).expect(200);
    assert_eq!(
        (&trail.body["items"][0]["action"], &trail.body["items"][0]["reason"]),
        (&json!("feedback.read_sender"), &json!("Mời làm việc"))
    );
    assert!(!trail.text.contains("Nguyễn Văn An") && !trail.text.contains("0900"), "{}", trail.text);
    assert_eq!(city.login("admin.vpubnd").get(&format!("{path}?{reason}")).status, 403);
    let stored = std::fs::read(city.scratch.0.join("kstt.db")).unwrap_or_default();
    for secret in ["Nguyễn Văn An", "0900 000 001", "an@example.com"] {
        assert!(
            !stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()),
            "{secret} is stored in the clear"
        );
    }
}
