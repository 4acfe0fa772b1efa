//! An act changes nothing about the days before it.

use super::registry::{COMMUNES, OWN, WORD};
use super::units::UNITS;
use super::*;

/// Reads of which not one byte may change, with their tags.
fn untouched(city: &City, day: &str) -> Vec<[String; 3]> {
    let mut paths = vec![
        format!("/v1/procedures/completeness?by=unit&as_of={day}"),
        format!("/v1/procedures/completeness?by=field&as_of={day}"),
        format!("/v1/procedures/1.001193?as_of={day}"),
        format!("/v1/units/SXD?as_of={day}"),
        format!("/v1/units/C31132?as_of={day}"),
        format!("/v1/procedures?as_of={day}&level=commune&facets=unit,level&count=exact&limit=200"),
        format!("/v1/procedures?as_of={day}&q={WORD}&unit={COMMUNES}&facets=unit,level&count=exact"),
    ];
    for unit in ["CX11", "CX12", "CX14", "CX23", "SLDX", "WX1", "SNVM"] {
        paths.push(format!("/v1/procedures?as_of={day}&unit={unit}&facets=level&count=exact&limit=200"));
        paths.push(format!("/v1/procedures?as_of={day}&unit={unit}&q={WORD}&count=exact"));
    }
    let read = |path: String| {
        let answer = city.get(&path).expect(200);
        [path, answer.etag(), answer.text]
    };
    paths.into_iter().map(read).collect()
}

/// Reads that tell of the future too: the same but for what is told of it.
fn without_future(city: &City, day: &str) -> Vec<(String, Value)> {
    let mut paths = vec![
        format!("/v1/units?as_of={day}&limit=200&count=exact"),
        format!("/v1/procedures?as_of={day}&{OWN}&facets=unit,level&count=exact&limit=200"),
        format!("/v1/procedures?as_of={day}&q={WORD}&facets=unit,level&count=exact&limit=200"),
    ];
    let existing = UNITS.iter().filter(|unit| city.get(&format!("/v1/units/{}", unit.1)).status == 200);
    paths.extend(existing.map(|unit| format!("/v1/units/{}?as_of={day}", unit.1)));
    paths.into_iter().map(|path| (path.clone(), strip(get(city, &path)))).collect()
}

/// Takes away ends of periods, successions and other periods, and when all that was entered.
fn strip(mut body: Value) -> Value {
    match &mut body {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = strip(item.take())),
        Value::Object(object) => {
            for key in ["valid_to", "updated_at", "periods", "successors", "predecessors"] {
                object.remove(key);
            }
            object.values_mut().for_each(|value| *value = strip(value.take()));
        }
        _ => {}
    }
    body
}

type Memory = (Vec<[String; 3]>, Vec<(String, Value)>);

fn remember(city: &City, days: &[&str]) -> Vec<Memory> {
    days.iter().map(|day| (untouched(city, day), without_future(city, day))).collect()
}

/// Units that began since then are no part of the comparison.
fn same(city: &City, days: &[&str], before: &[Memory]) {
    for (was, is) in before.iter().zip(remember(city, days)) {
        assert_eq!(is.0, was.0);
        let known = |path: &str| was.1.iter().any(|(other, _)| other == path);
        let is: Vec<(String, Value)> = is.1.into_iter().filter(|(path, _)| known(path)).collect();
        assert_eq!(is, was.1);
    }
}

#[test]
fn no_act_changes_what_was_before_it() {
    let city = city_before();
    let admin = city.login("admin.vpubnd");
    let (early, late) = (["2018-06-01", "2019-03-04", "2020-02-29"], [MERGER, "2025-06-30"]);
    let (at_first, not_merged) = (remember(&city, &early), remember(&city, &late));
    acts::merge_communes_of_2020(&admin, "?dry_run=true");
    same(&city, &late, &not_merged);
    acts::merge_communes_of_2020(&admin, "");
    same(&city, &early, &at_first);
    let merged = remember(&city, &late);
    acts::found_units_of_the_reform(&admin);
    acts::merge_into_new_wards(&admin, &["CX12", "CX14"]);
    acts::end_districts(&admin);
    acts::merge_departments(&admin);
    registry::import_revised(&city);
    city.clock.set("2025-07-02T08:00:00+07:00");
    city.work_once();
    same(&city, &early, &at_first);
    same(&city, &late, &merged);
}

#[test]
fn a_known_tag_hides_no_act_and_lasts_for_the_days_before() {
    let city = city_before();
    let admin = city.login("admin.vpubnd");
    let item = get(&city, &format!("/v1/procedures?unit=CX11&q={WORD}+one"))["items"][0].clone();
    let path = |day: &str| format!("/v1/procedures/{}?as_of={day}", text(&item, "id"));
    let figures = |day: &str| format!("/v1/procedures/completeness?by=unit&as_of={day}");
    let before: Vec<String> = [path("2020-02-29"), figures("2020-02-29")].into();
    let after: Vec<String> = [path(MERGER), figures(MERGER), "/v1/units/CX11".to_owned()].into();
    let tags = |paths: &[String]| paths.iter().map(|path| city.get(path).expect(200).etag()).collect();
    let (old, new): (Vec<String>, Vec<String>) = (tags(&before), tags(&after));
    acts::merge_communes_of_2020(&admin, "");
    let again = |path: &str, tag: &str| city.send("GET", path).header("If-None-Match", tag).answer().status;
    before.iter().zip(&old).for_each(|(path, tag)| assert_eq!(again(path, tag), 304, "{path}"));
    after.iter().zip(&new).for_each(|(path, tag)| assert_eq!(again(path, tag), 200, "{path}"));
}
