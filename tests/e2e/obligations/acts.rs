//! Meeting, suspending, correcting, and counting again.

use serde_json::{Value, json};

use super::open_term;
use crate::city::{Answer, City, Person};

fn act(person: &Person<'_>, id: &str, verb: &str, body: Value) -> Answer {
    let etag = person.get(&format!("/v1/obligations/{id}")).expect(200).etag();
    person.send("POST", &format!("/v1/obligations/{id}/{verb}")).header("If-Match", &etag).json(body).answer()
}

#[test]
fn what_is_done_in_time_is_met_and_what_is_done_later_is_met_late() {
    let city = City::new();
    let head = city.login("head.sxd");
    let controller = city.login("controller.vpubnd");
    let (one, two) = (
        open_term(&city, "K-12", "SXD", "2019-02-25T02:00:00Z"),
        open_term(&city, "K-12", "SXD", "2019-02-20T02:00:00Z"),
    );
    let met = act(&head, &one, "meet", json!({ "note": "Đã nhập CSDLQG" })).expect(200).body;
    assert_eq!((&met["state"], &met["due_on"]), (&json!("met"), &json!("2019-03-04")));
    let late = act(&head, &two, "meet", json!({ "note": "Đã nhập" })).expect(200).body;
    assert_eq!((&late["state"], &late["due_on"]), (&json!("met_late"), &json!("2019-02-27")));
    assert_eq!(late["days_left"], json!({ "calendar": -5, "working": -3 }));
    assert_eq!(act(&head, &one, "meet", json!({ "note": "nữa" })).status, 409);
    let three = open_term(&city, "K-12", "SXD", "2019-03-01T02:00:00Z");
    let future = act(&head, &three, "meet", json!({ "note": "x", "met_at": "2019-03-05T02:00:00Z" }));
    assert_eq!((future.status, &future.body["errors"][0]["pointer"]), (422, &json!("/met_at")));
    assert_eq!(
        act(&head, &three, "cancel", json!({ "reason": "x" })).status,
        403,
        "the control office does that"
    );
    let cancelled = act(&controller, &three, "cancel", json!({ "reason": "Nhập trùng" })).expect(200).body;
    assert_eq!((&cancelled["state"], &cancelled["note"]), (&json!("cancelled"), &json!("Nhập trùng")));
    let stale = head
        .send("POST", &format!("/v1/obligations/{three}/meet"))
        .header("If-Match", "\"1-0\"")
        .json(json!({ "note": "x" }))
        .answer();
    assert_eq!(stale.status, 412);
    let none = head.post(&format!("/v1/obligations/{three}/meet"), json!({ "note": "x" }));
    assert_eq!(none.status, 428);
}

#[test]
fn a_stopped_clock_counts_no_days_and_says_so() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let id = open_term(&city, "K-12", "SXD", "2019-03-01T02:00:00Z");
    let path = format!("/v1/obligations/{id}");
    assert_eq!(controller.get(&path).expect(200).body["due_on"], "2019-03-08");
    let stopped = act(&controller, &id, "suspend", json!({ "reason": "Chờ bổ sung" })).expect(200).body;
    assert_eq!(stopped["state"], "suspended");
    assert_eq!(act(&controller, &id, "suspend", json!({ "reason": "x" })).status, 409);
    city.clock.set("2019-03-11T08:00:00+07:00");
    assert_eq!(controller.get(&path).expect(200).body["state"], "suspended", "it does not run out meanwhile");
    let resumed = act(&controller, &id, "resume", json!({ "reason": "Đã bổ sung" })).expect(200).body;
    // One day had run on the 4th; four more after the 11th.
    assert_eq!((&resumed["state"], &resumed["due_on"]), (&json!("open"), &json!("2019-03-15")));
    assert_eq!(act(&controller, &id, "resume", json!({ "reason": "x" })).status, 409);
    let why = controller.get(&format!("{path}/explanation")).expect(200).body;
    assert_eq!(why["pauses"][0]["reason"], "Chờ bổ sung");
    let paused = why["readings"][0]["explanation"].as_array().unwrap().iter();
    assert_eq!(paused.filter(|day| day["reason"] == "paused").count(), 7);
    assert_eq!(why["basis"][0]["document"], "63/2010/NĐ-CP");
    let plan = controller.get("/v1/obligations?rule=K-20&limit=1").expect(200).body;
    let plan = plan["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        act(&controller, &plan, "suspend", json!({ "reason": "x" })).status,
        409,
        "a date stands still for nobody"
    );
}

