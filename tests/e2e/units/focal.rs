//! Focal officers.

use serde_json::{Value, json};

use super::{change, faults};
use crate::city::City;

#[test]
fn focal_officers_are_appointed_read_and_ended() {
    let city = City::new();
    let head = city.login("head.d916");
    let content = json!({
        "person": "Nguyễn Thị Mai", "phone": "0292 3820 000", "email": "mai@cantho.example",
        "appointing_paper": "QĐ 15/QĐ-UBND", "valid_from": "2019-03-04",
    });
    let path = "/v1/units/C31117/focal-officers";
    let made = head.post(path, content.clone());
    assert_eq!(made.status, 201, "a head appoints in the own tree: {}", made.body);
    let one = made.header("location").to_owned();
    let clerk = city.login("clerk.sxd");
    assert_eq!(ids(&clerk.get(path).body), [made.body["id"].clone()]);
    assert_eq!(clerk.post(path, content.clone()).status, 403);
    assert_eq!(head.post("/v1/units/SXD/focal-officers", content.clone()).status, 403);
    assert_eq!(head.post("/v1/units/NOWHERE/focal-officers", content.clone()).status, 404);
    assert_eq!(city.get(path).status, 401);
    let ending = format!("{one}/end");
    assert_eq!(head.post(&ending, json!({ "on": "2019-06-01" })).status, 428);
    let etag = head.get(&one).etag();
    let end = |etag: &str, on: &str| {
        head.send("POST", &ending).header("If-Match", etag).json(json!({ "on": on })).answer()
    };
    assert_eq!(end(&etag, "2019-03-04").status, 422, "a term has at least a day");
    assert_eq!(end(&etag, "2019-06-01").status, 200);
    assert_eq!(end(&etag, "2019-05-01").status, 412);
    assert_eq!(end(&head.get(&one).etag(), "2019-07-01").status, 409, "a term is only shortened");
    let mut wrong = content;
    wrong["valid_to"] = json!("2019-03-04");
    wrong["phone"] = json!("abcdefgh");
    wrong["email"] = json!("nobody");
    let refused = head.post(path, wrong);
    assert_eq!(
        faults(&refused.body),
        [("/valid_to", "empty_period"), ("/phone", "pattern"), ("/email", "pattern")]
    );
}

#[test]
fn focal_officers_go_over_with_their_unit() {
    let city = City::new();
    let admin = city.login("controller.vpubnd");
    let content = json!({ "person": "Trần Văn An", "appointing_paper": "QĐ 1", "valid_from": "2019-01-01" });
    assert_eq!(admin.post("/v1/units/C31120/focal-officers", content).status, 201);
    let merge = json!({ "into": "C31117", "on": "2019-03-01", "legal_basis": "NQ" });
    let merged = change(&admin, "C31120", "/v1/units/C31120/merge", merge);
    assert_eq!(merged.status, 200, "{}", merged.body);
    let moved = &merged.body["moves"]["focal_officers"][0];
    assert_eq!((&moved["person"], &moved["valid_from"]), (&json!("Trần Văn An"), &json!("2019-03-01")));
    let there = admin.get("/v1/units/C31117/focal-officers").body;
    assert_eq!(there["items"][0]["person"], "Trần Văn An");
    assert_eq!(admin.get("/v1/units/C31120/focal-officers").body["items"], json!([]));
    let all = admin.get("/v1/units/C31120/focal-officers?all=true").body;
    assert_eq!(all["items"][0]["valid_to"], "2019-03-01");
}

fn ids(page: &Value) -> Vec<Value> {
    page["items"].as_array().into_iter().flatten().map(|item| item["id"].clone()).collect()
}
