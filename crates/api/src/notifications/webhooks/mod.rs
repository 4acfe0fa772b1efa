//! Subscriptions of other systems, and their secrets.

mod wire;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, put, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use kstt_domain::policy::actions::ManageWebhooks;
use kstt_domain::policy::{Action, Permit, Target};
use kstt_persistence::audit::{Change, Sight};
use kstt_persistence::notifications::{self as rows, WebhookRow};
use kstt_persistence::units;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use self::wire::{IssuedWebhook, WebhookSpec, WebhookView, check, view};
use super::send::{self, TestResult};
use crate::app::App;
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Cursor, Halt, IdempotencyKey, IfMatch, IfNoneMatch, Page, Params, Reply, Tx,
    limit,
};

/// After a rotation the old secret signs beside the new one for so long, in real time.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Lists webhooks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WebhookQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

fn told(tx: &mut Tx<'_>, row: WebhookRow) -> Result<Reply, ApiError> {
    let version = row.version;
    Ok(Reply::ok(&view(tx.app, tx.conn, row)?)?.tagged(version))
}

/// The webhook with its new secret; what is kept for a retry holds no secret.
fn issued(tx: &mut Tx<'_>, status: StatusCode, row: WebhookRow, secret: &str) -> Result<Reply, ApiError> {
    let (version, id) = (row.version, row.id.clone());
    let webhook = view(tx.app, tx.conn, row)?;
    let etag = Reply::ok(&webhook)?.tagged(version).etag;
    let mut answer = IssuedWebhook { webhook, secret: Some(secret.to_owned()) };
    let mut reply = Reply::ok(&answer)?;
    answer.secret = None;
    reply.kept = Some(Reply::ok(&answer)?.body);
    reply.location = (status == StatusCode::CREATED).then(|| format!("/v1/webhooks/{id}"));
    (reply.status, reply.etag) = (status, etag);
    Ok(reply)
}

/// The webhook and the permission to manage it; for others it is not there.
pub fn managed(tx: &mut Tx<'_>, id: &str) -> Result<(WebhookRow, Permit<ManageWebhooks>), ApiError> {
    let row = rows::webhook(tx.conn, id)?.ok_or_else(ApiError::not_found)?;
    let path = units::path_of(tx.conn, &row.unit_id, kstt_domain::calendar::vn_date(tx.now))?;
    let permit = tx.permit(&Target::unit(id, path)).map_err(|_| ApiError::not_found())?;
    Ok((row, permit))
}

/// List webhooks
///
/// Those of the units one administers, oldest first, without their secrets.
#[utoipa::path(tag = "webhooks", operation_id = "listWebhooks", params(WebhookQuery), responses(
    (status = 200, description = "A page of webhooks", body = Page<WebhookView>), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("webhooks.manage"))))]
