//! Who settles what on each day: the lists of units, the reads of procedures, searches.

use super::acts::name_of;
use super::registry::{COMMUNES, DISTRICTS, EXPECTED, Expected, OWN, WORD, titles};
use super::units::UNITS;
use super::*;

/// Communes that do the work of districts from the reform on.
const HEIRS_OF_DISTRICTS: &[&str] = &["CX21", "WX1", "WX2", "WX3"];

/// Whether the table says that the unit settles the procedure.
fn settles(&(kind, code, parents): &(&str, &str, [Option<&str>; 3]), time: usize, one: &Expected) -> bool {
    let of_group = |group: &str| match group {
        COMMUNES => kind == "commune",
        DISTRICTS => kind == "district" || time == REFORMED && HEIRS_OF_DISTRICTS.contains(&code),
        _ => false,
    };
    parents[time].is_some() && one.settlers(time).any(|settler| settler == code || of_group(settler))
}

fn each_unit_lists_what_it_settles(city: &City) {
    for &(day, time) in DAYS {
        for unit in UNITS {
            let expected = titles(|one| settles(unit, time, one));
            let filter = format!("unit={}&as_of={day}", unit.1);
            assert_eq!(names(city, &format!("{filter}&{OWN}")), expected, "{filter}");
            assert_eq!(names(city, &format!("{filter}&q={WORD}")), expected, "searched: {filter}");
        }
    }
}

fn each_procedure_names_who_settles_it(city: &City) {
    for &(day, time) in DAYS {
        let page = get(city, &format!("/v1/procedures?limit=200&as_of={day}&{OWN}"));
        for item in page["items"].as_array().unwrap() {
            let one = EXPECTED.iter().find(|one| one.title() == text(item, "name")).unwrap();
            let read = get(city, &format!("/v1/procedures/{}?as_of={day}", text(item, "id")));
            let told: Vec<String> =
                read["settled_by"].as_array().unwrap().iter().map(|settler| shown(settler, time)).collect();
            assert_eq!(told, one.settled_by[time], "{} {day}", one.name);
            assert_eq!(
                read["content"]["levels"]["values"],
                serde_json::json!([one.level(time)]),
                "{} {day}",
                one.name
            );
            assert_eq!(item["levels"], read["content"]["levels"]["values"], "{} {day}", one.name);
            let number = if one.revised.is_some() && time == REFORMED { 2 } else { 1 };
            assert_eq!(
                (&read["number"], &item["number"]),
                (&number.into(), &number.into()),
                "{} {day}",
                one.name
            );
        }
        assert_eq!(page["items"].as_array().unwrap().len(), EXPECTED.len(), "{day}");
    }
}

/// `A<B+C` is A in place of B and C; its name is the name of A.
fn shown(settler: &Value, time: usize) -> String {
    let code = text(settler, "code");
    match code.as_str() {
        COMMUNES => assert_eq!(settler["name"], "Ủy ban nhân dân cấp xã"),
        DISTRICTS => assert_eq!(settler["name"], "Ủy ban nhân dân cấp huyện"),
        _ => assert_eq!(text(settler, "name"), name_of(&code, time)),
    }
    let others: Vec<&str> =
        settler["in_place_of"].as_array().unwrap().iter().map(|other| other.as_str().unwrap()).collect();
    if others.is_empty() { code } else { format!("{code}<{}", others.join("+")) }
}

fn levels_are_those_of_the_version(city: &City) {
    for &(day, time) in DAYS {
        for level in ["commune", "district", "city"] {
            let expected = titles(|one| one.level(time) == level);
            let filter = format!("level={level}&as_of={day}");
            assert_eq!(names(city, &format!("{filter}&{OWN}")), expected, "{filter}");
            assert_eq!(names(city, &format!("{filter}&q={WORD}")), expected, "searched: {filter}");
        }
    }
}

#[test]
fn every_answer_is_of_its_day() {
    let city = city_after();
    each_unit_lists_what_it_settles(&city);
    each_procedure_names_who_settles_it(&city);
    levels_are_those_of_the_version(&city);
    for unit in UNITS {
        let today = names(&city, &format!("unit={}", unit.1));
        assert_eq!(today, names(&city, &format!("unit={}&as_of=2025-07-02", unit.1)), "{}", unit.1);
    }
}

#[test]
fn the_order_of_entry_does_not_change_who_settles_what() {
    let city = city_told_backwards();
    each_unit_lists_what_it_settles(&city);
    each_procedure_names_who_settles_it(&city);
    levels_are_those_of_the_version(&city);
}

#[test]
fn what_all_communes_settle_every_commune_settles_while_it_exists() {
    let city = city_after();
    let on =
        |day: &str| codes(&get(&city, &format!("/v1/units?kind=commune&as_of={day}&limit=200"))["items"]);
    let ever: BTreeSet<String> = DAYS.iter().flat_map(|&(day, _)| on(day)).collect();
    assert_eq!(ever.len(), 85 + 8 + 3);
    for &(day, _) in DAYS {
        let (existing, of_all) = (on(day), names(&city, &format!("unit={COMMUNES}&as_of={day}")));
        assert!(of_all.len() > 15, "{of_all:?}");
        for code in &ever {
            let filter = format!("unit={code}&as_of={day}");
            match (existing.contains(code), UNITS.iter().any(|unit| unit.1 == code)) {
                (false, _) => assert_eq!(count(&city, &filter), 0, "{filter}"),
                // Nothing names a shipped commune by itself.
                (true, false) => assert_eq!(count(&city, &filter), of_all.len() as u64, "{filter}"),
                (true, true) => assert!(names(&city, &filter).is_superset(&of_all), "{filter}"),
            }
        }
    }
}

#[test]
fn clock_and_day_asked_for_give_the_same_answer() {
    let city = city_after();
    for &(day, _) in DAYS {
        let asked: Vec<String> =
            paths(&format!("&as_of={day}")).iter().map(|path| city.get(path).expect(200).text).collect();
        city.clock.set(&format!("{day}T23:59:59+07:00"));
        let on_the_day: Vec<String> = paths("").iter().map(|path| city.get(path).expect(200).text).collect();
        assert_eq!(asked, on_the_day, "{day}");
    }
}

fn paths(day: &str) -> Vec<String> {
    let lists =
        ["unit=CX12", "unit=WX1", "unit=SNVM&q=xyzcai", "level=district", "facets=unit,level&q=xyzcai"];
    let mut paths: Vec<String> = lists.iter().map(|list| format!("/v1/procedures?{list}{day}")).collect();
    paths.extend(["kind=commune", "parent=UBNDTP"].iter().map(|list| format!("/v1/units?{list}{day}")));
    paths.push(format!("/v1/procedures/completeness?by=unit{day}"));
    paths.push(format!("/v1/units/CX11{}", day.replace('&', "?")));
    paths
}
