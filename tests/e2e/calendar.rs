//! The calendar: days, terms as the law counts them, new versions, and the clock.

mod clock;
mod publishing;

use serde_json::{Value, json};

use crate::city::{Answer, City};

fn compute(city: &City, start: &str, amount: u32, unit: &str, direction: &str) -> Answer {
    city.post(
        "/v1/calendar/compute",
        json!({ "start": start, "amount": amount, "unit": unit, "direction": direction }),
    )
}

/// Pointer and code of the first fault of a refusal.
fn fault(answer: &Answer) -> (&str, &str) {
    let fault = &answer.body["errors"][0];
    (fault["pointer"].as_str().unwrap_or_default(), fault["code"].as_str().unwrap_or_default())
}

#[test]
fn terms_end_where_the_law_says() {
    let city = City::new();
    let vectors = [
        ("2019-04-12", 5, "working_day", "after", "2019-04-22"),
        ("2019-05-02", 3, "working_day", "after", "2019-05-06"),
        ("2019-04-10", 20, "calendar_day", "after", "2019-05-02"),
        ("2019-01-16", 20, "calendar_day", "after", "2019-02-11"),
        ("2019-08-30", 2, "working_day", "after", "2019-09-04"),
        ("2023-04-27", 5, "working_day", "after", "2023-05-09"),
        ("2025-01-20", 10, "working_day", "after", "2025-02-10"),
        ("2025-04-24", 5, "working_day", "after", "2025-05-05"),
        ("2026-08-28", 2, "working_day", "after", "2026-09-04"),
        ("2019-05-06", 5, "calendar_day", "before", "2019-05-01"),
        ("2019-05-06", 8, "calendar_day", "before", "2019-04-28"),
        ("2019-05-06", 5, "working_day", "before", "2019-04-25"),
        ("2019-01-31", 1, "month", "after", "2019-02-28"),
        ("2019-04-12", 0, "working_day", "after", "2019-04-12"),
    ];
    for (start, amount, unit, direction, due) in vectors {
        let answer = compute(&city, start, amount, unit, direction).expect(200);
        assert_eq!(answer.body["due_on"], due, "{start} {direction} {amount} {unit}");
        assert_eq!(answer.body["calendar_version"], 1);
    }
}

#[test]
fn every_day_on_the_way_is_explained() {
    let city = City::new();
    let answer = compute(&city, "2019-04-12", 5, "working_day", "after").expect(200);
    // The midnight after the last lawful day in Vietnam.
    assert_eq!(answer.body["due_at"], "2019-04-22T17:00:00Z");
    let days = answer.body["explanation"].as_array().unwrap();
    assert_eq!(days.len(), 11);
    assert_eq!(
        days[0],
        json!({ "date": "2019-04-12", "counted": false, "reason": "start_day_not_counted", "name": null })
    );
    assert_eq!(days[3]["reason"], "day_in_lieu");
    assert!(days[3]["name"].as_str().unwrap().contains("Giỗ Tổ"));
    assert_eq!(days.iter().filter(|day| day["counted"] == true).count(), 5);
}

#[test]
fn a_caller_may_choose_how_a_term_ends() {
    let city = City::new();
    let due = |more: Value| {
        let mut body =
            json!({ "start": "2019-04-29", "amount": 5, "unit": "calendar_day", "direction": "after" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        city.post("/v1/calendar/compute", body).expect(200).body["due_on"].clone()
    };
    // 4 May 2019 was a Saturday that was worked.
    assert_eq!(due(json!({})), "2019-05-04");
    assert_eq!(due(json!({ "make_up_saturday_ends_term": false })), "2019-05-06");
    assert_eq!(due(json!({ "amount": 6 })), "2019-05-06");
    assert_eq!(due(json!({ "amount": 6, "roll": false })), "2019-05-05");
}

#[test]
fn hours_are_office_hours_and_begin_at_a_moment() {
    let city = City::new();
    let answer = compute(&city, "2019-03-04T08:00:00+07:00", 8, "hour", "after").expect(200);
    assert_eq!(
        (&answer.body["due_on"], &answer.body["due_at"]),
        (&json!("2019-03-05"), &json!("2019-03-05T01:00:00Z"))
    );
    assert_eq!(
        fault(&compute(&city, "2019-03-04", 8, "hour", "after").expect(422)),
        ("/start", "moment_needed")
    );
}

#[test]
fn a_question_without_an_answer_is_refused_with_its_place() {
    let city = City::new();
    let cases = [
        ("2017-12-29", 5, "working_day", ("/amount", "outside_calendar")),
        ("2027-12-30", 5, "working_day", ("/amount", "outside_calendar")),
        ("2019-01-01", 121, "month", ("/amount", "too_large")),
        ("2019-02-30", 1, "calendar_day", ("/start", "not_a_date")),
        ("1899-12-31", 1, "calendar_day", ("/start", "out_of_range")),
    ];
    for (start, amount, unit, expected) in cases {
        let answer = compute(&city, start, amount, unit, "after").expect(422);
        assert_eq!(fault(&answer), expected, "{start} {amount} {unit}: {}", answer.text);
    }
    let body = json!({ "start": "2019-01-02", "amount": 1, "unit": "month", "direction": "after", "calendar_version": 9 });
    assert_eq!(
        fault(&city.post("/v1/calendar/compute", body).expect(422)),
        ("/calendar_version", "unknown_version")
    );
}

#[test]
fn days_are_listed_with_their_reasons() {
    let city = City::new();
    let answer = city.get("/v1/calendar/days?from=2019-04-12&to=2019-04-15").expect(200);
    let days = answer.body["days"].as_array().unwrap();
    let told: Vec<_> =
        days.iter().map(|day| (day["weekday"].as_u64().unwrap(), day["working"] == true)).collect();
    assert_eq!(told, [(5, true), (6, false), (7, false), (1, false)]);
    assert_eq!(days[3]["reason"], "day_in_lieu");
    let again = city.send("GET", "/v1/calendar/days?from=2019-04-12&to=2019-04-15");
    again.header("If-None-Match", &answer.etag()).answer().expect(304);
}

#[test]
fn days_outside_the_calendar_are_not_guessed() {
    let city = City::new();
    let outside = city.send("GET", "/v1/calendar/days?from=2027-12-30&to=2028-01-02");
    let outside = outside.header("Accept-Language", "en").answer().expect(422);
    assert_eq!(fault(&outside), ("/query/to", "outside_calendar"));
    assert!(outside.text.contains("2018 to 2027"), "{}", outside.text);
    city.get("/v1/calendar/days?from=2019-01-02&to=2019-01-01").expect(422);
    city.get("/v1/calendar/days?from=2019-01-01&to=2020-02-05").expect(422);
    assert_eq!(
        city.get("/v1/calendar/days?from=2019-01-01&to=2020-02-04").expect(200).body["days"][399]["date"],
        "2020-02-04"
    );
    city.get("/v1/calendar/days?from=2019-01-01").expect(400);
    city.get("/v1/calendar/days?from=2019-01-01&to=2019-01-01&version=7").expect(404);
}
