//! How reports are told.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::reports::{CheckSeverity, ReportEvent, ReportForm, ReportState, Violation, is_late, next};
use kstt_persistence::reports::{self as rows, ReportRow, RevisionRow};
use kstt_persistence::{Conn, Error, units};
use serde::Serialize;
use utoipa::ToSchema;

use super::cells::{Objection, SectionText, StoredCell, Table};
use super::checks::checked;
use crate::app::App;
use crate::http::{ApiError, ProblemCode};

/// A report in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Report)]
pub struct ReportView {
    /// UUID.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 40, example = "2019-Q1")]
    pub period: String,
    #[schema(max_length = 40, example = "05/VPCP/KSTT")]
    pub form: String,
    #[schema(minimum = 1, maximum = 1000000)]
    pub form_version: i64,
    /// Code of the unit that reports.
    #[schema(max_length = 20, example = "C31117")]
    pub unit: String,
    pub state: ReportState,
    #[schema(minimum = 1, maximum = 1000000)]
    pub revision: i64,
    /// The last lawful day; null where no rule sets one.
    pub due_on: Option<NaiveDate>,
    /// It was first submitted after that day, or is not and the day is over.
    pub late: bool,
    /// The unit states that nothing arose (không phát sinh).
    pub nothing_arose: bool,
    /// Number under which it arrived on paper.
    #[schema(max_length = 100)]
    pub arrival_number: Option<String>,
    pub first_submitted_at: Option<DateTime<Utc>>,
    pub accepted_at: Option<DateTime<Utc>>,
    #[schema(minimum = 1, maximum = 1000000000)]
    pub version: i64,
    pub updated_at: DateTime<Utc>,
}

/// A cell: what the unit declares beside what the records say.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReportCell)]
pub struct CellView {
    #[schema(max_length = 200)]
    pub row: String,
    #[schema(max_length = 60)]
    pub column: String,
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    pub value: Option<i64>,
    /// What is expected until the end of the data window, beyond `value`.
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    pub estimated: Option<i64>,
    #[schema(max_length = 2000)]
    pub text: Option<String>,
    /// What the records say; null where there are none.
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    pub computed: Option<i64>,
    pub computed_at: Option<DateTime<Utc>>,
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    pub origin: CellOrigin,
}

kstt_domain::codes! {
    /// Where the figure of a cell comes from.
    pub enum CellOrigin : "cell_origin" {
        Records = "records", "Tính từ dữ liệu gốc", "Counted from records";
        Corrected = "corrected", "Khác dữ liệu gốc, có lý do", "Other than the records say, with a reason";
        Declared = "declared", "Đơn vị tự kê khai", "Declared by hand";
        Formula = "formula", "Cộng từ các cột khác", "The sum of other columns";
    }
}

/// A check that does not hold, and the cell it is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BrokenCheck {
    /// Code of the check in the form; `sum` for a sum that is not its formula's, `nothing_arose` for what the
    /// records hold in spite of that statement.
    #[schema(max_length = 60)]
    pub check: String,
    pub severity: CheckSeverity,
    #[schema(max_length = 200)]
    pub row: String,
    #[schema(max_length = 60)]
    pub column: String,
    #[schema(minimum = -9007199254740991i64, maximum = 9007199254740991i64)]
    pub expected: i64,
    #[schema(minimum = -9007199254740991i64, maximum = 9007199254740991i64)]
    pub found: i64,
    /// Only with what is expected until the end of the window.
    pub with_estimates: bool,
}

impl BrokenCheck {
    pub fn of(found: Violation, with_estimates: bool) -> Self {
        let Violation { check, severity, row, column, expected, found } = found;
        Self { check, severity, row, column, expected, found, with_estimates }
    }
}

/// A report with all it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FullReport {
    #[serde(flatten)]
    pub report: ReportView,
    #[schema(max_items = 100000)]
    pub cells: Vec<CellView>,
    #[schema(max_items = 100)]
    pub sections: Vec<SectionText>,
    /// Why the revision before was sent back.
    #[schema(max_items = 1000)]
    pub objections: Vec<Objection>,
    /// What does not hold; errors keep it from being accepted, warnings ask for a comment.
    #[schema(max_items = 100000)]
    pub checks: Vec<BrokenCheck>,
    pub submitted_at: Option<DateTime<Utc>>,
    /// Username.
    #[schema(max_length = 60)]
    pub submitted_by: Option<String>,
    /// What may follow in this state.
    #[schema(max_items = 10)]
    pub allowed_actions: Vec<ReportEvent>,
}

/// Tells reports, reading each unit once.
pub struct Teller {
    now: DateTime<Utc>,
    codes: UnitCodes,
}

