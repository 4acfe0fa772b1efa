//! Filling a report in: by what records say, and by what the unit declares.

use actix_web::{HttpResponse, post, web};
use kstt_domain::policy::actions::WriteReport;
use kstt_domain::reports::{ReportEvent, ReportForm};
use kstt_persistence::Error;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{Work, acted};
use super::cells::{SectionText, Table};
use super::dossiers;
use super::measure::{Counted, figures};
use super::wire::FullReport;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Tx, present, say};

/// The largest figure of a cell.
const LARGEST: i64 = 1_000_000_000_000_000;

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
fn counted(tx: &mut Tx<'_>, work: &Work) -> Result<Counted, Halt> {
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

pub fn routes(config: &mut ServiceConfig) {
    config.service(prefill_report).service(save_report);
}
