//! Imports through HTTP.

use super::*;

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// A report without the ids of what was made.
fn told(report: &Value) -> Value {
    let mut report = report.clone();
    for item in report["items"].as_array_mut().unwrap() {
        item.as_object_mut().unwrap().remove("procedure_id");
    }
    report
}

/// What must stay when nothing is stored.
fn state(city: &City) -> (Vec<Value>, Value) {
    let trail = city.login("controller.vpubnd").get("/v1/audit?limit=200").expect(200).body;
    let imports = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["action"] == "procedures.import")
        .cloned();
    (walk(city, "&as_of=2030-01-01", 200), imports.map(|item| item["id"].clone()).collect())
}

#[test]
fn a_dry_run_tells_what_would_happen_and_stores_nothing() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let rows = [row("9.900001", "Thủ tục một"), row("9.900002", "Thủ tục xyzhai"), json!({ "name": 5 })];
    let before = state(&city);
    let rehearsed = import(&controller, "?dry_run=true", &rows).expect(200).body;
    assert_eq!((&rehearsed["dry_run"], totals(&rehearsed)), (&json!(true), [2, 0, 0, 0, 1]));
    assert_eq!(state(&city), before);
    city.get("/v1/procedures/9.900001").expect(404);
    assert_eq!(search(&city, "xyzhai").len() + search(&city, "9.900001").len(), 0);

    let done = import(&controller, "?dry_run=false", &rows).expect(200).body;
    assert_eq!((&done["dry_run"], totals(&done)), (&json!(false), [2, 0, 0, 0, 1]));
    let mut expected = told(&rehearsed);
    expected["dry_run"] = json!(false);
    assert_eq!(told(&done), expected, "a dry run tells what the import does");
    city.get("/v1/procedures/9.900001").expect(200);
    assert_eq!(search(&city, "9.900001")[0]["name"], "Thủ tục một");
    assert_eq!(search(&city, "xyzhai").len(), 1);
}

#[test]
fn a_document_a_list_and_lines_give_the_same() {
    let rows: Vec<Value> = demo()
        .iter()
        .cloned()
        .map(|mut row| {
            row["locality"] = json!("Đà Nẵng");
            row["id"] = json!(format!("X-{}", row["id"].as_str().unwrap()));
            row
        })
        .collect();
    let bodies = [
        ("application/json", json!({ "meta": { "x": [1] }, "procedures": rows }).to_string()),
        ("application/json", json!(rows).to_string()),
        ("application/x-ndjson", lines(&rows)),
        ("application/x-ndjson", format!("\n\n{}\n", lines(&rows).replace('\n', "\r\n").trim_end())),
    ];
    let results: Vec<(Value, Vec<Value>)> = bodies
        .into_iter()
        .map(|(content_type, body)| {
            let city = City::new();
            let request = city.login("controller.vpubnd").send("POST", "/v1/procedures/import");
            let report = request.bytes(content_type, body.into_bytes()).answer().expect(200).body;
            assert_eq!(totals(&report), [64, 0, 0, 0, 0], "{content_type}");
            let made = all(report["items"].as_array().unwrap(), "procedure_id").into_iter();
            let read =
                |id: String| city.get(&format!("/v1/procedures/{id}?as_of=2019-12-31")).expect(200).body;
            (told(&report), made.map(|id| read(id)["content"].clone()).collect())
        })
        .collect();
    for result in &results[1..] {
        assert_eq!(result, &results[0]);
    }
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let before = state(&city);
    let again = import(&controller, "", demo()).expect(200).body;
    assert_eq!(totals(&again), [0, 64, 0, 0, 0]);
    let dated = import(&controller, "?valid_from=2019-06-01", demo()).expect(200).body;
    assert_eq!(totals(&dated), [0, 64, 0, 0, 0]);
    assert_eq!(state(&city), before);
}

