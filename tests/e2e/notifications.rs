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
    let page = person.get("/v1/notifications?unread=true&limit=200").expect(200).body;
    let items = page["items"].as_array().unwrap().iter().rev();
    items.map(|item| (text(&item["kind"]), text(&item["subject"]["id"]))).collect()
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
