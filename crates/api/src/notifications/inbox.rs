//! One's own inbox.

use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use kstt_domain::notifications::NoticeKind;
use kstt_domain::obligations::Words;
use kstt_domain::policy::actions::KeepMyNotifications;
use kstt_domain::policy::{Action, Permit, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::notifications::{self as rows, NotificationRow};
use kstt_persistence::{Conn, units};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, CountBody, Cursor, Faults, IdempotencyKey, Page, Params, Reply, Tx, limit, list,
    say,
};

/// Narrows the inbox.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InboxQuery {
    /// Only what was not read yet.
    unread: Option<bool>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// A message to oneself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
struct NotificationView {
    /// UUID.
    #[schema(max_length = 36)]
    id: String,
    kind: NoticeKind,
    title: Words,
    body: Words,
    /// What it is about.
    subject: NotificationSubject,
    /// Code of the unit whose matter it is; null when it is the whole city's.
    #[schema(max_length = 20)]
    unit: Option<String>,
    /// The event it tells of; the same id as in the changes feed's trail and in webhooks.
    #[schema(max_length = 36)]
    event_id: String,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

/// What a notification is about.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationSubject {
    #[schema(max_length = 40, example = "obligation")]
    kind: String,
    #[schema(max_length = 200)]
    id: String,
}

/// A page of the inbox, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Inbox {
    #[schema(max_items = 200)]
    items: Vec<NotificationView>,
    /// Send it back as `cursor` for the next page; null on the last one.
    #[schema(max_length = 2000)]
    next_cursor: Option<String>,
    unread: UnreadCounts,
}

/// How much was not read yet.
#[derive(Debug, Serialize, ToSchema)]
struct UnreadCounts {
    total: CountBody,
    /// Of the newest 10,000.
    #[schema(max_items = 100)]
    by_kind: Vec<UnreadOfKind>,
}

/// How much of a kind was not read yet.
#[derive(Debug, Serialize, ToSchema)]
struct UnreadOfKind {
    kind: NoticeKind,
    #[schema(minimum = 1, maximum = 10001)]
    count: i64,
}

/// Read one's inbox
///
/// Newest first, over all units one works for, with the unread counts. Words are told in both languages.
#[utoipa::path(tag = "notifications", operation_id = "listNotifications", params(InboxQuery), responses(
    (status = 200, description = "A page of the inbox", body = Inbox), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("notifications.keep"))))]
#[get("/v1/notifications")]
async fn list_notifications(caller: Caller, query: Params<InboxQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::KeepMyNotifications)?;
    let limit = limit(query.0.limit)?;
    let unread_only = query.0.unread == Some(true);
    let filters = format!("notifications {} {unread_only}", caller.actor.id);
    let secret = caller.app.cursor_secret();
    let before = query.0.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?;
    let here = caller.clone();
    let (told, unread) = caller
        .read(move |conn| {
            let before = before.as_ref().map(|cursor| cursor.key.as_str());
            let found = rows::list(conn, &here.actor.id, unread_only, before, i64::from(limit) + 1)?;
            let told =
                found.into_iter().map(|row| tell(&here.app, conn, row)).collect::<Result<Vec<_>, _>>()?;
            Ok((told, rows::unread(conn, &here.actor.id, CountBody::ASKED)?))
        })
        .await?;
    let next = |last: &NotificationView| Cursor::after(&last.id, "", &filters, None).seal(secret);
    let Page { items, next_cursor, .. } = Page::of(told, usize::from(limit), None, next, |view| view);
    let total = CountBody::of(unread.iter().map(|unread| unread.count).sum());
    let by_kind = unread.into_iter().map(|unread| UnreadOfKind { kind: unread.kind, count: unread.count });
    let unread = UnreadCounts { total, by_kind: by_kind.collect() };
    Ok(Reply::ok(&Inbox { items, next_cursor, unread })?.into_response())
}

fn tell(app: &App, conn: &mut Conn, row: NotificationRow) -> Result<NotificationView, ApiError> {
    let told = app.messages.templates.tell_or_name(row.kind.0, &row.facts);
    let unit = match &row.unit_id {
        Some(id) => units::by_id(conn, id)?.map(|unit| unit.code),
        None => None,
    };
    Ok(NotificationView {
        id: row.id,
        kind: row.kind.0,
        title: told.title,
        body: told.body,
        subject: NotificationSubject { kind: row.subject_kind, id: row.subject_id },
        unit,
        event_id: row.event_id,
        created_at: row.created_at.and_utc(),
        read_at: row.read_at.map(|moment| moment.and_utc()),
    })
}

/// What was read: some messages, or everything up to one.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "up_to": "0196a0c0-0000-7000-8000-000000000000" }))]
struct ReadMark {
    #[serde(default)]
    #[schema(schema_with = list::<200, 36>)]
    ids: Vec<String>,
    /// All messages up to and including this one.
    #[serde(default)]
    #[schema(max_length = 36)]
    up_to: Option<String>,
}

/// How many messages were unread before.
#[derive(Debug, Serialize, ToSchema)]
struct Marked {
    #[schema(minimum = 0, maximum = 1000000000)]
    marked: usize,
}

/// Mark messages as read
///
/// Those of these ids, and all up to another. What is not one's own, or was read before, is left as it is.
#[utoipa::path(tag = "notifications", operation_id = "markNotificationsRead", params(IdempotencyKey), request_body = ReadMark, responses(
    (status = 200, description = "How many were unread", body = Marked), problems::Open, problems::Guarded, problems::Content,
    problems::Collision,
), extensions(("x-action" = json!("notifications.keep"))))]
#[post("/v1/notifications/mark-read")]
async fn mark_notifications_read(caller: Caller, body: Body<ReadMark>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::KeepMyNotifications)?;
    let wanted = body.value;
    caller
        .write(&body.hash, move |tx| {
            let permit = mine(tx)?;
            if wanted.ids.is_empty() && wanted.up_to.is_none() {
                let detail = say("Nêu `ids` hoặc `up_to`.", "Name `ids` or `up_to`.");
                return Err(ApiError::fault("/ids", "missing", detail).into());
            }
            let mut faults = Faults::default();
            faults.list::<200, 36>("/ids", &wanted.ids);
            let up_to = faults.optional_line("/up_to", wanted.up_to.as_deref(), 36);
            faults.finish()?;
            let now = tx.now.naive_utc();
            let marked = rows::mark_read(tx.conn, &permit, &wanted.ids, up_to.as_deref(), now)?;
            let id = tx.actor.id.clone();
            let change = Change {
                kind: "inbox",
                id: &id,
                key: &tx.actor.name.clone(),
                after: Some(json!({ "marked": marked })),
                ..Change::default()
            };
            tx.audit(&permit, change)?;
            Ok(Reply::ok(&Marked { marked })?)
        })
        .await
}

/// The permission to keep what is one's own.
pub fn mine(tx: &mut Tx<'_>) -> Result<Permit<KeepMyNotifications>, ApiError> {
    tx.permit(&Target::owned(&tx.actor.id, &tx.actor.id))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_notifications).service(mark_notifications_read);
}