#[test]
fn a_changed_row_needs_a_date_and_then_follows_the_old_version() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let first = import(&controller, "", &[row("9.900001", "Thủ tục xyzcu")]).expect(200).body;
    let id = first["items"][0]["procedure_id"].clone();
    let changed = [row("9.900001", "Thủ tục xyzmoi")];

    let undated = import(&controller, "", &changed).expect(200).body;
    assert_eq!((totals(&undated), &undated["items"][0]["outcome"]), ([0, 0, 0, 1, 0], &json!("conflict")));
    assert!(undated["items"][0]["reason"].as_str().unwrap().contains("valid_from"), "{undated}");
    assert_eq!(city.get("/v1/procedures/9.900001").body["content"]["name"], "Thủ tục xyzcu");

    let dated = import(&controller, "?valid_from=2019-06-01", &changed).expect(200).body;
    assert_eq!((totals(&dated), &dated["items"][0]["procedure_id"]), ([0, 0, 1, 0, 0], &id));
    let on = |day: &str| city.get(&format!("/v1/procedures/9.900001?as_of={day}")).expect(200).body;
    let (old, new) = (on("2019-05-31"), on("2019-06-01"));
    assert_eq!(
        (&old["content"]["name"], &old["number"], &old["valid_to"]),
        (&json!("Thủ tục xyzcu"), &json!(1), &json!("2019-06-01"))
    );
    assert_eq!(
        (&new["content"]["name"], &new["number"], &new["valid_from"]),
        (&json!("Thủ tục xyzmoi"), &json!(2), &json!("2019-06-01"))
    );
    assert_eq!((&new["id"], &old["id"]), (&id, &id));

    for (moment, name, gone) in
        [("2019-05-31T23:59:59+07:00", "xyzcu", "xyzmoi"), ("2019-06-01T00:00:00+07:00", "xyzmoi", "xyzcu")]
    {
        city.clock.set(moment);
        assert_eq!((search(&city, name).len(), search(&city, gone).len()), (1, 0), "{moment}");
        assert_eq!(walk(&city, "&field=thu-nghiem", 50).len(), 1, "{moment}");
    }

    for day in ["2019-06-01", "2019-05-01"] {
        let late = import(&controller, &format!("?valid_from={day}"), &[row("9.900001", "Thủ tục thứ ba")])
            .expect(200)
            .body;
        assert_eq!(totals(&late), [0, 0, 0, 1, 0], "{day}: {late}");
    }
    assert_eq!(on("2030-01-01")["number"], json!(2));
}

#[test]
fn a_row_with_its_own_date_needs_none_of_the_import() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let mut row = row("9.900001", "Thủ tục có ngày");
    row["valid_from"] = json!("2019-03-01");
    import(&controller, "", &[row.clone()]).expect(200);
    row["valid_from"] = json!("2019-04-01");
    row["name"] = json!("Thủ tục có ngày khác");
    assert_eq!(totals(&import(&controller, "", &[row]).expect(200).body), [0, 0, 1, 0, 0]);
    city.get("/v1/procedures/9.900001?as_of=2019-02-28").expect(404);
    let on = |day: &str| {
        city.get(&format!("/v1/procedures/9.900001?as_of={day}")).expect(200).body["number"].clone()
    };
    assert_eq!((on("2019-03-31"), on("2019-04-01")), (json!(1), json!(2)));
}

#[test]
fn a_broken_row_fails_alone() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let broken = [
        json!({ "name": 5 }),
        json!("text"),
        json!(null),
        json!({ "name": "A", "level": "xã" }),
        json!({ "steps": [{ "x": 1 }] }),
        json!([]),
    ];
    let good = row("9.900001", "Thủ tục lành lặn");
    let rows: Vec<Value> = broken.iter().cloned().chain([good]).collect();
    let report = import(&controller, "?dry_run=true", &rows).expect(200).body;
    let as_lines = import_lines(&controller, "?dry_run=true", &lines(&rows)).expect(200).body;
    assert_eq!(told(&report), told(&as_lines));
    assert_eq!(totals(&report), [1, 0, 0, 0, 6], "{report}");
    for (place, item) in report["items"].as_array().unwrap()[..6].iter().enumerate() {
        assert_eq!((&item["row"], &item["outcome"]), (&json!(place + 1), &json!("failed")));
        assert!(item["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{item}");
    }
    let garbage =
        format!("garbage\n{}\n{{\"name\": \"\\ud800\"}}\n{{\"name\":\n", row("9.900001", "Thủ tục lành lặn"));
    let report = import_lines(&controller, "", &garbage).expect(200).body;
    assert_eq!((totals(&report), &report["rows"]), ([1, 0, 0, 0, 3], &json!(4)), "{report}");
    city.get("/v1/procedures/9.900001").expect(200);
}

#[test]
fn a_broken_document_stores_nothing_however_much_came_before() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let rows: Vec<Value> =
        (0..250).map(|number| row(&format!("9.90{number:04}"), "Thủ tục xyzdang")).collect();
    let whole = json!({ "procedures": rows }).to_string();
    let before = state(&city);
    for body in [
        &whole[..whole.len() - 1],
        &whole[..whole.len() - 2],
        &whole[..whole.len() / 2],
        &format!("{whole}x"),
        "{}",
        "{\"rows\": []}",
        "7",
        "",
        "garbage",
        "{\"procedures\": {}}",
        "{\"procedures\": 7}",
    ] {
        let request = controller.send("POST", "/v1/procedures/import");
        let refused = request.bytes("application/json", body.as_bytes().to_vec()).answer();
        assert_eq!((refused.status, refused.code()), (400, "malformed"), "{body:.40}: {}", refused.text);
    }
    assert_eq!(state(&city), before);
    assert_eq!(search(&city, "xyzdang").len(), 0);
    let request =
        controller.send("POST", "/v1/procedures/import").bytes("application/json", whole.into_bytes());
    assert_eq!(totals(&request.answer().expect(200).body), [250, 0, 0, 0, 0]);
    assert_eq!(search(&city, "xyzdang").len(), 250);
}

