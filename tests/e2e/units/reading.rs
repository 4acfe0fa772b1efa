//! What anyone reads of units.

use serde_json::{Value, json};

use super::codes;
use crate::city::City;

#[test]
fn units_are_counted_as_of_a_day() {
    let city = City::new();
    for (query, expected) in [
        ("as_of=2019-06-01&kind=commune", 85),
        ("as_of=2020-02-29&kind=commune", 85),
        ("as_of=2020-03-01&kind=commune", 83),
        ("as_of=2020-06-01&kind=commune", 83),
        ("as_of=2019-06-01&kind=district", 9),
        ("as_of=2025-08-01&kind=district", 0),
        ("as_of=2019-06-01", 115),
        ("as_of=2019-06-01&parent=D916", 13),
        ("as_of=2019-06-01&parent=NOWHERE", 0),
    ] {
        let page = city.get(&format!("/v1/units?{query}&count=exact&limit=1"));
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        assert_eq!(page.body["count"], json!({ "value": expected, "at_least": false }), "{query}");
    }
}

#[test]
fn pages_follow_one_another_as_of_one_day() {
    let city = City::new();
    let mut seen = Vec::new();
    let mut path = "/v1/units?kind=commune&as_of=2019-06-01&limit=30".to_owned();
    loop {
        let page = city.get(&path);
        assert_eq!(page.status, 200, "{}", page.body);
        seen.extend(codes(&page.body["items"]).into_iter().map(str::to_owned));
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        // The day is the cursor's: it need not be said again.
        path = format!("/v1/units?kind=commune&limit=30&cursor={next}");
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (85, &sorted));
    let first = city.get("/v1/units?kind=commune&as_of=2019-06-01&limit=30");
    let next = first.body["next_cursor"].as_str().unwrap();
    for other in ["as_of=2020-06-01&kind=commune", "kind=district"] {
        let refused = city.get(&format!("/v1/units?{other}&cursor={next}"));
        assert_eq!((refused.status, &refused.body["code"]), (400, &json!("invalid_cursor")));
    }
}

#[test]
fn a_wrong_query_is_refused_with_the_parameter() {
    let city = City::new();
    for (query, pointer) in [
        ("asof=2019-06-01", "/query/asof"),
        ("as_of=2019-13-01", "/query/as_of"),
        ("kind=village", "/query/kind"),
        ("limit=0", "/query/limit"),
        ("limit=201", "/query/limit"),
        ("parent=d916", "/query/parent"),
        ("cursor=AAAA", "/query/cursor"),
        ("updated_since=yesterday", "/query/updated_since"),
    ] {
        let refused = city.get(&format!("/v1/units?{query}"));
        assert_eq!(refused.status, 400, "{query}: {}", refused.body);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{query}");
    }
    let none = city.get("/v1/units?updated_since=9999-12-31T23:59:59Z");
    assert_eq!((none.status, codes(&none.body["items"]).len()), (200, 0));
    let all = city.get("/v1/units?updated_since=0001-01-01T00:00:00Z&limit=200");
    assert_eq!(codes(&all.body["items"]).len(), 115);
}

#[test]
fn a_unit_tells_its_chain_and_its_successors() {
    let city = City::new();
    let before = city.get("/v1/units/C31132?as_of=2020-02-29");
    assert_eq!(before.status, 200, "{}", before.body);
    assert_eq!(before.body["exists"], true);
    assert_eq!(before.body["current"]["parent_code"], "D916");
    assert_eq!(codes(&before.body["parents"]), ["D916", "UBNDTP"]);
    let heir = &before.body["successors"][0];
    assert_eq!((&heir["code"], &heir["effective_on"]), (&json!("C31135"), &json!("2020-03-01")));
    assert_eq!(heir["legal_basis"], "Nghị quyết 893/NQ-UBTVQH14");
    let after = city.get("/v1/units/C31132?as_of=2020-03-01");
    assert_eq!((&after.body["exists"], &after.body["current"]), (&json!(false), &Value::Null));
    let successor = city.get("/v1/units/C31135");
    assert_eq!(codes(&successor.body["predecessors"]), ["C31132", "C31138"]);
}

#[test]
fn what_is_known_already_is_not_sent_again() {
    let city = City::new();
    let etag = city.get("/v1/units/SXD").etag();
    let again = city.send("GET", "/v1/units/SXD").header("If-None-Match", &etag).answer();
    assert_eq!(again.status, 304);
    assert_eq!(again.etag(), etag);
}

#[test]
fn unknown_units_are_not_found() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for path in ["/v1/units/NOWHERE", "/v1/units/sxd", "/v1/units/%F0%9F%92%A9"] {
        assert_eq!(city.get(path).status, 404, "{path}");
    }
    let end = json!({ "on": "2020-01-01", "legal_basis": "QĐ 1" });
    assert_eq!(admin.post("/v1/units/NOWHERE/end", end).status, 404);
}
