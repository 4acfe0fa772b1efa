//! Bodies of every wrong shape.

use serde_json::{Value, json};

use super::*;
use crate::city::{Person, Request};

/// An operation that takes a body, who may do it, and a body it would take.
struct Operation {
    method: &'static str,
    path: String,
    who: &'static str,
    good: Value,
}

fn operations(city: &City) -> Vec<Operation> {
    let admin = city.login("admin.vpubnd");
    let id = admin.get("/v1/accounts?limit=1").body["items"][0]["id"].as_str().unwrap().to_owned();
    let grant = json!({ "role": "officer", "unit": "SXD", "valid_from": "2019-03-04" });
    let operation = |method, path: &str, who, good| Operation { method, path: path.to_owned(), who, good };
    vec![
        operation(
            "POST",
            "/v1/auth/token",
            "",
            json!({ "grant_type": "password", "username": "officer.d916", "password": "thu-nghiem-2019" }),
        ),
        operation(
            "POST",
            "/v1/calendar/compute",
            "",
            json!({ "start": "2019-04-12", "amount": 5, "unit": "working_day", "direction": "after" }),
        ),
        operation(
            "POST",
            "/v1/accounts",
            "admin.vpubnd",
            json!({ "username": "ai.do", "display_name": "Ai đó", "grant": grant }),
        ),
        operation(
            "PUT",
            &format!("/v1/accounts/{id}"),
            "admin.vpubnd",
            json!({ "display_name": "Ai đó", "disabled": false }),
        ),
        operation("POST", &format!("/v1/accounts/{id}/grants"), "admin.vpubnd", grant),
        operation(
            "POST",
            "/v1/clients",
            "admin.vpubnd",
            json!({ "name": "Cổng", "scopes": ["changes.read"] }),
        ),
        operation(
            "PUT",
            "/v1/me/password",
            "officer.d916",
            json!({ "current_password": "thu-nghiem-2019", "new_password": "mot-mat-khau-moi" }),
        ),
        operation(
            "POST",
            "/v1/units",
            "admin.vpubnd",
            json!({
                "code": "SMOI", "kind": "department", "subtype": "sở", "name": "Sở Mới", "short_name": "SM",
                "parent_code": "UBNDTP", "valid_from": "2019-06-01", "legal_basis": "Quyết định thử",
            }),
        ),
        operation(
            "POST",
            "/v1/units/C31117/rename",
            "admin.vpubnd",
            json!({ "on": "2019-07-01", "legal_basis": "Quyết định thử", "name": "Tên mới" }),
        ),
        operation(
            "POST",
            "/v1/calendar/versions",
            "admin.vpubnd",
            json!({ "reason": "Thông báo", "lift": ["2019-09-02"] }),
        ),
        operation("PUT", "/v1/clock", "admin.vpubnd", json!({ "now": "2019-05-06T08:00:00+07:00" })),
    ]
}

struct Hostile<'c> {
    city: &'c City,
    operations: Vec<(Operation, Option<Person<'c>>)>,
}

impl<'c> Hostile<'c> {
    fn new(city: &'c City) -> Self {
        let people = ["admin.vpubnd", "officer.d916"].map(|who| (who, city.login(who)));
        let tokens =
            |who: &str| people.iter().find(|(name, _)| *name == who).map(|(_, person)| person.tokens.clone());
        let person = |who: &str| tokens(who).map(|tokens| Person { city, tokens });
        let operations = operations(city).into_iter().map(|operation| {
            let who = person(operation.who);
            (operation, who)
        });
        Self { city, operations: operations.collect() }
    }

    fn request(&self, operation: &Operation, who: Option<&Person<'c>>) -> Request<'c> {
        let request = match who {
            Some(person) => person.send(operation.method, &operation.path),
            None => self.city.send(operation.method, &operation.path),
        };
        request.header("If-Match", "\"1-000000000000\"")
    }

    /// Sends a body to every operation and hands over what came back.
    fn each(&self, make: impl Fn(&Value) -> Vec<u8>, check: impl Fn(&str, Answer)) {
        for (operation, who) in &self.operations {
            let bytes = make(&operation.good);
            let what = format!(
                "{} {} {}",
                operation.method,
                operation.path,
                String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
            );
            check(&what, self.request(operation, who.as_ref()).bytes("application/json", bytes).answer());
        }
    }

    /// Sends a body to every operation, each of which refuses it with one of these.
    fn refuse(&self, statuses: &[u16], make: impl Fn(&Value) -> Vec<u8>) {
        self.each(make, |what, answer| {
            is_refusal(what, &answer);
            assert!(statuses.contains(&answer.status), "{what}: {}", answer.text);
        });
    }
}

/// The newest row of the trail: it stays when nothing was changed.
fn newest(admin: &Person<'_>) -> Value {
    admin.get("/v1/audit?limit=1").expect(200).body["items"][0]["id"].clone()
}

#[test]
fn what_is_no_json_is_malformed_and_changes_nothing() {
    let city = City::new();
    let hostile = Hostile::new(&city);
    let admin = city.login("admin.vpubnd");
    let before = newest(&admin);
    let fixed: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"garbage".to_vec(),
        b"\xff\xfe\x00\x01".to_vec(),
        b"{\"name\": \"\xc3\x28\"}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{}{}".to_vec(),
        b"{\"a\": 1e999}".to_vec(),
        br#"{"name": "\ud800"}"#.to_vec(),
        br#"{"\udfff": "name"}"#.to_vec(),
        br#"{"name": "\ud800\ud800"}"#.to_vec(),
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(100_000).into_bytes(),
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes(),
    ];
    for body in fixed {
        hostile.refuse(&[400], |_| body.clone());
    }
    hostile.refuse(&[400], |good| good.to_string().trim_end_matches('}').as_bytes().to_vec());
    hostile.refuse(&[400], |good| good.to_string().replacen('"', "\u{1}\"", 1).into_bytes());
    assert_eq!(newest(&admin), before);
    is_alive(&city);
}