#[test]
fn deep_rows_and_control_characters_never_break_the_server() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        format!("{{\"procedures\": [{{\"name\": \"A\", \"x\": {deep}}}]}}"),
        format!("{{\"procedures\": {deep}}}"),
        format!("{{\"x\": {deep}, \"procedures\": []}}"),
        deep.clone(),
    ] {
        let request = controller.send("POST", "/v1/procedures/import?dry_run=true");
        let answer = request.bytes("application/json", body.into_bytes()).answer();
        assert!(answer.status == 400 || answer.body["created"] == json!(0), "{:.300}", answer.text);
    }
    let report = import_lines(
        &controller,
        "?dry_run=true",
        &format!("{{\"name\": {deep}}}\n{}\n", row("9.900001", "A")),
    )
    .expect(200)
    .body;
    assert_eq!(totals(&report), [1, 0, 0, 0, 1], "{:.300}", report.to_string());

    let keys = [
        "id",
        "code",
        "local_code",
        "name",
        "field",
        "level_basis",
        "issuing_body",
        "locality",
        "valid_from",
        "structure",
        "time_limit",
        "fee",
    ];
    for (number, key) in keys.iter().enumerate() {
        for text in ["\u{0}", "A\u{0}B", "\u{1}\u{85}\u{7f}", "\u{feff}\u{200b}"] {
            let mut row = row(&format!("9.90{number:04}"), "Thủ tục có ký tự lạ");
            row[*key] = json!(text);
            let answer = import(&controller, "?valid_from=2019-03-04", &[row]);
            assert_eq!(answer.status, 200, "{key} {text:?}: {}", answer.text);
        }
    }
    walk(&city, "", 50);
    city.get("/health/ready").expect(200);
}

#[test]
fn only_who_keeps_the_registry_may_import() {
    let city = City::new();
    let rows = [row("9.900001", "Thủ tục trái phép")];
    for username in [
        "admin.vpubnd",
        "officer.d916",
        "controller.d916",
        "controller.sxd",
        "head.vpubnd",
        "chairman.ubndtp",
        "clerk.c31117",
    ] {
        for query in ["", "?dry_run=true"] {
            assert_eq!(
                import(&city.login(username), query, &rows).expect(403).code(),
                "forbidden",
                "{username}"
            );
        }
    }
    assert_eq!(
        city.post("/v1/procedures/import", json!({ "procedures": rows })).expect(401).code(),
        "unauthenticated"
    );
    city.get("/v1/procedures/9.900001").expect(404);
    import(&city.login("controller.vpubnd"), "", &rows).expect(200);
}

#[test]
fn every_stored_row_leaves_one_audit_row() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let trail = |code: &str| {
        let path = format!("/v1/audit?subject=procedure:{code}~can-tho-commune");
        controller.get(&path).expect(200).body["items"].as_array().unwrap().clone()
    };
    import(&controller, "", &[row("9.900001", "Một"), row("9.900002", "Hai")]).expect(200);
    import(&controller, "", &[row("9.900001", "Một"), row("9.900002", "Hai khác")]).expect(200);
    import(&controller, "?valid_from=2019-04-01", &[row("9.900001", "Một khác")]).expect(200);
    for (code, names) in [("9.900001", ["Một khác", "Một"].as_slice()), ("9.900002", &["Hai"])] {
        let rows = trail(code);
        assert_eq!(rows.iter().map(|row| row["after"]["name"].as_str().unwrap()).collect::<Vec<_>>(), names);
        for row in rows {
            assert_eq!(
                (&row["action"], &row["actor"]["name"]),
                (&json!("procedures.import"), &json!("controller.vpubnd"))
            );
        }
    }
}

#[test]
fn a_row_that_stands_twice_in_a_file_is_stored_once() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let rows = [row("9.900001", "Một"), row("9.900001", "Một"), row("9.900001", "Một khác")];
    assert_eq!(totals(&import(&controller, "", &rows).expect(200).body), [1, 1, 0, 1, 0]);
    assert_eq!(walk(&city, "&field=thu-nghiem", 50).len(), 1);
}

#[test]
fn a_retried_import_answers_again_and_another_file_under_its_key_is_refused() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let send = |rows: &[Value], query: &str| {
        let request = controller.send("POST", &format!("/v1/procedures/import{query}"));
        request.header("Idempotency-Key", "5f0c6b1e-7d2a-4c39").json(json!({ "procedures": rows })).answer()
    };
    let first = send(&[row("9.900001", "Một")], "").expect(200);
    let again = send(&[row("9.900001", "Một")], "").expect(200);
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));
    assert_eq!(send(&[row("9.900002", "Hai")], "").expect(409).code(), "idempotency_key_reused");
    let elsewhere = send(&[row("9.900001", "Một khác")], "?valid_from=2019-04-01").expect(200);
    assert_eq!(totals(&elsewhere.body), [0, 0, 1, 0, 0], "another address is another request");
}
