//! The book of a period: every form of the city in one workbook, laid out as printed, and a chart.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::Action;
use kstt_domain::reports::{Cells, FormColumn, ReportForm};
use kstt_persistence::reports as rows;
use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::forms::key_of;
use super::sum::{RollupQuery, sum};
use crate::contract::problems;
use crate::export::{ExportFormat, ExportedTable, send_file, unwritable};
use crate::http::{ApiError, Caller, Faults, Params};

/// What is part of the book.
#[derive(Debug, Clone, Copy, serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BookQuery {
    /// Also reports that are submitted and not accepted yet.
    with_submitted: Option<bool>,
    /// As it was recorded at this moment, a minute ago or more; without it, as it is now.
    as_of: Option<DateTime<Utc>>,
}

/// Take the book of a period
///
/// The city's sums of every form in one workbook: a sheet a form with its heads as printed, and a chart. Of a
/// year it is the annual book.
#[utoipa::path(tag = "reports", operation_id = "getReportBook",
    params(("code" = String, Path, description = "Code of the period", max_length = 40), BookQuery),
    responses((status = 200, description = "The workbook", body = ExportedTable,
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        problems::Open, problems::Guarded, problems::Missing, problems::Sense),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reporting-periods/{code}/book")]
async fn get_report_book(
    caller: Caller,
    code: web::Path<String>,
    query: Params<BookQuery>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let mut faults = Faults::default();
    if let Some(moment) = query.0.as_of {
        faults.day("/query/as_of", vn_date(moment));
    }
    faults.finish()?;
    let (here, told_of) = (caller.clone(), query.0.as_of.unwrap_or(caller.now));
    let (title, parts) = caller
        .read(move |conn| {
            let period = rows::period(conn, &code)?.ok_or_else(ApiError::not_found)?;
            let mut parts = Vec::new();
            for form in rows::forms_on(conn, period.first_day)? {
                let BookQuery { with_submitted, as_of } = query.0;
                let query = RollupQuery { form: form.code, unit: None, with_submitted, as_of };
                let summed = sum(conn, &here, &period, &query)?;
                parts.push((summed.form, summed.cells));
            }
            let title = format!(
                "Kỳ báo cáo {}, số liệu từ {} đến {}",
                period.code,
                day(period.data_from),
                day(period.data_to)
            );
            Ok((title, parts))
        })
        .await?;
    send_file(&caller, "report-book", ExportFormat::Xlsx, move |path| {
        book(&title, told_of, &parts)
            .and_then(|mut book| book.save(path))
            .map_err(|error| unwritable(path, &error))
    })
    .await
}

fn day(day: chrono::NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

fn book(title: &str, told_of: DateTime<Utc>, parts: &[(ReportForm, Cells)]) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // The same figures are the same bytes, whenever they are asked for.
    let made = ExcelDateTime::from_timestamp(told_of.timestamp())?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for (form, cells) in parts.iter().filter(|(form, _)| !form.columns.is_empty()) {
        lay_out(book.add_worksheet(), title, form, cells)?;
    }
    let charted = parts.iter().find(|(form, cells)| !cells.is_empty() && !form.columns.is_empty());
    if let Some((form, cells)) = charted {
        chart(&mut book, form, cells)?;
    }
    Ok(book)
}

/// First row of the heads.
const HEADS_AT: u32 = 3;

/// A form as printed: title, merged heads, the numbers of the columns, rows, a sum.
fn lay_out(sheet: &mut Worksheet, title: &str, form: &ReportForm, cells: &Cells) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_align(FormatAlign::Center).set_text_wrap();
    let head = bold.clone().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
    let cell = Format::new().set_border(FormatBorder::Thin);
    let (labels, last) = (form.labels.len().max(1) as u16, form.labels.len().max(1) + form.columns.len() - 1);
    sheet.set_name(key_of(&form.code))?;
    merge(sheet, (0, 0, 0, last as u16), &format!("Biểu {} – {}", form.code, form.title.vi), &bold)?;
    merge(sheet, (1, 0, 1, last as u16), title, &Format::new().set_align(FormatAlign::Center))?;
    if let Some(unit) = &form.unit_of_count {
        sheet.write_string(2, last as u16, format!("Đơn vị tính: {unit}"))?;
    }
    let depth = form.columns.iter().map(|column| column.groups.len()).max().unwrap_or_default() as u32;
    for (index, label) in (0_u16..).zip(&form.labels) {
        merge(sheet, (HEADS_AT, index, HEADS_AT + depth, index), &label.title.vi, &head)?;
        sheet.write_number_with_format(HEADS_AT + depth + 1, index, label.number, &head)?;
    }
    for level in 0..depth {
        groups(sheet, form, (labels, level), &head)?;
    }
    for (index, column) in (labels..).zip(&form.columns) {
        let top = HEADS_AT + column.groups.len() as u32;
        merge(sheet, (top, index, HEADS_AT + depth, index), &column.title.vi, &head)?;
        sheet.write_number_with_format(HEADS_AT + depth + 1, index, column.number, &head)?;
        sheet.set_column_width(index, 14)?;
    }
    sheet.set_column_width(labels - 1, 40)?;
    let first = HEADS_AT + depth + 2;
    sheet.set_freeze_panes(first, labels)?;
    for (row, (name, values)) in (first..).zip(cells) {
        if labels > 1 {
            sheet.write_number_with_format(row, 0, row - first + 1, &cell)?;
        }
        sheet.write_string_with_format(row, labels - 1, name, &cell)?;
        for (index, column) in (labels..).zip(&form.columns) {
            put(sheet, (row, index), values.get(&column.code), &cell)?;
        }
    }
    let (below, all) = (first + cells.len() as u32, total(form, cells));
    sheet.write_string_with_format(below, labels - 1, "Tổng số", &head)?;
    for (index, value) in (labels..).zip(&all) {
        put(sheet, (below, index), value.as_ref(), &head)?;
    }
    Ok(())
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: Option<&i64>,
    format: &Format,
) -> Result<(), XlsxError> {
    match value {
        Some(value) => sheet.write_number_with_format(row, column, *value as f64, format)?,
        None => sheet.write_blank(row, column, format)?,
    };
    Ok(())
}

