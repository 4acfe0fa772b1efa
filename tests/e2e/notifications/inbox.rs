//! One's own inbox: words, counts, reading, preferences.

use serde_json::json;

use super::{read_all, unread};
use crate::city::City;

#[test]
fn the_inbox_tells_in_both_languages_and_counts() {
    let city = City::new();
    city.work_once();
    let head = city.login("head.c31117");
    let page = head.get("/v1/notifications?unread=true").expect(200).body;
    // The plan of January was never recorded.
    let first = &page["items"][0];
    assert_eq!((&first["kind"], &first["unit"]), (&json!("reminder_after"), &json!("C31117")));
    assert!(first["title"]["vi"].as_str().unwrap().starts_with("Đã quá hạn 31/01/2019: "), "{first}");
    assert!(first["title"]["en"].as_str().unwrap().starts_with("Overdue since 2019-01-31: "), "{first}");
    assert!(first["body"]["vi"].as_str().unwrap().contains("K-20, 2019"), "{first}");
    let unread_counts = json!({ "total": { "value": 1, "at_least": false }, "by_kind": [{ "kind": "reminder_after", "count": 1 }] });
    assert_eq!(page["unread"], unread_counts);
    let path = format!("/v1/obligations/{}", first["subject"]["id"].as_str().unwrap());
    assert_eq!(head.get(&path).expect(200).body["state"], "breached");
    let nothing = head.post("/v1/notifications/mark-read", json!({})).expect(422);
    assert_eq!(nothing.body["errors"][0]["pointer"], "/ids");
    let marked = head.post("/v1/notifications/mark-read", json!({ "ids": [first["id"]] })).expect(200);
    assert_eq!(marked.body, json!({ "marked": 1 }));
    let again = head.post("/v1/notifications/mark-read", json!({ "ids": [first["id"]] })).expect(200);
    assert_eq!(again.body, json!({ "marked": 0 }));
    assert_eq!(head.get("/v1/notifications").expect(200).body["items"][0]["read_at"], "2019-03-04T01:00:00Z");
    assert!(unread(&head).is_empty());
}

#[test]
fn nobody_reads_or_marks_the_inbox_of_another() {
    let city = City::new();
    city.work_once();
    let (head, controller) = (city.login("head.c31117"), city.login("controller.vpubnd"));
    let theirs = head.get("/v1/notifications").expect(200).body["items"][0]["id"].clone();
    let marked = controller.post("/v1/notifications/mark-read", json!({ "ids": [theirs] })).expect(200);
    assert_eq!(marked.body, json!({ "marked": 0 }));
    assert_eq!(unread(&head).len(), 1);
    let first = controller.get("/v1/notifications?limit=2").expect(200).body;
    assert!(first["unread"]["total"]["value"].as_i64().unwrap() > 100);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = controller.get(&format!("/v1/notifications?limit=2&cursor={cursor}")).expect(200).body;
    assert!(second["items"][0]["id"].as_str() < first["items"][1]["id"].as_str());
    assert_eq!(head.get(&format!("/v1/notifications?limit=2&cursor={cursor}")).status, 400);
}

#[test]
fn one_chooses_what_to_hear_but_not_to_miss_what_is_late() {
    let city = City::new();
    let head = city.login("head.sxd");
    let path = "/v1/notifications/preferences";
    let before = head.get(path).expect(200);
    assert_eq!(before.body, json!({ "email": true, "language": "vi", "muted": [] }));
    let choose = |etag: &str, body: serde_json::Value| {
        head.send("PUT", path).header("If-Match", etag).json(body).answer()
    };
    let late =
        choose(&before.etag(), json!({ "email": false, "language": "en", "muted": ["reminder_after"] }));
    assert_eq!((late.status, &late.body["errors"][0]["pointer"]), (422, &json!("/muted/0")));
    let wanted = json!({ "email": false, "language": "en", "muted": ["reminder_before", "reminder_on"] });
    let chosen = choose(&before.etag(), wanted.clone()).expect(200);
    assert_eq!(chosen.body, wanted);
    let stale = choose(&before.etag(), wanted.clone()).expect(412);
    assert_eq!(stale.etag(), chosen.etag());
    city.work_once();
    read_all(&head);
    crate::obligations::open_term(&city, "K-44", "SXD", "2019-03-04T01:00:00Z");
    city.clock.set("2019-03-18T08:00:00+07:00");
    city.work_once();
    assert!(unread(&head).iter().all(|(kind, _)| kind != "reminder_before"));
    city.clock.set("2019-03-26T08:00:00+07:00");
    city.work_once();
    assert!(unread(&head).iter().any(|(kind, _)| kind == "reminder_after"));
}
