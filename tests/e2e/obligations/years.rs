//! Plans and periodic reports of 2019 and 2020, around Tết and the merger of communes.

use serde_json::{Value, json};

use super::{counts, open_year};
use crate::city::City;

#[test]
fn a_year_is_opened_once_for_every_unit_and_level() {
    let city = City::new();
    let units = |kind: &str| {
        let path = format!("/v1/units?as_of=2019-12-25&kind={kind}&count=exact&limit=1");
        city.get(&path).expect(200).body["count"]["value"].as_i64().unwrap()
    };
    let (communes, above) = (units("commune"), units("department") + units("district"));
    let planning = units("office") + units("delegated");
    // A plan each; of communes and districts an outline and four forms, of departments seven, each quarter and for
    // the year; and the city's own report each quarter.
    let forms = 5 * (communes + units("district")) + 8 * units("department");
    let owed = planning + communes + above + 5 * forms + 4;
    // The worker has opened the current year.
    assert_eq!(open_year(&city, 2019), json!({ "year": 2019, "opened": 0, "kept": owed, "cancelled": 0 }));
    let controller = city.login("controller.vpubnd");
    let page = controller.get("/v1/obligations?with_counts=true&limit=200").expect(200).body;
    // On 4 March 2019 no plan was recorded, and nothing else is due before the 19th.
    let plans = planning + communes + above;
    assert_eq!(counts(&page), [("open".to_owned(), owed - plans), ("breached".to_owned(), plans)]);
    let overdue = controller.get("/v1/obligations?overdue=true&rule=K-20&limit=1").expect(200).body;
    let first = &overdue["items"][0];
    assert_eq!((&first["state"], &first["due_on"]), (&json!("breached"), &json!("2019-01-31")));
    assert_eq!(first["days_left"], json!({ "calendar": -32, "working": -17 }));
    let refused = controller.post("/v1/obligations/open-year", json!({ "year": 2150 }));
    assert_eq!((refused.status, &refused.body["errors"][0]["code"]), (422, &json!("outside_calendar")));
}

#[test]
fn states_follow_the_clock_and_nothing_else() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let state = |now: &str| {
        city.clock.set(now);
        let path = "/v1/obligations?unit=C31117&subject=periodic_report:2019-Q1/05/VPCP/KSTT";
        let item = controller.get(path).expect(200).body["items"][0].clone();
        let listed = format!("{path}&state={}", item["state"].as_str().unwrap());
        assert_eq!(controller.get(&listed).expect(200).body["items"][0]["id"], item["id"], "{now}");
        (item["state"].as_str().unwrap().to_owned(), item["days_left"]["calendar"].as_i64().unwrap())
    };
    // Before the 20th: by the stricter reading the 19th is the last day, by the milder one the 20th, which decides.
    assert_eq!(state("2019-03-11T23:59:59+07:00"), ("open".into(), 9));
    assert_eq!(state("2019-03-12T00:00:00+07:00"), ("due_soon".into(), 8));
    assert_eq!(state("2019-03-19T23:59:59+07:00"), ("due_soon".into(), 1));
    assert_eq!(state("2019-03-20T00:00:00+07:00"), ("warned".into(), 0));
    assert_eq!(state("2019-03-21T00:00:00+07:00"), ("breached".into(), -1));
}

#[test]
fn the_worker_opens_the_next_year_when_it_comes() {
    let city = City::new();
    let controller = city.login("controller.vpubnd");
    let count = || {
        let page = controller.get("/v1/obligations?with_counts=true&limit=1").expect(200).body;
        counts(&page).iter().map(|(_, count)| count).sum::<i64>()
    };
    let of_2019 = count();
    assert!(of_2019 > 600, "{of_2019}");
    city.work_once();
    assert_eq!(count(), of_2019);
    city.clock.set("2020-01-02T08:00:00+07:00");
    city.work_once();
    assert!(count() > of_2019 + 600);
}

#[test]
fn units_see_their_own_and_those_who_answer_for_them_see_below() {
    let city = City::new();
    let seen = |account: &str, query: &str| {
        let page = city.login(account).get(&format!("/v1/obligations?limit=200{query}")).expect(200).body;
        let mut units: Vec<String> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["unit"]["code"].as_str().unwrap().to_owned())
            .collect();
        units.sort();
        units.dedup();
        (units.len(), units.first().cloned().unwrap_or_default())
    };
    assert_eq!(seen("officer.c31117", ""), (1, "C31117".into()));
    assert_eq!(seen("officer.d916", ""), (1, "D916".into()));
    assert_eq!(seen("head.d916", ""), (14, "C31117".into()), "the district and its thirteen communes");
    assert_eq!(seen("head.d916", "&my_unit=true"), (1, "D916".into()));
    assert_eq!(seen("head.d916", "&unit=C31117"), (1, "C31117".into()));
    let person = city.login("officer.c31117");
    assert_eq!(person.get("/v1/obligations?unit=D916").status, 403);
    assert_eq!(person.get("/v1/units/SXD/duties").status, 403);
    let other = city.login("head.sxd").get("/v1/obligations?limit=1").expect(200).body;
    let id = other["items"][0]["id"].as_str().unwrap();
    assert_eq!(person.get(&format!("/v1/obligations/{id}")).status, 404, "nobody learns that it exists");
    assert_eq!(person.get("/v1/obligations?mine=true").expect(200).body["items"], json!([]));
}