/// The codes of units, each read once.
#[derive(Default)]
pub struct UnitCodes(HashMap<String, String>);

impl UnitCodes {
    /// The code of a unit.
    pub fn of(&mut self, conn: &mut Conn, id: &str) -> Result<String, ApiError> {
        if let Some(code) = self.0.get(id) {
            return Ok(code.clone());
        }
        let code = units::by_id(conn, id)?.ok_or_else(ApiError::not_found)?.code;
        self.0.insert(id.to_owned(), code.clone());
        Ok(code)
    }
}

impl Teller {
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now, codes: UnitCodes::default() }
    }

    /// One report as lists have it.
    pub fn tell(&mut self, conn: &mut Conn, row: &ReportRow) -> Result<ReportView, ApiError> {
        Ok(ReportView {
            id: row.id.clone(),
            period: row.period.clone(),
            form: row.form.clone(),
            form_version: row.form_version,
            unit: self.codes.of(conn, &row.unit_id)?,
            state: row.state.0,
            revision: row.revision,
            due_on: row.due_on,
            late: is_late(row.due_on, submitted_on(row), vn_date(self.now)),
            nothing_arose: row.nothing_arose,
            arrival_number: row.arrival_number.clone(),
            first_submitted_at: row.first_submitted_at.map(|at| at.and_utc()),
            accepted_at: row.accepted_at.map(|at| at.and_utc()),
            version: row.version,
            updated_at: row.updated_at.and_utc(),
        })
    }

    /// One report with what one of its revisions says.
    pub fn tell_all(
        &mut self,
        conn: &mut Conn,
        app: &App,
        row: &ReportRow,
        revision: Option<&RevisionRow>,
    ) -> Result<FullReport, ApiError> {
        let form = form_of(conn, row)?;
        let table = Table::read(revision)?;
        let read = |text: Option<&String>| text.map_or("[]", String::as_str).to_owned();
        let sections = serde_json::from_str(&read(revision.map(|row| &row.sections))).map_err(Error::from)?;
        let objections =
            serde_json::from_str(&read(revision.map(|row| &row.objections))).map_err(Error::from)?;
        let allowed =
            |event: &ReportEvent| *event != ReportEvent::Freeze && next(row.state.0, *event).is_ok();
        Ok(FullReport {
            checks: checked(conn, app, row, &form, &table)?,
            cells: cells(&form, &table)?,
            sections,
            objections,
            submitted_at: revision.and_then(|row| row.submitted_at).map(|at| at.and_utc()),
            submitted_by: revision.and_then(|row| row.submitted_by.clone()),
            allowed_actions: kstt_domain::codes::Code::ALL.iter().copied().filter(allowed).collect(),
            report: self.tell(conn, row)?,
        })
    }
}

/// The day in Vietnam on which it was first submitted.
pub fn submitted_on(row: &ReportRow) -> Option<NaiveDate> {
    row.first_submitted_at.map(|at| vn_date(at.and_utc()))
}

/// The form in the version a report is filled by.
pub fn form_of(conn: &mut Conn, row: &ReportRow) -> Result<ReportForm, ApiError> {
    let form = rows::form(conn, &row.form, row.form_version)?.ok_or_else(ApiError::not_found)?;
    Ok(form.read()?)
}

/// Every cell, its sums among them.
fn cells(form: &ReportForm, table: &Table) -> Result<Vec<CellView>, ApiError> {
    let sums = table.figures(form, false).map_err(too_large)?;
    let mut all = table.clone();
    for (row, columns) in &sums {
        for column in form.columns.iter().filter(|column| column.is_sum()) {
            all.cell(row, &column.code).value = columns.get(&column.code).copied();
        }
    }
    let view = |(row, column, cell): (&str, &str, &StoredCell)| CellView {
        row: row.to_owned(),
        column: column.to_owned(),
        value: cell.value,
        estimated: cell.estimated,
        text: cell.text.clone(),
        computed: cell.computed,
        computed_at: cell.computed_at,
        reason: cell.reason.clone(),
        origin: match cell {
            _ if form.column(column).is_some_and(|column| column.is_sum()) => CellOrigin::Formula,
            StoredCell { computed: Some(computed), value, .. } if *value != Some(*computed) => {
                CellOrigin::Corrected
            }
            StoredCell { computed: Some(_), .. } => CellOrigin::Records,
            _ => CellOrigin::Declared,
        },
    };
    Ok(all.each().map(view).collect())
}

/// Figures beyond what can be counted.
pub fn too_large(overflow: kstt_domain::reports::CellOverflow) -> ApiError {
    log::error!("row {}, column {}: too large", overflow.row, overflow.column);
    ApiError::new(ProblemCode::Internal)
}
