//! Publishing versions of the calendar.

use serde_json::{Value, json};

use super::{compute, fault};
use crate::city::{Answer, City, Person};

fn publish(admin: &Person<'_>, etag: &str, body: Value) -> Answer {
    admin.send("POST", "/v1/calendar/versions").header("If-Match", etag).json(body).answer()
}

/// 2 May 2019 off, 11 May worked for it.
fn swap() -> Value {
    json!({ "reason": "Thông báo hoán đổi ngày nghỉ", "set": [
        { "date": "2019-05-02", "kind": "compensatory", "name_vi": "Nghỉ hoán đổi", "swaps_with": "2019-05-11", "status": "final" },
        { "date": "2019-05-11", "kind": "swapped_working_day", "name_vi": "Làm bù", "swaps_with": "2019-05-02", "status": "final" },
    ] })
}

#[test]
fn a_new_version_counts_from_now_on_and_the_old_one_stays() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let before = city.get("/v1/calendar").expect(200);
    let made = publish(&admin, &before.etag(), swap()).expect(201);
    assert_eq!(made.header("location"), "/v1/calendar/versions/2");
    let read = city.get("/v1/calendar").expect(200);
    assert_eq!((&read.body, read.etag()), (&made.body, made.etag()));
    assert_eq!(city.get("/v1/calendar/versions/2").expect(200).body, made.body);
    assert_eq!(city.get("/v1/calendar/versions/1").expect(200).body, before.body);

    let new = compute(&city, "2019-04-26", 2, "working_day", "after").expect(200).body;
    assert_eq!((&new["due_on"], &new["calendar_version"]), (&json!("2019-05-04"), &json!(2)));
    let question = json!({ "start": "2019-04-26", "amount": 2, "unit": "working_day", "direction": "after", "calendar_version": 1 });
    let old = city.post("/v1/calendar/compute", question).expect(200).body;
    assert_eq!((&old["due_on"], &old["calendar_version"]), (&json!("2019-05-03"), &json!(1)));
    let days = city.get("/v1/calendar/days?from=2019-05-02&to=2019-05-02&version=1").expect(200).body;
    assert_eq!(days["days"][0]["working"], true);
}

#[test]
fn only_the_newest_version_is_published_from() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let first = city.get("/v1/calendar").expect(200).etag();
    admin.post("/v1/calendar/versions", swap()).expect(428);
    let second = publish(&admin, &first, swap()).expect(201).etag();
    let stale = publish(&admin, &first, json!({ "reason": "x", "lift": ["2019-09-02"] })).expect(412);
    assert_eq!(stale.etag(), second);
    for username in ["controller.vpubnd", "admin.sxd", "officer.d916"] {
        publish(&city.login(username), &second, json!({ "reason": "x", "lift": ["2019-09-02"] })).expect(403);
    }
    city.post("/v1/calendar/versions", swap()).expect(401);
}

#[test]
fn a_retry_publishes_once() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let etag = city.get("/v1/calendar").expect(200).etag();
    let send = || {
        let request = admin.send("POST", "/v1/calendar/versions").header("If-Match", &etag);
        request.header("Idempotency-Key", "calendar-2019-swap").json(swap()).answer().expect(201)
    };
    let (first, again) = (send(), send());
    assert_eq!((&first.body, first.etag()), (&again.body, again.etag()));
    assert_eq!(city.get("/v1/calendar").expect(200).body["version"], 2);
}

#[test]
fn years_are_added_and_days_are_lifted() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let etag = city.get("/v1/calendar").expect(200).etag();
    let new_year = json!({ "date": "2028-01-03", "kind": "compensatory", "name_vi": "Nghỉ bù", "compensates": "2028-01-01", "status": "projected" });
    let alone =
        json!({ "reason": "Năm 2028", "last_year": 2028, "set": [new_year.clone()], "lift": ["2019-09-02"] });
    assert_eq!(fault(&publish(&admin, &etag, alone).expect(422)), ("/set/0", "not_a_weekend_holiday"));
    let holiday =
        json!({ "date": "2028-01-01", "kind": "public", "name_vi": "Tết Dương lịch", "status": "projected" });
    let whole = json!({ "reason": "Năm 2028", "last_year": 2028, "set": [new_year, holiday], "lift": ["2019-09-02"] });
    assert_eq!(publish(&admin, &etag, whole).expect(201).body["last_year"], 2028);
    let days = city.get("/v1/calendar/days?from=2028-01-01&to=2028-01-04").expect(200).body;
    let working: Vec<_> = days["days"].as_array().unwrap().iter().map(|day| day["working"] == true).collect();
    assert_eq!(working, [false, false, false, true]);
    assert_eq!(city.get("/v1/calendar/days?from=2019-09-02&to=2019-09-02").body["days"][0]["working"], true);
}

