//! What a reporting unit does: take over what records say, save, submit. All acts go the same straight path.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::policy::actions::{SubmitReport, WriteReport};
use kstt_domain::policy::{ActionKind, Actor, Target};
use kstt_domain::reports::{ReportEvent, ReportForm, is_late, next};
use kstt_persistence::audit::Change;
use kstt_persistence::reports::{self as rows, ChangesReport, PeriodRow, ReportRow, RevisionRow};
use kstt_persistence::{Error, Stored, obligations};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::cells::{SectionText, Table};
use super::measure::{Counted, figures};
use super::wire::{FullReport, Teller, form_of, too_large};
use super::{KIND, OWED, dossiers, open, sight};
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Reply, Tx, present, say};

/// The largest figure of a cell.
const LARGEST: i64 = 1_000_000_000_000_000;

/// A report that is being changed.
pub struct Work {
    pub row: ReportRow,
    pub revision: RevisionRow,
    /// The revision before, if this change sends it back.
    pub ended: Option<RevisionRow>,
    pub form: ReportForm,
    pub period: PeriodRow,
    /// What the trail keeps of the change.
    pub noted: Value,
    pub reason: Option<String>,
}

/// Handles a request to do `event` to a report.
pub async fn acted<A, B>(
    caller: Caller,
    id: web::Path<String>,
    body: Body<B>,
    event: ReportEvent,
    change: fn(&mut Tx<'_>, &mut Work, &B) -> Result<(), Halt>,
) -> Result<HttpResponse, ApiError>
where
    A: ChangesReport + 'static,
    B: Send + 'static,
{
    caller.require(A::ACTION)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller
        .write(&body.hash, move |tx| {
            let (before, permit) = sight::open::<A>(tx, &id)?;
            if before.version != expected.clone()? {
                return Err(ApiError::stale(Reply::ok(&json!({}))?.tagged(before.version).etag).into());
            }
            let state = next(before.state.0, event).map_err(|_| no_such_move(&before, event))?;
            let mut work = load(tx, &before)?;
            if work.period.frozen_at.is_some() {
                return Err(ApiError::conflict(say("Kỳ báo cáo đã chốt.", "The period is frozen.")).into());
            }
            change(tx, &mut work, &wanted)?;
            work.row.state = Stored(state);
            let now = tx.now.naive_utc();
            let row =
                rows::store_report(tx.conn, &permit, &before, work.row.clone(), now)?.ok_or(Halt::Raced)?;
            if let Some(ended) = &work.ended {
                rows::put_revision(tx.conn, &permit, ended)?;
            }
            rows::put_revision(tx.conn, &permit, &work.revision)?;
            trail(tx, &permit, &before, &row, event, &work)?;
            let told = Teller::at(tx.now).tell_all(tx.conn, &row, Some(&work.revision))?;
            Ok(Reply::ok(&told)?.tagged(row.version))
        })
        .await
}

fn load(tx: &mut Tx<'_>, row: &ReportRow) -> Result<Work, Halt> {
    let empty = RevisionRow {
        report_id: row.id.clone(),
        revision: row.revision,
        cells: "{}".to_owned(),
        sections: "[]".to_owned(),
        objections: "[]".to_owned(),
        computed_at: None,
        submitted_at: None,
        submitted_by: None,
        shared: "{}".to_owned(),
        sent_at: None,
        accepted_at: None,
        returned_at: None,
    };
    Ok(Work {
        revision: rows::revision(tx.conn, &row.id, row.revision)?.unwrap_or(empty),
        ended: None,
        form: form_of(tx.conn, row)?,
        period: rows::period(tx.conn, &row.period)?.ok_or_else(ApiError::not_found)?,
        row: row.clone(),
        noted: Value::Null,
        reason: None,
    })
}

fn no_such_move(row: &ReportRow, event: ReportEvent) -> ApiError {
    ApiError::conflict(say(
        format!("Không thể «{}» khi báo cáo ở trạng thái «{}».", event.label_vi(), row.state.0.label_vi()),
        format!("{event} does not follow on {}.", row.state.0),
    ))
}

fn trail<A: ActionKind>(
    tx: &mut Tx<'_>,
    permit: &kstt_domain::policy::Permit<A>,
    before: &ReportRow,
    row: &ReportRow,
    event: ReportEvent,
    work: &Work,
) -> Result<(), ApiError> {
    let key = format!("{} {}", row.period, row.form);
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &key,
        unit_id: Some(&row.unit_id),
        before: Some(json!({ "state": before.state.0, "revision": before.revision })),
        after: Some(
            json!({ "event": event, "state": row.state.0, "revision": row.revision, "noted": work.noted }),
        ),
        reason: work.reason.as_deref(),
    };
    tx.audit(permit, change)
}

