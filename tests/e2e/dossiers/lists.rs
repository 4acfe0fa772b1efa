//! Lists and tables: the same records, narrowed alike.

use serde_json::{Value, json};

use super::{import, record, stored};
use crate::city::{City, Person};

fn periods(person: &Person<'_>, query: &str) -> Vec<String> {
    let page = person.get(&format!("/v1/dossier-counts?limit=200&{query}")).expect(200).body;
    let text =
        |item: &Value| format!("{} {}", item["unit"].as_str().unwrap(), item["period"].as_str().unwrap());
    page["items"].as_array().unwrap().iter().map(text).collect()
}

/// A city with months and days of several units.
fn filled() -> City {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let mut rows = Vec::new();
    for unit in ["SXD", "D916", "C31117"] {
        rows.extend(["2018-12", "2019-01", "2019-02-01", "2019-02-02"].map(|period| record(unit, period)));
    }
    let mut other = record("SXD", "2019-01");
    other["field"] = json!("=Đất đai");
    other["channel"] = json!("post");
    other["level"] = json!("city");
    rows.push(other);
    assert_eq!(import(&office, &rows).expect(200).body["created"], json!(13));
    city
}

#[test]
fn a_list_is_narrowed_and_walked_page_by_page() {
    let city = filled();
    let office = city.login("controller.vpubnd");
    let whole = periods(&office, "");
    assert_eq!(whole.len(), 13);
    assert_eq!(
        periods(&office, "unit=D916"),
        ["D916 2019-02-02", "D916 2019-02-01", "D916 2019-01", "D916 2018-12"]
    );
    assert_eq!(
        periods(&office, "unit=D916&from=2019-01-01&to=2019-02-01"),
        ["D916 2019-02-01", "D916 2019-01"]
    );
    assert_eq!(periods(&office, "unit=D916&from=2019-01-02"), ["D916 2019-02-02", "D916 2019-02-01"]);
    for query in ["channel=post", "level=city", "field=%3D%C4%90%E1%BA%A5t%20%C4%91ai"] {
        assert_eq!(periods(&office, query), ["SXD 2019-01"], "{query}");
    }
    assert_eq!(periods(&office, "updated_since=2019-03-05T00:00:00Z").len(), 0);
    assert_eq!(periods(&office, "from=-9999-01-01").len(), 13);
    for (person, many) in [("controller.vpubnd", 13), ("head.d916", 8)] {
        let person = city.login(person);
        let (mut walked, mut next) = (Vec::new(), "/v1/dossier-counts?limit=3".to_owned());
        loop {
            let page = person.get(&next).expect(200).body;
            walked.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("/v1/dossier-counts?limit=3&cursor={cursor}");
        }
        let at_once = person.get("/v1/dossier-counts?limit=200").expect(200).body;
        let at_once: Vec<Value> =
            at_once["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!((walked.len(), &walked), (many, &at_once));
    }
    let page = office.get("/v1/dossier-counts?limit=1").expect(200).body;
    let cursor = page["next_cursor"].as_str().unwrap();
    let other = office.get(&format!("/v1/dossier-counts?limit=1&unit=SXD&cursor={cursor}")).expect(400);
    assert_eq!(other.code(), "invalid_cursor");
}

#[test]
fn a_table_holds_what_the_list_holds_and_can_be_imported_again() {
    let city = filled();
    let office = city.login("controller.vpubnd");
    let export = |person: &Person<'_>, query: &str| {
        person.get(&format!("/v1/dossier-counts/export?{query}")).expect(200).text
    };
    let lines: Vec<Value> =
        export(&office, "format=ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = office.get("/v1/dossier-counts?limit=200").expect(200).body["items"].clone();
    let listed = listed.as_array().unwrap();
    assert_eq!(lines.len(), listed.len());
    let mut again = Vec::new();
    for (line, item) in lines.iter().zip(listed) {
        for name in
            ["unit", "field", "level", "channel", "period", "first_day", "last_day", "settled", "source"]
        {
            assert_eq!(line[name], item[name], "{name}");
        }
        let part = |prefix: &str| {
            let named = line.as_object().unwrap().iter();
            let named = named
                .filter_map(|(name, count)| Some((name.strip_prefix(prefix)?.to_owned(), count.clone())));
            Value::Object(named.collect())
        };
        let mut counts = json!({ "by_status": part("status_"), "late_causes": part("cause_") });
        for name in ["received", "early", "on_time", "late", "in_time", "overdue"] {
            counts[name] = line[name].clone();
        }
        assert_eq!(counts, item["counts"]);
        again.push(json!({ "unit": line["unit"], "field": line["field"], "level": line["level"],
            "channel": line["channel"], "period": line["period"], "counts": counts }));
    }
    assert_eq!(import(&office, &again).expect(200).body["unchanged"], json!(13));
    let table = export(&office, "format=csv");
    assert!(
        table.starts_with('\u{feff}') && table.contains("'=Đất đai") && !table.contains(",=Đất"),
        "{table}"
    );
    assert_eq!(export(&office, "format=ndjson&unit=SXD&from=2019-02-01").lines().count(), 2);
    assert_eq!(export(&city.login("head.d916"), "format=ndjson").lines().count(), 8);
    assert_eq!(export(&city.login("clerk.d916"), "format=ndjson").lines().count(), 4);
    assert_eq!(city.login("head.d916").get("/v1/dossier-counts/export?format=csv&unit=SXD").status, 403);
}

#[test]
fn whoever_asks_for_a_table_sees_how_far_it_is() {
    let city = filled();
    let office = city.login("controller.vpubnd");
    let key = "01a22969-e5ae-7136-99d5-5c9d830e3a15";
    assert_eq!(office.get(&format!("/v1/exports/{key}")).status, 404);
    // Whoever listens before it is asked for hears of it too.
    let events = std::thread::scope(|scope| {
        let listening = scope.spawn(|| {
            let listener = city.login("controller.vpubnd");
            listener.get(&format!("/v1/exports/{key}/events")).expect(200)
        });
        let path = format!("/v1/dossier-counts/export?format=ndjson&progress={key}");
        assert_eq!(office.get(&path).expect(200).text.lines().count(), 13);
        listening.join().unwrap()
    });
    assert_eq!(events.header("content-type"), "text/event-stream");
    let last = events.text.rsplit("event: progress\ndata: ").next().unwrap();
    let last: Value = serde_json::from_str(last.trim()).unwrap();
    let told = office.get(&format!("/v1/exports/{key}")).expect(200).body;
    assert_eq!(last, told);
    assert_eq!(
        (&told["name"], &told["state"], &told["rows"]),
        (&json!("dossier-counts"), &json!("written"), &json!(13))
    );
    assert_eq!(city.login("head.d916").get(&format!("/v1/exports/{key}")).status, 404, "each sees their own");
    let again = office.get(&format!("/v1/dossier-counts/export?format=csv&progress={key}"));
    assert_eq!(again.status, 409);
    assert_eq!(office.get("/v1/dossier-counts/export?format=csv&progress=short").status, 400);
}

#[test]
fn a_record_that_did_not_change_is_not_sent_again() {
    let city = City::new();
    let id = stored(&city, "SXD", "2019-02");
    let office = city.login("controller.vpubnd");
    let etag = office.get(&super::path(&id)).expect(200).etag();
    let again = office.send("GET", &super::path(&id)).header("If-None-Match", &etag).answer();
    assert_eq!(again.status, 304);
    assert_eq!(office.get(&super::path("khong-co")).status, 404);
}
