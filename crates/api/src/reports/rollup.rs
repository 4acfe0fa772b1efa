//! Adding reports up: commune, district, city; every cell with its origin, and beside other periods.

use std::collections::{BTreeMap, HashMap, HashSet};

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, TimeDelta, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::obligations::DutyPeriod;
use kstt_domain::policy::Action;
use kstt_domain::reports::{
    Cells, PeriodKind, ReportForm, ReportMeasure, accumulate, add_up, violations, without,
};
use kstt_persistence::reports::{self as rows, PeriodRow, ReportRow, RevisionRow, Standing};
use kstt_persistence::units::{self, Viewers};
use kstt_persistence::{Conn, Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::cells::Table;
use super::open::kind_of;
use super::sight;
use super::wire::{UnitCodes, form_of, too_large};
use crate::contract::problems;
use crate::http::{ApiError, Caller, Narrowed, ProblemCode, Reply, say, stored_moment};

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
    /// As it was recorded at this moment, a minute ago or more: the same question has the same answer for ever. Without
    /// it, as it is now.
    pub as_of: Option<DateTime<Utc>>,
}

/// A change that was asked for before is recorded, or never will be.
const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(1);

impl RollupQuery {
    fn standing(&self, now: DateTime<Utc>) -> Result<Standing, ApiError> {
        // What was asked for by then is recorded meanwhile.
        if self.as_of.is_some_and(|moment| moment > now - SETTLED_AFTER) {
            let detail = say("Phải trước đây ít nhất một phút.", "It has to lie a minute back at least.");
            return Err(ApiError::parameter(ProblemCode::Invalid, "as_of", detail));
        }
        let with_submitted = self.with_submitted == Some(true);
        Ok(Standing { as_of: self.as_of.map(stored_moment), with_submitted })
    }
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

/// A unit whose figures stop before the end of the window.
#[derive(Debug, Serialize, ToSchema)]
struct CountedEarly {
    #[schema(max_length = 20)]
    unit: String,
    /// When its records were counted last.
    computed_at: DateTime<Utc>,
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
    /// So many of these are counted with the unit that leads, whose report is part of the sum too.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    counted_elsewhere: i64,
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
    partial: Vec<CountedEarly>,
    interlinked: i64,
    shares: BTreeMap<(String, String), Vec<CellShare>>,
}

/// What one unit brings into a sum.
struct Part {
    unit: String,
    row: ReportRow,
    revision: RevisionRow,
    /// What it declares, and that without what others count.
    cells: Cells,
    own: Cells,
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
    let mut found = rows::standing(conn, (&period.code, &query.form), query.standing(caller.now)?)?;
    found.retain(|(row, _)| is_part(&row.unit_id));
    let form = match found.first() {
        Some((row, _)) => form_of(conn, row)?,
        None => known_form(conn, &query.form, period)?,
    };
    added(conn, period, (form, true), found)
}

/// What the accepted reports by a form come to, with what they expect or without, of some units or of all; none where
/// nobody owes one.
pub fn accepted_sum(
    conn: &mut Conn,
    period: &PeriodRow,
    (form, with_estimates): (&str, bool),
    unit_ids: Option<&[String]>,
) -> Result<Option<Cells>, ApiError> {
    let at = Standing { as_of: None, with_submitted: false };
    let mut found = rows::standing(conn, (&period.code, form), at)?;
    found.retain(|(row, _)| unit_ids.is_none_or(|units| units.contains(&row.unit_id)));
    let Some((row, _)) = found.first() else { return Ok(None) };
    let form = form_of(conn, row)?;
    Ok(Some(added(conn, period, (form, with_estimates), found)?.cells))
}

/// Adds up the revisions that count.
fn added(
    conn: &mut Conn,
    period: &PeriodRow,
    (form, with_estimates): (ReportForm, bool),
    found: Vec<(ReportRow, Option<RevisionRow>)>,
) -> Result<Summed, ApiError> {
    let mut codes = UnitCodes::default();
    let (mut counted, mut left_out) = (Vec::new(), Vec::new());
    for (row, revision) in found {
        match revision {
            Some(revision) => counted.push((row, revision)),
            None => left_out.push(codes.of(conn, &row.unit_id)?),
        }
    }
    left_out.sort();
    let reaches = reaches(conn, period, &form, &counted)?;
    let within: HashSet<&String> = reaches.values().flatten().collect();
    let mut parts = Vec::new();
    for (row, revision) in counted {
        let is_covered =
            |(other, units): (&String, &Vec<String>)| *other != row.unit_id && units.contains(&row.unit_id);
        if form.covers_below && reaches.iter().any(is_covered) {
            continue;
        }
        let cells = Table::read(Some(&revision))?.figures(&form, with_estimates).map_err(too_large)?;
        let mut shared: BTreeMap<String, Cells> =
            serde_json::from_str(&revision.shared).map_err(Error::from)?;
        shared.retain(|lead, _| within.contains(lead));
        let own = without(&form, &cells, shared.values()).map_err(too_large)?;
        parts.push(Part { unit: codes.of(conn, &row.unit_id)?, row, revision, cells, own });
    }
    parts.sort_by(|a, b| a.unit.cmp(&b.unit));
    Ok(Summed {
        cells: add_up(&form, parts.iter().map(|part| &part.own)).map_err(too_large)?,
        included: parts.iter().map(|part| part.unit.clone()).collect(),
        left_out,
        partial: parts.iter().filter_map(|part| part.counted_early(period)).collect(),
        interlinked: parts.iter().map(|part| part.interlinked(&form)).sum(),
        shares: shares(&parts),
        form,
    })
}

/// The units whose work each of some reports counts, by the unit that reports; nothing where no report shares any of it
/// with another.
fn reaches(
    conn: &mut Conn,
    period: &PeriodRow,
    form: &ReportForm,
    counted: &[(ReportRow, RevisionRow)],
) -> Result<HashMap<String, Vec<String>>, ApiError> {
    let mut found = HashMap::new();
    if form.covers_below || counted.iter().any(|(_, revision)| revision.shared != "{}") {
        let viewers = Viewers::load(conn)?;
        for (row, _) in counted {
            let units = sight::counted(conn, &viewers, form, &row.unit_id, period.last_day)?;
            found.insert(row.unit_id.clone(), units);
        }
    }
    Ok(found)
}

fn shares(parts: &[Part]) -> BTreeMap<(String, String), Vec<CellShare>> {
    let mut shares: BTreeMap<(String, String), Vec<CellShare>> = BTreeMap::new();
    for part in parts {
        for (name, columns) in &part.cells {
            for (column, value) in columns {
                let share = CellShare {
                    unit: part.unit.clone(),
                    report: part.row.id.clone(),
                    revision: part.revision.revision,
                    value: *value,
                    counted_elsewhere: value - part.own[name][column],
                };
                shares.entry((name.clone(), column.clone())).or_default().push(share);
            }
        }
    }
    shares
}

impl Part {
    /// Its figures stop before the end of the data window.
    fn counted_early(&self, period: &PeriodRow) -> Option<CountedEarly> {
        let at = self.revision.computed_at?.and_utc();
        (vn_date(at) <= period.data_to).then(|| CountedEarly { unit: self.unit.clone(), computed_at: at })
    }

