//! The trail, the changes feed, and what a check of the seals finds.

use diesel::RunQueryDsl;
use kstt_api::audit::{Report, heads_file, verify};
use serde_json::{Value, json};

use crate::city::{City, Person};

fn rename(admin: &Person<'_>, code: &str, name: &str) {
    let etag = admin.get(&format!("/v1/units/{code}")).expect(200).etag();
    let body = json!({ "on": "2019-06-01", "legal_basis": "NQ 1", "name": name });
    admin
        .send("POST", &format!("/v1/units/{code}/rename"))
        .header("If-Match", &etag)
        .json(body)
        .answer()
        .expect(200);
}

fn appoint(city: &City, username: &str, unit: &str) {
    let body = json!({ "person": "Nguyễn Văn An", "appointing_paper": "01/QĐ", "valid_from": "2019-01-01" });
    city.login(username).post(&format!("/v1/units/{unit}/focal-officers"), body).expect(201);
}

fn items(body: &Value) -> Vec<Value> {
    body["items"].as_array().unwrap().clone()
}

/// The whole feed for someone: its items and where it ended.
fn feed(person: &Person<'_>, filter: &str) -> (Vec<Value>, i64) {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let body = person.get(&format!("/v1/changes?limit=3&after={after}{filter}")).expect(200).body;
        found.extend(items(&body));
        let next = body["next_after"].as_i64().unwrap();
        if next == after {
            return (found, after);
        }
        after = next;
    }
}

