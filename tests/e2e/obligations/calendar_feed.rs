//! The calendar that programs subscribe to.

use serde_json::json;

use crate::city::City;

#[test]
fn an_address_shows_the_duties_of_its_unit_until_it_is_revoked() {
    let city = City::new();
    let head = city.login("head.sxd");
    let made =
        head.post("/v1/units/SXD/duty-feeds", json!({ "label": "Lịch của giám đốc" })).expect(201).body;
    let address = made["address"].as_str().unwrap();
    let calendar = city.get(address).expect(200);
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(calendar.text.matches("BEGIN:VEVENT").count(), 41);
    assert!(calendar.text.contains("DTSTART;VALUE=DATE:20190325"), "{}", calendar.text);
    assert!(calendar.text.lines().all(|line| line.len() <= 75), "long lines are folded");
    let again = city.send("GET", address).header("If-None-Match", &calendar.etag()).answer();
    assert_eq!(again.status, 304);
    let other = address.replace("/SXD/", "/STP/");
    assert_eq!(city.get(&other).status, 404);
    let listed = head.get("/v1/units/SXD/duty-feeds").expect(200).body;
    assert_eq!(
        (&listed["items"][0]["label"], &listed["items"][0]["address"]),
        (&made["label"], &json!(null))
    );
    let path = format!("/v1/units/SXD/duty-feeds/{}", made["id"].as_str().unwrap());
    head.delete(&path).expect(204);
    assert_eq!(city.get(address).status, 404);
    head.delete(&path).expect(204);
    assert_eq!(city.login("head.c31117").delete(&path).status, 403);
}

#[test]
fn a_token_is_in_no_log_and_in_no_list() {
    let city = City::new();
    let head = city.login("head.sxd");
    let send = || {
        let body = json!({ "label": "Lịch" });
        head.send("POST", "/v1/units/SXD/duty-feeds")
            .header("Idempotency-Key", "0123456789abcdef")
            .json(body)
            .answer()
    };
    let first = send().expect(201).body;
    assert!(first["address"].as_str().unwrap().contains("token="));
    assert_eq!(send().expect(201).body["address"], json!(null), "a retry is not told it again");
}
