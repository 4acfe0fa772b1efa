//! People are reminded on the days of the schedule, once, and of nothing that is done.

use serde_json::json;

use super::{read_all, unread};
use crate::city::City;
use crate::obligations::open_term;

#[test]
fn each_step_reaches_its_people_once() {
    let city = City::new();
    let (head, officer) = (city.login("head.sxd"), city.login("officer.sxd"));
    let controller = city.login("controller.vpubnd");
    // Twenty days from Monday 4 March end on Sunday the 24th, which rolls to Monday the 25th.
    let duty = open_term(&city, "K-44", "SXD", "2019-03-04T01:00:00Z");
    let path = format!("/v1/obligations/{duty}/assign");
    let id = officer.get("/v1/me").expect(200).body["account"]["id"].clone();
    let etag = controller.get(&format!("/v1/obligations/{duty}")).expect(200).etag();
    let given = controller.send("POST", &path).header("If-Match", &etag).json(json!({ "officer_id": id }));
    given.answer().expect(200);
    city.work_once();
    assert_eq!(unread(&officer), [("obligation_assigned".to_owned(), duty.clone())]);
    for person in [&head, &officer, &controller] {
        read_all(person);
    }
    let told = |now: &str| {
        city.clock.set(now);
        city.work_once();
        city.work_once();
        [&head, &officer, &controller].map(|person| {
            let found = unread(person).into_iter().filter(|(_, subject)| *subject == duty);
            let kinds: Vec<String> = found.map(|(kind, _)| kind).collect();
            read_all(person);
            kinds.join(" ")
        })
    };
    assert_eq!(told("2019-03-18T07:29:00+07:00"), ["", "", ""]);
    assert_eq!(told("2019-03-18T07:30:00+07:00"), ["reminder_before", "reminder_before", ""]);
    assert_eq!(told("2019-03-20T12:00:00+07:00"), ["", "", ""]);
    assert_eq!(told("2019-03-21T07:30:00+07:00"), ["reminder_before", "reminder_before", ""]);
    assert_eq!(told("2019-03-25T07:30:00+07:00"), ["reminder_on", "reminder_on", ""]);
    assert_eq!(told("2019-03-26T07:30:00+07:00"), ["reminder_after"; 3]);
}

#[test]
fn after_a_week_without_power_only_the_latest_is_sent_and_the_rest_is_noted() {
    let city = City::new();
    let head = city.login("head.sxd");
    let duty = open_term(&city, "K-44", "SXD", "2019-03-04T01:00:00Z");
    city.work_once();
    read_all(&head);
    city.clock.set("2019-04-02T09:00:00+07:00");
    city.work_once();
    let heard: Vec<_> = unread(&head).into_iter().filter(|(_, subject)| *subject == duty).collect();
    assert_eq!(heard, [("reminder_after".to_owned(), duty.clone())]);
    let audit =
        city.login("controller.vpubnd").get(&format!("/v1/audit?subject=obligation:{duty}")).expect(200).body;
    let steps: Vec<&str> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["action"] == "obligations.remind")
        .map(|row| row["after"]["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["after-5"]);
}

#[test]
fn what_is_done_is_not_reminded_of_and_what_moved_is_reminded_of_anew() {
    let city = City::new();
    let (head, controller) = (city.login("head.sxd"), city.login("controller.vpubnd"));
    let done = open_term(&city, "K-44", "SXD", "2019-03-04T01:00:00Z");
    let moved = open_term(&city, "K-44", "SXD", "2019-03-04T01:00:00Z");
    city.clock.set("2019-03-18T08:00:00+07:00");
    city.work_once();
    read_all(&head);
    let act = |duty: &str, verb: &str, body: serde_json::Value| {
        let etag = controller.get(&format!("/v1/obligations/{duty}")).expect(200).etag();
        let path = format!("/v1/obligations/{duty}/{verb}");
        controller.send("POST", &path).header("If-Match", &etag).json(body).answer().expect(200);
    };
    act(&done, "meet", json!({ "note": "Công văn 1" }));
    let later = json!({ "trigger_at": "2019-03-14T01:00:00Z", "dry_run": false, "reason": "Ghi nhầm ngày" });
    act(&moved, "correct-trigger", later);
    city.clock.set("2019-03-27T08:00:00+07:00");
    city.work_once();
    let heard: Vec<_> = unread(&head).into_iter().filter(|(_, id)| *id == done || *id == moved).collect();
    // Due on Wednesday 3 April now: five working days before is 27 March.
    assert_eq!(heard, [("reminder_before".to_owned(), moved)]);
}

#[test]
fn the_schedule_can_be_read_by_all() {
    let city = City::new();
    let steps = city.get("/v1/reminder-steps").expect(200).body;
    assert_eq!(
        steps["items"][0],
        json!({ "id": "before-5", "when": "before", "working_days": 5, "tell": ["officer", "head"] })
    );
}

#[test]
fn two_workers_at_once_send_one_reminder() {
    let city = City::new();
    let other = city.sibling();
    let head = city.login("head.sxd");
    let duty = open_term(&city, "K-44", "SXD", "2019-03-04T01:00:00Z");
    city.clock.set("2019-03-18T08:00:00+07:00");
    std::thread::scope(|scope| {
        for one in [&city, &other] {
            scope.spawn(|| (0..5).for_each(|_| one.work_once()));
        }
    });
    let heard = unread(&head).into_iter().filter(|(_, subject)| *subject == duty).count();
    assert_eq!(heard, 1);
}

#[test]
fn of_a_report_that_is_owed_form_by_form_people_hear_once() {
    let city = City::new();
    let (head, controller) = (city.login("head.sxd"), city.login("controller.vpubnd"));
    city.work_once();
    read_all(&head);
    let owed =
        controller.get("/v1/obligations?unit=SXD&rule=K-31&due_before=2019-04-01&limit=200").expect(200);
    let forms: Vec<&str> = owed.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["subject"]["id"].as_str().unwrap())
        .collect();
    assert!(forms.len() > 1, "{forms:?}");
    // Before Monday 25 March; by the stricter reading until Sunday the 24th, which warns from Friday the 22nd on. Five and
    // two working days before that are the 15th and the 20th.
    for now in ["2019-03-15T08:00:00+07:00", "2019-03-20T08:00:00+07:00"] {
        city.clock.set(now);
        city.work_once();
        let inbox = head.get("/v1/notifications?unread=true&limit=200").expect(200).body;
        let heard: Vec<&str> = inbox["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|item| item["body"]["vi"].as_str().filter(|body| body.contains("K-31")))
            .collect();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].contains(&forms.join(", ")), "{heard:?}");
        read_all(&head);
    }
}
