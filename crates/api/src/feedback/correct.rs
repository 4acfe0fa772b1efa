//! Correcting the moment of receipt: the clocks are counted anew, with a rehearsal first.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::Action;
use kstt_domain::policy::actions::CorrectFeedback;
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::{self as rows, FeedbackRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::told;
use super::wire::FeedbackView;
use super::{KIND, clocks, sight};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Reply, Tx, say};

/// The true moment of receipt.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "received_at": "2019-03-01T02:00:00Z", "dry_run": true, "reason": "Dấu công văn đến ghi ngày 01/3." }))]
struct ReceiptCorrection {
    received_at: DateTime<Utc>,
    /// Only tell what would follow.
    dry_run: bool,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What follows from a corrected moment.
#[derive(Debug, Serialize, ToSchema)]
struct CorrectedReceipt {
    dry_run: bool,
    feedback: FeedbackView,
    #[schema(max_items = 20)]
    moved: Vec<MovedClock>,
}

/// A clock with another last day.
#[derive(Debug, Serialize, ToSchema)]
struct MovedClock {
    #[schema(max_length = 10, example = "K-44")]
    rule: String,
    due_before: NaiveDate,
    due_after: NaiveDate,
}

/// Correct the receipt of feedback
///
/// Clocks that count from it are counted anew, also those it was valid from at once, and those of its parts; what was
/// met is judged by its new days. The weeks after the answer was due begin anew.
#[utoipa::path(tag = "feedback", operation_id = "correctFeedbackReceipt", request_body = ReceiptCorrection,
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), IfMatch, IdempotencyKey),
    responses((status = 200, description = "What follows, or would", body = CorrectedReceipt), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("feedback.correct"))))]
#[post("/v1/feedback/{id}/correct-receipt")]
async fn correct_receipt(
    caller: Caller,
    id: web::Path<String>,
    body: Body<ReceiptCorrection>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::CorrectFeedback)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| correct(tx, &id, expected.clone()?, &wanted)).await
}

fn correct(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &ReceiptCorrection) -> Result<Reply, Halt> {
    let today = vn_date(tx.now);
    let before = sight::visible(tx.conn, tx.app, tx.actor, id, today)?;
    let viewers = tx.viewers()?;
    let permit = tx.permit::<CorrectFeedback>(&sight::target(&viewers, tx.actor, &before, today))?;
    if before.version != expected {
        let etag = told(tx, &before)?.etag;
        return Err(ApiError::stale(etag).into());
    }
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 500);
    if wanted.received_at.naive_utc() > before.registered_at {
        let detail = say("Không thể sau khi đăng ký.", "It cannot lie after the registration.");
        faults.add("/received_at", "out_of_range", detail);
    }
    faults.day("/received_at", vn_date(wanted.received_at));
    faults.finish()?;
    let mut row = FeedbackRow { received_at: wanted.received_at.naive_utc(), ..before.clone() };
    if before.valid_at == Some(before.received_at) {
        row.valid_at = Some(row.received_at);
    }
    let mut moved = clocks::recount(tx, &before, &mut row)?;
    let now = tx.now.naive_utc();
    let row = rows::store(tx.conn, &permit, &before, row, now)?.ok_or(Halt::Raced)?;
    for before in rows::parts(tx.conn, &row.id)? {
        let (received_at, valid_at) = (row.received_at, row.valid_at);
        let mut part = FeedbackRow { received_at, valid_at, ..before.clone() };
        moved.extend(clocks::recount(tx, &before, &mut part)?);
        rows::store(tx.conn, &permit, &before, part, now)?.ok_or(Halt::Raced)?;
    }
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &row.code,
        unit_id: Some(&row.handler_unit_id),
        before: Some(json!({ "received_at": before.received_at.and_utc() })),
        after: Some(json!({ "received_at": row.received_at.and_utc() })),
        reason: Some(&reason),
    };
    tx.audit(&permit, change)?;
    let feedback = super::wire::FeedbackTeller::at(tx.app, tx.conn, tx.actor, tx.now)?.tell(tx.conn, &row)?;
    let moved =
        moved.into_iter().map(|(rule, due_before, due_after)| MovedClock { rule, due_before, due_after });
    let view = CorrectedReceipt { dry_run: wanted.dry_run, feedback, moved: moved.collect() };
    let reply = Reply::ok(&view)?.tagged(row.version);
    if wanted.dry_run { Err(Halt::Rehearsed(reply)) } else { Ok(reply) }
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(correct_receipt);
}
