//! Events for other systems: who hears what, under which signature, and what happens when they do not
//! listen.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};

use super::receiver::{Call, Receiver};
use crate::city::{Answer, City, Person};
use crate::obligations::open_term;

const LOOPBACK: &[(&str, &str)] = &[("KSTT_WEBHOOK_NETWORKS", "127.0.0.0/8")];

fn subscribe(admin: &Person<'_>, url: &str, unit: &str, events: &[&str]) -> Answer {
    let body = json!({ "name": "Cổng", "url": url, "unit": unit, "events": events });
    admin.post("/v1/webhooks", body)
}

/// Records that something was done; answers its id.
fn meet(city: &City, unit: &str) -> String {
    let duty = open_term(city, "K-44", unit, "2019-03-01T02:00:00Z");
    let controller = city.login("controller.vpubnd");
    let etag = controller.get(&format!("/v1/obligations/{duty}")).expect(200).etag();
    let path = format!("/v1/obligations/{duty}/meet");
    let done = controller.send("POST", &path).header("If-Match", &etag).json(json!({ "note": "Số 1" }));
    done.answer().expect(200);
    duty
}

fn is_signed(call: &Call, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    let signed = format!("{}.{}.{}", call.id(), call.headers["webhook-timestamp"], call.body);
    mac.update(signed.as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    call.headers["webhook-signature"].split(' ').any(|signature| signature == expected)
}

#[test]
fn an_event_arrives_once_signed_and_in_the_form_of_a_cloud_event() {
    let city = City::with(LOOPBACK);
    let receiver = Receiver::answering(&["204 No Content"]);
    let admin = city.login("admin.vpubnd");
    let made = subscribe(&admin, &receiver.url, "VPUBND", &["obligations.meet"]).expect(201);
    let secret = made.body["secret"].as_str().unwrap();
    let duty = meet(&city, "SXD");
    city.work_once();
    city.work_once();
    let calls = receiver.take();
    assert_eq!(calls.len(), 1);
    assert!(is_signed(&calls[0], secret));
    let event = calls[0].event();
    assert_eq!(event["id"], calls[0].id());
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "kstt.obligations.meet");
    assert_eq!(event["subject"], format!("obligation/{duty}"));
    assert_eq!(event["time"], "2019-03-04T01:00:00Z");
    let data = json!({ "action": "obligations.meet", "event": null, "unit": "SXD", "subject": { "kind": "obligation", "id": duty, "key": duty } });
    assert_eq!(event["data"], data);
    assert_eq!(calls[0].headers["content-type"], "application/cloudevents+json");
    let path = format!("/v1/webhooks/{}", made.body["webhook"]["id"].as_str().unwrap());
    let sent = admin.get(&format!("{path}/deliveries")).expect(200).body;
    assert_eq!(
        (&sent["items"][0]["state"], &sent["items"][0]["event_id"]),
        (&json!("delivered"), &event["id"])
    );
    assert_eq!(sent["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_webhook_hears_only_what_its_unit_may_learn_of() {
    let city = City::with(LOOPBACK);
    let (near, far) = (Receiver::answering(&["200 OK"]), Receiver::answering(&["200 OK"]));
    let (admin, central) = (city.login("admin.d916"), city.login("admin.vpubnd"));
    subscribe(&admin, &near.url, "D916", &["*"]).expect(201);
    subscribe(&central, &far.url, "VPUBND", &["obligations.*"]).expect(201);
    assert_eq!(subscribe(&admin, &near.url, "SXD", &["*"]).status, 403);
    let (ours, theirs) = (meet(&city, "C31117"), meet(&city, "SXD"));
    central.post("/v1/accounts", json!({ "username": "someone", "display_name": "S", "grant": { "role": "clerk", "unit": "D916" } })).expect(201);
    city.work_once();
    let subjects = |receiver: &Receiver, action: &str| -> Vec<Value> {
        let calls = receiver.take();
        assert!(
            calls.iter().all(|call| !call.event()["type"].as_str().unwrap().starts_with("kstt.accounts"))
        );
        let of = calls.iter().map(Call::event).filter(|event| event["data"]["action"] == action);
        of.map(|event| event["data"]["subject"]["id"].clone()).collect()
    };
    assert_eq!(subjects(&near, "obligations.meet"), [json!(ours)]);
    assert_eq!(subjects(&far, "obligations.meet"), [json!(ours), json!(theirs)]);
    // For others a webhook is not there.
    let listed = central.get("/v1/webhooks").expect(200).body["items"].as_array().unwrap().len();
    assert_eq!(listed, 2);
    let mine = admin.get("/v1/webhooks").expect(200).body;
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    let id = mine["items"][0]["id"].as_str().unwrap();
    assert_eq!(city.login("admin.sxd").get(&format!("/v1/webhooks/{id}")).status, 404);
}

#[test]
fn what_fails_is_tried_again_under_the_same_id_then_given_up_and_replayed() {
    let city = City::with(LOOPBACK);
    let receiver = Receiver::answering(&["500 Oops"]);
    let admin = city.login("admin.vpubnd");
    let made = subscribe(&admin, &receiver.url, "VPUBND", &["obligations.meet"]).expect(201);
    let path = format!("/v1/webhooks/{}", made.body["webhook"]["id"].as_str().unwrap());
    meet(&city, "SXD");
    city.work_once();
    let id = receiver.take()[0].id().to_owned();
    city.work_once();
    assert!(receiver.take().is_empty(), "it is left alone");
    let health = admin.get(&path).expect(200).body["health"].clone();
    assert_eq!((&health["failures"], &health["pending"]["value"]), (&json!(1), &json!(1)));
    assert_eq!(health["resting_until"], "2026-01-05T02:00:05Z");
    let failed = admin.get(&format!("{path}/deliveries?state=pending")).expect(200).body["items"][0].clone();
    assert_eq!(failed["last_error"], "the receiver answered 500");
    for attempt in 2..=11 {
        city.clock.let_pass(TimeDelta::hours(25));
        city.work_once();
        let again = receiver.take();
        assert_eq!(again.iter().map(Call::id).collect::<Vec<_>>(), [&id], "attempt {attempt}");
    }
    city.clock.let_pass(TimeDelta::days(30));
    city.work_once();
    assert!(receiver.take().is_empty(), "it is given up");
    let admin = city.login("admin.vpubnd");
    let dead = admin.get(&format!("{path}/deliveries?state=dead")).expect(200).body;
    assert_eq!(
        (&dead["items"][0]["attempts"], &dead["items"][0]["next_attempt_at"]),
        (&json!(11), &Value::Null)
    );
    receiver.answer_with("200 OK");
    let replayed = admin.post(&format!("{path}/replay"), json!({})).expect(200);
    assert_eq!(replayed.body, json!({ "replayed": 1 }));
    city.work_once();
    assert_eq!(receiver.take()[0].id(), id);
    let health = admin.get(&path).expect(200).body["health"].clone();
    assert_eq!((&health["failures"], &health["failing_since"]), (&json!(0), &Value::Null));
    assert_eq!(admin.post(&format!("{path}/replay"), json!({})).expect(200).body, json!({ "replayed": 0 }));
}

#[test]
fn a_receiver_that_fails_keeps_nobody_else_waiting() {
    let city = City::with(LOOPBACK);
    let (bad, good) = (Receiver::answering(&["500 Oops"]), Receiver::answering(&["200 OK"]));
    let admin = city.login("admin.vpubnd");
    subscribe(&admin, &bad.url, "VPUBND", &["obligations.meet"]).expect(201);
    subscribe(&admin, &good.url, "VPUBND", &["obligations.meet"]).expect(201);
    (0..5).for_each(|_| drop(meet(&city, "SXD")));
    city.work_once();
    assert_eq!((bad.take().len(), good.take().len()), (1, 5));
}

#[test]
fn redirects_are_not_followed_and_private_networks_not_called() {
    let inside = Receiver::answering(&["200 OK"]);
    let city = City::with(LOOPBACK);
    let redirecting = Receiver::answering(&[&format!("302 Found\r\nLocation: {}", inside.url)]);
    let admin = city.login("admin.vpubnd");
    subscribe(&admin, &redirecting.url, "VPUBND", &["obligations.meet"]).expect(201);
    meet(&city, "SXD");
    city.work_once();
    assert_eq!((redirecting.take().len(), inside.take().len()), (1, 0));

    // Without the demo's allowance: literal addresses are refused when they are stored, names when they are called.
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for url in
        [&inside.url, "https://127.0.0.1/", "https://10.1.2.3/hook", "http://example.org/", "https://[::1]/"]
    {
        let refused = subscribe(&admin, url, "VPUBND", &["*"]).expect(422);
        assert_eq!(
            (&refused.body["errors"][0]["pointer"], &refused.body["errors"][0]["code"]),
            (&json!("/url"), &json!("refused_address"))
        );
    }
    let named = inside.url.replace("http://127.0.0.1", "https://localhost");
    let made = subscribe(&admin, &named, "VPUBND", &["obligations.meet"]).expect(201);
    let path = format!("/v1/webhooks/{}", made.body["webhook"]["id"].as_str().unwrap());
    let tested = admin.post(&format!("{path}/test"), json!({})).expect(200).body;
    assert_eq!(tested["delivered"], false);
    assert!(tested["error"].as_str().unwrap().contains("private network"), "{tested}");
    assert!(inside.take().is_empty());
}

#[test]
fn secrets_rotate_with_an_overlap() {
    let city = City::with(LOOPBACK);
    let receiver = Receiver::answering(&["200 OK"]);
    let admin = city.login("admin.vpubnd");
    let made = subscribe(&admin, &receiver.url, "VPUBND", &["obligations.meet"]).expect(201);
    let path = format!("/v1/webhooks/{}", made.body["webhook"]["id"].as_str().unwrap());
    let rotate = format!("{path}/secret-rotation");
    assert_eq!(admin.send("POST", &rotate).answer().status, 428);
    let rotated = admin.send("POST", &rotate).header("If-Match", &made.etag()).answer().expect(200);
    let (old, new) = (made.body["secret"].as_str().unwrap(), rotated.body["secret"].as_str().unwrap());
    meet(&city, "SXD");
    city.work_once();
    let call = &receiver.take()[0];
    assert!(is_signed(call, old) && is_signed(call, new) && !is_signed(call, "whsec_AAAA"));
    city.clock.let_pass(TimeDelta::hours(25));
    meet(&city, "SXD");
    city.work_once();
    let call = &receiver.take()[0];
    assert!(!is_signed(call, old) && is_signed(call, new));
    let stored = std::fs::read(city.scratch.0.join("kstt.db")).unwrap_or_default();
    let plain = STANDARD.decode(new.strip_prefix("whsec_").unwrap()).unwrap();
    assert!(!stored.windows(plain.len()).any(|bytes| bytes == plain), "the secret is stored sealed");
}

#[test]
fn a_disabled_webhook_hears_nothing_and_a_receiver_that_is_gone_disables_it() {
    let city = City::with(LOOPBACK);
    let receiver = Receiver::answering(&["410 Gone"]);
    let admin = city.login("admin.vpubnd");
    let made = subscribe(&admin, &receiver.url, "VPUBND", &["obligations.meet"]).expect(201);
    let path = format!("/v1/webhooks/{}", made.body["webhook"]["id"].as_str().unwrap());
    meet(&city, "SXD");
    city.work_once();
    let gone = admin.get(&path).expect(200);
    assert_eq!((gone.body["disabled"].as_bool(), receiver.take().len()), (Some(true), 1));
    meet(&city, "SXD");
    city.clock.let_pass(TimeDelta::days(2));
    city.work_once();
    assert!(receiver.take().is_empty());
    receiver.answer_with("200 OK");
    let body = json!({ "name": "Cổng mới", "url": receiver.url, "unit": "VPUBND", "events": ["*"] });
    let admin = city.login("admin.vpubnd");
    let changed = admin.send("PUT", &path).header("If-Match", &gone.etag()).json(body).answer().expect(200);
    assert_eq!((&changed.body["disabled"], &changed.body["name"]), (&json!(false), &json!("Cổng mới")));
    city.work_once();
    let heard: Vec<String> =
        receiver.take().iter().map(|call| call.event()["type"].as_str().unwrap().to_owned()).collect();
    // What waited arrives; what happened while it was disabled was never meant for it.
    assert_eq!(heard.iter().filter(|kind| *kind == "kstt.obligations.meet").count(), 1);
}

#[test]
fn faults_of_a_webhook_are_told_all_at_once() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let refused =
        subscribe(&admin, "nowhere at all", "NOWHERE", &["obligations.dance", "units.*"]).expect(422);
    let told: Vec<&str> =
        refused.body["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(told, ["/url", "/unit", "/events/0"]);
    assert_eq!(city.login("head.vpubnd").get("/v1/webhooks").status, 403);
}
