//! Doing what is owed, calling it off, and stopping its clock.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::actions::{CancelObligation, MeetObligation, SuspendObligation};
use kstt_domain::policy::{Action, ActionKind, Permit};
use kstt_persistence::audit::Change;
use kstt_persistence::obligations::{self as rows, ObligationRow, PauseRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{ObligationView, Teller};
use super::{sight, timing};
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, ProblemCode, Reply, Tx, say,
};

/// That something was done.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ObligationMet, example = json!({ "note": "Kế hoạch số 12/KH-UBND ngày 25/01/2019" }))]
struct Met {
    /// When; now when missing. Not to come, and not before the event it is counted from.
    met_at: Option<DateTime<Utc>>,
    /// What shows it, such as the number of a paper.
    #[schema(min_length = 1, max_length = 1000)]
    note: String,
}

/// A reason for what changes a clock.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ObligationReason, example = json!({ "reason": "Chờ người phản ánh bổ sung" }))]
struct Reason {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Record that an obligation was met
///
/// By the unit that owes it or inherited it, or by the control office. What was done after its due moment
/// counts as late.
#[utoipa::path(tag = "obligations", operation_id = "meetObligation", request_body = Met,
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The obligation as it is now", body = ObligationView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("obligations.meet"))))]
#[post("/v1/obligations/{id}/meet")]
async fn meet_obligation(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Met>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::MeetObligation)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| meet_in(tx, &id, expected.clone()?, &wanted)).await
}

fn meet_in(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &Met) -> Result<Reply, Halt> {
    let (row, permit) = sight::open::<MeetObligation>(tx, id)?;
    expect(tx, &row, expected)?;
    let mut faults = Faults::default();
    let note = faults.line("/note", &wanted.note, 1000);
    let met_at = wanted.met_at.unwrap_or(tx.now);
    // What is owed for a period may be done before it begins.
    let from_an_event = !timing::rule_of(tx, &row)?.read()?.timing.is_of_dates();
    if met_at > tx.now || (from_an_event && met_at.naive_utc() < row.trigger_at) {
        let detail = say(
            "Không được ở tương lai, cũng không trước sự kiện làm phát sinh.",
            "It must neither be to come nor lie before the event it is counted from.",
        );
        faults.add("/met_at", "out_of_range", detail);
    }
    faults.day("/met_at", vn_date(met_at));
    faults.finish()?;
    refuse_closed(&row)?;
    let now = tx.now.naive_utc();
    let after = rows::meet(tx.conn, &permit, &row, met_at.naive_utc(), Some(&note), now)?;
    finish(tx, &permit, &row, after, json!({ "met_at": met_at }), Some(&note))
}

/// Call an obligation off
///
/// It is no longer owed, and counts neither as met nor as late.
#[utoipa::path(tag = "obligations", operation_id = "cancelObligation", request_body = Reason,
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The obligation as it is now", body = ObligationView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("obligations.cancel"))))]
#[post("/v1/obligations/{id}/cancel")]
async fn cancel_obligation(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Reason>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::CancelObligation)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller
        .write(&body.hash, move |tx| {
            let (row, permit) = sight::open::<CancelObligation>(tx, &id)?;
            let reason = ready(tx, &row, expected.clone()?, &wanted)?;
            let after = rows::cancel(tx.conn, &permit, &row, &reason, tx.now.naive_utc())?;
            finish(tx, &permit, &row, after, json!({ "cancelled_at": tx.now }), Some(&reason))
        })
        .await
}

/// Stop the clock of an obligation
///
/// From tomorrow on days are not counted, until it goes on.
#[utoipa::path(tag = "obligations", operation_id = "suspendObligation", request_body = Reason,
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The obligation as it is now", body = ObligationView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("obligations.suspend"))))]
#[post("/v1/obligations/{id}/suspend")]
async fn suspend_obligation(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Reason>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::SuspendObligation)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| suspend_in(tx, &id, expected.clone()?, &wanted)).await
}

