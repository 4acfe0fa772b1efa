//! Adding reports up: commune, district, city; every cell with its origin, and beside other periods.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use kstt_domain::obligations::DutyPeriod;
use kstt_domain::policy::Action;
use kstt_domain::reports::{Cells, PeriodKind, ReportForm, ReportState, accumulate, add_up, violations};
use kstt_persistence::reports::{self as rows, PeriodRow};
use kstt_persistence::{Conn, units};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::cells::Table;
use super::open::kind_of;
use super::sight;
use super::wire::{Teller, too_large};
use crate::contract::problems;
use crate::http::{ApiError, Caller, Narrowed, Reply, say};

/// What is added up.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RollupQuery {
    /// Code of the form, as printed.
    #[param(min_length = 1, max_length = 40, example = "05/VPCP/KSTT")]
    pub form: String,
    /// Code of a unit: it and those below it; the whole city when missing.
    #[param(max_length = 20)]
    pub unit: Option<String>,
    /// Also reports that are submitted and not accepted yet.
    pub with_submitted: Option<bool>,
}

/// How it is told.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RollupTelling {
    /// Also tell what each unit gave to each cell.
    origins: Option<bool>,
    /// Also add up the period before, the same period of the year before, and the year so far.
    compare: Option<bool>,
}

/// Reports of a form added up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RollUp)]
struct RollupView {
    #[schema(max_length = 40)]
    period: String,
    #[schema(max_length = 40)]
    form: String,
    /// Code of the unit; null for the whole city.
    #[schema(max_length = 20)]
    unit: Option<String>,
    /// Units whose reports are part of it.
    #[schema(max_items = 100000)]
    included: Vec<String>,
    /// Units that owe a report which is not part of it.
    #[schema(max_items = 100000)]
    left_out: Vec<String>,
    /// Of the dossiers received, those that another agency counts as well: without them each counts once.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    interlinked: i64,
    #[schema(max_items = 100000)]
    cells: Vec<SumCell>,
    /// Checks of the form that do not hold for the sums.
    #[schema(max_items = 100000)]
    checks: Vec<BrokenSum>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Compared>,
}

/// One cell of a sum.
#[derive(Debug, Serialize, ToSchema)]
struct SumCell {
    #[schema(max_length = 200)]
    row: String,
    #[schema(max_length = 60)]
    column: String,
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    value: i64,
    /// Only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100000)]
    origins: Option<Vec<CellShare>>,
}

/// What one unit gave to a cell.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct CellShare {
    #[schema(max_length = 20)]
    unit: String,
    /// UUID of its report.
    #[schema(max_length = 36)]
    report: String,
    #[schema(minimum = 1, maximum = 1000000)]
    revision: i64,
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    value: i64,
}

/// A check that does not hold for the sums.
#[derive(Debug, Serialize, ToSchema)]
struct BrokenSum {
    #[schema(max_length = 60)]
    check: String,
    #[schema(max_length = 200)]
    row: String,
    #[schema(max_length = 60)]
    column: String,
    #[schema(minimum = -9007199254740991i64, maximum = 9007199254740991i64)]
    expected: i64,
    #[schema(minimum = -9007199254740991i64, maximum = 9007199254740991i64)]
    found: i64,
}

/// The same sums for other periods.
#[derive(Debug, Serialize, ToSchema)]
struct Compared {
    previous: Option<OtherPeriod>,
    /// The same period of the year before.
    last_year: Option<OtherPeriod>,
    /// From January on (lũy kế): movements added up, what was left at an end as of the last one.
    accumulated: Option<OtherPeriod>,
}

/// Sums of another period.
#[derive(Debug, Serialize, ToSchema)]
struct OtherPeriod {
    /// Codes of the periods that are part of it.
    #[schema(max_items = 12)]
    periods: Vec<String>,
    #[schema(max_items = 100000)]
    cells: Vec<SumCell>,
}

/// Reports added up.
pub struct Summed {
    pub form: ReportForm,
    pub cells: Cells,
    pub included: Vec<String>,
    pub left_out: Vec<String>,
    interlinked: i64,
    shares: BTreeMap<(String, String), Vec<CellShare>>,
}

/// Adds up what units reported for a period, of those the caller sees: one and those below it in the tree of the
/// period, or all.
pub fn sum(
    conn: &mut Conn,
    caller: &Caller,
    period: &PeriodRow,
    query: &RollupQuery,
) -> Result<Summed, ApiError> {
    let seen = sight::listed(conn, &caller.actor, None, caller.today())?;
    let below = match &query.unit {
        Some(code) => {
            let asked = sight::listed(conn, &caller.actor, Some(code), caller.today())?;
            let unit = asked.and_then(|units| units.into_iter().next()).ok_or_else(ApiError::not_found)?;
            Some(units::subtree_of(conn, &unit, period.last_day)?)
        }
        None => None,
    };
    let is_part = |unit: &String| [&seen, &below].into_iter().flatten().all(|units| units.contains(unit));
    let mut teller = Teller::at(caller.now);
    let (mut tables, mut form) = (Vec::new(), None);
    let (mut included, mut left_out, mut interlinked) = (Vec::new(), Vec::new(), 0);
    let mut shares: BTreeMap<(String, String), Vec<CellShare>> = BTreeMap::new();
    for (row, revision) in rows::of_period(conn, &period.code, Some(&query.form))? {
        if !is_part(&row.unit_id) {
            continue;
        }
        if form.is_none() {
            form = Some(super::wire::form_of(conn, &row)?);
        }
        let unit = teller.code(conn, &row.unit_id)?;
        let counts = match row.state.0 {
            ReportState::Accepted | ReportState::Frozen => true,
            ReportState::Submitted | ReportState::Resubmitted => query.with_submitted == Some(true),
            ReportState::Drafting | ReportState::Returned => false,
        };
        let (true, Some(form)) = (counts, &form) else {
            left_out.push(unit);
            continue;
        };
        let cells = Table::read(revision.as_ref())?.figures(form, true).map_err(too_large)?;
        for (name, columns) in &cells {
            for (column, value) in columns {
                let share = CellShare {
                    unit: unit.clone(),
                    report: row.id.clone(),
                    revision: row.revision,
                    value: *value,
                };
                shares.entry((name.clone(), column.clone())).or_default().push(share);
            }
        }
        included.push(unit);
        interlinked += row.interlinked;
        tables.push(cells);
    }
    let form = match form {
        Some(form) => form,
        None => known_form(conn, &query.form, period)?,
    };
    let cells = add_up(&form, tables.iter()).map_err(too_large)?;
    shares.values_mut().for_each(|shares| shares.sort_by(|a, b| a.unit.cmp(&b.unit)));
    included.sort();
    left_out.sort();
    Ok(Summed { form, cells, included, left_out, interlinked, shares })
}

