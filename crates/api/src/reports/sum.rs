//! Reports added up: what each unit brings in, every dossier once.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::reports::{Cells, ReportForm, ReportMeasure, add_up, without};
use kstt_persistence::obligations::let_off_since;
use kstt_persistence::reports::{self as rows, PeriodRow, ReportRow, RevisionRow, Standing};
use kstt_persistence::{Conn, Error, units};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cells::Table;
use super::open::subject_of;
use super::sight::Inherited;
use super::wire::{UnitCodes, form_of, too_large};
use super::{OWED, sight};
use crate::app::App;
use crate::http::{ApiError, Caller, ProblemCode, say, stored_moment};

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

/// A unit whose figures stop before the end of the window.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountedEarly {
    #[schema(max_length = 20)]
    unit: String,
    /// When its records were counted last.
    computed_at: DateTime<Utc>,
}

/// What one unit gave to a cell.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CellShare {
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

/// Reports added up.
pub struct Summed {
    pub form: ReportForm,
    pub cells: Cells,
    pub included: Vec<String>,
    pub left_out: Vec<String>,
    pub partial: Vec<CountedEarly>,
    pub interlinked: i64,
    pub shares: BTreeMap<(String, String), Vec<CellShare>>,
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
    let at = query.standing(caller.now)?;
    let mut found = rows::standing(conn, (&period.code, &query.form), at)?;
    found.retain(|(row, _)| is_part(&row.unit_id));
    // Of units that were let off since, there may be no report any longer.
    let mut owing = match at.as_of {
        Some(as_of) => let_off_since(conn, (OWED, &subject_of(&period.code, &query.form)), as_of)?,
        None => Vec::new(),
    };
    owing.retain(|unit| is_part(unit) && found.iter().all(|(row, _)| row.unit_id != *unit));
    let form = match found.first() {
        Some((row, _)) => form_of(conn, row)?,
        None => known_form(conn, &query.form, period)?,
    };
    let mut summed = added(conn, &caller.app, period, (form, true), found)?;
    for unit in units::by_ids(conn, &owing)? {
        summed.left_out.push(unit.code);
    }
    summed.left_out.sort();
    Ok(summed)
}

/// What the accepted reports by a form come to, with what they expect or without, of some units or of all; none where
/// nobody owes one.
pub fn accepted_sum(
    conn: &mut Conn,
    app: &App,
    period: &PeriodRow,
    (form, with_estimates): (&str, bool),
    unit_ids: Option<&[String]>,
) -> Result<Option<Cells>, ApiError> {
    let at = Standing { as_of: None, with_submitted: false };
    let mut found = rows::standing(conn, (&period.code, form), at)?;
    found.retain(|(row, _)| unit_ids.is_none_or(|units| units.contains(&row.unit_id)));
    let Some((row, _)) = found.first() else { return Ok(None) };
    let form = form_of(conn, row)?;
    Ok(Some(added(conn, app, period, (form, with_estimates), found)?.cells))
}

/// Adds up the revisions that count.
fn added(
    conn: &mut Conn,
    app: &App,
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
    let reaches = reaches(conn, app, period, &form, &counted)?;
    let within: HashSet<&String> = reaches.values().flatten().collect();
    let mut covered: HashSet<&String> = HashSet::new();
    for (unit, reach) in &reaches {
        covered.extend(reach.iter().filter(|other| *other != unit));
    }
    let mut parts = Vec::new();
    for (row, revision) in counted {
        if form.covers_below && covered.contains(&row.unit_id) {
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
    app: &App,
    period: &PeriodRow,
    form: &ReportForm,
    counted: &[(ReportRow, RevisionRow)],
) -> Result<HashMap<String, Vec<String>>, ApiError> {
    let mut found = HashMap::new();
    if form.covers_below || counted.iter().any(|(_, revision)| revision.shared != "{}") {
        let viewers = app.units.viewers(conn)?;
        let inherited = Inherited::by(&viewers, period.last_day);
        for (row, _) in counted {
            let units = sight::counted(conn, &inherited, form, &row.unit_id)?;
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
