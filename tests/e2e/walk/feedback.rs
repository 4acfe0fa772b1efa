//! The walk over feedback: each unit has an item in its hands.

use serde_json::{Value, json};

use super::STALE;
use crate::city::{Answer, Person};

/// Operations about all items.
const ABOUT_ALL: &[&str] = &["listFeedback", "exportFeedback", "listFeedbackLedger", "eraseFeedbackSenders"];

pub fn is_about_all(id: &str) -> bool {
    ABOUT_ALL.contains(&id)
}

/// Sends an operation about an item.
pub fn send(person: &Person<'_>, item: &str, file: &str, id: &str, unit: &str) -> Option<Answer> {
    let change = |method: &str, path: String, body: Value| {
        person.send(method, &path).header("If-Match", STALE).json(body).answer()
    };
    if let Some((_, verb, body)) = FEEDBACK_ACTS.iter().find(|(operation, ..)| *operation == id) {
        return Some(change(
            "POST",
            format!("/v1/feedback/{item}/{verb}"),
            serde_json::from_str(body).unwrap(),
        ));
    }
    Some(match id {
        "listFeedback" => person.get("/v1/feedback"),
        "exportFeedback" => person.get("/v1/feedback/export?format=csv"),
        "getFeedback" => person.get(&format!("/v1/feedback/{item}")),
        "listFeedbackEntries" => person.get(&format!("/v1/feedback/{item}/entries")),
        "listFeedbackParts" => person.get(&format!("/v1/feedback/{item}/parts")),
        "listResemblingFeedback" => person.get(&format!("/v1/feedback/{item}/resembling")),
        "checkFeedbackPublication" => person.get(&format!("/v1/feedback/{item}/publication-check")),
        "getFeedbackSender" => person.get(&format!("/v1/feedback/{item}/sender?reason=xem")),
        "getFeedbackLedger" => person.get(&format!("/v1/feedback/{item}/ledger")),
        "setFeedbackLedger" => change(
            "PUT",
            format!("/v1/feedback/{item}/ledger"),
            json!({ "state": "blocked", "missing": "Mã" }),
        ),
        "listFeedbackFiles" => person.get(&format!("/v1/feedback/{item}/files")),
        "attachToFeedback" => {
            crate::feedback::files::attach(person, item, "a.pdf", crate::feedback::files::PDF)
        }
        "linkFeedbackFile" => person.post(&format!("/v1/feedback/{item}/files/{file}/link"), json!({})),
        "listFeedbackLedger" => person.get("/v1/feedback-ledger"),
        "eraseFeedbackSenders" => person.post("/v1/feedback-senders/erase", json!({ "dry_run": true })),
        "registerFeedback" => {
            let mut body = crate::feedback::letter();
            body["channel"] = json!("written");
            body["received_at"] = json!("2019-03-04T01:00:00Z");
            body["place"] = json!(unit);
            person.post("/v1/feedback", body)
        }
        _ => return None,
    })
}

/// Acts on feedback: operation, verb, body.
const FEEDBACK_ACTS: &[(&str, &str, &str)] = &[
    ("acceptFeedback", "accept", r#"{"class":"conduct"}"#),
    ("askFeedbackSender", "ask-sender", r#"{"text":"x"}"#),
    ("refuseFeedback", "refuse", r#"{"ground":"unclear","text":"x"}"#),
    ("guideFeedbackElsewhere", "guide-elsewhere", r#"{"to":"complaint","text":"x"}"#),
    ("transferFeedback", "transfer", r#"{"unit":"SXD"}"#),
    ("returnFeedbackAnswer", "return-answer", r#"{"text":"x"}"#),
    ("acceptFeedbackAnswer", "accept-answer", "{}"),
    ("closeFeedback", "close", "{}"),
    ("publishFeedback", "publish", "{}"),
    ("mergeFeedback", "merge", r#"{"into":"x"}"#),
    (
        "splitFeedback",
        "split",
        r#"{"parts":[{"class":"conduct","unit":"SXD"},{"class":"mixed","unit":"STP"}]}"#,
    ),
    ("assignFeedback", "assign", r#"{"officer_id":"x"}"#),
    ("draftFeedbackAnswer", "draft", r#"{"answer":"x"}"#),
    ("approveFeedbackAnswer", "approve", "{}"),
    ("submitFeedbackAnswer", "submit", "{}"),
    ("handBackFeedback", "hand-back", r#"{"text":"x"}"#),
    ("updateFeedback", "update", r#"{"text":"x"}"#),
    ("noteFeedback", "note", r#"{"text":"x"}"#),
    ("supplementFeedbackOnBehalf", "supplement", r#"{"text":"x"}"#),
    ("withdrawFeedbackOnBehalf", "withdraw", r#"{"text":"x"}"#),
    ("reopenFeedbackOnBehalf", "reopen", r#"{"text":"x"}"#),
    (
        "correctFeedbackReceipt",
        "correct-receipt",
        r#"{"received_at":"2019-03-01T01:00:00Z","dry_run":true,"reason":"x"}"#,
    ),
];

/// Reads of one item of feedback.
const FEEDBACK_READS: &[&str] = &[
    "getFeedback",
    "listFeedbackEntries",
    "listFeedbackParts",
    "listResemblingFeedback",
    "checkFeedbackPublication",
    "getFeedbackSender",
    "getFeedbackLedger",
    "setFeedbackLedger",
    "listFeedbackFiles",
    "attachToFeedback",
    "linkFeedbackFile",
    "registerFeedback",
];

/// Whether an operation is about one item.
pub fn is_about_one(id: &str) -> bool {
    FEEDBACK_READS.contains(&id) || FEEDBACK_ACTS.iter().any(|(operation, ..)| *operation == id)
}