fn kinds(feed: &[Value]) -> Vec<&str> {
    feed.iter().map(|item| item["subject"]["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_change_is_told_with_before_and_after_and_gets_its_place_afterwards() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    rename(&admin, "C31120", "Tên mới");
    let row = admin.get("/v1/audit?subject=unit:C31120").expect(200).body["items"][0].clone();
    assert_eq!((&row["action"], &row["place"]), (&json!("units.rename"), &Value::Null));
    assert_eq!((&row["actor"]["kind"], &row["actor"]["name"]), (&json!("user"), &json!("admin.vpubnd")));
    assert_eq!(row["at"], "2019-03-04T01:00:00Z");
    assert!(
        row["after"].to_string().contains("Tên mới") && !row["before"].to_string().contains("Tên mới"),
        "{row}"
    );
    assert!(!row["trace_id"].as_str().unwrap().is_empty());
    let id = row["subject"]["id"].as_str().unwrap();
    assert_eq!(admin.get(&format!("/v1/audit?subject=unit:{id}")).expect(200).body["items"][0], row);
    city.work_once();
    assert!(admin.get("/v1/audit?subject=unit:C31120").expect(200).body["items"][0]["place"].is_i64());
    assert_eq!(admin.get("/v1/audit?subject=dragon:1").expect(200).body["items"], json!([]));
}

#[test]
fn readers_see_as_far_as_they_answer() {
    let city = City::new();
    appoint(&city, "head.d916", "D916");
    appoint(&city, "head.c31117", "C31117");
    appoint(&city, "head.sxd", "SXD");
    let actors = |username: &str| -> Vec<String> {
        let rows = items(&city.login(username).get("/v1/audit?limit=200").expect(200).body);
        let appointed = rows.iter().filter(|row| row["action"] == "focal_officers.appoint");
        appointed.map(|row| row["actor"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(actors("admin.vpubnd"), ["head.sxd", "head.c31117", "head.d916"]);
    assert_eq!(actors("chairman.ubndtp").len(), 3);
    assert_eq!(actors("head.d916"), ["head.c31117", "head.d916"]);
    assert_eq!(actors("head.c31117"), ["head.c31117"]);
    assert_eq!(actors("head.sxd"), ["head.sxd"]);
    for username in ["officer.d916", "clerk.c31117", "controller.sxd"] {
        city.login(username).get("/v1/audit").expect(403);
    }
    city.get("/v1/audit").expect(401);
}

#[test]
fn the_trail_is_paged_newest_first() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for name in ["Một", "Hai", "Ba"] {
        rename(&admin, "C31120", name);
    }
    let mut path = "/v1/audit?limit=2&subject=unit:C31120".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = admin.get(&path).expect(200).body;
        seen.extend(items(&page).iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        admin.get(&format!("/v1/audit?subject=unit:C31123&cursor={cursor}")).expect(400);
        path = format!("/v1/audit?limit=2&subject=unit:C31120&cursor={cursor}");
    }
    assert!(seen.len() >= 3 && seen.is_sorted_by(|newer, older| newer > older), "{seen:?}");
}

#[test]
fn the_feed_is_in_order_complete_and_authorised_like_the_records() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let sealed = feed(&admin, "").1;
    rename(&admin, "C31120", "Tên mới");
    assert_eq!(feed(&admin, "").1, sealed);
    let account =
        json!({ "username": "new.one", "display_name": "S", "grant": { "role": "clerk", "unit": "D916" } });
    admin.post("/v1/accounts", account).expect(201);
    appoint(&city, "head.sxd", "SXD");
    let (officer, local) = (city.login("officer.c31117"), city.login("admin.d916"));
    city.work_once();

    let (all, end) = feed(&admin, "");
    assert!(all.windows(2).all(|pair| pair[0]["seq"].as_i64() < pair[1]["seq"].as_i64()));
    let fresh: Vec<_> = all.into_iter().filter(|item| item["seq"].as_i64().unwrap() > sealed).collect();
    assert!(
        ["unit", "account", "focal_officer", "session"].iter().all(|kind| kinds(&fresh).contains(kind)),
        "{fresh:?}"
    );
    assert!(fresh[0].get("before").is_none() && fresh[0].get("after").is_none());

    // Everyone comes to the same end, whatever is hidden on the way.
    let (public, same) = feed(&officer, "");
    assert_eq!(same, end);
    assert!(kinds(&public).contains(&"unit") && kinds(&public).contains(&"focal_officer"));
    assert!(
        !kinds(&public).iter().any(|kind| ["account", "grant", "session", "client", "key"].contains(kind))
    );
    let near = feed(&local, "&kind=grant").0;
    assert!(near.iter().any(|item| item["seq"].as_i64().unwrap() > sealed), "{near:?}");
    assert!(feed(&admin, "&kind=grant").0.len() >= near.len());
    assert!(kinds(&feed(&admin, "&kind=unit").0).iter().all(|kind| *kind == "unit"));
}

#[test]
fn the_feed_asks_sensibly() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for query in
        ["after=-1", "after=9007199254740992", "limit=0", "limit=201", "kind=%00", "kind=", "since=1"]
    {
        admin.get(&format!("/v1/changes?{query}")).expect(400);
    }
    let body = admin.get("/v1/changes?after=9007199254740991").expect(200).body;
    assert_eq!(body, json!({ "items": [], "next_after": 9007199254740991_i64 }));
    city.get("/v1/changes").expect(401);
}

fn check(city: &City) -> Report {
    verify(&city.app.db, &city.app.seal_key, &heads_file(&city.scratch.0)).unwrap()
}

fn tamper(city: &City, statements: &[&str]) {
    let done = city.app.db.write(|conn| {
        statements
            .iter()
            .try_for_each(|statement| diesel::sql_query(*statement).execute(conn).map(|_| ()))?;
        Ok::<_, kstt_persistence::Error>(())
    });
    done.unwrap();
}

#[test]
fn a_trail_that_was_touched_is_found_out() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for name in ["Một", "Hai", "Ba"] {
        rename(&admin, "C31120", name);
        city.work_once();
    }
    rename(&admin, "C31120", "Bốn");
    let whole = check(&city);
    assert_eq!((&whole.faults, whole.waiting), (&vec![], 1));
    assert!(whole.checked > 3 && whole.heads >= 3);

    let last = whole.checked;
    let nth = |back: i64| format!("(SELECT audit_id FROM seals WHERE seq = {})", last - back);
    tamper(&city, &[&format!("UPDATE audit SET reason = 'other' WHERE id = {}", nth(1))]);
    let changed = check(&city).faults;
    assert!(
        changed.len() == 1 && changed[0].contains(&format!("at place {} was changed", last - 1)),
        "{changed:?}"
    );

    tamper(&city, &[&format!("DELETE FROM seals WHERE seq = {last}")]);
    let cut = check(&city).faults;
    let expected = format!("the trail was cut after place {}: place {last} had been sealed", last - 1);
    assert!(cut.contains(&expected) && cut.iter().any(|fault| fault.contains("has no seal")), "{cut:?}");
}

#[test]
fn only_one_process_seals_at_a_time() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    rename(&admin, "C31120", "Tên mới");
    let later = "'2099-01-01 00:00:00'";
    tamper(
        &city,
        &[&format!("UPDATE leases SET holder = 'another', lease_until = {later} WHERE name = 'audit.seal'")],
    );
    city.work_once();
    assert!(check(&city).waiting > 0);
    tamper(&city, &["UPDATE leases SET lease_until = '2020-01-01 00:00:00' WHERE name = 'audit.seal'"]);
    city.work_once();
    assert_eq!(check(&city).waiting, 0);
}
