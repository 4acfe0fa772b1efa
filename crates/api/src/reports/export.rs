//! Sums and single reports as tables to take away.

use actix_web::{HttpResponse, get, web};
use kstt_domain::policy::Action;
use kstt_domain::reports::{Cells, ReportForm};
use kstt_persistence::reports as rows;
use utoipa_actix_web::service_config::ServiceConfig;

use super::cells::Table;
use super::sight;
use super::sum::{RollupQuery, sum};
use super::wire::{form_of, too_large};
use crate::contract::problems;
use crate::export::{Cell, Column, ExportFile, ExportQuery, Rows, export};
use crate::http::{ApiError, Caller, Narrowed, Params};

/// The columns of a form's table: the row, and every column in its order.
fn columns(form: &ReportForm) -> Vec<Column> {
    let label = form.labels.last().map_or("Dòng", |label| label.title.vi.as_str());
    let column = |column: &kstt_domain::reports::FormColumn| {
        let mut words: Vec<&str> = column.groups.iter().map(|group| group.vi.as_str()).collect();
        words.push(&column.title.vi);
        Column::new(column.code.clone(), format!("({}) {}", column.number, words.join(" – ")))
    };
    std::iter::once(Column::new("row", label)).chain(form.columns.iter().map(column)).collect()
}

fn fill(form: &ReportForm, cells: &Cells, table: &mut Rows<'_>) -> Result<(), ApiError> {
    for (row, values) in cells {
        let value = |column: &kstt_domain::reports::FormColumn| {
            values.get(&column.code).map_or(Cell::Nothing, |value| Cell::Count(*value))
        };
        let mut line = vec![Cell::Text(row.clone())];
        line.extend(form.columns.iter().map(value));
        table.push(&line)?;
    }
    Ok(())
}

/// Export sums
///
/// What the roll-up of the same parameters holds, a row each, with the form's columns: CSV, XLSX with
/// Vietnamese heads, JSON or NDJSON.
#[utoipa::path(tag = "reports", operation_id = "exportRollUp",
    params(("code" = String, Path, description = "Code of the period", max_length = 40), ExportQuery, RollupQuery),
    responses(ExportFile, problems::Open, problems::Guarded, problems::Missing, problems::Sense, problems::Collision),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reporting-periods/{code}/roll-up/export")]
async fn export_roll_up(
    caller: Caller,
    code: web::Path<String>,
    query: Narrowed<ExportQuery, RollupQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let Narrowed(asked, query) = query;
    let here = caller.clone();
    let summed = caller
        .read(move |conn| {
            let period = rows::period(conn, &code)?.ok_or_else(ApiError::not_found)?;
            sum(conn, &here, &period, &query)
        })
        .await?;
    let heads = columns(&summed.form);
    export(&caller, "roll-up", asked, heads, move |_, table| fill(&summed.form, &summed.cells, table)).await
}

/// Export a report
///
/// Its figures, a row each, with the form's columns.
#[utoipa::path(tag = "reports", operation_id = "exportReport",
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), ExportQuery),
    responses(ExportFile, problems::Open, problems::Guarded, problems::Missing, problems::Sense, problems::Collision),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reports/{id}/export")]
async fn export_report(
    caller: Caller,
    id: web::Path<String>,
    query: Params<ExportQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let (here, today) = (caller.clone(), caller.today());
    let (form, cells) = caller
        .read(move |conn| {
            let row = sight::visible(conn, &here.app, &here.actor, &id, today)?;
            let form = form_of(conn, &row)?;
            let revision = rows::revision(conn, &row.id, row.revision)?;
            let cells = Table::read(revision.as_ref())?.figures(&form, true).map_err(too_large)?;
            Ok((form, cells))
        })
        .await?;
    let heads = columns(&form);
    export(&caller, "report", query.0, heads, move |_, table| fill(&form, &cells, table)).await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(export_roll_up).service(export_report);
}
