//! What counts of dossiers give to a form: movements of the window, and how things stood at both its ends.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kstt_domain::codes::Code;
use kstt_domain::dossiers::{CauseCounts, CountChannel};
use kstt_domain::reports::{Cells, FormRows, ReportForm, ReportMeasure, TOTAL};
use kstt_domain::units::UnitLevel;
use kstt_persistence::Conn;
use kstt_persistence::dossiers::{CountKey, CountSums, Filter, Led, Stock, in_order, leads, stock_at, sums};

use super::cells::Figures;
use super::measure::Counted;
use super::records::{CountedRecord, read_on};
use crate::http::ApiError;

/// The counts of some units in a window.
pub struct Dossiers {
    movements: Vec<CountSums>,
    at_start: Vec<Stock>,
    at_end: Vec<Stock>,
}

/// Whether dossiers fill any cell of a form.
pub fn fill(form: &ReportForm) -> bool {
    form.columns.iter().any(|column| column.source.iter().any(|measure| is_of(*measure)))
}

/// Whether a measure is of dossiers.
pub fn is_of(measure: ReportMeasure) -> bool {
    measure.code().starts_with("dossiers.")
}

impl Dossiers {
    pub fn count(conn: &mut Conn, of: &Counted, led: Led<'_>) -> Result<Self, ApiError> {
        let (first, last) = of.days;
        Ok(Self {
            movements: sums(conn, &of.unit_ids, led, (first, last))?,
            at_start: stock_at(conn, &of.unit_ids, led, first.pred_opt().unwrap_or(first))?,
            at_end: stock_at(conn, &of.unit_ids, led, last)?,
        })
    }

    /// Every figure of a form that dossiers give.
    pub fn figures(&self, form: &ReportForm) -> Figures {
        let mut found = Figures::new();
        for column in &form.columns {
            for measure in &column.source {
                for (row, value) in self.measured(form.rows, *measure) {
                    *found.entry((row, column.code.clone())).or_default() += value;
                }
            }
        }
        found
    }

    /// A measure, row by row: rows are fields, levels, or the whole.
    fn measured(&self, rows: FormRows, measure: ReportMeasure) -> Vec<(String, i64)> {
        use ReportMeasure as M;
        let mut found = BTreeMap::new();
        let mut add = |field: &str, level: UnitLevel, value: i64| {
            *found.entry(row_of(rows, field, level).to_owned()).or_default() += value;
        };
        for part in &self.movements {
            let moved = [part.received, part.early, part.on_time, part.late];
            if let Some(value) = movement(measure, part.channel, moved, &part.late_causes) {
                add(&part.field, part.level, value);
            }
        }
        let stocks = if measure == M::DossiersCarriedOver { &self.at_start } else { &self.at_end };
        for stock in stocks {
            if let Some(value) = standing(measure, stock) {
                add(&stock.key.field, stock.key.level, value);
            }
        }
        found.into_iter().collect()
    }
}

/// The row that a field and a level belong to.
fn row_of(rows: FormRows, field: &str, level: UnitLevel) -> &str {
    match rows {
        FormRows::Field => field,
        FormRows::Level => level.code(),
        _ => TOTAL,
    }
}

/// Of the figures of a form, what some units have of dossiers that others lead, by the id of the one that leads.
pub fn shared(conn: &mut Conn, form: &ReportForm, of: &Counted) -> Result<BTreeMap<String, Cells>, ApiError> {
    let mut found = BTreeMap::new();
    if fill(form) {
        for lead in leads(conn, &of.unit_ids, of.days.1)? {
            let mut cells = Cells::new();
            for ((row, column), value) in Dossiers::count(conn, of, Led::By(&lead))?.figures(form) {
                cells.entry(row).or_default().insert(column, value);
            }
            found.insert(lead, cells);
        }
    }
    Ok(found)
}

