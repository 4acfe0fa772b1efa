//! Who administers whose accounts and grants.

use serde_json::json;

use super::*;

const EVERYONE: &str = "/v1/accounts?limit=200";

#[test]
fn a_created_account_is_read_back_with_its_tag() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let mut body = new_account("nguyen.van.an", "clerk", "C31117");
    body["email"] = json!("an@example.org");
    let created = admin.post("/v1/accounts", body).expect(201);
    let path = created.header("location").to_owned();
    let read = admin.get(&path).expect(200);
    assert_eq!(read.body, created.body["account"]);
    assert_eq!(read.etag(), created.etag());
    assert_eq!(
        (&read.body["username"], &read.body["email"]),
        (&json!("nguyen.van.an"), &json!("an@example.org"))
    );
    let again = admin.send("GET", &path).header("If-None-Match", &read.etag()).answer().expect(304);
    assert_eq!((again.text.as_str(), again.etag()), ("", read.etag()));
    let grants = admin.get(&format!("{path}/grants")).expect(200).body;
    assert_eq!(
        (&grants["items"][0]["role"], &grants["items"][0]["unit"]),
        (&json!("clerk"), &json!("C31117"))
    );
    assert_eq!(grants["items"][0]["valid_from"], "2019-03-04");
    for subject in ["account:nguyen.van.an".to_owned(), format!("grant:{}", text(&grants["items"][0]["id"]))]
    {
        let trail = admin.get(&format!("/v1/audit?subject={subject}")).expect(200).body;
        assert_eq!(trail["items"][0]["actor"]["name"], "admin.vpubnd", "{subject}: {trail}");
    }
}

#[test]
fn all_faults_of_a_new_account_are_told_at_once() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let body = json!({
        "username": "Tên Có Dấu", "display_name": " ", "email": "x".repeat(201),
        "grant": { "role": "clerk", "unit": "C31117", "valid_from": "2019-03-04", "valid_to": "2019-03-04" },
    });
    let refused = admin.post("/v1/accounts", body).expect(422);
    let mut pointers = texts(&refused.body["errors"], "pointer");
    pointers.sort();
    assert_eq!(pointers, ["/display_name", "/email", "/grant/valid_to", "/username"]);
    let unknown = admin.post("/v1/accounts", new_account("ai.do", "clerk", "KHONGCO")).expect(422);
    assert_eq!(texts(&unknown.body["errors"], "pointer"), ["/grant/unit"]);
    let taken = admin.post("/v1/accounts", new_account("clerk.c31117", "clerk", "C31117")).expect(409);
    assert_eq!(taken.code(), "conflict");
}

#[test]
fn a_change_needs_the_tag_of_what_was_read() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = make(&admin, "nguoi.moi", "officer", "SXD");
    let update = |name: &str| json!({ "display_name": name, "disabled": false, "reason": "thử" });
    let first = admin.get(&made.path()).etag();
    assert_eq!(admin.put(&made.path(), update("Không thẻ")).expect(428).code(), "precondition_required");
    let changed =
        admin.send("PUT", &made.path()).header("If-Match", &first).json(update("Một")).answer().expect(200);
    assert_ne!(changed.etag(), first);
    let stale =
        admin.send("PUT", &made.path()).header("If-Match", &first).json(update("Hai")).answer().expect(412);
    assert_eq!((stale.code(), stale.etag()), ("stale_version", changed.etag()));
    assert_eq!(admin.get(&made.path()).body["display_name"], "Một");
    admin
        .send("PUT", &made.path())
        .header("If-Match", &stale.etag())
        .json(update("Hai"))
        .answer()
        .expect(200);
}

#[test]
fn a_disabled_account_is_out_at_once_and_comes_back_by_login() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = settle(&admin, "nguoi.nghi", "officer", "SXD");
    let person = city.login_as("nguoi.nghi", PASSWORD, None);
    person.get("/v1/me").expect(200);
    let set = |disabled: bool| {
        let etag = admin.get(&made.path()).etag();
        let update = json!({ "display_name": "Người nghỉ", "disabled": disabled });
        admin.send("PUT", &made.path()).header("If-Match", &etag).json(update).answer().expect(200)
    };
    assert_eq!(set(true).body["disabled"], json!(true));
    forget(&city);
    person.get("/v1/me").expect(401);
    refresh(&city, &person.tokens["refresh_token"]).expect(401);
    log_in(&city, "nguoi.nghi", PASSWORD).expect(401);
    set(false);
    person.get("/v1/me").expect(401);
    log_in(&city, "nguoi.nghi", PASSWORD).expect(200);
}

