//! Counting again: after the calendar or a rule changed, or because a moment was recorded wrongly.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::{WorkCalendar, vn_date};
use kstt_domain::policy::actions::RetimeObligation;
use kstt_domain::policy::{Action, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::obligations::{self as rows, Moments, ObligationRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{expect, finish, refuse_closed};
use super::wire::{ObligationView, Teller};
use super::{sight, timing};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Reply, Tx, say};

/// Rows counted again at once.
const BATCH: i64 = 500;
/// Rows that are told one by one.
const TOLD: usize = 200;

/// Asks for dates to be counted again.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "dry_run": true, "reason": "Lịch nghỉ năm 2020 đã công bố" }))]
struct Recomputation {
    /// True: only tell what would change.
    dry_run: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What counting again changed, or would change.
#[derive(Debug, Serialize, ToSchema)]
struct Recomputed {
    dry_run: bool,
    /// The version of the calendar they were counted with.
    #[schema(minimum = 1, maximum = 1000000)]
    calendar_version: i64,
    /// Obligations that were counted again.
    #[schema(minimum = 0, maximum = 1000000000)]
    examined: i64,
    /// Those whose due or warning moments differ.
    #[schema(minimum = 0, maximum = 1000000000)]
    changed: i64,
    /// The first of those.
    #[schema(max_items = 200)]
    changes: Vec<DateChange>,
}

/// An obligation whose moments differ. The last lawful day may be the same when only the warning moved.
#[derive(Debug, Serialize, ToSchema)]
struct DateChange {
    #[schema(max_length = 36)]
    id: String,
    #[schema(max_length = 10)]
    rule: String,
    due_on_before: NaiveDate,
    due_on_after: NaiveDate,
}

/// Count the dates of obligations again
///
/// All that are still to be done and were counted with an older version of the calendar or of their rule.
/// Nothing moves by itself when either changes: this is the act that moves it, after a rehearsal with
/// `dry_run`. Every date that changes leaves a row in the audit trail.
#[utoipa::path(tag = "obligations", operation_id = "recomputeObligations", params(IdempotencyKey), request_body = Recomputation,
    responses((status = 200, description = "What changed", body = Recomputed), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("obligations.retime"))))]
#[post("/v1/obligations/recompute")]
async fn recompute_obligations(caller: Caller, body: Body<Recomputation>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::RetimeObligation)?;
    let wanted = body.value;
    caller.write(&body.hash, move |tx| recompute_in(tx, &wanted)).await
}

fn recompute_in(tx: &mut Tx<'_>, wanted: &Recomputation) -> Result<Reply, Halt> {
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 500);
    faults.finish()?;
    let permit = tx.permit::<RetimeObligation>(&Target::city("recompute"))?;
    let calendar = tx.app.calendar(tx.conn)?;
    let calendar_version = calendar.version();
    let mut done = Recomputed {
        dry_run: wanted.dry_run,
        calendar_version,
        examined: 0,
        changed: 0,
        changes: Vec::new(),
    };
    let mut after = String::new();
    loop {
        let batch = rows::pending_after(tx.conn, &after, BATCH)?;
        let Some(last) = batch.last() else { break };
        after = last.id.clone();
        for row in batch {
            if let Some(moments) = moved(tx, &row, &calendar)? {
                // What follows a clock that moved before it may have been called off.
                if !rows::find(tx.conn, &row.id)?.is_some_and(|row| row.is_pending()) {
                    continue;
                }
                if row.subject_kind == crate::feedback::KIND && !wanted.dry_run {
                    crate::feedback::follow_clock(tx, &row, &moments)?;
                }
                let change = retime_one(tx, &row, &moments, &reason)?;
                done.changed += i64::from(change.is_some());
                done.changes.extend(change.filter(|_| done.changes.len() < TOLD));
                done.examined += 1;
            }
        }
    }
    let change = Change {
        kind: "obligation_recount",
        id: "recompute",
        key: "recompute",
        after: Some(
            json!({ "calendar_version": calendar_version, "examined": done.examined, "changed": done.changed }),
        ),
        reason: Some(&reason),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    let reply = Reply::ok(&done)?;
    if wanted.dry_run { Err(Halt::Rehearsed(reply)) } else { Ok(reply) }
}

