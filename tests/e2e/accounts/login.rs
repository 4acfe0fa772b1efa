//! Logging in, staying in, and logging out.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;

/// A refusal without what differs from request to request.
fn bare(answer: &Answer) -> (u16, Value, String) {
    let mut body = answer.body.clone();
    body.as_object_mut().unwrap().remove("trace_id");
    (answer.status, body, answer.header("www-authenticate").to_owned())
}

#[test]
fn a_login_says_who_acts_where_for_fifteen_minutes() {
    let city = City::new();
    let answer = log_in(&city, "clerk.c31117", "thu-nghiem-2019").expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!((&answer.body["token_type"], &answer.body["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(answer.body["must_change_password"], json!(false));
    let clerk = Person { city: &city, tokens: answer.body };
    let me = clerk.get("/v1/me").expect(200).body;
    assert_eq!(me["name"], "clerk.c31117");
    assert_eq!((&me["unit"], &me["unit_kind"]), (&json!("C31117"), &json!("commune")));
    assert_eq!((&me["roles"], &me["scopes"]), (&json!(["clerk"]), &json!([])));
    assert_eq!(
        (&me["account"]["username"], &me["grants"][0]["role"]),
        (&json!("clerk.c31117"), &json!("clerk"))
    );

    city.clock.let_pass(TimeDelta::seconds(899));
    clerk.get("/v1/me").expect(200);
    city.clock.let_pass(TimeDelta::seconds(1));
    let refused = clerk.get("/v1/me").expect(401);
    assert_eq!((refused.code(), refused.header("www-authenticate")), ("invalid_token", "Bearer"));
}

#[test]
fn the_clock_of_the_product_does_not_age_tokens() {
    let city = City::new();
    let officer = city.login("officer.d916");
    city.clock.set("2019-12-31T08:00:00+07:00");
    officer.get("/v1/me").expect(200);
}

#[test]
fn a_username_is_known_in_capitals_too() {
    log_in(&City::new(), "Clerk.C31117", "thu-nghiem-2019").expect(200);
}

#[test]
fn a_wrong_password_an_unknown_user_and_a_disabled_account_look_the_same() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let gone = settle(&admin, "nguoi.nghi", "officer", "D916");
    let etag = admin.get(&gone.path()).etag();
    let update = json!({ "display_name": "Người nghỉ", "disabled": true });
    admin.send("PUT", &gone.path()).header("If-Match", &etag).json(update).answer().expect(200);

    let wrong = log_in(&city, "officer.d916", "khong-phai-mat-khau");
    let unknown = log_in(&city, "khong.ai.ca", "khong-phai-mat-khau");
    let disabled = log_in(&city, "nguoi.nghi", PASSWORD);
    assert_eq!((wrong.status, wrong.code()), (401, "invalid_credentials"), "{}", wrong.text);
    assert_eq!(bare(&wrong), bare(&unknown));
    assert_eq!(bare(&wrong), bare(&disabled));
}

#[test]
fn a_person_of_two_units_chooses_one_and_holds_only_its_roles() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = settle(&admin, "hai.noi", "officer", "D916");
    give(&admin, &made, json!({ "role": "head", "unit": "SXD" }));

    let undecided = log_in(&city, "hai.noi", PASSWORD).expect(422);
    assert_eq!(undecided.body["errors"][0]["pointer"], "/unit");
    let choices = text(&undecided.body["errors"][0]["detail"]);
    assert!(choices.contains("D916") && choices.contains("SXD"), "{choices}");

    let mut body =
        json!({ "grant_type": "password", "username": "hai.noi", "password": PASSWORD, "unit": "C31117" });
    let elsewhere = city.post("/v1/auth/token", body.clone()).expect(422);
    assert_eq!(elsewhere.body["errors"][0]["pointer"], "/unit");
    body["password"] = json!("khong-phai-mat-khau");
    assert_eq!(city.post("/v1/auth/token", body).expect(401).code(), "invalid_credentials");

    for (unit, roles) in [("D916", json!(["officer"])), ("SXD", json!(["head"]))] {
        let me = city.login_as("hai.noi", PASSWORD, Some(unit)).get("/v1/me").expect(200).body;
        assert_eq!((&me["unit"], &me["roles"]), (&json!(unit), &roles));
        assert_eq!(me["grants"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn what_a_grant_type_needs_is_named() {
    let city = City::new();
    for (grant_type, needed) in [
        ("password", ["/username", "/password"].as_slice()),
        ("refresh_token", &["/refresh_token"]),
        ("client_credentials", &["/client_id", "/client_secret"]),
    ] {
        let refused = city.post("/v1/auth/token", json!({ "grant_type": grant_type })).expect(422);
        assert_eq!(texts(&refused.body["errors"], "pointer"), needed);
    }
}

#[test]
fn a_refresh_gives_a_new_pair_and_keeps_the_session() {
    let city = City::new();
    let officer = city.login("officer.sxd");
    city.clock.let_pass(TimeDelta::hours(1));
    officer.get("/v1/me").expect(401);
    let next =
        Person { city: &city, tokens: refresh(&city, &officer.tokens["refresh_token"]).expect(200).body };
    assert_ne!(next.tokens["refresh_token"], officer.tokens["refresh_token"]);
    next.get("/v1/me").expect(200);
    assert_eq!(next.get("/v1/me/sessions").body["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_reused_refresh_token_ends_its_whole_family_and_no_other() {
    let city = City::new();
    let stolen = city.login("officer.sxd");
    let elsewhere = city.login("officer.sxd");
    let second =
        Person { city: &city, tokens: refresh(&city, &stolen.tokens["refresh_token"]).expect(200).body };
    second.get("/v1/me").expect(200);

    let reused = refresh(&city, &stolen.tokens["refresh_token"]).expect(401);
    assert_eq!(reused.code(), "invalid_token");
    forget(&city);
    refresh(&city, &second.tokens["refresh_token"]).expect(401);
    second.get("/v1/me").expect(401);
    stolen.get("/v1/me").expect(401);
    elsewhere.get("/v1/me").expect(200);
    refresh(&city, &elsewhere.tokens["refresh_token"]).expect(200);

    let trail = city.login("admin.vpubnd").get("/v1/audit?limit=200").expect(200).body;
    let reasons: Vec<&Value> =
        trail["items"].as_array().unwrap().iter().map(|item| &item["reason"]).collect();
    assert!(reasons.contains(&&json!("refresh_token_reused")), "{reasons:?}");
}

#[test]
fn a_session_nobody_refreshes_ends_after_two_weeks() {
    let city = City::new();
    let officer = city.login("officer.sxd");
    city.clock.let_pass(TimeDelta::days(14));
    refresh(&city, &officer.tokens["refresh_token"]).expect(401);
}

#[test]
fn a_refresh_token_nobody_gave_is_refused() {
    let city = City::new();
    for token in ["", "abc", "../../etc/passwd"] {
        refresh(&city, &json!(token)).expect(401);
    }
}

#[test]
fn after_logout_neither_token_works() {
    let city = City::new();
    let officer = city.login("officer.sxd");
    officer.send("POST", "/v1/auth/logout").answer().expect(204);
    forget(&city);
    officer.get("/v1/me").expect(401);
    refresh(&city, &officer.tokens["refresh_token"]).expect(401);
    officer.send("POST", "/v1/auth/logout").answer().expect(401);
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_only() {
    let city = City::new();
    let here = city.login("officer.sxd");
    let there = city.login("officer.sxd");
    let stranger = city.login("admin.vpubnd");
    let listed = here.get("/v1/me/sessions").expect(200).body;
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let current: Vec<bool> = items.iter().map(|item| item["current"].as_bool().unwrap()).collect();
    assert_eq!(current, [true, false], "oldest first, and only one's own is current");
    let other = format!("/v1/me/sessions/{}", text(&items[1]["id"]));

    stranger.delete(&other).expect(404);
    there.get("/v1/me").expect(200);
    here.delete(&other).expect(204);
    forget(&city);
    there.get("/v1/me").expect(401);
    refresh(&city, &there.tokens["refresh_token"]).expect(401);
    here.delete(&other).expect(404);
    assert_eq!(here.get("/v1/me/sessions").body["items"].as_array().unwrap().len(), 1);
}

#[test]
fn permissions_are_those_of_the_table() {
    let city = City::new();
    let reach = |username: &str, action: &str| {
        let body = city.login(username).get("/v1/me/permissions").expect(200).body;
        let found = body["items"].as_array().unwrap().iter().find(|item| item["action"] == action).cloned();
        found.map(|item| text(&item["reach"]))
    };
    assert_eq!(reach("admin.vpubnd", "accounts.create").as_deref(), Some("city"));
    assert_eq!(reach("admin.d916", "accounts.create").as_deref(), Some("subtree"));
    assert_eq!(reach("officer.d916", "accounts.create"), None);
    assert_eq!(reach("officer.d916", "me.change_password").as_deref(), Some("myself"));
}
