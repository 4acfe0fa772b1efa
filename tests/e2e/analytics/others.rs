//! Dossiers, deadlines, reports, the registry, and several questions at once.

use serde_json::{Value, json};

use super::{figure, listed, of_2019, told};
use crate::city::{City, Person};
use crate::dossiers::{import, record};

#[test]
fn dossiers_are_added_up_and_stand_at_the_end() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let records = [record("SXD", "2018-12"), record("SXD", "2019-01"), record("D916", "2019-02")];
    import(&office, &records).expect(200);
    let ask = |measure: &str, dimensions: &[&str]| told(&office, of_2019(measure, dimensions, json!({})));
    let months = ask("dossiers_received", &["month", "unit"]);
    assert_eq!(months["total"], json!(240));
    assert_eq!(figure(&months, json!({ "month": "2019-02", "unit": "D916" })), json!(120));
    assert_eq!(ask("dossiers_settled", &[])["total"], json!(208));
    assert_eq!(ask("dossiers_settled_late", &["channel"])["rows"][0]["value"], json!(8));
    let ratio = ask("dossiers_late_ratio", &["quarter"]);
    // 4 of 104.
    assert_eq!((ratio["total"].clone(), ratio["rows"][0]["value"].clone()), (json!(3.8), json!(3.8)));
    let pending = ask("dossiers_pending", &["unit", "field"]);
    assert_eq!(pending["total"], json!(46));
    assert_eq!(figure(&pending, json!({ "unit": "SXD", "field": "Hộ tịch" })), json!(23));
    let none =
        told(&office, of_2019("dossiers_received", &[], json!({ "level": "commune", "channel": "online" })));
    assert_eq!((none["total"].clone(), none["rows"].clone()), (json!(0), json!([])));
}

#[test]
fn an_interlinked_dossier_counts_once_in_the_whole_and_with_each_of_its_units() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let mut shared = record("D916", "2019-01");
    shared["lead"] = json!("SXD");
    import(&office, &[record("SXD", "2019-01"), record("D916", "2019-01"), shared]).expect(200);
    let ask = |measure: &str, dimensions: &[&str], filters: Value| {
        told(&office, of_2019(measure, dimensions, filters))
    };
    let units = ask("dossiers_received", &["unit", "month"], json!({}));
    assert_eq!(figure(&units, json!({ "unit": "SXD", "month": "2019-01" })), json!(120));
    assert_eq!(figure(&units, json!({ "unit": "D916", "month": "2019-01" })), json!(240));
    assert_eq!(units["total"], json!(240));
    let months = ask("dossiers_received", &["month"], json!({}));
    assert_eq!(figure(&months, json!({ "month": "2019-01" })), json!(240));
    // Whoever leads is not among those that are asked for.
    assert_eq!(ask("dossiers_received", &[], json!({ "unit": "D916" }))["total"], json!(240));
    let pending = ask("dossiers_pending", &["unit"], json!({}));
    assert_eq!(
        (figure(&pending, json!({ "unit": "D916" })), pending["total"].clone()),
        (json!(46), json!(46))
    );
    assert_eq!(ask("dossiers_late_ratio", &["unit"], json!({}))["total"], json!(3.8));
}

#[test]
fn filters_that_do_not_apply_are_named() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    import(&office, &[record("SXD", "2019-02"), record("D916", "2019-02")]).expect(200);
    let filters = json!({ "unit": "SXD", "class": "conduct", "state": "received", "procedure": "1.001193" });
    let result = told(&office, of_2019("dossiers_received", &[], filters));
    assert_eq!(result["total"], json!(120));
    assert_eq!(result["applied_filters"], json!(["unit"]));
    assert_eq!(result["ignored_filters"], json!(["class", "state", "procedure"]));
    let result =
        told(&office, of_2019("procedures_in_force", &[], json!({ "unit": "SXD", "level": "commune" })));
    assert_eq!(result["applied_filters"], json!(["level"]));
    assert_eq!(result["ignored_filters"], json!(["unit"]));
}

