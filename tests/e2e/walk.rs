//! The authorisation walk: every guarded operation, as every role at every kind of unit, on one's own
//! unit, a sibling, a parent and a child, against the printed policy. Driven by the contract: an
//! operation without a recipe here fails.

mod dossiers;
mod feedback;
mod obligations;
mod reports;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::city::{Answer, City, Person};
use crate::contract::each_operation;

/// Each unit of the walk with the units above it.
const UNITS: &[(&str, &[&str])] = &[
    ("UBNDTP", &[]),
    ("VPUBND", &["UBNDTP"]),
    ("SXD", &["UBNDTP"]),
    ("STP", &["UBNDTP"]),
    ("D916", &["UBNDTP"]),
    ("D917", &["UBNDTP"]),
    ("C31117", &["D916", "UBNDTP"]),
    ("C31153", &["D917", "UBNDTP"]),
];

fn is_central(unit: &str) -> bool {
    matches!(unit, "UBNDTP" | "VPUBND")
}

fn reaches(reach: &str, own: &str, target: &str) -> bool {
    let above = UNITS.iter().find(|(code, _)| *code == target).map_or(&[][..], |(_, above)| above);
    match reach {
        "city" | "myself" => true,
        "subtree" => own == target || above.contains(&own),
        "own" => own == target,
        _ => false,
    }
}

/// action → role → (reach at the centre, reach below), read from the reviewed file.
fn printed_policy() -> BTreeMap<String, BTreeMap<String, (String, String)>> {
    let text = include_str!("../../docs/policy.md");
    let mut lines = text.lines().filter(|line| line.starts_with('|'));
    let cells =
        |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let header = cells(lines.next().unwrap());
    lines.next();
    let mut policy = BTreeMap::new();
    for line in lines {
        let row = cells(line);
        let mut roles: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (title, reach) in header.iter().zip(&row).skip(2) {
            if let Some(role) = title.strip_suffix(" at centre") {
                roles.entry(role.to_owned()).or_default().0 = reach.clone();
            } else if let Some(role) = title.strip_suffix(" below") {
                roles.entry(role.to_owned()).or_default().1 = reach.clone();
            }
        }
        policy.insert(row[0].trim_matches('`').to_owned(), roles);
    }
    policy
}

/// Things of every unit that the walk acts on.
struct Things {
    accounts: BTreeMap<&'static str, (String, String)>,
    officers: BTreeMap<&'static str, String>,
    client: String,
    /// What each unit owes that owes a plan, and an address of its calendar.
    duties: BTreeMap<&'static str, String>,
    feeds: BTreeMap<&'static str, String>,
    webhooks: BTreeMap<&'static str, String>,
    /// Feedback in the hands of each unit.
    feedback: BTreeMap<&'static str, String>,
    /// A file of each.
    files: BTreeMap<&'static str, String>,
    reports: BTreeMap<&'static str, String>,
    /// Counts of each.
    counts: BTreeMap<&'static str, String>,
}

fn prepare(city: &City) -> Things {
    let admin = city.login("admin.vpubnd");
    let controller = city.login("controller.vpubnd");
    let mut things = Things {
        accounts: BTreeMap::new(),
        officers: BTreeMap::new(),
        client: String::new(),
        duties: BTreeMap::new(),
        feeds: BTreeMap::new(),
        webhooks: BTreeMap::new(),
        feedback: BTreeMap::new(),
        files: BTreeMap::new(),
        reports: BTreeMap::new(),
        counts: BTreeMap::new(),
    };
    controller.post("/v1/obligations/open-year", json!({ "year": 2019 })).expect(200);
    for (unit, _) in UNITS {
        let account = json!({
            "username": format!("walked.{}", unit.to_lowercase()), "display_name": "Walked",
            "grant": { "role": "officer", "unit": unit },
        });
        let made = admin.post("/v1/accounts", account).expect(201);
        let id = made.body["account"]["id"].as_str().unwrap().to_owned();
        let grants = admin.get(&format!("/v1/accounts/{id}/grants")).expect(200);
        let grant = grants.body["items"][0]["id"].as_str().unwrap().to_owned();
        things.accounts.insert(unit, (id, grant));
        let officer = json!({ "person": "Người A", "appointing_paper": "01/QĐ", "valid_from": "2019-01-01" });
        let made = controller.post(&format!("/v1/units/{unit}/focal-officers"), officer).expect(201);
        things.officers.insert(unit, made.body["id"].as_str().unwrap().to_owned());
        let owed = controller.get(&format!("/v1/obligations?unit={unit}&rule=K-20")).expect(200);
        if let Some(id) = owed.body["items"][0]["id"].as_str() {
            things.duties.insert(unit, id.to_owned());
        }
        if let Some(id) = reports::of_unit(&controller, unit) {
            things.reports.insert(unit, id);
        }
        let feed =
            controller.post(&format!("/v1/units/{unit}/duty-feeds"), json!({ "label": "Lịch" })).expect(201);
        let item = crate::feedback::transferred(city, "regulation", unit);
        crate::feedback::files::attach_own(city, &item, "a.pdf", crate::feedback::files::PDF).expect(201);
        let item = controller.get(&format!("/v1/feedback/{}", item.code)).expect(200);
        let item = item.body["id"].as_str().unwrap().to_owned();
        let held = controller.get(&format!("/v1/feedback/{item}/files")).expect(200);
        things.files.insert(unit, held.body["items"][0]["id"].as_str().unwrap().to_owned());
        things.feedback.insert(unit, item);
        things.counts.insert(unit, crate::dossiers::stored(city, unit, "2019-02"));
        let hook = admin.post("/v1/webhooks", webhook(unit)).expect(201);
        things.webhooks.insert(unit, hook.body["webhook"]["id"].as_str().unwrap().to_owned());
        things.feeds.insert(unit, feed.body["id"].as_str().unwrap().to_owned());
    }
    let client =
        admin.post("/v1/clients", json!({ "name": "Walked", "scopes": ["changes.read"] })).expect(201);
    things.client = client.body["client"]["id"].as_str().unwrap().to_owned();
    things
}