#[get("/v1/webhooks")]
async fn list_webhooks(caller: Caller, query: Params<WebhookQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let limit = limit(query.0.limit)?;
    let secret = caller.app.cursor_secret();
    let after = query.0.cursor.map(|text| Cursor::open(&text, "webhooks", secret)).transpose()?;
    let (here, today) = (caller.clone(), caller.today());
    let views = caller
        .read(move |conn| {
            let sight = crate::audit::sight(conn, &here.actor, Action::ManageWebhooks, today)?;
            let units = match sight {
                Some(Sight::City) => None,
                Some(Sight::Units(units)) => Some(units),
                None => return Err(ApiError::forbidden()),
            };
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            let found = rows::all_webhooks(conn, units.as_deref(), after, i64::from(limit) + 1)?;
            found.into_iter().map(|row| view(&here.app, conn, row)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let next = |last: &WebhookView| Cursor::after(&last.id, "", "webhooks", None).seal(secret);
    Ok(Reply::ok(&Page::of(views, usize::from(limit), None, next, |view| view))?.into_response())
}

/// Read a webhook
///
/// With how its receiver is doing.
#[utoipa::path(tag = "webhooks", operation_id = "getWebhook",
    params(("id" = String, Path, description = "UUID of the webhook", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The webhook", body = WebhookView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("webhooks.manage"))))]
#[get("/v1/webhooks/{id}")]
async fn get_webhook(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let here = caller.clone();
    let reply = caller
        .read(move |conn| {
            let mut tx = Tx::of_request(conn, &here, &here.actor);
            let (row, _) = managed(&mut tx, &id)?;
            told(&mut tx, row)
        })
        .await?;
    Ok(caller.answer(reply))
}

fn new_secret(app: &App, id: &str) -> Result<(String, String), ApiError> {
    let bytes = app.ids.random(32);
    Ok((format!("whsec_{}", STANDARD.encode(&bytes)), send::seal_secret(app, id, &bytes)?))
}

fn permitted(tx: &mut Tx<'_>, id: &str, unit_id: &str) -> Result<Permit<ManageWebhooks>, ApiError> {
    let path = units::path_of(tx.conn, unit_id, kstt_domain::calendar::vn_date(tx.now))?;
    tx.permit(&Target::unit(id, path))
}

fn audited(
    tx: &mut Tx<'_>,
    permit: &Permit<ManageWebhooks>,
    row: &WebhookRow,
    done: &str,
) -> Result<(), ApiError> {
    let after = json!({ "done": done, "name": row.name, "url": row.url, "events": row.events, "disabled": row.disabled_at.is_some() });
    let (id, unit_id) = (row.id.as_str(), Some(row.unit_id.as_str()));
    tx.audit(
        permit,
        Change { kind: "webhook", id, key: id, unit_id, after: Some(after), ..Change::default() },
    )
}

/// Subscribe to events
///
/// CloudEvents 1.0 in JSON, signed as Standard Webhooks have it, at least once each under one id. The
/// secret is told once.
#[utoipa::path(tag = "webhooks", operation_id = "createWebhook", params(IdempotencyKey), request_body = WebhookSpec, responses(
    (status = 201, description = "The webhook and its secret", body = IssuedWebhook), problems::Open, problems::Guarded,
    problems::Content, problems::Collision,
), extensions(("x-action" = json!("webhooks.manage"))))]
#[post("/v1/webhooks")]
async fn create_webhook(caller: Caller, body: Body<WebhookSpec>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let wanted = body.value;
    caller
        .write(&body.hash, move |tx| {
            let id = tx.id();
            let wanted = check(tx, &wanted)?;
            let permit = permitted(tx, &id, &wanted.unit_id)?;
            let (secret, sealed) = new_secret(tx.app, &id)?;
            let now = tx.now.naive_utc();
            let row = WebhookRow {
                id,
                name: wanted.name,
                url: wanted.url,
                unit_id: wanted.unit_id,
                events: wanted.events,
                secret: sealed,
                old_secret: None,
                old_secret_until: None,
                disabled_at: wanted.disabled.then_some(now),
                version: 1,
                created_at: now,
                updated_at: now,
            };
            rows::create_webhook(tx.conn, &permit, &row)?;
            rows::open_lane(tx.conn, &row.id)?;
            audited(tx, &permit, &row, "created")?;
            Ok(issued(tx, StatusCode::CREATED, row, &secret)?)
        })
        .await
}

/// Stores a changed webhook under the version the caller read.
fn store(
    tx: &mut Tx<'_>,
    (before, permit): (WebhookRow, Permit<ManageWebhooks>),
    expected: i64,
    done: &str,
    edit: impl FnOnce(&mut WebhookRow),
) -> Result<WebhookRow, Halt> {
    let mut row = before.clone();
    edit(&mut row);
    row.version = expected + 1;
    row.updated_at = tx.now.naive_utc();
    if !rows::update_webhook(tx.conn, &permit, &row)? {
        return Err(ApiError::stale(told(tx, before)?.etag).into());
    }
    audited(tx, &permit, &row, done)?;
    Ok(row)
}

/// Change a webhook
///
/// Replaces all that was said of it, disables or enables it. The secret stays.
#[utoipa::path(tag = "webhooks", operation_id = "updateWebhook", request_body = WebhookSpec,
    params(("id" = String, Path, description = "UUID of the webhook", max_length = 36), IfMatch),
    responses((status = 200, description = "The webhook as it is now", body = WebhookView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Precondition),
    extensions(("x-action" = json!("webhooks.manage"))))]
#[put("/v1/webhooks/{id}")]
async fn update_webhook(
    caller: Caller,
    id: web::Path<String>,
    body: Body<WebhookSpec>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller
        .write(&body.hash, move |tx| {
            let managed = managed(tx, &id)?;
            let expected = expected.clone()?;
            let wanted = check(tx, &wanted)?;
            permitted(tx, &id, &wanted.unit_id)?;
            let now = tx.now.naive_utc();
            let row = store(tx, managed, expected, "changed", |row| {
                row.disabled_at = wanted.disabled.then(|| row.disabled_at.unwrap_or(now));
                (row.name, row.url, row.unit_id, row.events) =
                    (wanted.name, wanted.url, wanted.unit_id, wanted.events);
            })?;
            Ok(told(tx, row)?)
        })
        .await
}

/// Rotate a webhook's secret
///
/// The new one is told once. For 24 hours events carry both signatures.
#[utoipa::path(tag = "webhooks", operation_id = "rotateWebhookSecret",
    params(("id" = String, Path, description = "UUID of the webhook", max_length = 36), IfMatch),
    responses((status = 200, description = "The webhook and its new secret", body = IssuedWebhook), problems::Open,
        problems::Guarded, problems::Missing, problems::Precondition),
    extensions(("x-action" = json!("webhooks.manage"))))]
#[post("/v1/webhooks/{id}/secret-rotation")]
async fn rotate_webhook_secret(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let expected = caller.expected_version();
    caller
        .write("", move |tx| {
            let managed = managed(tx, &id)?;
            let (secret, sealed) = new_secret(tx.app, &id)?;
            let until = (tx.app.clock.real_now() + OVERLAP).naive_utc();
            let row = store(tx, managed, expected.clone()?, "secret rotated", |row| {
                row.old_secret = Some(std::mem::replace(&mut row.secret, sealed));
                row.old_secret_until = Some(until);
            })?;
            Ok(issued(tx, StatusCode::OK, row, &secret)?)
        })
        .await
}

/// Send a test event
///
/// An event of type `kstt.webhooks.test`, signed as all are, now and once; answers what the receiver said.
#[utoipa::path(tag = "webhooks", operation_id = "testWebhook",
    params(("id" = String, Path, description = "UUID of the webhook", max_length = 36)),
    responses((status = 200, description = "What the receiver said", body = TestResult), problems::Open, problems::Guarded,
        problems::Missing),
    extensions(("x-action" = json!("webhooks.manage"))))]
#[post("/v1/webhooks/{id}/test")]
async fn test_webhook(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageWebhooks)?;
    let here = caller.clone();
    let row =
        caller.read(move |conn| Ok(managed(&mut Tx::of_request(conn, &here, &here.actor), &id)?.0)).await?;
    let app = caller.app.clone();
    let result = web::block(move || send::test(&app, &row)).await;
    let result = result.unwrap_or_else(|_| Err(ApiError::new(crate::http::ProblemCode::Unavailable)))?;
    Ok(Reply::ok(&result)?.into_response())
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_webhooks)
        .service(get_webhook)
        .service(create_webhook)
        .service(update_webhook)
        .service(rotate_webhook_secret)
        .service(test_webhook);
}
