//! Units in time meet the registry: the merger of communes of 2020-03-01 and the reform of 2025-07-01,
//! replayed from administration calls alone on units and procedures of the tests' own.

mod acts;
mod agreement;
mod edges;
mod history;
mod registry;
mod settling;
mod units;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::city::City;

/// The first day without the merged communes.
const MERGER: &str = "2020-03-01";
/// The first day without districts.
const REFORM: &str = "2025-07-01";

/// The times between the acts; tables say what holds in each.
const BEFORE: usize = 0;
const MERGED: usize = 1;
const REFORMED: usize = 2;

/// Every day that is looked at, with its time.
const DAYS: &[(&str, usize)] = &[
    ("2019-03-04", BEFORE),
    ("2020-02-29", BEFORE),
    (MERGER, MERGED),
    ("2025-06-30", MERGED),
    (REFORM, REFORMED),
    ("2025-08-15", REFORMED),
    ("2030-01-01", REFORMED),
];

/// A city with the tests' own units and procedures, as they were before both acts.
fn city_before() -> City {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    acts::found_units(&admin);
    registry::import_first(&city);
    city
}

/// The same city when both acts are entered, each in its time; the clock stands after the reform.
fn city_after() -> City {
    let city = city_before();
    let admin = city.login("admin.vpubnd");
    city.clock.set("2020-02-10T08:00:00+07:00");
    acts::merge_communes_of_2020(&admin, "");
    city.clock.set("2025-06-20T08:00:00+07:00");
    acts::found_units_of_the_reform(&admin);
    acts::merge_into_new_wards(&admin, &["CX12", "CX14"]);
    acts::end_districts(&admin);
    acts::merge_departments(&admin);
    registry::import_revised(&city);
    city.clock.set("2025-07-02T08:00:00+07:00");
    city
}

/// The same again, entered in 2019 and the wrong way round: communes that are to merge in 2020 are first
/// said to last until the reform, and the registry learns of the reform before the units do.
fn city_told_backwards() -> City {
    let city = city_before();
    let admin = city.login("admin.vpubnd");
    registry::import_revised(&city);
    acts::found_units_of_the_reform(&admin);
    acts::merge_departments(&admin);
    acts::merge_into_new_wards(&admin, &["CX11", "CX12", "CX13", "CX14"]);
    acts::end_districts(&admin);
    acts::merge_communes_of_2020(&admin, "");
    city
}

fn get(city: &City, path: &str) -> Value {
    city.get(path).expect(200).body
}

/// Names of the procedures a query finds.
fn names(city: &City, query: &str) -> BTreeSet<String> {
    let page = get(city, &format!("/v1/procedures?limit=200&{query}"));
    assert_eq!(page["next_cursor"], Value::Null, "{query}: one page");
    let items = page["items"].as_array().unwrap();
    let names: BTreeSet<String> = items.iter().map(|item| text(item, "name")).collect();
    assert_eq!(names.len(), items.len(), "{query}: no procedure is there twice");
    names
}

/// How many procedures a query finds.
fn count(city: &City, query: &str) -> u64 {
    get(city, &format!("/v1/procedures?limit=1&count=exact&{query}"))["count"]["value"].as_u64().unwrap()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}")).to_owned()
}

/// The codes of a list of units.
fn codes(items: &Value) -> BTreeSet<String> {
    items.as_array().unwrap().iter().map(|item| text(item, "code")).collect()
}
