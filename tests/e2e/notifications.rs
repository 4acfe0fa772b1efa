//! Messages: reminders and the inbox, webhooks, mail.

mod feedback;
mod inbox;
mod mail;
mod receiver;
mod reminders;
mod webhooks;

use serde_json::Value;

use crate::city::Person;

/// The unread messages of someone: kind and subject, oldest first.
fn unread(person: &Person<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut next = "/v1/notifications?unread=true&limit=200".to_owned();
    loop {
        let page = person.get(&next).expect(200).body;
        let items = page["items"].as_array().unwrap().iter();
        found.extend(items.map(|item| (text(&item["kind"]), text(&item["subject"]["id"]))));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("/v1/notifications?unread=true&limit=200&cursor={cursor}");
    }
    found.reverse();
    found
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Marks everything as read.
fn read_all(person: &Person<'_>) {
    let page = person.get("/v1/notifications?limit=1").expect(200).body;
    if let Some(newest) = page["items"][0]["id"].as_str() {
        person.post("/v1/notifications/mark-read", serde_json::json!({ "up_to": newest })).expect(200);
    }
}
