//! The demo clock and the real one.

use chrono::{DateTime, TimeDelta};
use serde_json::json;

use crate::city::City;

#[test]
fn an_administrator_moves_the_demo_clock() {
    let city = City::new();
    let clock = city.get("/v1/clock").expect(200).body;
    assert_eq!(clock, json!({ "now": "2019-03-04T01:00:00Z", "today": "2019-03-04", "clock": "demo" }));
    let admin = city.login("admin.vpubnd");
    // Still the evening of the day before in UTC.
    let moved = admin.put("/v1/clock", json!({ "now": "2019-05-06T00:30:00+07:00" })).expect(200).body;
    assert_eq!(moved, json!({ "now": "2019-05-05T17:30:00Z", "today": "2019-05-06", "clock": "demo" }));
    assert_eq!(city.get("/v1/clock").expect(200).body, moved);
    let row = admin.get("/v1/audit?subject=clock:demo").expect(200).body["items"][0].clone();
    assert_eq!(
        (&row["before"]["now"], &row["after"]["now"]),
        (&json!("2019-03-04T01:00:00Z"), &json!("2019-05-05T17:30:00Z"))
    );
}

#[test]
fn others_and_other_years_do_not() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for now in ["2017-12-31T23:59:59+07:00", "2028-01-01T00:00:00+07:00", "tomorrow"] {
        assert_eq!(
            admin.put("/v1/clock", json!({ "now": now })).expect(422).body["errors"][0]["pointer"],
            "/now"
        );
    }
    city.login("controller.vpubnd").put("/v1/clock", json!({ "now": "2019-05-06T08:00:00Z" })).expect(403);
    assert_eq!(city.get("/v1/clock").body["now"], "2019-03-04T01:00:00Z");
}

#[test]
fn the_real_clock_is_not_moved() {
    let city = City::with(&[("KSTT_CLOCK", "real")]);
    assert_eq!(city.get("/v1/clock").expect(200).body["clock"], "real");
    city.login("admin.vpubnd").put("/v1/clock", json!({ "now": "2019-05-06T08:00:00Z" })).expect(409);
}

#[test]
fn a_retry_does_not_move_it_back() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let first = || {
        let request = admin.send("PUT", "/v1/clock").header("Idempotency-Key", "first-move-of-the-day");
        request.json(json!({ "now": "2019-05-06T01:00:00Z" })).answer().expect(200)
    };
    first();
    admin.put("/v1/clock", json!({ "now": "2019-06-01T01:00:00Z" })).expect(200);
    first();
    assert_eq!(city.get("/v1/clock").body["now"], "2019-06-01T01:00:00Z");
}

#[test]
fn a_restart_goes_on_where_the_demo_was() {
    let city = City::new();
    let started = || kstt_api::calendar::start_clock(&city.app.db, &city.app.config).unwrap().now();
    let near = |text: &str| {
        (started() - DateTime::parse_from_rfc3339(text).unwrap().to_utc()).abs() < TimeDelta::minutes(5)
    };
    assert!(near("2019-03-04T08:00:00+07:00"));
    city.login("admin.vpubnd").put("/v1/clock", json!({ "now": "2020-02-03T08:00:00+07:00" })).expect(200);
    assert!(near("2020-02-03T08:00:00+07:00"));
}