fn suspend_in(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &Reason) -> Result<Reply, Halt> {
    let (row, permit) = sight::open::<SuspendObligation>(tx, id)?;
    let reason = ready(tx, &row, expected, wanted)?;
    if row.paused_at.is_some() {
        return Err(refusal("Thời hạn đang tạm dừng.", "Its clock stands still already.").into());
    }
    if timing::rule_of(tx, &row)?.read()?.timing.is_fixed() {
        let fixed = refusal("Thời hạn theo ngày cố định không dừng.", "A fixed date does not stand still.");
        return Err(fixed.into());
    }
    let now = tx.now.naive_utc();
    let pause = PauseRow {
        id: tx.id(),
        obligation_id: row.id.clone(),
        stopped_at: now,
        resumed_at: None,
        reason: reason.clone(),
    };
    let after = rows::suspend(tx.conn, &permit, &row, pause, now)?;
    finish(tx, &permit, &row, after, json!({ "paused_at": tx.now }), Some(&reason))
}

/// Let the clock of an obligation go on
///
/// Its date moves by the days on which the clock stood still.
#[utoipa::path(tag = "obligations", operation_id = "resumeObligation", request_body = Reason,
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The obligation as it is now", body = ObligationView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("obligations.suspend"))))]
#[post("/v1/obligations/{id}/resume")]
async fn resume_obligation(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Reason>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::SuspendObligation)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| resume_in(tx, &id, expected.clone()?, &wanted)).await
}

fn resume_in(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &Reason) -> Result<Reply, Halt> {
    let (row, permit) = sight::open::<SuspendObligation>(tx, id)?;
    let reason = ready(tx, &row, expected, wanted)?;
    if row.paused_at.is_none() {
        return Err(refusal("Thời hạn không tạm dừng.", "Its clock does not stand still.").into());
    }
    let now = tx.now.naive_utc();
    let mut pauses = rows::pauses(tx.conn, &row.id)?;
    pauses
        .iter_mut()
        .filter(|pause| pause.resumed_at.is_none())
        .for_each(|pause| pause.resumed_at = Some(now));
    let (rule, calendar) = (timing::rule_of(tx, &row)?, tx.app.calendar(tx.conn)?);
    let moments = timing::recount(tx, &row, &rule, &calendar, &pauses)?;
    let after = rows::resume(tx.conn, &permit, &row, now, &moments, now)?;
    finish(tx, &permit, &row, after, json!({ "due_on": moments.due_on }), Some(&reason))
}

/// Checks what every act on a live obligation needs; answers the reason.
fn ready(tx: &mut Tx<'_>, row: &ObligationRow, expected: i64, wanted: &Reason) -> Result<String, ApiError> {
    expect(tx, row, expected)?;
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 500);
    faults.finish()?;
    refuse_closed(row)?;
    Ok(reason)
}

/// Refuses whoever read another version.
pub fn expect(tx: &mut Tx<'_>, row: &ObligationRow, expected: i64) -> Result<(), ApiError> {
    if row.version == expected {
        return Ok(());
    }
    let mut stale = ApiError::new(ProblemCode::StaleVersion);
    stale.0.current_etag = told(tx, row)?.etag;
    Err(stale)
}

pub fn refuse_closed(row: &ObligationRow) -> Result<(), ApiError> {
    if row.subject_kind == crate::feedback::KIND {
        return Err(refusal(
            "Thời hạn này theo các bước xử lý phản ánh, không ghi nhận bằng tay.",
            "This clock follows the steps of its feedback; it is not kept by hand.",
        ));
    }
    if row.is_pending() {
        return Ok(());
    }
    Err(refusal("Việc này đã hoàn thành hoặc đã hủy.", "It is done or called off already."))
}

fn refusal(vi: &str, en: &str) -> ApiError {
    ApiError::conflict(say(vi, en))
}

fn told(tx: &mut Tx<'_>, row: &ObligationRow) -> Result<Reply, ApiError> {
    let view = Teller::at(tx.app, tx.conn, tx.now)?.tell(tx.conn, row)?;
    Ok(Reply::ok(&view)?.tagged(view.version))
}

/// The answer to a change and its audit row; nobody was faster, or it is tried again.
pub fn finish<A: ActionKind>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    before: &ObligationRow,
    after: Option<ObligationRow>,
    what: Value,
    reason: Option<&str>,
) -> Result<Reply, Halt> {
    let after = after.ok_or(Halt::Raced)?;
    let change = Change {
        kind: "obligation",
        id: &before.id,
        key: &before.id,
        unit_id: Some(&before.unit_id),
        before: Some(json!({ "due_on": before.due_on, "trigger_at": before.trigger_at.and_utc() })),
        after: Some(what),
        reason,
    };
    tx.audit(permit, change)?;
    Ok(told(tx, &after)?)
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(meet_obligation)
        .service(cancel_obligation)
        .service(suspend_obligation)
        .service(resume_obligation);
}
