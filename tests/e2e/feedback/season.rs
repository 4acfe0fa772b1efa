//! A made-up season of the city: the same seed lives through the same, and nothing of it is half there.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kstt_api::seed;
use serde_json::Value;

use crate::city::City;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    found: i64,
}

fn counted(city: &City, query: &str) -> BTreeMap<String, i64> {
    let rows: Vec<Found> = city
        .app
        .db
        .read(|conn| diesel::sql_query(query).load(conn).map_err(kstt_persistence::Error::from))
        .unwrap();
    rows.into_iter().map(|row| (row.name, row.found)).collect()
}

fn live_through(count: usize) -> City {
    let city = City::new();
    city.clock.set("2019-06-28T08:00:00+07:00");
    let during = ("2019-01-01".parse().unwrap(), "2019-06-28".parse().unwrap());
    assert_eq!(seed::feedback(&city.app, count, during).unwrap(), count);
    assert_eq!(seed::feedback(&city.app, count, during).unwrap(), 0, "only once");
    city.work_once();
    city
}

fn every_item(city: &City) -> Vec<Value> {
    let office = city.login("controller.vpubnd");
    let (mut items, mut next) = (Vec::new(), "/v1/feedback?limit=200".to_owned());
    loop {
        let page = office.get(&next).expect(200).body;
        items.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { return items };
        next = format!("/v1/feedback?limit=200&cursor={cursor}");
    }
}

#[test]
fn a_season_is_whole_late_as_cities_are_and_the_same_each_time() {
    let (city, again) = (live_through(300), live_through(300));
    let told = |city: &City| -> BTreeMap<String, [String; 4]> {
        let text = |item: &Value, name: &str| item[name].to_string();
        let of = |item: &Value| ["title", "state", "received_at", "due_on"].map(|name| text(item, name));
        every_item(city).iter().map(|item| (text(item, "code"), of(item))).collect()
    };
    let items = told(&city);
    assert_eq!((items.len(), &items), (300, &told(&again)));
    // Whole: each has its sender, its page of the ledger, its fingerprint and its clocks.
    for part in ["feedback_senders", "feedback_ledger", "feedback_prints"] {
        assert_eq!(
            counted(&city, &format!("SELECT 'rows' AS name, count(*) AS found FROM {part}"))["rows"],
            300,
            "{part}"
        );
    }
    let clocks = counted(
        &city,
        "SELECT rule AS name, count(*) AS found FROM obligations WHERE subject_kind = 'feedback' GROUP BY rule",
    );
    assert_eq!((clocks["K-40a"], clocks["K-42"], clocks["K-44"]), (300, 300, 300));
    let outcomes = counted(
        &city,
        "SELECT outcome AS name, count(*) AS found FROM obligations WHERE subject_kind = 'feedback' AND rule = 'K-44' GROUP BY outcome",
    );
    let late = outcomes["late"] * 100 / 300;
    assert!((3..=20).contains(&late), "{outcomes:?}");
    // Numbers of a day have no gap.
    let mut days: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for code in items.keys() {
        let (day, number) = code.trim_matches('"').rsplit_once('.').unwrap();
        days.entry(day).or_default().push(number.parse().unwrap());
    }
    for (day, mut numbers) in days {
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=u32::try_from(numbers.len()).unwrap()).collect::<Vec<_>>(), "{day}");
    }
    // What is past its term has its spans of seven days.
    let overdue = city.login("controller.vpubnd").get("/v1/feedback?overdue=true&limit=200").expect(200).body;
    let overdue = overdue["items"].as_array().unwrap().len();
    assert!(overdue > 0 && clocks.contains_key("K-45"), "{overdue} overdue, {clocks:?}");
}