fn known_form(conn: &mut Conn, code: &str, period: &PeriodRow) -> Result<ReportForm, ApiError> {
    let found = rows::forms_on(conn, period.first_day)?.into_iter().find(|row| row.code == code);
    match found {
        Some(row) => Ok(row.read()?),
        None => {
            let detail = say("Không có biểu mẫu này vào kỳ đó.", "No such form is in force in that period.");
            Err(ApiError::parameter(crate::http::ProblemCode::Invalid, "form", detail))
        }
    }
}

fn told(cells: &Cells, shares: Option<&BTreeMap<(String, String), Vec<CellShare>>>) -> Vec<SumCell> {
    let mut found = Vec::new();
    for (row, columns) in cells {
        for (column, value) in columns {
            let origins =
                shares.map(|shares| shares.get(&(row.clone(), column.clone())).cloned().unwrap_or_default());
            found.push(SumCell { row: row.clone(), column: column.clone(), value: *value, origins });
        }
    }
    found
}

/// Add reports up
///
/// What units reported by a form for a period, added up for a unit and those below it, or for the city: units
/// that existed in the period. Only accepted reports count, unless asked otherwise; who is left out is told.
#[utoipa::path(tag = "reports", operation_id = "rollUpReports",
    params(("code" = String, Path, description = "Code of the period", max_length = 40), RollupQuery, RollupTelling),
    responses((status = 200, description = "The sums", body = RollupView), problems::Open, problems::Guarded, problems::Missing, problems::Sense),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reporting-periods/{code}/roll-up")]
async fn roll_up_reports(
    caller: Caller,
    code: web::Path<String>,
    query: Narrowed<RollupQuery, RollupTelling>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let here = caller.clone();
    let Narrowed(query, telling) = query;
    let view = caller
        .read(move |conn| {
            let period = rows::period(conn, &code)?.ok_or_else(ApiError::not_found)?;
            let summed = sum(conn, &here, &period, &query)?;
            let compared = match telling.compare {
                Some(true) => Some(compare(conn, &here, &period, &query)?),
                _ => None,
            };
            let checks = violations(&summed.form, &summed.cells, None).into_iter();
            let shares = (telling.origins == Some(true)).then_some(&summed.shares);
            Ok(RollupView {
                interlinked: summed.interlinked,
                period: period.code,
                cells: told(&summed.cells, shares),
                checks: checks
                    .map(|found| BrokenSum {
                        check: found.check,
                        row: found.row,
                        column: found.column,
                        expected: found.expected,
                        found: found.found,
                    })
                    .collect(),
                form: query.form,
                unit: query.unit,
                included: summed.included,
                left_out: summed.left_out,
                compared,
            })
        })
        .await?;
    Ok(Reply::ok(&view)?.into_response())
}

fn compare(
    conn: &mut Conn,
    caller: &Caller,
    period: &PeriodRow,
    query: &RollupQuery,
) -> Result<Compared, ApiError> {
    let Ok(present) = period.code.parse::<DutyPeriod>() else {
        return Ok(Compared { previous: None, last_year: None, accumulated: None });
    };
    let mut of = |periods: Vec<DutyPeriod>| -> Result<Option<OtherPeriod>, ApiError> {
        let mut found: Vec<(String, Summed)> = Vec::new();
        for other in periods {
            if let Some(row) = rows::period(conn, &other.code())? {
                found.push((row.code.clone(), sum(conn, caller, &row, query)?));
            }
        }
        let Some((_, last)) = found.last() else { return Ok(None) };
        let tables: Vec<&Cells> = found.iter().map(|(_, summed)| &summed.cells).collect();
        let cells = accumulate(&last.form, &tables).map_err(too_large)?;
        let periods = found.iter().map(|(code, _)| code.clone()).collect();
        Ok(Some(OtherPeriod { periods, cells: told(&cells, None) }))
    };
    let of_year = match kind_of(present) {
        PeriodKind::Quarter => {
            let year = chrono::Datelike::year(&present.first_day());
            DutyPeriod::quarters(year).filter(|quarter| quarter.first_day() <= present.first_day()).collect()
        }
        _ => vec![present],
    };
    Ok(Compared {
        previous: of(present.previous().into_iter().collect())?,
        last_year: of(present.previous_year().into_iter().collect())?,
        accumulated: of(of_year)?,
    })
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(roll_up_reports);
}
