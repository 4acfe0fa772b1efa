//! Every mutating operation leaves an audit row, in the transaction of the change. Driven by the
//! contract: an operation without a scenario here fails.

mod reports;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::json;

use crate::city::{Answer, City};
use crate::contract::each_operation;
use crate::obligations::open_term;

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

fn audit_rows(city: &City) -> i64 {
    let count = |conn: &mut kstt_persistence::Conn| {
        Ok::<_, kstt_persistence::Error>(
            diesel::sql_query("SELECT count(*) AS rows FROM audit").get_result::<Rows>(conn)?,
        )
    };
    city.app.db.read(count).unwrap().rows
}

/// Does `id` once, successfully. None: there is no scenario.
fn perform(city: &City, id: &str) -> Option<(i64, Answer)> {
    let admin = city.login("admin.vpubnd");
    let unit = |code: &str| admin.get(&format!("/v1/units/{code}")).expect(200).etag();
    let reshape = |code: &str, verb: &str, body: serde_json::Value| {
        let etag = unit(code);
        let before = audit_rows(city);
        (
            before,
            admin
                .send("POST", &format!("/v1/units/{code}/{verb}"))
                .header("If-Match", &etag)
                .json(body)
                .answer(),
        )
    };
    let counted = |request: &dyn Fn() -> Answer| (audit_rows(city), request());
    let account = || {
        let body = json!({ "username": "someone", "display_name": "S", "grant": { "role": "clerk", "unit": "D916" } });
        admin.post("/v1/accounts", body).expect(201)
    };
    let client = || admin.post("/v1/clients", json!({ "name": "C", "scopes": ["changes.read"] })).expect(201);
    let hook = || json!({ "name": "H", "url": "https://portal.example/hook", "unit": "VPUBND", "events": ["units.*"] });
    let webhook = || admin.post("/v1/webhooks", hook()).expect(201);
    let officer = || {
        let body = json!({ "person": "A", "appointing_paper": "01/QĐ", "valid_from": "2019-01-01" });
        city.login("head.d916").post("/v1/units/D916/focal-officers", body).expect(201)
    };
    let on = |body: serde_json::Value| {
        let mut whole = json!({ "on": "2019-06-01", "legal_basis": "NQ 1" });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        whole
    };
    let with_match = |path: &str, etag: &str, body: serde_json::Value, method: &str| {
        (audit_rows(city), admin.send(method, path).header("If-Match", etag).json(body).answer())
    };
    Some(match id {
        "createToken" => {
            counted(&|| {
                city.post("/v1/auth/token", json!({ "grant_type": "password", "username": "clerk.d916", "password": "thu-nghiem-2019" }))
            })
        }
        "logOut" => counted(&|| admin.post("/v1/auth/logout", json!({}))),
        "endMySession" => {
            let sessions = admin.get("/v1/me/sessions").expect(200);
            let path = format!("/v1/me/sessions/{}", sessions.body["items"][0]["id"].as_str().unwrap());
            counted(&|| admin.delete(&path))
        }
        "changeMyPassword" => counted(&|| {
            admin.put(
                "/v1/me/password",
                json!({ "current_password": "thu-nghiem-2019", "new_password": "another long secret" }),
            )
        }),
        "createUnit" => counted(&|| {
            admin.post(
                "/v1/units",
                json!({ "code": "BAO", "kind": "external", "subtype": "báo", "name": "Báo Cần Thơ",
                "short_name": "Báo", "valid_from": "2019-01-01", "legal_basis": "QĐ 1" }),
            )
        }),
        "renameUnit" => reshape("C31120", "rename", on(json!({ "name": "Tên mới" }))),
        "mergeUnit" => reshape("C31120", "merge", on(json!({ "into": "C31123" }))),
        "splitUnit" => reshape("C31120", "split", on(json!({ "into": ["C31123"], "continues": true }))),
        "endUnit" => reshape("C31120", "end", on(json!({ "successors": ["C31123"] }))),
        "appointFocalOfficer" => {
            let head = city.login("head.d916");
            counted(&|| {
                head.post(
                    "/v1/units/D916/focal-officers",
                    json!({ "person": "B", "appointing_paper": "2", "valid_from": "2019-01-01" }),
                )
            })
        }
        "endFocalOfficer" => {
            let made = officer();
            let path = format!("/v1/units/D916/focal-officers/{}/end", made.body["id"].as_str().unwrap());
            let head = city.login("head.d916");
            let before = audit_rows(city);
            (
                before,
                head.send("POST", &path)
                    .header("If-Match", &made.etag())
                    .json(json!({ "on": "2019-06-01" }))
                    .answer(),
            )
        }
        "createAccount" => (audit_rows(city), account()),
        "updateAccount" => {
            let made = account();
            let path = format!("/v1/accounts/{}", made.body["account"]["id"].as_str().unwrap());
            with_match(&path, &made.etag(), json!({ "display_name": "T", "disabled": true }), "PUT")
        }
        "resetPassword" => {
            let path =
                format!("/v1/accounts/{}/password-reset", account().body["account"]["id"].as_str().unwrap());
            counted(&|| admin.post(&path, json!({})))
        }
        "giveGrant" => {
            let path = format!("/v1/accounts/{}/grants", account().body["account"]["id"].as_str().unwrap());
            counted(&|| admin.post(&path, json!({ "role": "head", "unit": "D916" })))
        }
        "endGrant" => {
            let path = format!("/v1/accounts/{}/grants", account().body["account"]["id"].as_str().unwrap());
            let grant = admin.get(&path).expect(200).body["items"][0]["id"].as_str().unwrap().to_owned();
            let etag = admin.get(&format!("{path}/{grant}")).expect(200).etag();
            with_match(&format!("{path}/{grant}/end"), &etag, json!({ "on": "2019-06-01" }), "POST")
        }
        "createClient" => (audit_rows(city), client()),
        "updateClient" => {
            let made = client();
            let path = format!("/v1/clients/{}", made.body["client"]["id"].as_str().unwrap());
            with_match(&path, &made.etag(), json!({ "name": "D", "scopes": ["changes.read"] }), "PUT")
        }
        "rotateClientSecret" => {
            let made = client();
            let path = format!("/v1/clients/{}/secret-rotation", made.body["client"]["id"].as_str().unwrap());
            with_match(&path, &made.etag(), json!({}), "POST")
        }
        "publishCalendarVersion" => {
            let etag = admin.get("/v1/calendar").expect(200).etag();
            with_match(
                "/v1/calendar/versions",
                &etag,
                json!({ "reason": "test", "set": [], "lift": ["2019-09-02"] }),
                "POST",
            )
        }
        "moveClock" => counted(&|| admin.put("/v1/clock", json!({ "now": "2019-04-01T01:00:00Z" }))),
        "storeFile" => {
            let controller = city.login("controller.vpubnd");
            let path = "/v1/files/14bcd090baf31edba64e9cbd8cdfc15f943344aa72cb3675ad8e91bfcbce03ad";
            counted(&|| {
                controller.send("PUT", path).bytes("application/pdf", b"%PDF-1.4\n%%EOF\n".to_vec()).answer()
            })
        }
        "importProcedures" => {
            let controller = city.login("controller.vpubnd");
            counted(&|| {
                controller.post(
                    "/v1/procedures/import",
                    json!({ "procedures": [{ "id": "T-1", "name": "Thủ tục thử" }] }),
                )
            })
        }
        "setDeadlineRule" => {
            let etag = admin.get("/v1/deadline-rules/K-44").expect(200).etag();
            let change = json!({ "valid_from": "2020-01-01", "reason": "thử", "timing": {
                "shape": "term", "term": { "amount": 15, "unit": "calendar_day", "direction": "after" } } });
            with_match("/v1/deadline-rules/K-44", &etag, change, "PUT")
        }
        "openObligationYear" => {
            let controller = city.login("controller.vpubnd");
            counted(&|| controller.post("/v1/obligations/open-year", json!({ "year": 2020 })))
        }
        "recomputeObligations" => {
            let controller = city.login("controller.vpubnd");
            let body = json!({ "dry_run": false, "reason": "thử" });
            counted(&|| controller.post("/v1/obligations/recompute", body.clone()))
        }
        "assignObligation"
        | "meetObligation"
        | "cancelObligation"
        | "suspendObligation"
        | "resumeObligation"
        | "correctObligationTrigger" => {
            let controller = city.login("controller.vpubnd");
            let duty = open_term(city, "K-44", "SXD", "2019-03-01T02:00:00Z");
            let act = |verb: &str, body: serde_json::Value| {
                let etag = controller.get(&format!("/v1/obligations/{duty}")).expect(200).etag();
                let path = format!("/v1/obligations/{duty}/{verb}");
                controller.send("POST", &path).header("If-Match", &etag).json(body).answer()
            };
            let why = || json!({ "reason": "thử" });
            match id {
                "assignObligation" => counted(&|| act("assign", json!({ "officer_id": null }))),
                "meetObligation" => counted(&|| act("meet", json!({ "note": "Công văn số 1" }))),
                "cancelObligation" => counted(&|| act("cancel", why())),
                "suspendObligation" => counted(&|| act("suspend", why())),
                "resumeObligation" => {
                    act("suspend", why()).expect(200);
                    counted(&|| act("resume", why()))
                }
                _ => {
                    let body =
                        json!({ "trigger_at": "2019-02-28T02:00:00Z", "dry_run": false, "reason": "thử" });
                    counted(&|| act("correct-trigger", body.clone()))
                }
            }
        }
        "markNotificationsRead" => {
            let body = json!({ "up_to": "ffffffff-ffff-7fff-bfff-ffffffffffff" });
            counted(&|| admin.post("/v1/notifications/mark-read", body.clone()))
        }
        "setNotificationPreferences" => {
            let path = "/v1/notifications/preferences";
            let etag = admin.get(path).expect(200).etag();
            with_match(path, &etag, json!({ "email": false, "language": "en", "muted": [] }), "PUT")
        }
        "createWebhook" => (audit_rows(city), webhook()),
        "updateWebhook" => {
            let made = webhook();
            let path = format!("/v1/webhooks/{}", made.body["webhook"]["id"].as_str().unwrap());
            with_match(&path, &made.etag(), hook(), "PUT")
        }
        "rotateWebhookSecret" => {
            let made = webhook();
            let id = made.body["webhook"]["id"].as_str().unwrap();
            with_match(&format!("/v1/webhooks/{id}/secret-rotation"), &made.etag(), json!({}), "POST")
        }
        "replayDeliveries" => {
            let id = webhook().body["webhook"]["id"].as_str().unwrap().to_owned();
            counted(&|| admin.post(&format!("/v1/webhooks/{id}/replay"), json!({})))
        }
        "giveDutyFeed" => {
            let head = city.login("head.sxd");
            counted(&|| head.post("/v1/units/SXD/duty-feeds", json!({ "label": "Lịch" })))
        }
        "revokeDutyFeed" => {
            let head = city.login("head.sxd");
            let made = head.post("/v1/units/SXD/duty-feeds", json!({ "label": "Lịch" })).expect(201);
            let path = format!("/v1/units/SXD/duty-feeds/{}", made.body["id"].as_str().unwrap());
            counted(&|| head.delete(&path))
        }
        _ => return reports::perform(city, id).or_else(|| feedback(city, id)),
    })
}