const STALE: &str = "\"0-000000000000\"";

/// Sends operation `id` about `unit`. None: there is no recipe.
fn send(person: &Person<'_>, things: &Things, id: &str, unit: &'static str, turn: usize) -> Option<Answer> {
    let (account, grant) = &things.accounts[unit];
    let (officer, hook) = (&things.officers[unit], &things.webhooks[unit]);
    let change = |method: &str, path: String, body: Value| {
        person.send(method, &path).header("If-Match", STALE).json(body).answer()
    };
    let on = json!({ "on": "2019-06-01", "legal_basis": "NQ 1" });
    let with = |more: Value| {
        let mut body = on.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    if feedback::is_about_one(id) || feedback::is_about_all(id) {
        return feedback::send(person, &things.feedback[unit], &things.files[unit], id, unit);
    }
    if reports::is_about_one(id) || reports::is_about_all(id) {
        let report = things.reports.get(unit).map(String::as_str);
        return reports::send(person, report.unwrap_or_default(), id);
    }
    if obligations::is_about_one(id) {
        return obligations::send(person, &things.duties[unit], id);
    }
    Some(match id {
        "createUnit" => person.post(
            "/v1/units",
            json!({ "code": format!("W{turn}"), "kind": "external", "subtype": "báo", "name": "Báo", "short_name": "Báo",
                "valid_from": "2019-01-01", "legal_basis": "QĐ 1" }),
        ),
        "renameUnit" => change("POST", format!("/v1/units/{unit}/rename"), with(json!({ "name": "Tên mới" }))),
        "mergeUnit" => change("POST", format!("/v1/units/{unit}/merge"), with(json!({ "into": "C31120" }))),
        "splitUnit" => change("POST", format!("/v1/units/{unit}/split"), with(json!({ "into": ["C31120"], "continues": true }))),
        "endUnit" => change("POST", format!("/v1/units/{unit}/end"), with(json!({ "successors": ["C31120"] }))),
        "listFocalOfficers" => person.get(&format!("/v1/units/{unit}/focal-officers")),
        "getFocalOfficer" => person.get(&format!("/v1/units/{unit}/focal-officers/{officer}")),
        "appointFocalOfficer" => person.post(
            &format!("/v1/units/{unit}/focal-officers"),
            json!({ "person": "Người B", "appointing_paper": "02/QĐ", "valid_from": "2019-02-01" }),
        ),
        "endFocalOfficer" => {
            change("POST", format!("/v1/units/{unit}/focal-officers/{officer}/end"), json!({ "on": "2019-06-01" }))
        }
        "listMySessions" => person.get("/v1/me/sessions"),
        // Nobody's session: 204 and 404 both mean that it was allowed to look.
        "endMySession" => person.delete("/v1/me/sessions/00000000-0000-7000-8000-000000000000"),
        "logOut" => person.city.login(&username(person)).post("/v1/auth/logout", json!({})),
        "changeMyPassword" => {
            person.put("/v1/me/password", json!({ "current_password": "wrong", "new_password": "a long new secret" }))
        }
        "listAccounts" => person.get("/v1/accounts"),
        "getAccount" => person.get(&format!("/v1/accounts/{account}")),
        "createAccount" => person.post(
            "/v1/accounts",
            json!({ "username": format!("new.{turn}"), "display_name": "New", "grant": { "role": "clerk", "unit": unit } }),
        ),
        "updateAccount" => {
            change("PUT", format!("/v1/accounts/{account}"), json!({ "display_name": "Walked", "disabled": false }))
        }
        "resetPassword" => person.post(&format!("/v1/accounts/{account}/password-reset"), json!({})),
        "listGrants" => person.get(&format!("/v1/accounts/{account}/grants")),
        "getGrant" => person.get(&format!("/v1/accounts/{account}/grants/{grant}")),
        "giveGrant" => person.post(
            &format!("/v1/accounts/{account}/grants"),
            json!({ "role": "clerk", "unit": unit, "valid_from": "2019-01-01" }),
        ),
        "endGrant" => change("POST", format!("/v1/accounts/{account}/grants/{grant}/end"), json!({ "on": "2019-06-01" })),
        "listClients" => person.get("/v1/clients"),
        "getClient" => person.get(&format!("/v1/clients/{}", things.client)),
        "createClient" => person.post("/v1/clients", json!({ "name": "C", "scopes": ["changes.read"] })),
        "updateClient" => {
            change("PUT", format!("/v1/clients/{}", things.client), json!({ "name": "C", "scopes": ["changes.read"] }))
        }
        "rotateClientSecret" => change("POST", format!("/v1/clients/{}/secret-rotation", things.client), json!({})),
        "publishCalendarVersion" => change(
            "POST",
            "/v1/calendar/versions".into(),
            json!({ "reason": "test", "set": [], "lift": ["2019-09-02"] }),
        ),
        "moveClock" => person.put("/v1/clock", json!({ "now": "2019-03-04T01:00:00Z" })),
        "setDeadlineRule" => change("PUT", "/v1/deadline-rules/K-30".into(), rule_change()),
        "openObligationYear" => person.post("/v1/obligations/open-year", json!({ "year": 2019 })),
        "recomputeObligations" => {
            person.post("/v1/obligations/recompute", json!({ "dry_run": true, "reason": "thử" }))
        }
        "listObligations" => person.get("/v1/obligations"),
        "listDuties" => person.get(&format!("/v1/units/{unit}/duties")),
        "giveDutyFeed" => person.post(&format!("/v1/units/{unit}/duty-feeds"), json!({ "label": "Lịch" })),
        "listDutyFeeds" => person.get(&format!("/v1/units/{unit}/duty-feeds")),
        "revokeDutyFeed" => person.delete(&format!("/v1/units/{unit}/duty-feeds/{}", things.feeds[unit])),
        "listNotifications" => person.get("/v1/notifications"),
        "markNotificationsRead" => person.post("/v1/notifications/mark-read", json!({ "ids": ["x"] })),
        "getNotificationPreferences" => person.get("/v1/notifications/preferences"),
        "setNotificationPreferences" => change(
            "PUT",
            "/v1/notifications/preferences".into(),
            json!({ "email": true, "language": "vi", "muted": [] }),
        ),
        "listWebhooks" => person.get("/v1/webhooks"),
        "createWebhook" => person.post("/v1/webhooks", webhook(unit)),
        "getWebhook" => person.get(&format!("/v1/webhooks/{hook}")),
        "updateWebhook" => change("PUT", format!("/v1/webhooks/{hook}"), webhook(unit)),
        "rotateWebhookSecret" => change("POST", format!("/v1/webhooks/{hook}/secret-rotation"), json!({})),
        "testWebhook" => person.post(&format!("/v1/webhooks/{hook}/test"), json!({})),
        "listDeliveries" => person.get(&format!("/v1/webhooks/{hook}/deliveries")),
        "replayDeliveries" => person.post(&format!("/v1/webhooks/{hook}/replay"), json!({})),
        "getAnalyticsCatalogue" => person.get("/v1/analytics/catalogue"),
        "queryAnalytics" => {
            let query = json!({ "measure": "feedback_received", "from": "2019-01-01", "to": "2019-12-31" });
            person.post("/v1/analytics/query", json!({ "queries": { "all": query } }))
        }
        "getExport" | "listenToExport" => {
            let key = uuid::Uuid::new_v4();
            person.get(&format!("/v1/dossier-counts/export?format=csv&progress={key}"));
            let events = if id == "getExport" { "" } else { "/events" };
            person.get(&format!("/v1/exports/{key}{events}"))
        }
        "listAudit" => person.get("/v1/audit"),
        "listChanges" => person.get("/v1/changes"),
        "storeFile" => {
            let path = format!("/v1/files/{}", "0".repeat(64));
            person.send("PUT", &path).bytes("application/pdf", b"%PDF".to_vec()).answer()
        }
        "importProcedures" => {
            person.post("/v1/procedures/import?dry_run=true", json!({ "procedures": [{ "name": "Thủ tục thử" }] }))
        }
        _ => return dossiers::send(person, &things.counts[unit], id, unit),
    })
}

/// A webhook of a unit whose receiver is nowhere.
fn webhook(unit: &str) -> Value {
    json!({ "name": "H", "url": "https://localhost:1/", "unit": unit, "events": ["units.create"] })
}

fn rule_change() -> Value {
    json!({
        "valid_from": "2020-01-01", "reason": "thử",
        "timing": { "shape": "recurring", "every": { "rhythm": "quarter",
            "cutoffs": [{ "owed_by": ["commune"], "month": 3, "day": 20, "inclusive": true }] } },
    })
}

fn username(person: &Person<'_>) -> String {
    person.get("/v1/me").expect(200).body["name"].as_str().unwrap().to_owned()
}

/// Operations that are about one unit or a thing of one unit; the others are about the whole city or
/// oneself, and are asked once.
const ABOUT_A_UNIT: &[&str] = &[
    "appointFocalOfficer",
    "endFocalOfficer",
    "listFocalOfficers",
    "getFocalOfficer",
    "getAccount",
    "createAccount",
    "updateAccount",
    "resetPassword",
    "listGrants",
    "getGrant",
    "giveGrant",
    "endGrant",
    "renameUnit",
    "mergeUnit",
    "splitUnit",
    "endUnit",
    "listDuties",
    "giveDutyFeed",
    "listDutyFeeds",
    "revokeDutyFeed",
    "createWebhook",
    "getWebhook",
    "updateWebhook",
    "rotateWebhookSecret",
    "testWebhook",
    "listDeliveries",
    "replayDeliveries",
];

#[test]
fn every_role_may_do_what_the_policy_prints_and_nothing_else() {
    let city = City::new();
    let things = prepare(&city);
    let policy = printed_policy();
    let operations: Vec<(String, String)> = each_operation()
        .into_iter()
        .filter_map(|(_, _, operation)| {
            let action = operation["x-action"].as_str()?.to_owned();
            Some((operation["operationId"].as_str()?.to_owned(), action))
        })
        .collect();
    let mut wrong = Vec::new();
    let mut turn = 0;
    for account in kstt_api::seed::demo_accounts() {
        let person = city.login(&account.username);
        for (id, action) in &operations {
            let (centre, below) = &policy[action][&account.role.to_string()];
            let reach = if is_central(account.unit) { centre } else { below };
            let about_a_duty = obligations::is_about_one(id) || reports::is_about_one(id);
            let about_a_unit = ABOUT_A_UNIT.contains(&id.as_str())
                || feedback::is_about_one(id)
                || dossiers::is_about_one(id);
            let targets = match (about_a_unit, about_a_duty) {
                (true, _) => UNITS,
                (_, true) => &UNITS[1..],
                _ => &UNITS[..1],
            };
            for (unit, _) in targets {
                turn += 1;
                let whole_city = !about_a_duty && !about_a_unit;
                let allowed = if whole_city { !reach.is_empty() } else { reaches(reach, account.unit, unit) };
                let answer = send(&person, &things, id, unit, turn);
                let answer = answer.unwrap_or_else(|| panic!("the walk has no recipe for {id}: add one"));
                let refused =
                    matches!(answer.status, 401 | 403) || (answer.status == 404 && id != "endMySession");
                if refused == allowed || answer.status >= 500 {
                    wrong.push(format!(
                        "{} {id} on {unit}: {} but reach is {reach:?}",
                        account.username, answer.status
                    ));
                }
            }
        }
    }
    assert!(turn > 3000, "only {turn} requests");
    assert!(wrong.is_empty(), "{} of {turn}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_list_of_accounts_holds_exactly_what_can_be_read_one_by_one() {
    let city = City::new();
    prepare(&city);
    let all = every_item(&city.login("admin.vpubnd"), "/v1/accounts?limit=10");
    for username in ["admin.vpubnd", "admin.d916", "admin.c31117", "admin.sxd"] {
        let person = city.login(username);
        let listed: Vec<&Value> = Vec::from_iter(
            all.iter()
                .filter(|id| person.get(&format!("/v1/accounts/{}", id.as_str().unwrap())).status == 200),
        );
        let shown = every_item(&person, "/v1/accounts?limit=10");
        assert_eq!(listed, shown.iter().collect::<Vec<_>>(), "{username}");
        assert!(!shown.is_empty());
    }
}

/// The ids of a whole list, page by page.
fn every_item(person: &Person<'_>, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = person.get(&next).expect(200);
        found.extend(page.body["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
        let Some(cursor) = page.body["next_cursor"].as_str() else { return found };
        next = format!("{path}&cursor={cursor}");
    }
}
