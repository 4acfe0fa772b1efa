//! The ledger of the national feedback system: what is to be entered there, and what was, confirmed by hand.

use actix_web::{HttpResponse, get, put, web};
use chrono::{DateTime, Utc};
use kstt_domain::feedback::LedgerState;
use kstt_domain::policy::Action;
use kstt_domain::policy::actions::EnterFeedback;
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::{self as rows, LedgerRow};
use kstt_persistence::{Conn, Stored};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{KIND, clocks, sight};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Cursor, Faults, IfMatch, IfNoneMatch, Page, Params, Reply, limit};
use crate::ledger::{Entry, Noted};

/// Narrows the ledger.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LedgerQuery {
    /// What is to be entered when missing.
    state: Option<LedgerState>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Where an item stands on its way into the national system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeedbackLedger)]
struct LedgerView {
    /// Id of the item.
    #[schema(max_length = 36)]
    feedback_id: String,
    #[schema(max_length = 40)]
    code: String,
    state: LedgerState,
    #[schema(max_length = 100)]
    national_code: Option<String>,
    entered_at: Option<DateTime<Utc>>,
    /// The field that is missing.
    #[schema(max_length = 200)]
    missing: Option<String>,
    #[schema(max_length = 1000)]
    note: Option<String>,
    updated_at: DateTime<Utc>,
}

fn view(conn: &mut Conn, row: LedgerRow) -> Result<LedgerView, ApiError> {
    let item = rows::find(conn, &row.feedback_id)?.ok_or_else(ApiError::not_found)?;
    Ok(LedgerView {
        feedback_id: row.feedback_id,
        code: item.code,
        state: row.state.0,
        national_code: row.national_code,
        entered_at: row.entered_at.map(|moment| moment.and_utc()),
        missing: row.missing,
        note: row.note,
        updated_at: row.updated_at.and_utc(),
    })
}

/// List the ledger of the national system
///
/// Items in one state, oldest first.
#[utoipa::path(tag = "feedback", operation_id = "listFeedbackLedger", params(LedgerQuery), responses(
    (status = 200, description = "A page of the ledger", body = Page<LedgerView>), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("feedback.enter"))))]
#[get("/v1/feedback-ledger")]
async fn list_ledger(caller: Caller, query: Params<LedgerQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EnterFeedback)?;
    let (limit, state) = (limit(query.0.limit)?, query.0.state.unwrap_or(LedgerState::ToEnter));
    let filters = format!("feedback ledger {state}");
    let secret = caller.app.cursor_secret();
    let after = query.0.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?;
    let views = caller
        .read(move |conn| {
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            let found = rows::ledger_list(conn, state, after, i64::from(limit) + 1)?;
            found.into_iter().map(|row| view(conn, row)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let next = |last: &LedgerView| Cursor::after(&last.feedback_id, "", &filters, None).seal(secret);
    Ok(Reply::ok(&Page::of(views, usize::from(limit), None, next, |view| view))?.into_response())
}

/// Read an item's page of the ledger
///
/// With its `ETag`.
#[utoipa::path(tag = "feedback", operation_id = "getFeedbackLedger",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfNoneMatch),
    responses((status = 200, description = "The page", body = LedgerView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("feedback.enter"))))]
#[get("/v1/feedback/{id}/ledger")]
async fn get_ledger(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EnterFeedback)?;
    let (here, today) = (caller.clone(), caller.today());
    let reply = caller
        .read(move |conn| {
            let item = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let row = rows::ledger(conn, &item.id)?.ok_or_else(ApiError::not_found)?;
            let version = row.version;
            Ok(Reply::ok(&view(conn, row)?)?.tagged(version))
        })
        .await?;
    Ok(caller.answer(reply))
}

/// What was done there, seen by someone.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "entered", "national_code": "PAKN.20190305.0007", "entered_at": "2019-03-05T02:00:00Z" }))]
struct LedgerEntry {
    state: LedgerState,
    /// Needed for `entered`.
    #[serde(default)]
    #[schema(max_length = 100)]
    national_code: Option<String>,
    /// Needed for `entered`.
    #[serde(default)]
    entered_at: Option<DateTime<Utc>>,
    /// Needed for `blocked`: the field the national system asks for.
    #[serde(default)]
    #[schema(max_length = 200)]
    missing: Option<String>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// Note what was done in the national system
///
/// `entered` with its code and moment meets the clock of the result; nothing else does.
#[utoipa::path(tag = "feedback", operation_id = "setFeedbackLedger", request_body = LedgerEntry,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch),
    responses((status = 200, description = "The page as it is now", body = LedgerView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Precondition),
    extensions(("x-action" = json!("feedback.enter"))))]
#[put("/v1/feedback/{id}/ledger")]
async fn set_ledger(
    caller: Caller,
    id: web::Path<String>,
    body: Body<LedgerEntry>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EnterFeedback)?;
    let (expected, wanted, today) = (caller.expected_version(), body.value, caller.today());
    caller
        .write(&body.hash, move |tx| {
            let item = sight::visible(tx.conn, tx.app, tx.actor, &id, today)?;
            let viewers = tx.viewers()?;
            let permit = tx.permit::<EnterFeedback>(&sight::target(&viewers, tx.actor, &item, today))?;
            let before = rows::ledger(tx.conn, &item.id)?.ok_or_else(ApiError::not_found)?;
            let expected = expected.clone()?;
            let mut faults = Faults::default();
            let entry = Entry {
                state: wanted.state,
                national_code: wanted.national_code.as_deref(),
                entered_at: wanted.entered_at,
                missing: wanted.missing.as_deref(),
                note: wanted.note.as_deref(),
            };
            let Noted { national_code, missing, note } = entry.noted(&mut faults, tx.now);
            faults.finish()?;
            let row = LedgerRow {
                feedback_id: item.id.clone(),
                state: Stored(wanted.state),
                national_code,
                entered_at: wanted.entered_at.map(|moment| moment.naive_utc()),
                missing,
                note,
                version: expected + 1,
                updated_at: tx.now.naive_utc(),
            };
            if !rows::set_ledger(tx.conn, &permit, &row)? {
                let version = before.version;
                let etag = Reply::ok(&view(tx.conn, before)?)?.tagged(version).etag;
                return Err(ApiError::stale(etag).into());
            }
            let entered = wanted.entered_at.filter(|_| wanted.state == LedgerState::Entered);
            if let (Some(at), true) = (entered, item.approved_at.is_some()) {
                clocks::of(&item).meet(tx, "K-46", at)?;
            }
            let change = Change {
                kind: KIND,
                id: &item.id,
                key: &item.code,
                unit_id: Some(&item.handler_unit_id),
                before: Some(json!({ "ledger": before.state.0 })),
                after: Some(json!({ "ledger": row.state.0, "national_code": row.national_code })),
                ..Change::default()
            };
            tx.audit(&permit, change)?;
            let version = row.version;
            Ok(Reply::ok(&view(tx.conn, row)?)?.tagged(version))
        })
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_ledger).service(get_ledger).service(set_ledger);
}