/// Asks for figures to be counted.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Prefill {}

/// Fill a report from the records
///
/// Counts every cell that has a source, by the records of the unit and of those whose work it inherited, within
/// the data window of the period. What the unit declared otherwise, with a reason, stays beside it.
#[utoipa::path(tag = "reports", operation_id = "prefillReport", request_body = Prefill,
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The report as it is now", body = FullReport), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("reports.write"))))]
#[post("/v1/reports/{id}/prefill")]
async fn prefill_report(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Prefill>,
) -> Result<HttpResponse, ApiError> {
    acted::<WriteReport, _>(caller, id, body, ReportEvent::Save, |tx, work, _| {
        let mut table = Table::read(Some(&work.revision))?;
        let of = counted(tx, work)?;
        table.fill(&figures(tx.conn, &work.form, &of)?, tx.now);
        let shared = dossiers::shared(tx.conn, &work.form, &of)?;
        work.revision.shared = serde_json::to_string(&shared).map_err(Error::from)?;
        // What the records say has arisen cannot be stated away.
        work.row.nothing_arose &= !table.says_something();
        work.revision.computed_at = Some(tx.now.naive_utc());
        work.revision.cells = table.written()?;
        Ok(())
    })
    .await
}

/// Whose records of which days a report counts.
pub fn counted(tx: &mut Tx<'_>, work: &Work) -> Result<Counted, Halt> {
    let viewers = tx.viewers()?;
    let of = (work.row.unit_id.as_str(), &work.period);
    Ok(Counted::of(tx.conn, &viewers, &work.form, of, tx.now)?)
}

/// A cell to be declared.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CellToSave {
    /// Name of the row: a field, a unit's code, or whatever the form's rows stand for.
    #[schema(min_length = 1, max_length = 200)]
    row: String,
    /// Code of the column in the form.
    #[schema(min_length = 1, max_length = 60)]
    column: String,
    /// Null takes the figure back to what the records say.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    value: Option<i64>,
    /// What is expected beyond it until the end of the data window.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    estimated: Option<i64>,
    /// For columns that hold text.
    #[serde(default)]
    #[schema(max_length = 2000)]
    text: Option<String>,
    /// Needed where the records say something else.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// What a unit declares. Cells that are not named stay as they are.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "cells": [{ "row": "Hộ tịch", "column": "received", "value": 12 }] }))]
struct ReportToSave {
    #[serde(default)]
    #[schema(max_items = 5000)]
    cells: Vec<CellToSave>,
    #[serde(default)]
    #[schema(max_items = 100)]
    sections: Vec<SectionText>,
    /// That nothing arose (không phát sinh): a statement, and not the same as silence.
    #[serde(default, deserialize_with = "present")]
    nothing_arose: Option<bool>,
}

/// Save a report
///
/// Cells, texts of the outline, or the statement that nothing arose. A figure other than the records' needs a
/// reason; sums are counted and never entered.
#[utoipa::path(tag = "reports", operation_id = "saveReport", request_body = ReportToSave,
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The report as it is now", body = FullReport), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("reports.write"))))]
#[post("/v1/reports/{id}/save")]
async fn save_report(
    caller: Caller,
    id: web::Path<String>,
    body: Body<ReportToSave>,
) -> Result<HttpResponse, ApiError> {
    acted::<WriteReport, _>(caller, id, body, ReportEvent::Save, save).await
}

