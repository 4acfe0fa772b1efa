//! Passwords: changed, reset, temporary, and wrong too often.

use chrono::TimeDelta;
use serde_json::json;

use super::*;

#[test]
fn a_changed_password_replaces_the_old_one_and_ends_other_sessions() {
    let city = City::new();
    let here = city.login("officer.sxd");
    let there = city.login("officer.sxd");
    there.get("/v1/me").expect(200);
    change_password(&here, "thu-nghiem-2019", PASSWORD).expect(204);
    forget(&city);
    there.get("/v1/me").expect(401);
    refresh(&city, &there.tokens["refresh_token"]).expect(401);
    here.get("/v1/me").expect(200);
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(401);
    log_in(&city, "officer.sxd", PASSWORD).expect(200);
}

#[test]
fn a_password_that_breaks_a_rule_is_refused_and_changes_nothing() {
    let city = City::new();
    let officer = city.login("officer.sxd");
    let long = "x".repeat(201);
    for (current, new, pointer, code) in [
        ("khong-phai-mat-khau", PASSWORD, "/current_password", "wrong_password"),
        ("thu-nghiem-2019", "muoi-mot-ky", "/new_password", "length"),
        ("thu-nghiem-2019", &long, "/new_password", "length"),
        ("thu-nghiem-2019", "xin-chao-OFFICER.sxd", "/new_password", "contains_username"),
    ] {
        let refused = change_password(&officer, current, new).expect(422);
        let fault = &refused.body["errors"][0];
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!(pointer), &json!(code)));
    }
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(200);
}

#[test]
fn twelve_characters_are_counted_as_characters_not_bytes() {
    let city = City::new();
    let officer = city.login("officer.sxd");
    change_password(&officer, "thu-nghiem-2019", "ộộộộộộộộộộộ").expect(422);
    change_password(&officer, "thu-nghiem-2019", "ộộộộộộộộộộộộ").expect(204);
    log_in(&city, "officer.sxd", "ộộộộộộộộộộộộ").expect(200);
}

#[test]
fn the_fifth_wrong_password_locks_for_half_a_minute_and_the_next_for_longer() {
    let city = City::new();
    for _ in 0..4 {
        log_in(&city, "officer.sxd", "sai-mat-khau-roi").expect(401);
    }
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(200);

    for _ in 0..5 {
        log_in(&city, "officer.sxd", "sai-mat-khau-roi").expect(401);
    }
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(401);
    city.clock.let_pass(TimeDelta::seconds(29));
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(401);
    city.clock.let_pass(TimeDelta::seconds(1));
    log_in(&city, "officer.sxd", "sai-mat-khau-roi").expect(401);
    city.clock.let_pass(TimeDelta::seconds(59));
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(401);
    city.clock.let_pass(TimeDelta::seconds(1));
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(200);
}

#[test]
fn a_lock_does_not_end_sessions_and_other_accounts_go_on() {
    let city = City::new();
    let officer = city.login("officer.sxd");
    for _ in 0..5 {
        log_in(&city, "officer.sxd", "sai-mat-khau-roi").expect(401);
    }
    forget(&city);
    officer.get("/v1/me").expect(200);
    log_in(&city, "clerk.sxd", "thu-nghiem-2019").expect(200);
    let me = officer.get("/v1/me").expect(200).body;
    assert!(me["account"]["locked_until"].is_string(), "{me}");
}

#[test]
fn wrong_passwords_at_the_same_time_are_all_counted() {
    let city = City::new();
    let guesses = std::thread::scope(|scope| {
        let guess = || log_in(&city, "officer.sxd", "sai-mat-khau-roi").status;
        let all: Vec<_> = (0..12).map(|_| scope.spawn(guess)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(guesses, [401; 12]);
    log_in(&city, "officer.sxd", "thu-nghiem-2019").expect(401);
}

#[test]
fn an_administrator_lifts_a_lock() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = settle(&admin, "hay.quen", "officer", "SXD");
    for _ in 0..5 {
        log_in(&city, "hay.quen", "sai-mat-khau-roi").expect(401);
    }
    log_in(&city, "hay.quen", PASSWORD).expect(401);
    let etag = admin.get(&made.path()).etag();
    let update = json!({ "display_name": "Người hay quên", "disabled": false });
    admin.send("PUT", &made.path()).header("If-Match", &etag).json(update).answer().expect(200);
    log_in(&city, "hay.quen", PASSWORD).expect(200);
}

#[test]
fn a_temporary_password_opens_nothing_until_it_is_changed() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = make(&admin, "nguoi.moi", "admin", "VPUBND");
    let person = city.login_as("nguoi.moi", &made.temporary, None);
    assert_eq!(person.tokens["must_change_password"], json!(true));
    for path in ["/v1/me/sessions", "/v1/me/permissions", "/v1/accounts", "/v1/changes", "/v1/audit"] {
        assert_eq!(person.get(path).expect(403).code(), "forbidden", "{path}");
    }
    person.post("/v1/accounts", new_account("nguoi.nua", "officer", "SXD")).expect(403);
    assert_eq!(person.get("/v1/me").expect(200).body["account"]["must_change_password"], json!(true));

    change_password(&person, &made.temporary, PASSWORD).expect(204);
    // At once, not only when the actor is read again.
    person.get("/v1/accounts").expect(200);
    log_in(&city, "nguoi.moi", &made.temporary).expect(401);
    assert_eq!(log_in(&city, "nguoi.moi", PASSWORD).expect(200).body["must_change_password"], json!(false));
}

#[test]
fn a_reset_password_ends_sessions_lifts_the_lock_and_must_be_changed() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let made = settle(&admin, "hay.quen", "officer", "SXD");
    let person = city.login_as("hay.quen", PASSWORD, None);
    person.get("/v1/me").expect(200);
    for _ in 0..5 {
        log_in(&city, "hay.quen", "sai-mat-khau-roi").expect(401);
    }
    let reset = admin.send("POST", &format!("{}/password-reset", made.path())).answer().expect(200);
    let temporary = text(&reset.body["temporary_password"]);
    assert_eq!(reset.body["account"]["must_change_password"], json!(true));
    forget(&city);
    person.get("/v1/me").expect(401);
    refresh(&city, &person.tokens["refresh_token"]).expect(401);
    log_in(&city, "hay.quen", PASSWORD).expect(401);
    let again = city.login_as("hay.quen", &temporary, None);
    again.get("/v1/changes").expect(403);
    change_password(&again, &temporary, PASSWORD).expect(204);
    again.get("/v1/changes").expect(200);
}