#[test]
fn a_grant_given_or_ended_counts_within_two_seconds_of_the_same_token() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = settle(&admin, "can.bo", "officer", "VPUBND");
    let person = city.login_as("can.bo", PASSWORD, None);
    person.get("/v1/accounts").expect(403);

    let grant = give(&admin, &made, json!({ "role": "admin", "unit": "VPUBND", "valid_from": "2019-03-01" }));
    forget(&city);
    person.get("/v1/accounts").expect(200);
    assert_eq!(person.get("/v1/me").body["roles"], json!(["admin", "officer"]));

    let ending = json!({ "on": "2019-03-04", "reason": "thôi việc" });
    admin.post(&format!("{grant}/end"), ending.clone()).expect(428);
    let etag = admin.get(&grant).expect(200).etag();
    let ended = admin
        .send("POST", &format!("{grant}/end"))
        .header("If-Match", &etag)
        .json(ending)
        .answer()
        .expect(200);
    assert_eq!(ended.body["valid_to"], "2019-03-04");
    forget(&city);
    person.get("/v1/accounts").expect(403);
    let later = json!({ "on": "2019-03-05" });
    admin
        .send("POST", &format!("{grant}/end"))
        .header("If-Match", &ended.etag())
        .json(later)
        .answer()
        .expect(422);
}

#[test]
fn a_grant_holds_from_its_first_day_to_the_day_it_ends() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = settle(&admin, "can.bo", "officer", "VPUBND");
    give(
        &admin,
        &made,
        json!({ "role": "admin", "unit": "VPUBND", "valid_from": "2019-03-10", "valid_to": "2019-03-12" }),
    );
    let person = city.login_as("can.bo", PASSWORD, None);
    for (moment, status) in [
        ("2019-03-09T23:59:59+07:00", 403),
        ("2019-03-10T00:00:00+07:00", 200),
        ("2019-03-11T23:59:59+07:00", 200),
        ("2019-03-12T00:00:00+07:00", 403),
    ] {
        city.clock.set(moment);
        forget(&city);
        assert_eq!(person.get("/v1/accounts").status, status, "{moment}");
    }
}

#[test]
fn the_same_role_is_not_held_twice_at_a_time() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = make(&admin, "can.bo", "officer", "SXD");
    let grants = format!("{}/grants", made.path());
    admin.post(&grants, json!({ "role": "officer", "unit": "SXD", "valid_from": "2020-01-01" })).expect(409);
    admin
        .post(
            &grants,
            json!({ "role": "officer", "unit": "SXD", "valid_from": "2018-01-01", "valid_to": "2019-03-04" }),
        )
        .expect(201);
    admin.post(&grants, json!({ "role": "head", "unit": "SXD" })).expect(201);
    assert_eq!(admin.get(&grants).body["items"].as_array().unwrap().len(), 3);
}

#[test]
fn nobody_logs_in_without_a_live_grant() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let mut body = new_account("nguoi.sau", "officer", "SXD");
    body["grant"]["valid_from"] = json!("2019-04-01");
    let made = admin.post("/v1/accounts", body).expect(201);
    let password = text(&made.body["temporary_password"]);
    log_in(&city, "nguoi.sau", &password).expect(403);
    city.clock.set("2019-04-01T00:00:00+07:00");
    log_in(&city, "nguoi.sau", &password).expect(200);
}

#[test]
fn a_district_administrator_sees_exactly_the_accounts_of_its_tree() {
    let city = City::new();
    let (central, district) = (city.login("admin.vpubnd"), city.login("admin.d916"));
    let all = central.get(EVERYONE).expect(200).body;
    let seen = texts(&district.get(EVERYONE).expect(200).body["items"], "username");
    let usernames = texts(&all["items"], "username");
    let own = |name: &String| name.ends_with(".d916") || name.ends_with(".c31117");
    assert_eq!(seen, usernames.iter().filter(|name| own(name)).cloned().collect::<Vec<_>>());
    assert_eq!((seen.len(), usernames.len()), (12, 25));
    for account in all["items"].as_array().unwrap() {
        let path = format!("/v1/accounts/{}", text(&account["id"]));
        let expected = if own(&text(&account["username"])) { 200 } else { 404 };
        assert_eq!(district.get(&path).status, expected, "{account}");
        assert_eq!(district.get(&format!("{path}/grants")).status, expected, "{account}");
    }
}