fn save(_: &mut Tx<'_>, work: &mut Work, wanted: &ReportToSave) -> Result<(), Halt> {
    let mut faults = Faults::default();
    if wanted.cells.len() > 5000 || wanted.sections.len() > 100 {
        faults.add(
            "",
            "length",
            say("Nhiều nhất 5000 ô và 100 mục.", "At most 5,000 cells and 100 sections."),
        );
    }
    let mut table = Table::read(Some(&work.revision))?;
    for (index, cell) in wanted.cells.iter().enumerate() {
        put(&mut faults, &format!("/cells/{index}"), &work.form, &mut table, cell);
    }
    table.tidy();
    let mut sections: Vec<SectionText> =
        serde_json::from_str(&work.revision.sections).map_err(Error::from)?;
    for (index, said) in wanted.sections.iter().enumerate() {
        let pointer = format!("/sections/{index}");
        if !work.form.sections.iter().any(|section| section.code == said.section) {
            let detail = say("Biểu mẫu không có mục này.", "The form has no such section.");
            faults.add(format!("{pointer}/section"), "unknown_section", detail);
        }
        sections.retain(|section| section.section != said.section);
        if !said.text.trim().is_empty() {
            let text = faults.paragraphs(&format!("{pointer}/text"), &said.text, 20_000);
            sections.push(SectionText { section: said.section.clone(), text });
        }
    }
    if let Some(nothing_arose) = wanted.nothing_arose {
        work.row.nothing_arose = nothing_arose;
    }
    if work.row.nothing_arose && table.says_something() {
        let detail =
            say("Đã có số liệu, không thể «không phát sinh».", "Something arose: there are figures.");
        faults.add("/nothing_arose", "contradicts", detail);
    }
    faults.finish()?;
    sections.sort_by(|a, b| a.section.cmp(&b.section));
    work.revision.sections = serde_json::to_string(&sections).map_err(Error::from)?;
    work.revision.cells = table.written()?;
    work.noted = json!({ "cells": wanted.cells.len(), "sections": wanted.sections.len() });
    Ok(())
}

fn put(faults: &mut Faults, pointer: &str, form: &ReportForm, table: &mut Table, wanted: &CellToSave) {
    let at = |member: &str| format!("{pointer}/{member}");
    let row = faults.line(&at("row"), &wanted.row, 200);
    let Some(column) = form.column(&wanted.column) else {
        let detail = say("Biểu mẫu không có cột này.", "The form has no such column.");
        return faults.add(at("column"), "unknown_column", detail);
    };
    if column.is_sum() {
        let detail = say("Cột này được cộng từ các cột khác.", "This column is the sum of others.");
        return faults.add(at("column"), "computed", detail);
    }
    for (member, value) in [("value", wanted.value), ("estimated", wanted.estimated)] {
        if value.is_some_and(|value| !(0..=LARGEST).contains(&value)) {
            let detail = say("Phải từ 0 đến 10^15.", "From 0 to 10^15.");
            faults.add(at(member), "out_of_range", detail);
        }
    }
    let has_other = if column.is_numeric() {
        wanted.text.is_some()
    } else {
        wanted.value.is_some() || wanted.estimated.is_some()
    };
    if has_other {
        let detail = say("Cột này không nhận loại giá trị đó.", "The column does not hold that.");
        return faults.add(at("column"), "of_another_kind", detail);
    }
    let text = wanted.text.as_deref().filter(|text| !text.trim().is_empty());
    let text = text.map(|text| faults.paragraphs(&at("text"), text, 2000));
    let reason = faults.optional_line(&at("reason"), wanted.reason.as_deref(), 500);
    let cell = table.cell(&row, &wanted.column);
    let differs = wanted.value.is_some() && cell.computed.is_some() && wanted.value != cell.computed;
    if differs && reason.is_none() {
        let detail = say(
            "Khác số liệu tính từ dữ liệu gốc: nêu lý do.",
            "The records say something else: give a reason.",
        );
        return faults.add(at("reason"), "reason_missing", detail);
    }
    cell.value = wanted.value.or(cell.computed);
    (cell.estimated, cell.text) = (wanted.estimated, text);
    cell.reason = reason.filter(|_| differs);
}

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
    config.service(prefill_report).service(save_report).service(submit_report);
}