#[test]
fn json_of_another_shape_is_invalid_with_its_place_and_changes_nothing() {
    let city = City::new();
    let hostile = Hostile::new(&city);
    let admin = city.login("admin.vpubnd");
    let before = newest(&admin);
    for body in ["null", "true", "42", "\"text\"", "[]", "{}", "[[[]]]", "[null]"] {
        hostile.refuse(&[422], |_| body.as_bytes().to_vec());
    }
    hostile.refuse(&[422], |good| json!([good]).to_string().into_bytes());
    hostile.each(
        |good| {
            let mut body = good.clone();
            body["khong_co"] = json!(1);
            body.to_string().into_bytes()
        },
        |what, answer| {
            is_refusal(what, &answer);
            assert_eq!(answer.status, 422, "{what}");
            assert_eq!(answer.body["errors"][0]["pointer"], "/khong_co", "{what}: {}", answer.text);
        },
    );
    assert_eq!(newest(&admin), before);
}

#[test]
fn every_field_of_a_wrong_type_is_named() {
    let city = City::new();
    let hostile = Hostile::new(&city);
    let admin = city.login("admin.vpubnd");
    let before = newest(&admin);
    for (operation, who) in &hostile.operations {
        for key in operation.good.as_object().unwrap().keys() {
            for wrong in
                [json!({ "x": 1 }), json!([[]]), json!(["\u{0}"]), json!(1e300), json!(u64::MAX), json!(-1)]
            {
                let mut body = operation.good.clone();
                body[key] = wrong;
                let what = format!("{} {} {body}", operation.method, operation.path);
                let answer = hostile.request(operation, who.as_ref()).json(body).answer();
                is_refusal(&what, &answer);
                assert_eq!(answer.status, 422, "{what}: {}", answer.text);
                let pointer = answer.body["errors"][0]["pointer"].as_str().unwrap_or_default();
                assert!(pointer.starts_with(&format!("/{key}")), "{what}: {}", answer.text);
            }
        }
    }
    assert_eq!(newest(&admin), before);
    is_alive(&city);
}

#[test]
fn control_characters_in_any_text_are_refused_with_their_place() {
    let city = City::new();
    let hostile = Hostile::new(&city);
    let admin = city.login("admin.vpubnd");
    let before = newest(&admin);
    for (operation, who) in &hostile.operations {
        let texts = operation.good.as_object().unwrap().iter().filter(|(_, value)| value.is_string());
        for (key, value) in texts {
            for control in ["\u{0}", "\u{1}", "\u{8}", "\u{1b}", "\u{7f}", "\u{85}"] {
                let mut body = operation.good.clone();
                body[key] = json!(format!("{}{control}", value.as_str().unwrap()));
                let answer = hostile.request(operation, who.as_ref()).json(body).answer();
                let what = format!("{} {} {key}", operation.method, operation.path);
                is_refusal(&what, &answer);
                assert_eq!(answer.status, 422, "{what}: {}", answer.text);
                let fault = &answer.body["errors"][0];
                assert_eq!(
                    (&fault["pointer"], &fault["code"]),
                    (&json!(format!("/{key}")), &json!("control_character")),
                    "{what}"
                );
            }
        }
        let mut body = operation.good.clone();
        body["\u{0}"] = json!(1);
        let answer = hostile.request(operation, who.as_ref()).json(body).answer();
        is_refusal("a key of NUL", &answer);
    }
    assert_eq!(newest(&admin), before);
}

