//! Imports: what is stored, what is left out, and what a second time changes.

use serde_json::{Value, json};

use super::{correcting, import, record, summary};
use crate::city::{Answer, City, Person};

/// Row, place and code of every fault.
fn faults(answer: &Answer, list: &str) -> Vec<(u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let fault =
        |fault: &Value| (fault["row"].as_u64().unwrap(), text(&fault["pointer"]), text(&fault["code"]));
    answer.body[list].as_array().unwrap().iter().map(fault).collect()
}

fn one(row: u64, pointer: &str, code: &str) -> (u64, String, String) {
    (row, pointer.to_owned(), code.to_owned())
}

fn stored(person: &Person<'_>) -> usize {
    person.get("/v1/dossier-counts?limit=200").expect(200).body["items"].as_array().unwrap().len()
}

fn changed(mut record: Value, pointer: &str, value: Value) -> Value {
    *record.pointer_mut(pointer).unwrap() = value;
    record
}

#[test]
fn the_same_record_again_changes_nothing_and_other_counts_need_a_reason() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let items = [record("SXD", "2019-02"), record("D916", "2019-03-01"), record("D916", "2019-03-02")];
    assert_eq!(summary(&import(&office, &items).expect(200)), (3, 0, 0, 0));
    assert_eq!(summary(&import(&office, &items).expect(200)), (0, 3, 0, 0));
    let other = changed(record("SXD", "2019-02"), "/counts/received", json!(118));
    let refused = import(&office, &[other.clone(), items[1].clone()]).expect(200);
    assert_eq!(summary(&refused), (0, 1, 0, 1));
    assert_eq!(faults(&refused, "refused"), [one(1, "/counts", "differs")]);
    assert!(refused.body["refused"][0]["detail"].as_str().unwrap().contains("/received"));
    assert_eq!(summary(&correcting(&office, std::slice::from_ref(&other)).expect(200)), (0, 0, 1, 0));
    assert_eq!(summary(&import(&office, &[other]).expect(200)), (0, 1, 0, 0));
    assert_eq!(stored(&office), 3);
}

#[test]
fn a_dry_run_tells_the_same_and_stores_nothing() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let body = json!({ "source": "S", "items": [record("SXD", "2019-02"), record("NOONE", "2019-02")] });
    let rehearsed = office.post("/v1/dossier-counts/import?dry_run=true", body.clone()).expect(200);
    assert_eq!((summary(&rehearsed), &rehearsed.body["dry_run"]), ((1, 0, 0, 1), &json!(true)));
    assert_eq!(stored(&office), 0);
    assert_eq!(summary(&office.post("/v1/dossier-counts/import", body).expect(200)), (1, 0, 0, 1));
    assert_eq!(stored(&office), 1);
}

#[test]
fn a_record_with_faults_is_left_out_and_told_with_all_of_them() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let good = record("SXD", "2019-02");
    let with = |pointer: &str, value: Value| changed(good.clone(), pointer, value);
    let mut hopeless = with("/field", json!("  \u{200b} "));
    hopeless["level"] = json!("outside");
    hopeless["period"] = json!("2019-13");
    hopeless["unit"] = json!("KHONGCO");
    hopeless["counts"]["late"] = json!(-1);
    let mut led = good.clone();
    led["lead"] = json!("KHONGCO");
    let rows = [
        good.clone(),
        hopeless,
        with("/counts/received", json!("many")),
        with("/counts/by_status", json!({ "lost": 1 })),
        with("/period", json!("2019-03")),
        with("/period", json!("2019-03-05")),
        led,
        with("/counts/early", json!(61)),
        with("/counts/in_time", json!(24)),
        with("/counts/late_causes", json!({ "law": 7 })),
        with("/counts/received", json!(1_000_000_001)),
        with("/field", json!("x".repeat(201))),
        good.clone(),
        with("/unit", json!("\u{0}")),
        with("/field", json!("Đất đai")),
    ];
    let report = import(&office, &rows).expect(200);
    assert_eq!(
        faults(&report, "refused"),
        [
            one(2, "/field", "text"),
            one(2, "/level", "level"),
            one(2, "/period", "period"),
            one(2, "/unit", "unknown_unit"),
            one(2, "/counts/late", "out_of_range"),
            one(3, "/counts/received", "shape"),
            one(4, "/counts/by_status/lost", "shape"),
            one(5, "/period", "not_over"),
            one(6, "/period", "not_over"),
            one(7, "/lead", "unknown_unit"),
            one(8, "/counts/by_status", "more_timed_than_settled"),
            one(9, "/counts/by_status", "more_pending_than_open"),
            one(10, "/counts/late_causes", "more_causes_than_late"),
            one(11, "/counts/received", "out_of_range"),
            one(12, "/field", "text"),
            one(13, "/period", "twice"),
            one(14, "/unit", "unknown_unit"),
        ]
    );
    assert_eq!((report.body["rows"].clone(), report.body["accepted"].clone()), (json!(15), json!(2)));
    assert_eq!(stored(&office), 2);
}

