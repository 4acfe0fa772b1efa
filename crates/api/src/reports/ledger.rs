//! The ledger of the national system of management and evaluation: which accepted reports are to be entered
//! there, and which were, confirmed by hand. The wire comes later.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, put, web};
use chrono::{DateTime, Utc};
use kstt_domain::feedback::LedgerState;
use kstt_domain::policy::Action;
use kstt_domain::policy::actions::EnterReport;
use kstt_persistence::audit::Change;
use kstt_persistence::reports::{self as rows, ReportLedgerRow, ReportRow};
use kstt_persistence::{Conn, Stored};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::UnitCodes;
use super::{KIND, sight};
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Cursor, Faults, Halt, IfMatch, IfNoneMatch, Page, Params, Reply, Tx, limit,
};
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

/// Where a report stands on its way into the national system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportLedger)]
struct LedgerView {
    /// UUID of the report.
    #[schema(max_length = 36)]
    report_id: String,
    #[schema(max_length = 40)]
    period: String,
    #[schema(max_length = 40)]
    form: String,
    #[schema(max_length = 20)]
    unit: String,
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

fn view(row: ReportLedgerRow, report: &ReportRow, unit: String) -> LedgerView {
    LedgerView {
        unit,
        report_id: row.report_id,
        period: report.period.clone(),
        form: report.form.clone(),
        state: row.state.0,
        national_code: row.national_code,
        entered_at: row.entered_at.map(|at| at.and_utc()),
        missing: row.missing,
        note: row.note,
        updated_at: row.updated_at.and_utc(),
    }
}

fn view_all(conn: &mut Conn, found: Vec<ReportLedgerRow>) -> Result<Vec<LedgerView>, ApiError> {
    let ids: Vec<String> = found.iter().map(|row| row.report_id.clone()).collect();
    let reports = rows::by_ids(conn, &ids)?.into_iter().map(|report| (report.id.clone(), report));
    let (reports, mut codes) = (reports.collect::<HashMap<_, _>>(), UnitCodes::default());
    let mut told = Vec::new();
    for row in found {
        let report = reports.get(&row.report_id).ok_or_else(ApiError::not_found)?;
        told.push(view(row, report, codes.of(conn, &report.unit_id)?));
    }
    Ok(told)
}

/// List the ledger of reports
///
/// Accepted reports in one state, oldest first.
#[utoipa::path(tag = "reports", operation_id = "listReportLedger", params(LedgerQuery), responses(
    (status = 200, description = "A page of the ledger", body = Page<LedgerView>), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("reports.enter"))))]
#[get("/v1/report-ledger")]
async fn list_report_ledger(caller: Caller, query: Params<LedgerQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EnterReport)?;
    let (limit, state) = (limit(query.0.limit)?, query.0.state.unwrap_or(LedgerState::ToEnter));
    let filters = format!("report ledger {state}");
    let secret = caller.app.cursor_secret();
    let after = query.0.cursor.map(|text| Cursor::open(&text, &filters, secret)).transpose()?;
    let views = caller
        .read(move |conn| {
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            let found = rows::report_ledger_list(conn, state, after, i64::from(limit) + 1)?;
            view_all(conn, found)
        })
        .await?;
    let next = |last: &LedgerView| Cursor::after(&last.report_id, "", &filters, None).seal(secret);
    Ok(Reply::ok(&Page::of(views, usize::from(limit), None, next, |view| view))?.into_response())
}

/// Read a report's page of the ledger
///
/// With its `ETag`.
#[utoipa::path(tag = "reports", operation_id = "getReportLedger",
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The page", body = LedgerView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("reports.enter"))))]
#[get("/v1/reports/{id}/ledger")]
async fn get_report_ledger(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EnterReport)?;
    let (here, today) = (caller.clone(), caller.today());
    let reply = caller
        .read(move |conn| {
            let report = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let row = rows::report_ledger(conn, &report.id)?.ok_or_else(ApiError::not_found)?;
            let version = row.version;
            let unit = UnitCodes::default().of(conn, &report.unit_id)?;
            Ok(Reply::ok(&view(row, &report, unit))?.tagged(version))
        })
        .await?;
    Ok(caller.answer(reply))
}

/// What was done there, seen by someone.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportLedgerEntry, example = json!({ "state": "entered", "national_code": "BC-2019-Q1-0007", "entered_at": "2019-03-28T02:00:00Z" }))]
struct LedgerEntry {
    state: LedgerState,
    /// Needed for `entered`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    national_code: Option<String>,
    /// Needed for `entered`; never to come.
    #[serde(default)]
    entered_at: Option<DateTime<Utc>>,
    /// Needed for `blocked`: the field that is missing.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    missing: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000)]
    note: Option<String>,
}

/// Keep a report's page of the ledger
///
/// A confirmed entry names the code it has there and the moment; what is blocked names what is missing.
#[utoipa::path(tag = "reports", operation_id = "setReportLedger", request_body = LedgerEntry,
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), IfMatch),
    responses((status = 200, description = "The page as it is now", body = LedgerView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("reports.enter"))))]
#[put("/v1/reports/{id}/ledger")]
async fn set_report_ledger(
    caller: Caller,
    id: web::Path<String>,
    body: Body<LedgerEntry>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EnterReport)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| set(tx, &id, expected.clone()?, &wanted)).await
}

fn set(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &LedgerEntry) -> Result<Reply, Halt> {
    let (report, permit) = sight::open::<EnterReport>(tx, id)?;
    let before = rows::report_ledger(tx.conn, &report.id)?.ok_or_else(ApiError::not_found)?;
    if before.version != expected {
        let etag = Reply::ok(&serde_json::json!({}))?.tagged(before.version).etag;
        return Err(ApiError::stale(etag).into());
    }
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
    let row = ReportLedgerRow {
        report_id: report.id.clone(),
        state: Stored(wanted.state),
        national_code,
        entered_at: wanted.entered_at.map(|at| at.naive_utc()),
        missing,
        note,
        version: before.version + 1,
        updated_at: tx.now.naive_utc(),
    };
    if !rows::set_report_ledger(tx.conn, &permit, &row)? {
        return Err(Halt::Raced);
    }
    let key = format!("{} {}", report.period, report.form);
    let change = Change {
        kind: KIND,
        id: &report.id,
        key: &key,
        unit_id: Some(&report.unit_id),
        before: Some(serde_json::json!({ "ledger": before.state.0 })),
        after: Some(serde_json::json!({ "ledger": wanted.state })),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    let version = row.version;
    let unit = UnitCodes::default().of(tx.conn, &report.unit_id)?;
    Ok(Reply::ok(&view(row, &report, unit))?.tagged(version))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_report_ledger).service(get_report_ledger).service(set_report_ledger);
}