#[test]
fn texts_of_any_length_are_refused_not_stored() {
    let city = City::new();
    let hostile = Hostile::new(&city);
    let admin = city.login("admin.vpubnd");
    let before = newest(&admin);
    let long = "ộ".repeat(20_000);
    for (operation, who) in &hostile.operations {
        for (key, _) in operation.good.as_object().unwrap().iter().filter(|(_, value)| value.is_string()) {
            let mut body = operation.good.clone();
            body[key] = json!(long);
            let answer = hostile.request(operation, who.as_ref()).json(body).answer();
            let what = format!("{} {} {key}", operation.method, operation.path);
            is_refusal(&what, &answer);
            assert!(answer.text.len() < 20_000, "{what}: the refusal repeats the text");
        }
    }
    assert_eq!(newest(&admin), before);
}

#[test]
fn a_refusal_stays_within_what_the_contract_says_of_it() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let many: serde_json::Map<String, Value> =
        (0..50_000).map(|number| (format!("k{number}"), json!("\u{0}"))).collect();
    let long = "ộ~/".repeat(50_000);
    for body in [
        json!(many),
        json!({ &long: 1 }),
        json!({ &long: "\u{0}" }),
        json!({ "username": { &long: { &long: 1 } } }),
        json!({ "grant": { "role": &long } }),
    ] {
        let answer = admin.post("/v1/accounts", body);
        is_refusal("many and long faults", &answer);
        let errors = answer.body["errors"].as_array().unwrap();
        assert!((1..=1000).contains(&errors.len()), "{}", errors.len());
        for error in errors {
            let length = |key: &str| error[key].as_str().unwrap().chars().count();
            assert!(length("pointer") <= 500 && length("detail") <= 2000 && length("code") <= 100);
        }
    }
}

#[test]
fn a_body_beyond_the_limit_is_too_large_told_or_not() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let controller = city.login("controller.vpubnd");
    let big = vec![b' '; 10 << 20];
    let declared = city.send("POST", "/v1/auth/token").bytes("application/json", big.clone()).answer();
    is_refusal("10 MB to log in", &declared);
    assert_eq!(declared.status, 413);
    let declared = admin.send("POST", "/v1/accounts").bytes("application/json", big.clone()).answer();
    is_refusal("10 MB of an account", &declared);
    assert_eq!(declared.status, 413);
    // Imports have a limit of their own.
    let import =
        controller.send("POST", "/v1/procedures/import").bytes("application/json", big.clone()).answer();
    is_refusal("10 MB of blanks to import", &import);
    assert_eq!(import.status, 400);

    let head = "POST /v1/calendar/compute HTTP/1.1\nHost: x\nConnection: close\nContent-Type: application/json\nTransfer-Encoding: chunked\n";
    let chunk = [b"100000\r\n".to_vec(), vec![b' '; 0x10_0000], b"\r\n".to_vec()].concat();
    let (status, text) = raw(&city, head, &[chunk.repeat(3), b"0\r\n\r\n".to_vec()].concat());
    assert_eq!(status, 413, "{text:.300}");
    assert!(text.contains("payload_too_large"), "{text:.600}");
    is_alive(&city);
}

#[test]
fn a_body_that_stops_short_is_no_request() {
    let city = City::new();
    let head =
        "POST /v1/calendar/compute HTTP/1.1\nHost: x\nConnection: close\nContent-Type: application/json\n";
    for more in
        ["Content-Length: nonsense\n", "Content-Length: -5\n", "Content-Length: 5\nContent-Length: 6\n"]
    {
        let (status, text) = raw(&city, &format!("{head}{more}"), b"{}");
        assert_eq!(status, 400, "{more}: {text}");
    }
    let (status, text) = raw(&city, &format!("{head}Transfer-Encoding: chunked\n"), b"zz\r\n{}\r\n0\r\n\r\n");
    assert_eq!(status, 400, "{text}");
    is_alive(&city);
}

#[test]
fn only_json_is_taken_where_json_is_asked_for() {
    let city = City::new();
    let hostile = Hostile::new(&city);
    for (operation, who) in &hostile.operations {
        let bytes = || operation.good.to_string().into_bytes();
        for content_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            ";;;",
            "application/x-ndjson",
        ] {
            let what = format!("{} {} as {content_type}", operation.method, operation.path);
            let answer = hostile.request(operation, who.as_ref()).bytes(content_type, bytes()).answer();
            is_refusal(&what, &answer);
            assert_eq!((answer.status, answer.code()), (415, "unsupported_media_type"), "{what}");
        }
        let answer = hostile.request(operation, who.as_ref()).answer();
        is_refusal("no type and no body", &answer);
        assert_eq!(answer.status, 415, "{} {}", operation.method, operation.path);
    }
    let question = json!({ "start": "2019-04-12", "amount": 5, "unit": "working_day", "direction": "after" })
        .to_string();
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        city.send("POST", "/v1/calendar/compute")
            .bytes(content_type, question.clone().into_bytes())
            .answer()
            .expect(200);
    }
}
