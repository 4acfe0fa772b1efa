//! Rate limits, and whose address a request has.

use serde_json::json;

use super::*;
use crate::city::Person;

const SLOW: &[(&str, &str)] = &[("KSTT_RATE_LIMIT", "1"), ("KSTT_RATE_BURST", "4")];
const TRUSTING: &[(&str, &str)] = &[
    ("KSTT_RATE_LIMIT", "1"),
    ("KSTT_RATE_BURST", "4"),
    ("KSTT_TRUSTED_PROXIES", "127.0.0.0/8, ::1/128, 10.0.0.0/8"),
];

fn number(answer: &Answer, name: &str) -> u64 {
    answer.header(name).parse().unwrap_or_else(|_| panic!("{name} is a number: {:?}", answer.headers))
}

/// Asks until the limit is reached, and no longer than `most` times.
fn until_refused(most: usize, ask: impl Fn() -> Answer) -> Option<Answer> {
    (0..most).map(|_| ask()).find(|answer| answer.status == 429)
}

#[test]
fn too_many_requests_are_told_when_to_come_back() {
    let city = City::with(SLOW);
    let first = city.get("/v1/units/C31117").expect(200);
    assert_eq!((number(&first, "ratelimit-limit"), number(&first, "ratelimit-remaining")), (4, 3));
    assert_eq!(number(&first, "ratelimit-reset"), 1);
    let refused = until_refused(20, || city.get("/v1/units/C31117")).expect("the limit is reached");
    is_refusal("over the limit", &refused);
    assert_eq!(refused.code(), "too_many_requests");
    assert_eq!(number(&refused, "ratelimit-remaining"), 0);
    let wait = number(&refused, "retry-after");
    assert!((1..=2).contains(&wait), "{wait}");
    std::thread::sleep(Duration::from_secs(wait));
    city.get("/v1/units/C31117").expect(200);
}

#[test]
fn a_limit_switched_off_tells_nothing() {
    let city = City::new();
    assert!(until_refused(100, || city.get("/v1/units/C31117")).is_none());
    assert_eq!(city.get("/v1/units/C31117").header("ratelimit-limit"), "");
}

#[test]
fn every_address_behind_a_trusted_proxy_has_its_own_limit() {
    let city = City::with(TRUSTING);
    let ask =
        |address: &str| city.send("GET", "/v1/units/C31117").header("X-Forwarded-For", address).answer();
    until_refused(20, || ask("203.0.113.1")).expect("the limit is reached");
    ask("203.0.113.2").expect(200);
    ask("203.0.113.1, 203.0.113.3").expect(200);
}

#[test]
fn nobody_escapes_the_limit_by_naming_addresses() {
    let city = City::with(SLOW);
    let asked = std::cell::Cell::new(0);
    let refused = until_refused(20, || {
        asked.set(asked.get() + 1);
        city.send("GET", "/v1/units/C31117")
            .header("X-Forwarded-For", &format!("203.0.113.{}", asked.get()))
            .answer()
    });
    assert!(refused.is_some());
}

#[test]
fn an_account_has_one_limit_wherever_it_calls_from() {
    let city = City::with(TRUSTING);
    let log_in = |username: &str, address: &str| {
        let body = json!({ "grant_type": "password", "username": username, "password": "thu-nghiem-2019" });
        let answer = city
            .send("POST", "/v1/auth/token")
            .header("X-Forwarded-For", address)
            .json(body)
            .answer()
            .expect(200);
        Person { city: &city, tokens: answer.body }
    };
    let (officer, clerk) = (log_in("officer.sxd", "203.0.113.200"), log_in("clerk.sxd", "203.0.113.201"));
    let asked = std::cell::Cell::new(0);
    let ask = |person: &Person<'_>| {
        asked.set(asked.get() + 1);
        person.send("GET", "/v1/me").header("X-Forwarded-For", &format!("203.0.113.{}", asked.get())).answer()
    };
    let refused = until_refused(20, || ask(&officer)).expect("the limit is reached");
    assert_eq!(refused.code(), "too_many_requests");
    assert!(number(&refused, "retry-after") >= 1);
    ask(&clerk).expect(200);
}

/// The address the city takes a login to come from.
fn address_of(city: &City, forwarded: &str) -> String {
    let body = json!({ "grant_type": "password", "username": "officer.sxd", "password": "thu-nghiem-2019" });
    let answer = city
        .send("POST", "/v1/auth/token")
        .header("X-Forwarded-For", forwarded)
        .json(body)
        .answer()
        .expect(200);
    let person = Person { city, tokens: answer.body };
    let sessions = person.get("/v1/me/sessions").expect(200).body;
    let own =
        sessions["items"].as_array().unwrap().iter().find(|item| item["current"] == true).cloned().unwrap();
    own["client_address"].as_str().unwrap().to_owned()
}

#[test]
fn only_a_trusted_proxy_says_whose_request_it_is() {
    let city = City::new();
    assert_eq!(address_of(&city, "203.0.113.9"), "127.0.0.1");

    let city = City::with(&[("KSTT_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")]);
    for (forwarded, address) in [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.9.9.9, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.9, unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
    ] {
        assert_eq!(address_of(&city, forwarded), address, "{forwarded}");
    }
}