#[test]
fn pages_of_accounts_have_no_doubles_and_no_gaps() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let whole = texts(&admin.get(EVERYONE).expect(200).body["items"], "username");
    let (mut paged, mut path) = (Vec::new(), "/v1/accounts?limit=4".to_owned());
    loop {
        let page = admin.get(&path).expect(200).body;
        paged.extend(texts(&page["items"], "username"));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/accounts?limit=4&cursor={cursor}");
    }
    assert_eq!(paged, whole);
    assert_eq!(admin.get("/v1/accounts?updated_since=2019-03-05T00:00:00Z").body["items"], json!([]));
}

#[test]
fn a_district_administrator_changes_only_accounts_of_its_tree() {
    let city = City::new();
    let (central, district) = (city.login("admin.vpubnd"), city.login("admin.d916"));
    let foreign = make(&central, "nguoi.so", "officer", "SXD");
    let both = make(&central, "hai.noi", "officer", "C31117");
    give(&central, &both, json!({ "role": "officer", "unit": "SXD" }));
    let own = make(&district, "nguoi.phuong", "clerk", "C31117");
    district.post("/v1/accounts", new_account("nguoi.so.hai", "clerk", "SXD")).expect(403);
    district.post("/v1/accounts", new_account("nguoi.tren", "admin", "VPUBND")).expect(403);

    let update = json!({ "display_name": "Đổi tên", "disabled": false });
    for (made, status) in [(&foreign, 404), (&both, 403), (&own, 200)] {
        let etag = central.get(&made.path()).etag();
        let change =
            district.send("PUT", &made.path()).header("If-Match", &etag).json(update.clone()).answer();
        assert_eq!(change.status, status, "{}", change.text);
        let reset = district.send("POST", &format!("{}/password-reset", made.path())).answer();
        assert_eq!(reset.status, status, "{}", reset.text);
    }
    let grant = |unit: &str| json!({ "role": "head", "unit": unit });
    district.post(&format!("{}/grants", foreign.path()), grant("D916")).expect(404);
    district.post(&format!("{}/grants", own.path()), grant("SXD")).expect(403);
    district.post(&format!("{}/grants", own.path()), grant("D916")).expect(201);
    let at_sxd = central.get(&format!("{}/grants", both.path())).body["items"].clone();
    let at_sxd = at_sxd.as_array().unwrap().iter().find(|grant| grant["unit"] == "SXD").cloned().unwrap();
    let path = format!("{}/grants/{}", both.path(), text(&at_sxd["id"]));
    let etag = central.get(&path).etag();
    let end = district.send("POST", &format!("{path}/end")).header("If-Match", &etag);
    end.json(json!({ "on": "2019-03-05" })).answer().expect(403);
    assert_eq!(central.get(&path).body["valid_to"], json!(null));
}

#[test]
fn a_grant_to_come_counts_before_its_first_day_and_one_that_ended_no_longer() {
    let city = City::new();
    let (central, district) = (city.login("admin.vpubnd"), city.login("admin.d916"));
    let made = make(&district, "nguoi.len", "officer", "C31117");
    let reset = || district.send("POST", &format!("{}/password-reset", made.path())).answer();
    let past =
        json!({ "role": "officer", "unit": "SXD", "valid_from": "2018-01-01", "valid_to": "2019-03-04" });
    give(&central, &made, past);
    reset().expect(200);

    give(&central, &made, json!({ "role": "controller", "unit": "VPUBND", "valid_from": "2019-03-05" }));
    reset().expect(403);
    let etag = district.get(&made.path()).expect(200).etag();
    let update = json!({ "display_name": "Đổi tên", "disabled": false });
    district.send("PUT", &made.path()).header("If-Match", &etag).json(update).answer().expect(403);
    central.send("POST", &format!("{}/password-reset", made.path())).answer().expect(200);
}

#[test]
fn whoever_is_no_administrator_administers_nothing() {
    let city = City::new();
    for username in ["controller.vpubnd", "head.sxd", "clerk.c31117"] {
        let person = city.login(username);
        person.get("/v1/accounts").expect(403);
        person.get("/v1/clients").expect(403);
        person.post("/v1/accounts", new_account("ai.do", "admin", "VPUBND")).expect(403);
    }
    let commune = city.login("admin.c31117");
    commune.post("/v1/accounts", new_account("ai.do", "clerk", "D916")).expect(403);
    city.get("/v1/accounts").expect(401);
}
