//! What whoever receives reports does: send back with reasons, accept.

use actix_web::{HttpResponse, post, web};
use kstt_domain::feedback::LedgerState;
use kstt_domain::policy::actions::JudgeReport;
use kstt_domain::policy::{Actor, Target};
use kstt_domain::reports::{CheckSeverity, ReportEvent};
use kstt_persistence::reports::{self as rows, ReportLedgerRow, RevisionRow};
use kstt_persistence::{Error, Stored};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Work, acted};
use super::cells::{Objection, Table};
use super::checks::checked;
use super::sight::refuse_own;
use super::wire::FullReport;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Tx, say};

/// Why a report is sent back.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "objections": [{ "row": "Hộ tịch", "column": "received", "reason": "Lệch so với sổ" }] }))]
struct SendBack {
    #[schema(min_items = 1, max_items = 1000)]
    objections: Vec<Objection>,
}

/// Send a report back
///
/// With a reason for each cell, or for the whole. A new revision begins with what the old one said; the old one
/// stays readable.
#[utoipa::path(tag = "reports", operation_id = "sendReportBack", request_body = SendBack,
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The report as it is now", body = FullReport), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("reports.judge"))))]
#[post("/v1/reports/{id}/send-back")]
async fn send_report_back(
    caller: Caller,
    id: web::Path<String>,
    body: Body<SendBack>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeReport, _>(caller, id, body, ReportEvent::SendBack, send_back).await
}

fn send_back(tx: &mut Tx<'_>, work: &mut Work, wanted: &SendBack) -> Result<(), Halt> {
    refuse_own(tx, &work.row)?;
    let mut faults = Faults::default();
    if wanted.objections.is_empty() || wanted.objections.len() > 1000 {
        faults.add("/objections", "length", say("Từ 1 đến 1000.", "From 1 to 1,000."));
    }
    let mut objections = Vec::new();
    for (index, objection) in wanted.objections.iter().enumerate() {
        let pointer = format!("/objections/{index}");
        let row = faults.optional_line(&format!("{pointer}/row"), objection.row.as_deref(), 200);
        let reason = faults.line(&format!("{pointer}/reason"), &objection.reason, 1000);
        if objection.column.as_ref().is_some_and(|column| work.form.column(column).is_none()) {
            let detail = say("Biểu mẫu không có cột này.", "The form has no such column.");
            faults.add(format!("{pointer}/column"), "unknown_column", detail);
        }
        objections.push(Objection { row, column: objection.column.clone(), reason });
    }
    faults.finish()?;
    work.row.revision += 1;
    work.row.accepted_at = None;
    let next = RevisionRow {
        revision: work.row.revision,
        objections: serde_json::to_string(&objections).map_err(Error::from)?,
        submitted_at: None,
        submitted_by: None,
        sent_at: None,
        accepted_at: None,
        ..work.revision.clone()
    };
    let ended = std::mem::replace(&mut work.revision, next);
    work.ended = Some(RevisionRow { returned_at: Some(tx.now.naive_utc()), ..ended });
    work.noted = json!({ "objections": objections.len() });
    Ok(())
}

/// That a report is accepted.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "comment": "Đã đối chiếu với sổ theo dõi" }))]
struct ReportAcceptance {
    /// Needed where a check warns.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000)]
    comment: Option<String>,
}

/// Accept a report
///
/// Refused while a check of the form finds an error; every cell concerned is named. A warning needs a comment.
/// A page of the ledger of the national system is opened.
#[utoipa::path(tag = "reports", operation_id = "acceptReport", request_body = ReportAcceptance,
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The report as it is now", body = FullReport), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("reports.judge"))))]
#[post("/v1/reports/{id}/accept")]
async fn accept_report(
    caller: Caller,
    id: web::Path<String>,
    body: Body<ReportAcceptance>,
) -> Result<HttpResponse, ApiError> {
    acted::<JudgeReport, _>(caller, id, body, ReportEvent::Accept, accept).await
}

fn accept(tx: &mut Tx<'_>, work: &mut Work, wanted: &ReportAcceptance) -> Result<(), Halt> {
    refuse_own(tx, &work.row)?;
    let mut faults = Faults::default();
    let comment = faults.optional_line("/comment", wanted.comment.as_deref(), 1000);
    let table = Table::read(Some(&work.revision))?;
    let mut warned = false;
    for check in checked(tx.conn, tx.app, &work.row, &work.form, &table)? {
        // What is only expected may still turn out otherwise.
        let is_error = check.severity == CheckSeverity::Error && !check.with_estimates;
        warned |= !is_error;
        if is_error {
            let place = format!("{} / {} / {}", check.check, check.row, check.column);
            let detail = say(
                format!("{place}: phải là {}, đang là {}.", check.expected, check.found),
                format!("{place}: {} was expected, {} was found.", check.expected, check.found),
            );
            faults.add("", "check_failed", detail);
        }
    }
    if warned && comment.is_none() {
        let detail = say("Có cảnh báo: nêu ý kiến.", "A check warns: comment on it.");
        faults.add("/comment", "comment_missing", detail);
    }
    faults.finish()?;
    work.row.accepted_at = Some(tx.now.naive_utc());
    work.revision.accepted_at = work.row.accepted_at;
    work.noted = json!({ "warned": warned });
    work.reason = comment;
    open_page(tx, work)
}

fn open_page(tx: &mut Tx<'_>, work: &Work) -> Result<(), Halt> {
    if rows::report_ledger(tx.conn, &work.row.id)?.is_some() {
        return Ok(());
    }
    let page = ReportLedgerRow {
        report_id: work.row.id.clone(),
        state: Stored(LedgerState::ToEnter),
        national_code: None,
        entered_at: None,
        missing: None,
        note: None,
        version: 1,
        updated_at: tx.now.naive_utc(),
    };
    let system = Actor::system("reports");
    let permit = tx.on_behalf_of(&system).permit::<JudgeReport>(&Target::city(&work.row.id))?;
    Ok(rows::open_report_ledger(tx.conn, &permit, &page)?)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(send_report_back).service(accept_report);
}