/// Does an operation on feedback once.
fn feedback(city: &City, id: &str) -> Option<(i64, Answer)> {
    use crate::feedback::{act, answered, files, letter, send, transferred};
    let (office, officer, head) =
        (city.login("controller.vpubnd"), city.login("officer.sxd"), city.login("head.sxd"));
    let counted = |request: &dyn Fn() -> Answer| Some((audit_rows(city), request()));
    let step = |person: &crate::city::Person<'_>, code: &str, verb: &str, body: serde_json::Value| {
        Some((audit_rows(city), act(person, code, verb, body)))
    };
    let text = || json!({ "text": "Nội dung." });
    let on_behalf = || {
        let mut item = letter();
        item["channel"] = json!("telephone");
        item["received_at"] = json!("2019-03-04T01:00:00Z");
        item
    };
    let accepted = || {
        let receipt = send(city, letter());
        act(&office, &receipt.code, "accept", json!({ "class": "mixed" })).expect(200);
        receipt.code
    };
    let at_unit = || transferred(city, "regulation", "SXD").code;
    let drafted = || {
        let code = at_unit();
        act(&officer, &code, "draft", json!({ "answer": "Trả lời." })).expect(200);
        code
    };
    let approved = || {
        let code = drafted();
        act(&head, &code, "approve", json!({})).expect(200);
        code
    };
    let submitted = || {
        let code = approved();
        act(&officer, &code, "submit", json!({})).expect(200);
        code
    };
    let done = || {
        let code = at_unit();
        answered(city, &code);
        code
    };
    match id {
        "sendFeedback" => counted(&|| city.post("/v1/public/feedback", letter())),
        "registerFeedback" => counted(&|| office.post("/v1/feedback", on_behalf())),
        "supplementFeedback" | "withdrawFeedback" => {
            let receipt = send(city, letter());
            let (verb, body) = match id {
                "supplementFeedback" => ("supplement", text()),
                _ => ("withdraw", json!({ "reason": "Xong." })),
            };
            counted(&|| receipt.act(city, verb, body.clone()))
        }
        "reopenFeedback" | "voteOnFeedback" => {
            let receipt = transferred(city, "regulation", "SXD");
            answered(city, &receipt.code);
            act(&office, &receipt.code, "close", json!({})).expect(200);
            let (verb, body) = match id {
                "reopenFeedback" => ("reopen", json!({ "reason": "Chưa đúng." })),
                _ => ("vote", json!({ "satisfied": true })),
            };
            counted(&|| receipt.act(city, verb, body.clone()))
        }
        "acceptFeedback" => {
            step(&office, &send(city, letter()).code, "accept", json!({ "class": "conduct" }))
        }
        "askFeedbackSender" => step(&office, &send(city, letter()).code, "ask-sender", text()),
        "refuseFeedback" => {
            let body = json!({ "ground": "unclear", "text": "Không rõ." });
            step(&office, &send(city, letter()).code, "refuse", body)
        }
        "guideFeedbackElsewhere" => {
            let body = json!({ "to": "complaint", "text": "Gửi Thanh tra." });
            step(&office, &send(city, letter()).code, "guide-elsewhere", body)
        }
        "transferFeedback" => step(&office, &accepted(), "transfer", json!({ "unit": "SXD" })),
        "mergeFeedback" => {
            let into = send(city, letter()).code;
            step(&office, &accepted(), "merge", json!({ "into": into }))
        }
        "splitFeedback" => {
            let parts =
                json!([{ "class": "conduct", "unit": "SXD" }, { "class": "regulation", "unit": "STP" }]);
            step(&office, &accepted(), "split", json!({ "parts": parts }))
        }
        "assignFeedback" => {
            let officer = officer.get("/v1/me").expect(200).body["account"]["id"].clone();
            step(&head, &at_unit(), "assign", json!({ "officer_id": officer }))
        }
        "draftFeedbackAnswer" => step(&officer, &at_unit(), "draft", json!({ "answer": "Trả lời." })),
        "approveFeedbackAnswer" => step(&head, &drafted(), "approve", json!({})),
        "submitFeedbackAnswer" => step(&officer, &approved(), "submit", json!({})),
        "handBackFeedback" => step(&officer, &at_unit(), "hand-back", text()),
        "updateFeedback" => step(&officer, &at_unit(), "update", text()),
        "noteFeedback" => step(&officer, &at_unit(), "note", text()),
        "returnFeedbackAnswer" => step(&office, &submitted(), "return-answer", text()),
        "acceptFeedbackAnswer" => step(&office, &submitted(), "accept-answer", json!({})),
        "publishFeedback" => step(&office, &done(), "publish", json!({})),
        "closeFeedback" => step(&office, &done(), "close", json!({})),
        "supplementFeedbackOnBehalf" => step(&office, &at_unit(), "supplement", text()),
        "withdrawFeedbackOnBehalf" => step(&office, &at_unit(), "withdraw", text()),
        "reopenFeedbackOnBehalf" => {
            let code = done();
            act(&office, &code, "close", json!({})).expect(200);
            step(&office, &code, "reopen", text())
        }
        "correctFeedbackReceipt" => {
            let body = json!({ "received_at": "2019-03-01T01:00:00Z", "dry_run": false, "reason": "thử" });
            step(&office, &at_unit(), "correct-receipt", body)
        }
        "setFeedbackLedger" => {
            let path = format!("/v1/feedback/{}/ledger", at_unit());
            let etag = office.get(&path).expect(200).etag();
            let body = json!({ "state": "blocked", "missing": "Mã" });
            counted(&|| office.send("PUT", &path).header("If-Match", &etag).json(body.clone()).answer())
        }
        "eraseFeedbackSenders" => {
            let code = done();
            act(&office, &code, "close", json!({})).expect(200);
            city.clock.set("2022-03-04T08:00:00+07:00");
            counted(&|| office.post("/v1/feedback-senders/erase", json!({ "dry_run": false })))
        }
        _ => {
            let once = files::recipe(city, id).or_else(|| crate::dossiers::recipe(city, id));
            once.and_then(|once| counted(&*once))
        }
    }
}

/// POSTs that change nothing.
const ASKING: &[&str] = &["computeTerm", "previewDeadline", "queryAnalytics", "testWebhook"];

#[test]
fn every_mutating_operation_leaves_an_audit_row() {
    let city = City::new();
    for (_, method, operation) in each_operation() {
        let id = operation["operationId"].as_str().unwrap();
        if method == "GET" || ASKING.contains(&id) {
            continue;
        }
        // Each scenario has a city of its own only where an earlier one would be in its way.
        let fresh;
        let city = if matches!(id, "createToken" | "computeTerm") {
            &city
        } else {
            fresh = City::new();
            &fresh
        };
        let (before, answer) =
            perform(city, id).unwrap_or_else(|| panic!("there is no scenario for {id}: add one"));
        assert!(answer.status < 300, "{id}: {}", answer.text);
        assert!(audit_rows(city) > before, "{id} left no audit row");
    }
}
