//! Who sees and gives the counts of whom.

use serde_json::json;

use super::{correct, counts, import, path, record, stored, summary};
use crate::city::{City, Person};

fn units(person: &Person<'_>) -> Vec<String> {
    let page = person.get("/v1/dossier-counts?limit=200").expect(200).body;
    let mut units: Vec<String> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["unit"].as_str().unwrap().to_owned())
        .collect();
    units.sort();
    units
}

#[test]
fn a_unit_sees_its_own_counts_and_who_answers_for_it_also_those_below() {
    let city = City::new();
    let ids = ["SXD", "D916", "C31117", "C31153"].map(|unit| stored(&city, unit, "2019-02"));
    let all = ["C31117", "C31153", "D916", "SXD"];
    for (person, seen) in [
        ("controller.vpubnd", &all[..]),
        ("admin.vpubnd", &all[..]),
        ("officer.vpubnd", &all[..]),
        ("chairman.ubndtp", &all[..]),
        ("head.d916", &["C31117", "D916"]),
        ("controller.d916", &["C31117", "D916"]),
        ("officer.d916", &["D916"]),
        ("clerk.c31117", &["C31117"]),
        ("head.sxd", &["SXD"]),
    ] {
        let person_here = city.login(person);
        assert_eq!(units(&person_here), seen, "{person}");
        let read = ids.iter().filter(|id| person_here.get(&path(id)).status == 200).count();
        assert_eq!(read, seen.len(), "{person}");
    }
    let head = city.login("head.d916");
    assert_eq!(head.get(&path(&ids[0])).status, 404);
    assert_eq!(head.get("/v1/dossier-counts?unit=SXD").status, 403);
    assert_eq!(head.get("/v1/dossier-counts?unit=C31117").status, 200);
    assert_eq!(head.get("/v1/dossier-counts?unit=KHONGCO").status, 404);
}

#[test]
fn a_unit_gives_its_own_counts_and_nobody_else_s() {
    let city = City::new();
    let rows = [record("D916", "2019-02"), record("C31117", "2019-02"), record("SXD", "2019-02")];
    for (person, created) in
        [("clerk.c31117", 1), ("officer.d916", 1), ("head.sxd", 1), ("controller.d916", 0)]
    {
        let report = import(&city.login(person), &rows).expect(200);
        assert_eq!(summary(&report).0, created, "{person}: {}", report.text);
        let refused = report.body["refused"].as_array().unwrap();
        assert!(refused.iter().all(|fault| fault["code"] == json!("not_yours")), "{}", report.text);
    }
    let twice = import(&city.login("controller.d916"), &rows).expect(200);
    assert_eq!(summary(&twice), (0, 2, 0, 1));
    assert_eq!(import(&city.login("chairman.d916"), &rows).status, 403);
    assert_eq!(import(&city.login("admin.d916"), &rows).status, 403);
    let id = city.login("head.sxd").get("/v1/dossier-counts").expect(200).body["items"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let other = json!({ "counts": counts(), "reason": "thử" });
    let put = |person: &str| {
        city.login(person)
            .send("PUT", &path(id))
            .header("If-Match", "\"1-0\"")
            .json(other.clone())
            .answer()
            .status
    };
    assert_eq!(put("officer.d916"), 404, "who may not know of it");
    assert_eq!(put("admin.sxd"), 403);
    assert_eq!(put("officer.vpubnd"), 403, "who sees it and may not change it");
}

#[test]
fn a_system_writes_with_one_scope_and_reads_with_another() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let client = |scope: &str| {
        let made = admin.post("/v1/clients", json!({ "name": scope, "scopes": [scope] })).expect(201).body;
        let body = json!({ "grant_type": "client_credentials", "client_id": made["client"]["id"],
            "client_secret": made["client_secret"] });
        Person { city: &city, tokens: city.post("/v1/auth/token", body).expect(200).body }
    };
    let (writer, reader) = (client("dossier_counts.write"), client("reports.read"));
    assert_eq!(summary(&import(&writer, &[record("SXD", "2019-02")]).expect(200)), (1, 0, 0, 0));
    assert_eq!(import(&reader, &[record("SXD", "2019-02")]).status, 403);
    assert_eq!(writer.get("/v1/dossier-counts").status, 403);
    assert_eq!(units(&reader), ["SXD"]);
    assert_eq!(reader.get("/v1/feedback").status, 403);
}

#[test]
fn heirs_see_and_complete_what_a_unit_left_behind() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let id = stored(&city, "C31120", "2019-02");
    city.clock.set("2019-05-06T08:00:00+07:00");
    let heir = city.login("officer.c31117");
    assert_eq!(heir.get(&path(&id)).status, 404);
    let etag = admin.get("/v1/units/C31120").expect(200).etag();
    let merge = json!({ "on": "2019-05-01", "legal_basis": "NQ 1", "into": "C31117" });
    admin.send("POST", "/v1/units/C31120/merge").header("If-Match", &etag).json(merge).answer().expect(200);
    assert_eq!(units(&heir), ["C31120"]);
    let mut other = counts();
    other["received"] = json!(119);
    correct(&heir, &id, other).expect(200);
    let report = import(&heir, &[record("C31120", "2019-04"), record("C31120", "2019-05-02")]).expect(200);
    assert_eq!(summary(&report), (1, 0, 0, 1));
    assert_eq!(report.body["refused"][0]["code"], json!("unit_not_there"));
}

#[test]
fn the_feed_tells_of_counts_as_far_as_one_sees_them() {
    let city = City::new();
    stored(&city, "SXD", "2019-02");
    city.work_once();
    let told = |person: &str| {
        let page = city.login(person).get("/v1/changes?kind=unit_dossier_counts").expect(200).body;
        page["items"].as_array().unwrap().len()
    };
    assert_eq!((told("head.sxd"), told("controller.vpubnd"), told("head.d916")), (1, 1, 0));
}