#[test]
fn a_corrected_moment_is_previewed_then_moves_the_date_and_is_audited() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let id = open_term(&city, "K-44", "SXD", "2019-03-01T02:00:00Z");
    let correct = |dry_run: bool| {
        let body = json!({ "trigger_at": "2019-02-27T02:00:00Z", "dry_run": dry_run, "reason": "Ghi nhầm ngày nhận" });
        act(&controller, &id, "correct-trigger", body).expect(200).body
    };
    let due = || controller.get(&format!("/v1/obligations/{id}")).expect(200).body["due_on"].clone();
    let before = due();
    assert_eq!(
        (&before, correct(true)["due_on"].clone(), due()),
        (&json!("2019-03-21"), json!("2019-03-19"), before.clone())
    );
    assert_eq!((correct(false)["due_on"].clone(), due()), (json!("2019-03-19"), json!("2019-03-19")));
    let trail =
        city.login("admin.vpubnd").get(&format!("/v1/audit?subject=obligation:{id}")).expect(200).body;
    let row = &trail["items"][0];
    assert_eq!(
        (&row["action"], &row["reason"]),
        (&json!("obligations.retime"), &json!("Ghi nhầm ngày nhận"))
    );
    assert_eq!(
        (&row["before"]["due_on"], &row["after"]["due_on"]),
        (&json!("2019-03-21"), &json!("2019-03-19"))
    );
    let listed = controller
        .get("/v1/obligations?rule=K-44&due_from=2019-03-19&due_before=2019-03-20")
        .expect(200)
        .body;
    assert!(listed["items"].as_array().unwrap().iter().any(|item| item["id"] == json!(id)));
    let seen = city
        .login("officer.sxd")
        .get("/v1/obligations?due_from=2019-03-19&due_before=2019-03-20")
        .expect(200)
        .body;
    assert_eq!(seen["items"][0]["id"], json!(id), "the unit's own list follows");
}

#[test]
fn a_new_calendar_moves_nothing_until_it_is_recomputed() {
    let city = City::new();
    let (admin, controller) = (city.login("admin.vpubnd"), city.login("controller.vpubnd"));
    let id = open_term(&city, "K-12", "SXD", "2019-03-01T02:00:00Z");
    let closed = open_term(&city, "K-12", "STP", "2019-03-01T02:00:00Z");
    act(&controller, &closed, "meet", json!({ "note": "xong" })).expect(200);
    let etag = admin.get("/v1/calendar").expect(200).etag();
    let edit = json!({ "reason": "Nghỉ đột xuất", "lift": [],
        "set": [{ "date": "2019-03-07", "kind": "public", "name_vi": "Nghỉ đột xuất", "status": "final" }] });
    admin.send("POST", "/v1/calendar/versions").header("If-Match", &etag).json(edit).answer().expect(201);
    let read = |id: &str| controller.get(&format!("/v1/obligations/{id}")).expect(200).body;
    assert_eq!((&read(&id)["due_on"], &read(&id)["calendar_version"]), (&json!("2019-03-08"), &json!(1)));
    let why = controller.get(&format!("/v1/obligations/{id}/explanation")).expect(200).body;
    assert_eq!(why["readings"][0]["due_on"], "2019-03-08", "explained with the calendar it was counted with");
    let recompute = |dry_run: bool| {
        let body = json!({ "dry_run": dry_run, "reason": "Lịch mới" });
        controller.post("/v1/obligations/recompute", body).expect(200).body
    };
    let told = recompute(true);
    // The plans and reports of the year are examined as well, and none of their dates moves.
    assert!(told["examined"].as_i64().unwrap() > 600, "{told}");
    assert_eq!(told["changed"], 1);
    assert_eq!(told["changes"][0]["due_on_after"], "2019-03-11");
    assert_eq!(read(&id)["due_on"], "2019-03-08", "a rehearsal changes nothing");
    assert_eq!(recompute(false)["changed"], 1);
    assert_eq!((&read(&id)["due_on"], &read(&id)["calendar_version"]), (&json!("2019-03-11"), &json!(2)));
    assert_eq!(read(&closed)["due_on"], "2019-03-08", "what is done stays as it was judged");
    assert_eq!(recompute(false)["examined"], 0);
}

#[test]
fn work_is_given_to_someone_of_the_unit_and_is_then_theirs() {
    let city = City::new();
    let (head, officer) = (city.login("head.sxd"), city.login("officer.sxd"));
    let id = open_term(&city, "K-12", "SXD", "2019-03-01T02:00:00Z");
    let of = |account: &str| city.login(account).get("/v1/me").expect(200).body["id"].clone();
    assert_eq!(officer.get("/v1/obligations?mine=true").expect(200).body["items"], json!([]));
    let given = act(&head, &id, "assign", json!({ "officer_id": of("officer.sxd") })).expect(200).body;
    assert_eq!(given["officer_id"], of("officer.sxd"));
    let mine = officer.get("/v1/obligations?mine=true&with_counts=true").expect(200).body;
    assert_eq!((&mine["items"][0]["id"], mine["items"].as_array().unwrap().len()), (&json!(id), 1));
    let stranger = act(&head, &id, "assign", json!({ "officer_id": of("officer.c31117") }));
    assert_eq!((stranger.status, &stranger.body["errors"][0]["code"]), (422, &json!("not_of_the_unit")));
    assert_eq!(act(&officer, &id, "assign", json!({ "officer_id": null })).status, 403);
    act(&head, &id, "assign", json!({ "officer_id": null })).expect(200);
    assert_eq!(officer.get("/v1/obligations?mine=true").expect(200).body["items"], json!([]));
}
