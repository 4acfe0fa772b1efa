//! Every figure leads to a list of that many: facets and completeness, for every unit and every day.

use std::collections::BTreeMap;

use super::registry::{COMMUNES, DISTRICTS, EXPECTED, OWN, WORD};
use super::*;

/// The values of a facet and their counts.
fn facet(city: &City, kind: &str, filter: &str) -> BTreeMap<String, u64> {
    let page = get(city, &format!("/v1/procedures?limit=1&facets={kind}&{filter}"));
    let values = page["facets"][0]["values"].as_array().unwrap();
    values.iter().map(|value| (text(value, "value"), value["count"].as_u64().unwrap())).collect()
}

#[test]
fn every_count_of_a_facet_is_the_count_of_its_list() {
    let city = city_after();
    for &(day, time) in DAYS {
        for others in ["", OWN, &format!("q={WORD}"), "level=district"] {
            for kind in ["unit", "level"] {
                if others.starts_with(kind) {
                    continue;
                }
                let filter = format!("as_of={day}&{others}");
                for (value, told) in facet(&city, kind, &filter) {
                    let list = format!("{filter}&{kind}={value}");
                    assert_eq!(count(&city, &list), told, "{list}");
                }
            }
        }
        let told: BTreeSet<String> =
            facet(&city, "unit", &format!("as_of={day}&{OWN}")).into_keys().collect();
        let settlers = EXPECTED.iter().flat_map(|one| one.settlers(time)).map(str::to_owned).collect();
        assert_eq!(told, settlers, "{day}: everyone who settles something by name, and nobody else");
    }
}

#[test]
fn figures_of_completeness_are_the_counts_of_their_lists() {
    let city = city_after();
    for &(day, _) in DAYS {
        let view = get(&city, &format!("/v1/procedures/completeness?by=unit&as_of={day}"));
        let rows = view["items"].as_array().unwrap();
        let figures: BTreeMap<String, u64> =
            rows.iter().map(|row| (text(row, "value"), row["procedures"].as_u64().unwrap())).collect();
        assert_eq!(figures, facet(&city, "unit", &format!("as_of={day}")), "{day}");
        for row in rows.iter().chain([&view["total"]]) {
            let filter = match row["value"].as_str() {
                Some(unit) => format!("as_of={day}&unit={unit}"),
                None => format!("as_of={day}"),
            };
            assert_eq!(row["procedures"], count(&city, &filter), "{filter}");
            // The lists of findings are many: one day of each time is enough.
            let looked_into = ["2019-03-04", MERGER, REFORM].contains(&day);
            for finding in row["findings"].as_array().unwrap().iter().filter(|_| looked_into) {
                let href = text(finding, "href");
                let list = get(&city, &format!("{href}&limit=1&count=exact"));
                assert_eq!(list["count"]["value"], finding["procedures"], "{href}");
            }
        }
    }
}

#[test]
fn figures_name_only_units_that_exist() {
    let city = city_after();
    for &(day, time) in DAYS {
        let groups: &[&str] = if time == REFORMED { &[COMMUNES] } else { &[COMMUNES, DISTRICTS] };
        let existing = codes(&get(&city, &format!("/v1/units?as_of={day}&limit=200"))["items"]);
        for value in facet(&city, "unit", &format!("as_of={day}")).into_keys() {
            assert!(existing.contains(&value) || groups.contains(&value.as_str()), "{day} {value}");
        }
    }
}
