//! Procedures that name one another.

use super::*;

fn links(city: &City, code: &str, day: &str) -> Value {
    city.get(&format!("/v1/procedures/{code}?as_of={day}")).expect(200).body["links"].clone()
}

fn naming(code: &str, name: &str, related: &[&str], interlinked: &[&str]) -> Value {
    let mut row = row(code, name);
    row["related_procedures"] = json!(related);
    row["interlinked_procedures"] = json!(interlinked);
    row
}

#[test]
fn links_lead_both_ways() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let rows = [
        naming("9.900001", "Một", &["9.900002", "9.900009"], &["9.900003"]),
        naming("9.900002", "Hai", &[], &[]),
        naming("9.900003", "Ba", &["9.900001"], &["9.900001"]),
    ];
    import(&controller, "", &rows).expect(200);
    let one = links(&city, "9.900001", "2019-03-04");
    let told = |list: &Value| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|l| json!([l["national_code"], l["state"], l["name"]])).collect()
    };
    assert_eq!(
        told(&one["related"]),
        [json!(["9.900002", "in_force", "Hai"]), json!(["9.900009", "unknown", null])]
    );
    assert_eq!(told(&one["interlinked"]), [json!(["9.900003", "in_force", "Ba"])]);
    assert_eq!(told(&one["named_by"]), [json!(["9.900003", "in_force", "Ba"])]);
    for list in ["related", "interlinked", "named_by"] {
        for link in one[list].as_array().unwrap().iter().filter(|link| link["href"].is_string()) {
            let read = city.get(link["href"].as_str().unwrap()).expect(200).body;
            assert_eq!(read["national_code"], link["national_code"]);
        }
    }
}

#[test]
fn a_procedure_to_come_is_known_but_not_in_force() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let mut later = naming("9.900002", "Hai", &[], &[]);
    later["valid_from"] = json!("2020-01-01");
    import(&controller, "", &[naming("9.900001", "Một", &["9.900002"], &[]), later]).expect(200);
    let link = &links(&city, "9.900001", "2019-03-04")["related"][0];
    assert_eq!((&link["state"], &link["name"]), (&json!("not_in_force"), &json!(null)));
    city.get(link["href"].as_str().unwrap()).expect(200);
    assert_eq!(links(&city, "9.900001", "2020-01-01")["related"][0]["state"], "in_force");
}

#[test]
fn a_dead_reference_is_a_finding_until_it_comes_alive() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    import(&controller, "", &[naming("9.900001", "Một", &["9.900002"], &[])]).expect(200);
    let dead = || {
        let listed = count(&city, "&finding=dead_reference&field=thu-nghiem");
        let judged = city.get("/v1/procedures/9.900001/completeness").expect(200).body;
        let told =
            judged["findings"].as_array().unwrap().iter().find(|f| f["code"] == "dead_reference").cloned();
        assert_eq!(listed, usize::from(told.is_some()), "list and judgement agree");
        let found = walk(&city, "&finding=dead_reference&q=9.900001", 20).len();
        assert_eq!(found, listed, "search and list agree");
        told
    };
    assert_eq!(dead().unwrap()["pointer"], "/related_procedures/0");
    import(&controller, "", &[naming("9.900002", "Hai", &[], &[])]).expect(200);
    assert_eq!(dead(), None);
}