#[test]
fn a_calendar_at_odds_with_itself_is_refused() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let etag = city.get("/v1/calendar").expect(200).etag();
    let day = |date: &str, kind: &str, more: Value| {
        let mut day = json!({ "date": date, "kind": kind, "name_vi": "Tên", "status": "final" });
        day.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "set": [day] })
    };
    let cases = [
        (json!({}), ("", "nothing_to_change")),
        (json!({ "lift": ["2019-09-02", "2019-09-02"] }), ("/lift/1", "repeated_date")),
        (json!({ "lift": ["2019-09-10"] }), ("/lift/0", "not_an_exception")),
        (json!({ "lift": ["2019-05-04"] }), ("/lift/0", "unpaired_swap")),
        (json!({ "lift": ["2019-04-14"] }), ("/lift/0", "not_a_weekend_holiday")),
        (json!({ "first_year": 2028 }), ("/first_year", "years_out_of_order")),
        (json!({ "last_year": 2101 }), ("/last_year", "out_of_range")),
        (json!({ "first_year": 2019 }), ("/first_year", "outside_years")),
        (
            day("2019-05-08", "swapped_working_day", json!({ "swaps_with": "2019-05-09" })),
            ("/set/0/date", "not_a_weekend"),
        ),
        (day("2019-05-11", "swapped_working_day", json!({})), ("/set/0/swaps_with", "link_missing")),
        (
            day("2019-05-11", "swapped_working_day", json!({ "swaps_with": "2019-05-09" })),
            ("/set/0", "unpaired_swap"),
        ),
        (
            day("2019-05-11", "compensatory", json!({ "compensates": "2019-04-14" })),
            ("/set/0/date", "not_a_weekday"),
        ),
        (day("2019-05-10", "compensatory", json!({})), ("/set/0/kind", "link_missing")),
        (
            day("2019-05-10", "compensatory", json!({ "compensates": "2019-04-30" })),
            ("/set/0", "not_a_weekend_holiday"),
        ),
        (
            day("2019-05-10", "public", json!({ "swaps_with": "2019-05-11" })),
            ("/set/0/kind", "link_unwanted"),
        ),
        (day("2028-05-10", "public", json!({})), ("/set/0", "outside_years")),
        (day("2019-05-10", "public", json!({ "name_vi": "  " })), ("/set/0/name_vi", "blank")),
        (day("2019-05-10", "feast", json!({})), ("/set/0/kind", "shape")),
    ];
    for (mut body, expected) in cases {
        body["reason"] = json!("Thử");
        let answer = publish(&admin, &etag, body.clone()).expect(422);
        assert_eq!(fault(&answer), expected, "{body}: {}", answer.text);
    }
    assert_eq!(city.get("/v1/calendar").expect(200).etag(), etag);
}

#[test]
fn versions_are_paged_and_the_trail_tells_what_changed() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let etag = publish(&admin, &city.get("/v1/calendar").etag(), swap()).expect(201).etag();
    publish(&admin, &etag, json!({ "reason": "Bỏ Quốc khánh", "lift": ["2019-09-02"] })).expect(201);
    let mut path = "/v1/calendar/versions?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = city.get(&path).expect(200).body;
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["version"].as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/calendar/versions?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, [3, 2, 1]);
    let row = admin.get("/v1/audit?subject=calendar:3").expect(200).body["items"][0].clone();
    assert_eq!((&row["action"], &row["reason"]), (&json!("calendar.edit"), &json!("Bỏ Quốc khánh")));
    assert_eq!(row["before"]["days"][0]["date"], "2019-09-02");
    assert_eq!(row["after"]["lifted"], json!(["2019-09-02"]));
}
