//! What went out to a webhook, and sending again what was given up.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use kstt_domain::notifications::DeliveryState;
use kstt_domain::policy::Action;
use kstt_persistence::audit::{AuditRow, Change};
use kstt_persistence::notifications::{self as rows, DeliveryRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::webhooks::managed;
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Cursor, Faults, IdempotencyKey, Page, Params, Reply, Tx, limit, list, present,
};

/// Narrows the deliveries of a webhook.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryQuery {
    /// Only in this state.
    state: Option<DeliveryState>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// One event on its way to a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
struct DeliveryView {
    /// UUID.
    #[schema(max_length = 36)]
    id: String,
    /// The `id` of the event, and its `webhook-id`.
    #[schema(max_length = 36)]
    event_id: String,
    /// What happened.
    #[schema(max_length = 60, example = "obligations.meet")]
    event: String,
    state: DeliveryState,
    /// Attempts since it was stored or replayed.
    #[schema(minimum = 0, maximum = 1000000)]
    attempts: i64,
    /// When it is tried again; null once it arrived or was given up.
    next_attempt_at: Option<DateTime<Utc>>,
    /// Why it did not arrive the last time.
    #[schema(max_length = 500)]
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl DeliveryView {
    fn of((row, event): (DeliveryRow, AuditRow)) -> Self {
        let waits = row.state.0 == DeliveryState::Pending;
        Self {
            id: row.id,
            event_id: row.event_id,
            event: event.action,
            state: row.state.0,
            attempts: row.attempts,
            next_attempt_at: waits.then(|| row.next_attempt_at.and_utc()),
            last_error: row.last_error,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        }
    }
}

/// List what goes to a webhook
///
/// Newest first, with the state of each and why it did not arrive. Times are real time.
#[utoipa::path(tag = "webhooks", operation_id = "listDeliveries",
    params(("id" = String, Path, description = "UUID of the webhook", max_length = 36), DeliveryQuery),
    responses((status = 200, description = "A page of deliveries", body = Page<DeliveryView>), problems::Open,
        problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("webhooks.manage"))))]
#[get("/v1/webhooks/{id}/deliveries")]
async fn list_deliveries(
    caller: Caller,
    id: web::Path<String>,
    query: Params<DeliveryQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let limit = limit(query.0.limit)?;
    let state = query.0.state;
    let filters = format!("deliveries {id} {state:?}");
    let secret = caller.app.cursor_secret();
    let before = query.0.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?;
    let here = caller.clone();
    let found = caller
        .read(move |conn| {
            managed(&mut Tx::of_request(conn, &here, &here.actor), &id)?;
            let before = before.as_ref().map(|cursor| cursor.key.as_str());
            Ok(rows::deliveries(conn, &id, state, before, i64::from(limit) + 1)?)
        })
        .await?;
    let next = |last: &(DeliveryRow, AuditRow)| Cursor::after(&last.0.id, "", &filters, None).seal(secret);
    Ok(Reply::ok(&Page::of(found, usize::from(limit), None, next, DeliveryView::of))?.into_response())
}

/// What to send again: these deliveries that were given up, or all of the webhook's.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
struct Replay {
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = list::<200, 36>)]
    delivery_ids: Option<Vec<String>>,
}

/// How many events are sent again.
#[derive(Debug, Serialize, ToSchema)]
struct Replayed {
    #[schema(minimum = 0, maximum = 1000000000)]
    replayed: usize,
}

/// Send again what was given up
///
/// Under the same event ids, with a fresh schedule of retries. A receiver that was left alone is called at
/// once.
#[utoipa::path(tag = "webhooks", operation_id = "replayDeliveries", request_body = Replay,
    params(("id" = String, Path, description = "UUID of the webhook", max_length = 36), IdempotencyKey),
    responses((status = 200, description = "How many are sent again", body = Replayed), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision),
    extensions(("x-action" = json!("webhooks.manage"))))]
#[post("/v1/webhooks/{id}/replay")]
async fn replay_deliveries(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Replay>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let wanted = body.value;
    caller
        .write(&body.hash, move |tx| {
            let (row, permit) = managed(tx, &id)?;
            let mut faults = Faults::default();
            faults.list::<200, 36>("/delivery_ids", wanted.delivery_ids.as_deref().unwrap_or_default());
            faults.finish()?;
            let real_now = tx.app.clock.real_now().naive_utc();
            let replayed = rows::replay(tx.conn, &permit, wanted.delivery_ids.as_deref(), real_now)?;
            let change = Change {
                kind: "webhook",
                id: &row.id,
                key: &row.id,
                unit_id: Some(&row.unit_id),
                after: Some(json!({ "done": "replayed", "deliveries": replayed })),
                ..Change::default()
            };
            tx.audit(&permit, change)?;
            Ok(Reply::ok(&Replayed { replayed })?)
        })
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_deliveries).service(replay_deliveries);
}
