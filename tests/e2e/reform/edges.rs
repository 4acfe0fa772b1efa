//! Where units in time and the registry meet at their edges.

use serde_json::json;

use super::acts::change;
use super::registry::DISTRICTS;
use super::*;

const FIELD: &str = "field=sai-sot-thu";

/// A row of the tests' own, of a subject area of its own.
fn row(id: &str, level: &str, named: &[&str]) -> Value {
    json!({
        "id": id, "name": format!("Thủ tục sai sót {id}"), "field": "Sai sót thử", "level": [level],
        "locality": "Cần Thơ", "settling_unit_codes": named,
    })
}

fn import(city: &City, query: &str, row: Value) -> Value {
    let content = json!({ "procedures": [row] });
    let controller = city.login("controller.vpubnd");
    controller.post(&format!("/v1/procedures/import{query}"), content).expect(200).body["items"][0].clone()
}

/// The procedure of a report on a row, as it is on a day.
fn read(city: &City, report: &Value, day: &str) -> Value {
    get(city, &format!("/v1/procedures/{}?as_of={day}", text(report, "procedure_id")))
}

fn settlers(procedure: &Value) -> Vec<String> {
    procedure["settled_by"].as_array().unwrap().iter().map(|unit| text(unit, "code")).collect()
}

#[test]
fn a_coded_procedure_that_changes_its_level_gets_a_new_version() {
    let city = city_after();
    let coded = |level: &str, named: &str| {
        let mut row = row("1", level, &[named]);
        row["code"] = json!("9.990001");
        row
    };
    import(&city, "?valid_from=2018-01-01", coded("huyện", DISTRICTS));
    let report = import(&city, &format!("?valid_from={REFORM}"), coded("xã", "group:communes"));
    assert_eq!(report["outcome"], "changed");
    assert_eq!(count(&city, &format!("{FIELD}&as_of={REFORM}")), 1);
    assert_eq!(count(&city, &format!("{FIELD}&as_of={REFORM}&level=district")), 0);
    let diff = "/v1/procedures/9.990001/diff?from=2019-03-04&to=2025-07-01";
    city.get(diff).expect(200);
}

#[test]
fn list_and_read_tell_the_same_variant_after_a_change_of_level() {
    let city = city_after();
    let page = get(&city, &format!("/v1/procedures?as_of={REFORM}&limit=200&{}", registry::OWN));
    for item in page["items"].as_array().unwrap() {
        let read = get(&city, &format!("/v1/procedures/{}?as_of={REFORM}", text(item, "id")));
        assert_eq!(read["variant"], item["variant"], "{item}");
    }
}

#[test]
fn who_took_over_a_part_does_not_settle_for_the_unit_when_it_ends() {
    let city = city_before();
    let admin = city.login("admin.vpubnd");
    let report = import(&city, "?valid_from=2018-01-01", row("2", "xã", &["CX22"]));
    let part = json!({ "into": ["CX23"], "continues": true, "legal_basis": "NQ" });
    change(&admin, "CX22", "split", part, MERGER);
    change(&admin, "CX22", "end", json!({ "successors": ["CX21"], "legal_basis": "NQ" }), REFORM);
    for (day, settler) in [(MERGER, "CX22"), ("2025-06-30", "CX22"), (REFORM, "CX21")] {
        assert_eq!(settlers(&read(&city, &report, day)), [settler], "{day}");
        assert_eq!(count(&city, &format!("{FIELD}&unit=CX23&as_of={day}")), 0, "{day}");
    }
}

#[test]
fn nothing_is_settled_by_districts_when_there_are_none() {
    let city = city_after();
    let report = import(&city, "?valid_from=2018-01-01", row("3", "huyện", &[DISTRICTS]));
    assert_eq!(settlers(&read(&city, &report, "2025-06-30")), [DISTRICTS]);
    let after = settlers(&read(&city, &report, REFORM));
    assert!(!after.contains(&DISTRICTS.to_owned()), "their heirs settle it: {after:?}");
}

#[test]
fn the_table_of_open_data_names_a_unit_once() {
    let city = city_after();
    city.work_once();
    let table = city.get("/v1/open/procedures.csv").expect(200).text;
    let both = table.lines().find(|line| line.contains("of both merged communes")).unwrap();
    assert!(both.contains(",WX1,") && !both.contains("WX1; WX1"), "{both}");
}

#[test]
fn a_past_version_without_a_first_day_tells_who_settled_it() {
    let city = city_before();
    let first = row("4", "xã", &["CX14"]);
    let mut second = first.clone();
    second["keywords"] = json!(["khác"]);
    let report = import(&city, "", first);
    import(&city, "?valid_from=2019-01-01", second);
    let path = format!("/v1/procedures/{}/versions/1", text(&report, "procedure_id"));
    assert_eq!(settlers(&get(&city, &path)), ["CX14"]);
}

#[test]
fn a_closed_version_is_counted_with_the_findings_it_is_read_with() {
    let city = city_before();
    let coded = |code: &str, keyword: &str, related: &[&str]| {
        let mut row = row(code, "xã", &["CX14"]);
        (row["code"], row["keywords"], row["related_procedures"]) =
            (json!(code), json!([keyword]), json!(related));
        row
    };
    import(&city, &format!("?valid_from={REFORM}"), coded("9.990006", "", &[]));
    let report = import(&city, "?valid_from=2018-01-01", coded("9.990007", "một", &["9.990006"]));
    import(&city, &format!("?valid_from={REFORM}"), coded("9.990007", "hai", &["9.990006"]));
    let path = format!("/v1/procedures/{}/completeness?as_of=2019-03-04", text(&report, "procedure_id"));
    let view = get(&city, &path);
    let read = view["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "dead_reference");
    let listed = count(&city, &format!("{FIELD}&finding=dead_reference&as_of=2019-03-04"));
    assert_eq!(listed, u64::from(read));
}

#[test]
fn words_that_name_a_committee_name_no_other() {
    let city = city_before();
    for (id, words, expected) in [
        ("5", "Ủy ban nhân dân phường Thử CX14", vec!["CX14"]),
        ("6", "Ủy ban nhân dân phường Thới An Đông", vec!["C31174"]),
        ("7", "Ủy ban nhân dân cấp xã", vec!["group:communes"]),
    ] {
        let mut row = row(id, "tỉnh", &[]);
        row["implementing_agency"] = json!(words);
        let report = import(&city, "?valid_from=2018-01-01", row);
        assert_eq!(settlers(&read(&city, &report, "2019-03-04")), expected, "{words}");
    }
}

#[test]
fn a_shipped_unit_that_ended_gets_its_successors_later() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let ward = json!({
        "code": "PNK", "kind": "commune", "subtype": "phường", "name": "Ủy ban nhân dân phường Ninh Kiều",
        "short_name": "phường Ninh Kiều", "parent_code": "UBNDTP", "valid_from": REFORM, "legal_basis": "NQ 1668",
    });
    admin.post("/v1/units", ward).expect(201);
    let settled = |code: &str| count(&city, &format!("unit={code}&as_of={REFORM}"));
    let before = count(&city, "unit=D916&as_of=2025-06-30");
    let of_communes = settled("PNK");
    change(&admin, "D916", "end", json!({ "successors": ["PNK"], "legal_basis": "NQ 1668" }), REFORM);
    assert_eq!((settled("D916"), count(&city, "unit=PNK&as_of=2025-06-30")), (0, 0));
    assert!(settled("PNK") > of_communes && before > 0);
}
