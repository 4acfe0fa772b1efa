//! Submitting a report, which is what the unit owed.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::actions::SubmitReport;
use kstt_domain::policy::{Actor, Target};
use kstt_domain::reports::{ReportEvent, is_late};
use kstt_persistence::obligations;
use kstt_persistence::reports::ReportRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Work, acted};
use super::cells::Table;
use super::wire::{FullReport, too_large};
use super::{OWED, open};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Tx, say};

/// How a report is submitted.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
struct Submission {
    /// Of a report that came on paper: the number under which it arrived.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    arrival_number: Option<String>,
    /// When it arrived; now when missing, and never to come.
    #[serde(default)]
    arrived_at: Option<DateTime<Utc>>,
}

/// Submit a report
///
/// Late is told and never refused. A report that says neither a figure, nor a text, nor that nothing arose, is
/// none. What came on paper is entered on behalf of the unit, with its number of arrival.
#[utoipa::path(tag = "reports", operation_id = "submitReport", request_body = Submission,
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The report as it is now", body = FullReport), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("reports.submit"))))]
#[post("/v1/reports/{id}/submit")]
async fn submit_report(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Submission>,
) -> Result<HttpResponse, ApiError> {
    acted::<SubmitReport, _>(caller, id, body, ReportEvent::Submit, submit).await
}

fn submit(tx: &mut Tx<'_>, work: &mut Work, wanted: &Submission) -> Result<(), Halt> {
    let mut faults = Faults::default();
    let number = faults.optional_line("/arrival_number", wanted.arrival_number.as_deref(), 100);
    let at = wanted.arrived_at.unwrap_or(tx.now);
    faults.day("/arrived_at", vn_date(at));
    if at > tx.now || (wanted.arrived_at.is_some() && number.is_none()) {
        let detail = say("Chỉ với báo cáo giấy đã đến.", "Only of a report that has arrived on paper.");
        faults.add("/arrived_at", "out_of_range", detail);
    }
    let table = Table::read(Some(&work.revision))?;
    let is_silent = table.0.is_empty() && work.revision.sections == "[]" && !work.row.nothing_arose;
    if is_silent {
        let detail = say(
            "Báo cáo chưa có gì; nếu không phát sinh, hãy nêu rõ.",
            "It says nothing; state it if nothing arose.",
        );
        faults.add("", "says_nothing", detail);
    }
    faults.finish()?;
    table.figures(&work.form, true).map_err(too_large)?;
    work.row.arrival_number = number.or(work.row.arrival_number.take());
    if work.row.first_submitted_at.is_none() {
        work.row.first_submitted_at = Some(at.naive_utc());
        meet(tx, &work.row, at)?;
    }
    work.revision.sent_at = Some(tx.now.naive_utc());
    work.revision.submitted_at = Some(at.naive_utc());
    work.revision.submitted_by = Some(tx.actor.name.clone());
    let late = is_late(work.row.due_on, Some(vn_date(at)), vn_date(tx.now));
    work.noted = json!({ "late": late, "nothing_arose": work.row.nothing_arose });
    Ok(())
}

/// The unit has done what it owed.
fn meet(tx: &mut Tx<'_>, row: &ReportRow, at: DateTime<Utc>) -> Result<(), Halt> {
    let subject = open::subject_of(&row.period, &row.form);
    for duty in obligations::of_unit(tx.conn, (OWED, &subject), &row.unit_id)? {
        let system = Actor::system("reports");
        let permit = tx.on_behalf_of(&system).permit(&Target::city(&duty.id))?;
        let now = tx.now.naive_utc();
        obligations::meet(tx.conn, &permit, &duty, at.naive_utc(), None, now)?.ok_or(Halt::Raced)?;
    }
    Ok(())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(submit_report);
}
