//! Adding reports up: commune, district, city; every cell with its origin, and beside other periods.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use kstt_domain::obligations::DutyPeriod;
use kstt_domain::policy::Action;
use kstt_domain::reports::{Cells, PeriodKind, accumulate, violations};
use kstt_persistence::Conn;
use kstt_persistence::reports::{self as rows, PeriodRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::open::kind_of;
use super::sum::{CellShare, CountedEarly, RollupQuery, Summed, sum};
use super::wire::too_large;
use crate::contract::problems;
use crate::http::{ApiError, Caller, Narrowed, Reply};

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
    /// Units whose reports are part of it; by a form that covers the units below, those that no other of them covers.
    #[schema(max_items = 100000)]
    included: Vec<String>,
    /// Units that owe a report which is not part of it.
    #[schema(max_items = 100000)]
    left_out: Vec<String>,
    /// The moment that was asked for; null: as it is now.
    as_of: Option<DateTime<Utc>>,
    /// Of those included, units whose records were counted before the data window was over.
    #[schema(max_items = 100000)]
    partial: Vec<CountedEarly>,
    /// Dossiers received that two of the reports hold: each is counted once, with the unit that leads it.
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
                as_of: query.as_of,
                partial: summed.partial,
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