fn total(form: &ReportForm, cells: &Cells) -> Vec<Option<i64>> {
    let of = |column: &FormColumn| {
        column.is_numeric().then(|| cells.values().filter_map(|values| values.get(&column.code)).sum())
    };
    form.columns.iter().map(of).collect()
}

/// The merged cells of one level above the columns.
fn groups(
    sheet: &mut Worksheet,
    form: &ReportForm,
    (labels, level): (u16, u32),
    head: &Format,
) -> Result<(), XlsxError> {
    let above = |column: &FormColumn| column.groups.get(..=level as usize).map(<[_]>::to_vec);
    let mut from = 0;
    while from < form.columns.len() {
        let here = above(&form.columns[from]);
        let alike = form.columns[from..].iter().take_while(|column| above(column) == here).count();
        if let Some(words) = here.as_ref().and_then(|groups| groups.last()) {
            let (left, right) = (labels + from as u16, labels + (from + alike - 1) as u16);
            merge(sheet, (HEADS_AT + level, left, HEADS_AT + level, right), &words.vi, head)?;
        }
        from += alike;
    }
    Ok(())
}

/// One cell over several; a single one is not merged.
fn merge(
    sheet: &mut Worksheet,
    (top, left, bottom, right): (u32, u16, u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if (top, left) == (bottom, right) {
        sheet.write_string_with_format(top, left, text, format)?;
    } else {
        sheet.merge_range(top, left, bottom, right, text, format)?;
    }
    Ok(())
}

/// A sheet with a native chart of the first column of a form, row by row.
fn chart(book: &mut Workbook, form: &ReportForm, cells: &Cells) -> Result<(), XlsxError> {
    let labels = form.labels.len().max(1) as u16;
    let depth = form.columns.iter().map(|column| column.groups.len()).max().unwrap_or_default() as u32;
    let (first, last) = (HEADS_AT + depth + 2, HEADS_AT + depth + 1 + cells.len() as u32);
    let name = key_of(&form.code);
    let mut chart = Chart::new(ChartType::Column);
    chart
        .add_series()
        .set_name(form.columns[0].title.vi.as_str())
        .set_categories((name.as_str(), first, labels - 1, last, labels - 1))
        .set_values((name.as_str(), first, labels, last, labels));
    chart.title().set_name(form.title.vi.as_str());
    book.add_chartsheet().set_name("Biểu đồ")?.insert_chart(0, 0, &chart)?;
    Ok(())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_report_book);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_book_tell_of_its_moment_and_not_of_its_making() {
        let bytes = |second| {
            let told_of = DateTime::from_timestamp(second, 0).unwrap();
            book("2019-Q1", told_of, &[]).unwrap().save_to_buffer().unwrap()
        };
        assert_eq!(bytes(1_554_000_000), bytes(1_554_000_000));
        assert_ne!(bytes(1_554_000_000), bytes(1_554_000_001));
    }
}
