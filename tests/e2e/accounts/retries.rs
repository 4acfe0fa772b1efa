//! `Idempotency-Key`, as accounts use it.

use serde_json::json;

use super::*;

const KEY: &str = "5f0c6b1e-7d2a-4c39";

fn create(admin: &Person<'_>, body: Value) -> Answer {
    admin.send("POST", "/v1/accounts").header("Idempotency-Key", KEY).json(body).answer()
}

/// Whether a file of the city holds `needle`.
fn is_stored(directory: &std::path::Path, needle: &str) -> bool {
    std::fs::read_dir(directory).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_stored(&path, needle);
        }
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
    })
}

#[test]
fn the_same_key_and_body_get_the_same_answer_without_the_secret() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let first = create(&admin, new_account("mot.lan", "officer", "SXD")).expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let password = text(&first.body["temporary_password"]);
    let again = create(&admin, new_account("mot.lan", "officer", "SXD")).expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body["account"], first.body["account"]);
    assert_eq!((again.etag(), again.header("location")), (first.etag(), first.header("location")));
    assert_eq!(again.body["temporary_password"], json!(null));
    city.login_as("mot.lan", &password, None);
    assert!(!is_stored(&city.scratch.0, &password), "the password is kept somewhere");
}

#[test]
fn no_kept_answer_of_a_client_holds_its_secret() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let send = || {
        let spec = json!({ "name": "Cổng", "scopes": ["changes.read"] });
        admin.send("POST", "/v1/clients").header("Idempotency-Key", KEY).json(spec).answer().expect(201)
    };
    let (first, again) = (send(), send());
    let secret = text(&first.body["client_secret"]);
    assert_eq!(again.body["client"], first.body["client"]);
    assert_eq!(again.body["client_secret"], json!(null));
    assert!(!is_stored(&city.scratch.0, &secret), "the secret is kept somewhere");
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    create(&admin, new_account("mot.lan", "officer", "SXD")).expect(201);
    let other = create(&admin, new_account("lan.hai", "officer", "SXD")).expect(409);
    assert_eq!(other.code(), "idempotency_key_reused");
    log_in(&city, "lan.hai", "khong-co-nguoi-nay").expect(401);
}

#[test]
fn the_same_key_and_body_for_another_account_is_another_request() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let [one, two] = ["mot.nguoi", "hai.nguoi"].map(|name| make(&admin, name, "officer", "SXD"));
    let give = |made: &Made| {
        let grant = json!({ "role": "head", "unit": "SXD" });
        admin
            .send("POST", &format!("{}/grants", made.path()))
            .header("Idempotency-Key", KEY)
            .json(grant)
            .answer()
    };
    let first = give(&one).expect(201);
    let second = give(&two).expect(201);
    assert_eq!(second.header("idempotency-replayed"), "");
    assert_ne!(first.body["id"], second.body["id"]);
    let roles = texts(&admin.get(&format!("{}/grants", two.path())).expect(200).body["items"], "role");
    assert_eq!(roles, ["officer", "head"]);
    let again = give(&one).expect(201);
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));
}

#[test]
fn a_key_belongs_to_its_caller_and_its_operation() {
    let city = City::new();
    let (admin, district) = (city.login("admin.vpubnd"), city.login("admin.d916"));
    create(&admin, new_account("mot.lan", "officer", "SXD")).expect(201);
    create(&district, new_account("cua.quan", "officer", "D916")).expect(201);
    let spec = json!({ "name": "Cổng", "scopes": ["changes.read"] });
    admin.send("POST", "/v1/clients").header("Idempotency-Key", KEY).json(spec).answer().expect(201);
}

#[test]
fn a_refusal_is_not_kept_and_a_key_is_forgotten_after_a_day() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    create(&admin, new_account("mot.lan", "officer", "KHONGCO")).expect(422);
    create(&admin, new_account("mot.lan", "officer", "SXD")).expect(201);
    city.clock.let_pass(chrono::TimeDelta::hours(25));
    city.work_once();
    let admin = city.login("admin.vpubnd");
    create(&admin, new_account("lan.hai", "officer", "SXD")).expect(201);
}

#[test]
fn twenty_clients_at_once_with_one_key_make_one_account() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let before = admin.get("/v1/accounts?limit=200").body["items"].as_array().unwrap().len();
    let answers = std::thread::scope(|scope| {
        let send = || loop {
            let answer = create(&admin, new_account("cung.luc", "officer", "SXD"));
            // Passwords are hashed two at a time: whoever waited too long is asked to come back.
            if answer.status != 429 {
                return answer;
            }
        };
        let all: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
        all.into_iter().map(|one| one.join().unwrap().expect(201)).collect::<Vec<_>>()
    });
    let id = &answers[0].body["account"]["id"];
    assert!(answers.iter().all(|answer| answer.body["account"]["id"] == *id));
    let first: Vec<&Answer> =
        answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty()).collect();
    assert_eq!(first.len(), 1, "one of them made it");
    assert!(first[0].body["temporary_password"].is_string());
    assert_eq!(admin.get("/v1/accounts?limit=200").body["items"].as_array().unwrap().len(), before + 1);
}

#[test]
fn of_several_clients_without_a_key_one_makes_the_account_and_the_others_learn_of_it() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let mut statuses = std::thread::scope(|scope| {
        let send = || admin.post("/v1/accounts", new_account("cung.luc", "officer", "SXD")).status;
        let all: Vec<_> = (0..6).map(|_| scope.spawn(send)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
}

#[test]
fn a_key_of_the_wrong_shape_is_refused() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for key in ["short", "has a blank in it ok", &"x".repeat(201)] {
        let request = admin.send("POST", "/v1/accounts").header("Idempotency-Key", key);
        let refused = request.json(new_account("mot.lan", "officer", "SXD")).answer().expect(400);
        assert_eq!(refused.code(), "malformed");
    }
    log_in(&city, "mot.lan", "khong-co-nguoi-nay").expect(401);
}

#[test]
fn a_key_that_is_no_text_is_refused_and_not_overlooked() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let send = admin.send("POST", "/v1/accounts").header("Idempotency-Key", "lần-gửi-thứ-nhất-0001");
    assert_eq!(send.json(new_account("mot.lan", "officer", "SXD")).answer().status, 400);
}
