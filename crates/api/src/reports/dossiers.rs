//! What counts of dossiers give to a form: movements of the window, and how things stood at both its ends.

use std::collections::BTreeMap;

use kstt_domain::codes::Code;
use kstt_domain::dossiers::{CauseCounts, CountChannel};
use kstt_domain::reports::{FormRows, ReportForm, ReportMeasure};
use kstt_persistence::Conn;
use kstt_persistence::dossiers::{CountKey, CountSums, Filter, Stock, list, stock_at, sums};

use super::measure::{Counted, TOTAL};
use super::records::CountedRecord;
use crate::http::ApiError;

/// More records than one cell of one unit ever has.
const ALL: i64 = 100_000;

/// The counts of some units in a window.
pub struct Dossiers {
    movements: Vec<CountSums>,
    at_start: Vec<Stock>,
    at_end: Vec<Stock>,
}

/// Whether a measure is of dossiers.
pub fn is_of(measure: ReportMeasure) -> bool {
    measure.code().starts_with("dossiers.")
}

impl Dossiers {
    pub fn count(conn: &mut Conn, of: &Counted) -> Result<Self, ApiError> {
        let (first, last) = of.days;
        Ok(Self {
            movements: sums(conn, &of.unit_ids, (first, last))?,
            at_start: stock_at(conn, &of.unit_ids, first.pred_opt().unwrap_or(first))?,
            at_end: stock_at(conn, &of.unit_ids, last)?,
        })
    }

    /// A measure, row by row: rows are fields, levels, or the whole.
    pub fn measured(&self, rows: FormRows, measure: ReportMeasure) -> Vec<(String, i64)> {
        use ReportMeasure as M;
        let mut found = BTreeMap::new();
        let mut add = |field: &str, level: kstt_domain::units::UnitLevel, value: i64| {
            let row = match rows {
                FormRows::Field => field,
                FormRows::Level => level.code(),
                _ => TOTAL,
            };
            *found.entry(row.to_owned()).or_default() += value;
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

/// Of the dossiers that some units received in a period, those that another agency counts as well; of a form
/// that is not filled from dossiers, none.
pub fn interlinked(conn: &mut Conn, form: &ReportForm, of: &Counted) -> Result<i64, ApiError> {
    if !form.columns.iter().any(|column| column.source.iter().any(|measure| is_of(*measure))) {
        return Ok(0);
    }
    let found = sums(conn, &of.unit_ids, of.days)?;
    Ok(found.iter().map(|part| part.interlinked).sum())
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

/// The records behind a measure of a row that add something to it.
pub fn records(
    conn: &mut Conn,
    of: &Counted,
    rows: FormRows,
    measure: ReportMeasure,
    row: &str,
) -> Result<Vec<CountedRecord>, ApiError> {
    if !is_of(measure) {
        return Ok(Vec::new());
    }
    let field = (rows == FormRows::Field).then(|| row.to_owned());
    let level = (rows == FormRows::Level).then(|| Code::from_code(row)).flatten();
    let (first, last) = of.days;
    let stocks_of = match measure {
        ReportMeasure::DossiersCarriedOver => first.pred_opt(),
        _ => Some(last),
    };
    let standing_there = match stocks_of {
        Some(day) => stock_at(conn, &of.unit_ids, day)?,
        None => Vec::new(),
    };
    let within = |key: &CountKey| {
        field.as_ref().is_none_or(|field| *field == key.field) && level.is_none_or(|level| level == key.level)
    };
    let mut found = Vec::new();
    for stock in standing_there.iter().filter(|stock| within(&stock.key)) {
        if let Some(value) = standing(measure, stock) {
            found.push(record(stock.id.clone(), &stock.key, value));
        }
    }
    let filter =
        Filter { field: field.clone(), level, from: Some(first), to: Some(last), ..Filter::default() };
    for counts in list(conn, Some(&of.unit_ids), &filter, None, ALL)? {
        let key = counts.key();
        let moved = [counts.received, counts.early, counts.on_time, counts.late];
        let value = movement(measure, key.channel, moved, &counts.counts()?.late_causes).unwrap_or_default();
        if value > 0 {
            found.push(record(counts.id, &key, value));
        }
    }
    found.retain(|record| record.value > 0);
    Ok(found)
}

fn record(id: String, key: &CountKey, value: i64) -> CountedRecord {
    let href = format!("/v1/dossier-counts/{id}");
    CountedRecord { kind: "dossier_count", code: key.period.to_string(), id, value, href }
}
