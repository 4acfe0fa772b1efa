//! Answers are remembered, and never old: not after a write, not on another instance, not at midnight.

use std::time::{Duration, Instant};

use super::*;

const READS: &[&str] = &[
    "/v1/procedures/9.900001",
    "/v1/procedures?field=thu-nghiem",
    "/v1/procedures?q=9.900001",
    "/v1/procedures?field=thu-nghiem&facets=level",
    "/v1/procedures/9.900001/versions",
    "/v1/procedures/9.900001/completeness",
    "/v1/procedures/completeness",
    "/v1/open/procedures.ndjson",
];

fn read_all(city: &City) -> Vec<String> {
    READS.iter().map(|path| city.get(path).expect(200).text).collect()
}

fn named(name: &str) -> [Value; 1] {
    let mut row = row("9.900001", name);
    row["fee"] = json!(name);
    row["time_limit"] = json!("03 ngày làm việc");
    [row]
}

#[test]
fn a_read_after_a_write_sees_it() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    import(&controller, "", &named("Tên một")).expect(200);
    for round in 1..=5 {
        let before = read_all(&city);
        assert_eq!(read_all(&city), before, "the same is answered again");
        let name = format!("Tên {round} {round}");
        import(&controller, &format!("?valid_from=2018-01-0{round}"), &named(&name)).expect(200);
        for path in &READS[..4] {
            let text = city.get(path).expect(200).text;
            assert!(text.contains(&name), "{path} after write {round}");
        }
        assert!(city.get(READS[4]).expect(200).text.contains(&name));
        assert!(city.get(READS[7]).expect(200).text.contains(&name));
    }
}

#[test]
fn many_readers_never_go_back() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    import(&controller, "", &named("Lần 00")).expect(200);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut last = 0;
                    while !done.load(std::sync::atomic::Ordering::Relaxed) {
                        let read = city.get("/v1/procedures/9.900001").expect(200).body;
                        let number = read["number"].as_u64().unwrap();
                        assert!(number >= last, "{number} after {last}");
                        last = number;
                    }
                    last
                })
            })
            .collect();
        for round in 1..=20 {
            let written = import(
                &controller,
                &format!("?valid_from=2018-01-{round:02}"),
                &named(&format!("Lần {round:02}")),
            );
            assert_eq!(totals(&written.expect(200).body), [0, 0, 1, 0, 0]);
            let read = city.get("/v1/procedures/9.900001").expect(200).body;
            assert_eq!(read["number"], json!(round + 1), "acknowledged, so it is seen");
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        for reader in readers {
            assert!(reader.join().unwrap() > 0);
        }
    });
}

#[test]
fn another_instance_sees_a_write_within_two_seconds() {
    let city = City::new();
    let other = city.sibling();
    let controller = city.login("controller.vpubnd");
    import(&controller, "", &named("Tên một")).expect(200);
    let sees = |name: &str| {
        #[allow(clippy::disallowed_methods)]
        let started = Instant::now();
        loop {
            let read = other.get("/v1/procedures/9.900001");
            if read.status == 200 && read.body["content"]["name"] == json!(name) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(2), "{}", read.text);
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    sees("Tên một");
    for round in 1..=3 {
        let name = format!("Tên {round} {round}");
        import(&controller, &format!("?valid_from=2018-01-0{round}"), &named(&name)).expect(200);
        sees(&name);
    }
    // A search on the other instance follows its own index.
    other.work_once();
    assert_eq!(search(&other, "9.900001")[0]["name"], "Tên 3 3");
}

#[test]
fn a_version_takes_effect_at_midnight() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    import(&controller, "", &named("Tên cũ")).expect(200);
    import(&controller, "?valid_from=2019-03-05", &named("Tên mới")).expect(200);
    let names = || {
        let open = city.get("/v1/open/procedures.ndjson").expect(200).text;
        let line = open.lines().find(|line| line.contains("9.900001")).unwrap();
        [
            city.get("/v1/procedures/9.900001").expect(200).body["content"]["name"].clone(),
            city.get("/v1/procedures?field=thu-nghiem").expect(200).body["items"][0]["name"].clone(),
            city.get("/v1/procedures?q=9.900001").expect(200).body["items"][0]["name"].clone(),
            serde_json::from_str::<Value>(line).unwrap()["content"]["name"].clone(),
        ]
    };
    city.clock.set("2019-03-04T23:59:59.999+07:00");
    assert_eq!(names(), [const { "Tên cũ" }; 4]);
    assert_eq!(names(), [const { "Tên cũ" }; 4]);
    city.clock.set("2019-03-05T00:00:00+07:00");
    assert_eq!(names(), [const { "Tên mới" }; 4]);
}

#[test]
fn a_change_of_units_is_seen_in_procedures_at_once() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let mut row = row("9.900001", "Của sở");
    row["settling_unit_codes"] = json!(["SXD"]);
    import(&controller, "", &[row]).expect(200);
    let settler = || city.get("/v1/procedures/9.900001").expect(200).body["settled_by"][0]["name"].clone();
    let before = settler();
    let admin = city.login("admin.vpubnd");
    let etag = admin.get("/v1/units/SXD").expect(200).etag();
    let renaming = json!({ "on": "2019-03-04", "name": "Sở Xây dựng và Quy hoạch", "legal_basis": "NQ 1" });
    let renamed =
        admin.send("POST", "/v1/units/SXD/rename").header("If-Match", &etag).json(renaming).answer();
    renamed.expect(200);
    assert_ne!(settler(), before);
    assert_eq!(settler(), "Sở Xây dựng và Quy hoạch");
}
