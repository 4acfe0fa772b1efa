//! What one wants to hear, and how.

use actix_web::{HttpResponse, get, put};
use kstt_domain::codes::Code;
use kstt_domain::notifications::NoticeKind;
use kstt_domain::policy::Action;
use kstt_persistence::audit::Change;
use kstt_persistence::notifications::{self as rows, PreferencesRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::inbox::mine;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, IfMatch, IfNoneMatch, Reply, say};

/// The language of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Language {
    Vi,
    En,
}

/// What one wants to hear.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": true, "language": "vi", "muted": ["reminder_before"] }))]
struct NotificationPreferences {
    /// Whether messages are mailed to the account's address too, where the server sends mail.
    email: bool,
    /// Of mails.
    language: Language,
    /// Kinds one does not want. What is late cannot be muted.
    #[schema(max_items = 50)]
    muted: Vec<NoticeKind>,
}

impl NotificationPreferences {
    fn of(row: Option<&PreferencesRow>) -> Self {
        let muted = row.map_or("", |row| row.muted.as_str());
        Self {
            email: row.is_none_or(|row| row.email),
            language: if row.is_some_and(|row| row.language == "en") { Language::En } else { Language::Vi },
            muted: muted.split(' ').filter_map(NoticeKind::from_code).collect(),
        }
    }
}

fn reply(row: Option<&PreferencesRow>) -> Result<Reply, ApiError> {
    let version = row.map_or(0, |row| row.version);
    Ok(Reply::ok(&NotificationPreferences::of(row))?.tagged(version))
}

/// Read one's preferences
///
/// Before one has chosen anything, everything is sent, mails in Vietnamese.
#[utoipa::path(tag = "notifications", operation_id = "getNotificationPreferences", params(IfNoneMatch), responses(
    (status = 200, description = "The preferences", body = NotificationPreferences),
    (status = 304, description = "Nothing changed"), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("notifications.keep"))))]
#[get("/v1/notifications/preferences")]
async fn get_preferences(caller: Caller) -> Result<HttpResponse, ApiError> {
    caller.require(Action::KeepMyNotifications)?;
    let user = caller.actor.id.clone();
    let row = caller.read(move |conn| Ok(rows::preferences(conn, &user)?)).await?;
    Ok(caller.answer(reply(row.as_ref())?))
}

/// Choose what to hear
///
/// Replaces all of one's preferences.
#[utoipa::path(tag = "notifications", operation_id = "setNotificationPreferences", params(IfMatch),
    request_body = NotificationPreferences, responses(
    (status = 200, description = "The preferences as they are now", body = NotificationPreferences),
    problems::Open, problems::Guarded, problems::Content, problems::Precondition,
), extensions(("x-action" = json!("notifications.keep"))))]
#[put("/v1/notifications/preferences")]
async fn set_preferences(
    caller: Caller,
    body: Body<NotificationPreferences>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::KeepMyNotifications)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller
        .write(&body.hash, move |tx| {
            let (permit, expected) = (mine(tx)?, expected.clone()?);
            let mut faults = Faults::default();
            if wanted.muted.len() > 50 {
                faults.add("/muted", "length", say("Nhiều nhất 50.", "At most 50."));
            }
            for (index, kind) in wanted.muted.iter().enumerate().filter(|(_, kind)| !kind.may_be_muted()) {
                let detail = say(format!("Không thể tắt {kind}."), format!("{kind} cannot be muted."));
                faults.add(format!("/muted/{index}"), "not_mutable", detail);
            }
            faults.finish()?;
            let mut muted: Vec<&str> = wanted.muted.iter().map(|kind| kind.code()).collect();
            muted.sort_unstable();
            muted.dedup();
            let row = PreferencesRow {
                user_id: tx.actor.id.clone(),
                email: wanted.email,
                language: if wanted.language == Language::En { "en" } else { "vi" }.to_owned(),
                muted: muted.join(" "),
                version: expected + 1,
                updated_at: tx.now.naive_utc(),
            };
            let before = rows::preferences(tx.conn, &tx.actor.id)?;
            let unchanged = before.as_ref().map_or(0, |row| row.version) == expected;
            if !unchanged || !rows::set_preferences(tx.conn, &permit, expected, &row)? {
                return Err(ApiError::stale(reply(before.as_ref())?.etag).into());
            }
            let (id, name) = (tx.actor.id.clone(), tx.actor.name.clone());
            let change = Change {
                kind: "preferences",
                id: &id,
                key: &name,
                before: before.map(|row| json!({ "email": row.email, "muted": row.muted })),
                after: Some(json!({ "email": row.email, "muted": row.muted })),
                ..Change::default()
            };
            tx.audit(&permit, change)?;
            Ok(reply(Some(&row))?)
        })
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_preferences).service(set_preferences);
}