#[test]
fn pages_hold_every_obligation_once() {
    let city = City::new();
    for account in ["controller.vpubnd", "head.d916"] {
        let person = city.login(account);
        let (mut found, mut next) = (Vec::new(), "/v1/obligations?limit=50".to_owned());
        loop {
            let page = person.get(&next).expect(200).body;
            found.extend(page["items"].as_array().unwrap().iter().map(|item| {
                format!("{} {}", item["due_on"].as_str().unwrap(), item["id"].as_str().unwrap())
            }));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("/v1/obligations?limit=50&cursor={cursor}");
        }
        let mut sorted = found.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(found, sorted, "{account}");
        let page = person.get("/v1/obligations?with_counts=true&limit=1").expect(200).body;
        assert_eq!(counts(&page).iter().map(|(_, n)| *n).sum::<i64>(), found.len() as i64, "{account}");
    }
}

/// Of the units that merge on 2020-03-01 one owes its plan of January and left it undone: whoever took
/// over sees it and does it. Reports due afterwards are owed by the units that exist then.
#[test]
fn after_the_merger_of_communes_heirs_do_what_was_left() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let opened = open_year(&city, 2020);
    assert!(opened["opened"].as_i64().unwrap() > 600 && opened["kept"] == 0, "{opened}");
    let owed_by = |unit: &str| {
        let controller = city.login("controller.vpubnd");
        let page =
            controller.get(&format!("/v1/units/{unit}/duties?from=2020-01-01&limit=200")).expect(200).body;
        let items = page["items"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|item| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                (text(&item["rule"]["id"]), text(&item["unit"]["code"]), text(&item["state"]))
            })
            .collect::<Vec<_>>()
    };
    let before = owed_by("C31120");
    let etag = admin.get("/v1/units/C31117").expect(200).etag();
    let merge = json!({ "into": "C31120", "on": "2020-02-10", "legal_basis": "NQ 1" });
    admin.send("POST", "/v1/units/C31117/merge").header("If-Match", &etag).json(merge).answer().expect(200);
    assert_eq!(owed_by("C31120"), before, "nothing is inherited before the day");
    city.clock.set("2020-02-11T08:00:00+07:00");
    let after = owed_by("C31120");
    let inherited: Vec<_> = after.iter().filter(|(_, unit, _)| unit == "C31117").collect();
    let states: Vec<(&str, &str)> =
        inherited.iter().map(|(rule, _, state)| (rule.as_str(), state.as_str())).collect();
    assert_eq!(states[0], ("K-20", "breached"));
    assert!(states[1..].iter().all(|(_, state)| *state == "cancelled"), "{states:?}");
    assert_eq!(states.len(), 26, "{states:?}");
    // The heir says that it was done.
    let account = json!({ "username": "head.c31120", "display_name": "Người đứng đầu",
        "grant": { "role": "head", "unit": "C31120" } });
    let made = admin.post("/v1/accounts", account).expect(201).body;
    let heir = city.login_as("head.c31120", made["temporary_password"].as_str().unwrap(), None);
    let password =
        json!({ "current_password": made["temporary_password"], "new_password": "mat-khau-moi-2020" });
    heir.put("/v1/me/password", password).expect(204);
    let heir = city.login_as("head.c31120", "mat-khau-moi-2020", None);
    let left = heir.get("/v1/obligations?my_unit=true&overdue=true&limit=200").expect(200).body;
    let left = left["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["unit"]["code"] == "C31117" && item["due_on"] == "2020-01-31")
        .unwrap()
        .clone();
    let path = format!("/v1/obligations/{}", left["id"].as_str().unwrap());
    let etag = heir.get(&path).expect(200).etag();
    let met = heir
        .send("POST", &format!("{path}/meet"))
        .header("If-Match", &etag)
        .json(json!({ "note": "KH 5" }))
        .answer();
    assert_eq!(met.expect(200).body["state"], "met_late");
}

#[test]
fn a_commune_under_another_district_is_seen_from_there() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let seen = |day: &str| {
        city.clock.set(day);
        let page = city.login("head.d916").get("/v1/obligations?rule=K-30&limit=200").expect(200).body;
        let items = page["items"].as_array().unwrap();
        let of_commune: Vec<&Value> = items.iter().filter(|item| item["unit"]["code"] == "C31117").collect();
        let readable = of_commune.iter().all(|item| {
            let path = format!("/v1/obligations/{}", item["id"].as_str().unwrap());
            city.login("head.d916").get(&path).status == 200
        });
        assert!(readable, "what is listed can be read");
        of_commune.len()
    };
    let etag = admin.get("/v1/units/C31117").expect(200).etag();
    let moved = json!({ "parent_code": "D917", "on": "2019-06-01", "legal_basis": "NQ 1" });
    admin.send("POST", "/v1/units/C31117/rename").header("If-Match", &etag).json(moved).answer().expect(200);
    assert_eq!((seen("2019-05-31T08:00:00+07:00"), seen("2019-06-01T08:00:00+07:00")), (16, 0));
}

#[test]
fn without_rules_the_worker_rests() {
    let city = City::new();
    city.app
        .db
        .write(|conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute("DELETE FROM visible_to; DELETE FROM reminders; DELETE FROM obligations; DELETE FROM deadline_rules;")
                .map_err(kstt_persistence::Error::from)
        })
        .unwrap();
    city.work_once();
    assert!(kstt_api::seed::reference(&city.app).unwrap(), "rules that are missing are stored again");
    city.work_once();
    let controller = city.login("controller.vpubnd");
    assert_eq!(
        controller.get("/v1/obligations?limit=1").expect(200).body["items"].as_array().unwrap().len(),
        1
    );
}