/// What received, early, on time and late of a channel give to a measure.
fn movement(
    measure: ReportMeasure,
    channel: CountChannel,
    [received, early, on_time, late]: [i64; 4],
    causes: &CauseCounts,
) -> Option<i64> {
    use ReportMeasure as M;
    let online = channel == CountChannel::Online;
    Some(match measure {
        M::DossiersReceivedOnline if online => received,
        M::DossiersReceivedDirect if !online => received,
        M::DossiersSettledEarly => early,
        M::DossiersSettledOnTime => on_time,
        M::DossiersSettledLate => late,
        M::DossiersLateDossier => causes.dossier,
        M::DossiersLateStaff => causes.staff,
        M::DossiersLateCoordination => causes.coordination,
        M::DossiersLateLaw => causes.law,
        M::DossiersLateSystem => causes.system,
        M::DossiersLateOther => causes.other,
        _ => return None,
    })
}

/// What dossiers in hand give to a measure.
fn standing(measure: ReportMeasure, stock: &Stock) -> Option<i64> {
    use ReportMeasure as M;
    Some(match measure {
        M::DossiersCarriedOver => stock.in_time + stock.overdue,
        M::DossiersPendingInTime => stock.in_time,
        M::DossiersPendingOverdue => stock.overdue,
        _ => return None,
    })
}

/// The records behind a measure of a row that add something to it: of movements the first after one, of what is in
/// hand all.
pub fn records(
    conn: &mut Conn,
    of: &Counted,
    (rows, row): (FormRows, &str),
    measure: ReportMeasure,
    part: (Option<&str>, i64),
) -> Result<Vec<CountedRecord>, ApiError> {
    use ReportMeasure as M;
    let (first, last) = of.days;
    let mut found = match measure {
        M::DossiersCarriedOver => in_hand(conn, of, measure, first.pred_opt().unwrap_or(first))?,
        M::DossiersPendingInTime | M::DossiersPendingOverdue => in_hand(conn, of, measure, last)?,
        _ if is_of(measure) => return moved(conn, of, (rows, row), measure, part),
        _ => return Ok(Vec::new()),
    };
    found.retain(|(_, key, value)| *value > 0 && row_of(rows, &key.field, key.level) == row);
    Ok(found.into_iter().map(|(id, key, value)| record(id, &key, value)).collect())
}

/// Id of a record, what it is the counts of, and what it gives to a measure.
type Given = (String, CountKey, i64);

fn in_hand(
    conn: &mut Conn,
    of: &Counted,
    measure: ReportMeasure,
    day: NaiveDate,
) -> Result<Vec<Given>, ApiError> {
    let stocks = stock_at(conn, &of.unit_ids, of.led, day)?;
    let given = |stock: Stock| Some((stock.id.clone(), stock.key.clone(), standing(measure, &stock)?));
    Ok(stocks.into_iter().filter_map(given).collect())
}

/// Which records of a window a row counts; none where the form has no such row.
fn of_row((rows, row): (FormRows, &str), (first, last): (NaiveDate, NaiveDate)) -> Option<Filter> {
    let window = Filter { from: Some(first), to: Some(last), ..Filter::default() };
    match rows {
        FormRows::Field => Some(Filter { field: Some(row.to_owned()), ..window }),
        FormRows::Level => {
            let level = UnitLevel::ALL.iter().copied().find(|level| level.code() == row)?;
            Some(Filter { level: Some(level), ..window })
        }
        _ => (row == TOTAL).then_some(window),
    }
}

fn moved(
    conn: &mut Conn,
    of: &Counted,
    row: (FormRows, &str),
    measure: ReportMeasure,
    part: (Option<&str>, i64),
) -> Result<Vec<CountedRecord>, ApiError> {
    let Some(filter) = of_row(row, of.days) else { return Ok(Vec::new()) };
    read_on(part, |part| {
        let mut found = Vec::new();
        for row in in_order(conn, (&of.unit_ids, of.led), &filter, part)? {
            let (key, counts) = (row.key(), row.counts()?);
            let moved = [counts.received, counts.early, counts.on_time, counts.late];
            let value = movement(measure, key.channel, moved, &counts.late_causes).unwrap_or_default();
            found.push((record(row.id, &key, value), value > 0));
        }
        Ok(found)
    })
}

fn record(id: String, key: &CountKey, value: i64) -> CountedRecord {
    let href = format!("/v1/dossier-counts/{id}");
    CountedRecord { kind: "dossier_count", code: key.period.to_string(), id, value, href }
}