    /// Of the dossiers received, those that another unit's report has.
    fn interlinked(&self, form: &ReportForm) -> i64 {
        use ReportMeasure::{DossiersReceivedDirect, DossiersReceivedOnline};
        let is_received =
            |measure: &ReportMeasure| [DossiersReceivedDirect, DossiersReceivedOnline].contains(measure);
        let received = form.columns.iter().filter(|column| column.source.iter().any(is_received));
        let of = |cells: &Cells| -> i64 {
            let columns = received.clone().map(|column| column.code.as_str()).collect::<Vec<_>>();
            let is_one = |(code, _): &(&String, &i64)| columns.contains(&code.as_str());
            cells.values().flat_map(|row| row.iter().filter(is_one)).map(|(_, value)| value).sum()
        };
        of(&self.cells) - of(&self.own)
    }
}

fn known_form(conn: &mut Conn, code: &str, period: &PeriodRow) -> Result<ReportForm, ApiError> {
    let found = rows::forms_on(conn, period.first_day)?.into_iter().find(|row| row.code == code);
    match found {
        Some(row) => Ok(row.read()?),
        None => {
            let detail = say("Không có biểu mẫu này vào kỳ đó.", "No such form is in force in that period.");
            Err(ApiError::parameter(ProblemCode::Invalid, "form", detail))
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