/// The moments of a row by the newest calendar and rule, if it was counted with older ones.
fn moved(tx: &mut Tx<'_>, row: &ObligationRow, calendar: &WorkCalendar) -> Result<Option<Moments>, ApiError> {
    let day = vn_date(row.trigger_at.and_utc());
    let rule = match rows::rule_on(tx.conn, &row.rule, day)? {
        Some(newer) if newer.version != row.rule_version => newer,
        _ if row.calendar_version == calendar.version() => return Ok(None),
        _ => timing::rule_of(tx, row)?,
    };
    let pauses = rows::pauses(tx.conn, &row.id)?;
    timing::recount(tx, row, &rule, calendar, &pauses).map(Some)
}

/// Stores other moments; what changed, if its date did.
fn retime_one(
    tx: &mut Tx<'_>,
    row: &ObligationRow,
    moments: &Moments,
    reason: &str,
) -> Result<Option<DateChange>, Halt> {
    let permit = tx.permit::<RetimeObligation>(&Target::city(&row.id))?;
    let now = tx.now.naive_utc();
    let after = rows::retime(tx.conn, &permit, row, moments, now)?.ok_or(Halt::Raced)?;
    if after.due_at == row.due_at && after.warn_at == row.warn_at {
        return Ok(None);
    }
    let change = Change {
        kind: "obligation",
        id: &row.id,
        key: &row.id,
        unit_id: Some(&row.unit_id),
        before: Some(
            json!({ "due_on": row.due_on, "calendar_version": row.calendar_version, "rule_version": row.rule_version }),
        ),
        after: Some(
            json!({ "due_on": after.due_on, "calendar_version": after.calendar_version, "rule_version": after.rule_version }),
        ),
        reason: Some(reason),
    };
    tx.audit(&permit, change)?;
    Ok(Some(DateChange {
        id: after.id,
        rule: after.rule,
        due_on_before: row.due_on,
        due_on_after: after.due_on,
    }))
}

/// The true moment an obligation is counted from.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "trigger_at": "2019-03-01T16:40:00+07:00", "dry_run": true, "reason": "Ghi nhầm ngày nhận" }))]
struct TriggerCorrection {
    trigger_at: DateTime<Utc>,
    /// True: only tell what it would become.
    dry_run: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Correct the moment an obligation is counted from
///
/// Its dates are counted again from there. Refused for what is owed by a fixed date.
#[utoipa::path(tag = "obligations", operation_id = "correctObligationTrigger", request_body = TriggerCorrection,
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The obligation as it is now, or would be", body = ObligationView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("obligations.retime"))))]
#[post("/v1/obligations/{id}/correct-trigger")]
async fn correct_trigger(
    caller: Caller,
    id: web::Path<String>,
    body: Body<TriggerCorrection>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::RetimeObligation)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| correct_in(tx, &id, expected.clone()?, &wanted)).await
}

fn correct_in(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &TriggerCorrection) -> Result<Reply, Halt> {
    let (row, permit) = sight::open::<RetimeObligation>(tx, id)?;
    expect(tx, &row, expected)?;
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 500);
    faults.past("/trigger_at", wanted.trigger_at, tx.now);
    faults.finish()?;
    refuse_closed(&row)?;
    let rule = timing::rule_of(tx, &row)?;
    if rule.read()?.timing.is_fixed() {
        let detail = say("Thời hạn theo ngày cố định.", "It is owed by a fixed date, not from a moment.");
        return Err(ApiError::conflict(detail).into());
    }
    let pauses = rows::pauses(tx.conn, &row.id)?;
    let corrected = ObligationRow { trigger_at: wanted.trigger_at.naive_utc(), ..row.clone() };
    let calendar = tx.app.calendar(tx.conn)?;
    let moments = timing::recount(tx, &corrected, &rule, &calendar, &pauses)?;
    if wanted.dry_run {
        let would_be = moments.put(row.clone());
        let view = Teller::at(tx.app, tx.conn, tx.now)?.tell(tx.conn, &would_be)?;
        return Err(Halt::Rehearsed(Reply::ok(&view)?));
    }
    let now = tx.now.naive_utc();
    let after = rows::retime(tx.conn, &permit, &row, &moments, now)?;
    let what = json!({ "due_on": moments.due_on, "trigger_at": wanted.trigger_at });
    finish(tx, &permit, &row, after, what, Some(&reason))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(recompute_obligations).service(correct_trigger);
}