#[test]
fn what_is_doubtful_is_stored_and_told() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let mut doubtful = record("SXD", "2019-02");
    doubtful["counts"]["late_causes"] = json!({});
    doubtful["counts"]["in_time"] = json!(20);
    let report = import(&office, &[doubtful]).expect(200);
    assert_eq!(summary(&report), (1, 0, 0, 0));
    assert_eq!(
        faults(&report, "notes"),
        [one(1, "/counts/by_status", "pending_untimed"), one(1, "/counts/late_causes", "causes_missing")]
    );
}

#[test]
fn a_day_and_its_month_cannot_both_be_there() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let both = [record("SXD", "2019-02"), record("SXD", "2019-02-28"), record("SXD", "2019-03-01")];
    let report = import(&office, &both).expect(200);
    assert_eq!(faults(&report, "refused"), [one(2, "/period", "overlaps")]);
    assert!(report.body["refused"][0]["detail"].as_str().unwrap().contains("2019-02"));
    import(&office, &[record("SXD", "2019-01-31")]).expect(200);
    let report = import(&office, &[record("SXD", "2019-01")]).expect(200);
    assert_eq!(faults(&report, "refused"), [one(1, "/period", "overlaps")]);
    // Another field, level, channel or unit is another series.
    let others = [
        changed(record("SXD", "2019-01"), "/field", json!("Đất đai")),
        changed(record("SXD", "2019-01"), "/level", json!("city")),
        changed(record("SXD", "2019-01"), "/channel", json!("post")),
        record("STP", "2019-01"),
    ];
    assert_eq!(summary(&import(&office, &others).expect(200)), (4, 0, 0, 0));
}

#[test]
fn lines_are_taken_with_their_source_as_a_parameter() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let lines = format!("{}\n\nnot json\n{}", record("SXD", "2019-02"), record("D916", "2019-02"));
    let send = |query: &str| {
        let path = format!("/v1/dossier-counts/import{query}");
        office.send("POST", &path).bytes("application/x-ndjson", lines.clone().into_bytes()).answer()
    };
    let refused = send("").expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], json!("/source"));
    let report = send("?source=M%E1%BB%99t%20c%E1%BB%ADa").expect(200);
    assert_eq!(summary(&report), (2, 0, 0, 1));
    assert_eq!(faults(&report, "refused"), [one(2, "", "shape")]);
    let listed = office.get("/v1/dossier-counts").expect(200);
    assert_eq!(listed.body["items"][0]["source"], json!("Một cửa"));
}

#[test]
fn an_import_that_cannot_be_read_stores_nothing() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let send = |text: &str| {
        office
            .send("POST", "/v1/dossier-counts/import")
            .bytes("application/json", text.as_bytes().to_vec())
            .answer()
    };
    let good = record("SXD", "2019-02");
    assert_eq!(send(&format!("{{\"source\": \"S\", \"items\": [{good}")).status, 400);
    assert_eq!(send(&format!("{{\"items\": [{good}]}}")).status, 422);
    assert_eq!(send("[]").status, 422);
    assert_eq!(send(&format!("{{\"source\": \" \", \"items\": [{good}]}}")).status, 422);
    assert_eq!(send(&format!("{{\"source\": \"S\", \"items\": [{}1]}}", "1,".repeat(20_000))).status, 422);
    assert_eq!(stored(&office), 0);
}

#[test]
fn a_retry_under_its_key_gets_the_same_answer() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let send = || {
        let body = json!({ "source": "S", "items": [record("SXD", "2019-02")] });
        let request = office.send("POST", "/v1/dossier-counts/import");
        request.header("Idempotency-Key", "counts-2019-02-sxd").json(body).answer().expect(200)
    };
    let (first, second) = (send(), send());
    assert_eq!((summary(&first), summary(&second)), ((1, 0, 0, 0), (1, 0, 0, 0)));
    assert_eq!(second.header("idempotency-replayed"), "true");
}