#[test]
fn procedures_reports_and_deadlines_are_as_many_as_listed() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    office.post("/v1/obligations/open-year", json!({ "year": 2019 })).expect(200);
    city.clock.set("2019-04-10T08:00:00+07:00");
    let today = json!({ "measure": "procedures_in_force", "dimensions": ["level", "field"], "from": "2019-04-10",
        "to": "2019-04-10" });
    let procedures = told(&office, today);
    let listed_procedures =
        office.get("/v1/procedures?count=exact&limit=1").expect(200).body["count"]["value"].clone();
    assert_eq!(procedures["total"], listed_procedures);
    let levels = told(
        &office,
        json!({ "measure": "procedures_in_force", "dimensions": ["level"],
        "from": "2019-04-10", "to": "2019-04-10" }),
    );
    for level in ["city", "district", "commune"] {
        let path = format!("/v1/procedures?count=exact&limit=1&level={level}");
        let list = office.get(&path).expect(200).body["count"]["value"].clone();
        let value = figure(&levels, json!({ "level": level }));
        assert_eq!(if value.is_null() { json!(0) } else { value }, list, "{level}");
    }
    for unit in ["SXD", "D916"] {
        let filters = json!({ "unit": unit, "level": if unit == "SXD" { "city" } else { "district" } });
        let total = |measure: &str| told(&office, of_2019(measure, &[], filters.clone()))["total"].clone();
        let list = |state: &str| listed(&office, &format!("/v1/obligations?unit={unit}&limit=200{state}"));
        // Those of 2019: the plan of 2020 is not open yet.
        assert_eq!(total("obligations_breached"), json!(list("&state=breached")), "{unit}");
        assert_eq!(total("obligations_met"), json!(list("&state=met")), "{unit}");
        assert!(
            total("obligations_due").as_i64().unwrap() >= total("obligations_breached").as_i64().unwrap()
        );
        let owed = told(&office, of_2019("reports_owed", &["state", "quarter"], filters.clone()));
        assert!(owed["total"].as_i64().unwrap() > 0, "{unit}: {owed}");
        let late = total("reports_late");
        assert!(late.as_i64().unwrap() > 0 && late.as_i64() <= owed["total"].as_i64(), "{late} of {owed}");
        assert_eq!(total("reports_submitted"), json!(0));
    }
}

#[test]
fn several_questions_are_answered_at_once_also_for_a_system() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let client = |scope: &str| {
        let made = admin.post("/v1/clients", json!({ "name": scope, "scopes": [scope] })).expect(201).body;
        let body = json!({ "grant_type": "client_credentials", "client_id": made["client"]["id"],
            "client_secret": made["client_secret"] });
        Person { city: &city, tokens: city.post("/v1/auth/token", body).expect(200).body }
    };
    crate::feedback::transferred(&city, "conduct", "SXD");
    import(&city.login("controller.vpubnd"), &[record("SXD", "2019-02")]).expect(200);
    let queries = json!({ "queries": {
        "feedback": of_2019("feedback_received", &["unit"], json!({})),
        "dossiers": of_2019("dossiers_received", &["unit"], json!({})),
    } });
    let reader = client("reports.read");
    let answers = reader.post("/v1/analytics/query", queries.clone()).expect(200).body;
    for (name, value) in [("feedback", 1), ("dossiers", 120)] {
        assert_eq!(figure(&answers["results"][name], json!({ "unit": "SXD" })), json!(value), "{name}");
    }
    assert_eq!(client("changes.read").post("/v1/analytics/query", queries).status, 403);
    assert_eq!(client("changes.read").get("/v1/analytics/catalogue").status, 403);
    let catalogue = reader.get("/v1/analytics/catalogue").expect(200);
    let measures: Vec<Value> = catalogue.body["measures"].as_array().unwrap().clone();
    assert_eq!(measures.len(), 22);
    for measure in measures {
        let name = measure["measure"].as_str().unwrap();
        for dimension in measure["dimensions"].as_array().unwrap() {
            let result = told(&reader, of_2019(name, &[dimension.as_str().unwrap()], json!({})));
            assert_eq!(result["ignored_filters"], json!([]), "{name} by {dimension}");
        }
    }
    let again =
        reader.send("GET", "/v1/analytics/catalogue").header("If-None-Match", &catalogue.etag()).answer();
    assert_eq!(again.status, 304);
}
