//! Deadlines: the rules, what units owe in 2019 and 2020, why, and what follows from corrections.

mod acts;
mod calendar_feed;
mod rules;
mod years;

use chrono::{DateTime, NaiveDateTime, Utc};
use kstt_domain::policy::actions::OpenObligations;
use kstt_domain::policy::{Actor, Target, permit};
use kstt_persistence::Error;
use kstt_persistence::obligations::{self as rows, Moments, ObligationRow};
use kstt_persistence::units::{Viewers, by_code};
use serde_json::{Value, json};

use crate::city::City;

fn moment(value: &Value) -> NaiveDateTime {
    value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap().naive_utc()
}

/// Opens an obligation of an event, as the room of that event does in its own transaction.
pub fn open_term(city: &City, rule: &str, unit: &str, at: &str) -> String {
    let told = city.post("/v1/obligations/preview", json!({ "rule": rule, "at": at })).expect(200).body;
    let id = uuid::Uuid::now_v7().to_string();
    city.app
        .db
        .write(|conn| {
            let unit = by_code(conn, unit)?.unwrap();
            let now = moment(&json!(at));
            let moments = Moments {
                rule_version: told["rule_version"].as_i64().unwrap(),
                calendar_version: told["calendar_version"].as_i64().unwrap(),
                trigger_at: now,
                soon_at: moment(&told["soon_at"]),
                warn_at: moment(&told["warn_at"]),
                due_at: moment(&told["due_at"]),
                due_on: told["due_on"].as_str().unwrap().parse().unwrap(),
            };
            let row = ObligationRow::fresh(id.clone(), rule, ("letter", &id), &unit.id, &moments, now);
            let viewers = Viewers::load(conn)?;
            let permit = permit::<OpenObligations>(&Actor::system("test"), &Target::city(&id)).unwrap();
            rows::insert(conn, &permit, &[row], &viewers)?;
            Ok::<_, Error>(())
        })
        .unwrap();
    id
}

/// Opens a year; answers what was done.
fn open_year(city: &City, year: i32) -> Value {
    let controller = city.login("controller.vpubnd");
    controller.post("/v1/obligations/open-year", json!({ "year": year })).expect(200).body
}

/// The counts of a list, by state.
fn counts(page: &Value) -> Vec<(String, i64)> {
    let counts = page["counts"].as_array().unwrap().iter();
    let told =
        counts.map(|count| (count["state"].as_str().unwrap().to_owned(), count["value"].as_i64().unwrap()));
    told.filter(|(_, value)| *value > 0).collect()
}
