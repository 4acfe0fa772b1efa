//! What counts of dossiers give to a form: movements of the window, and how things stood at both its ends.

use std::collections::BTreeMap;

use kstt_domain::dossiers::CountChannel;
use kstt_domain::reports::{FormRows, ReportMeasure};
use kstt_persistence::Conn;
use kstt_persistence::dossiers::{CountSums, Stock, stock_at, sums};

use super::measure::{Counted, TOTAL};
use crate::http::ApiError;

/// The counts of some units in a window.
pub struct Dossiers {
    movements: Vec<CountSums>,
    at_start: Vec<Stock>,
    at_end: Vec<Stock>,
}

/// Whether a measure is of dossiers.
pub fn is_of(measure: ReportMeasure) -> bool {
    kstt_domain::codes::Code::code(measure).starts_with("dossiers.")
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
                FormRows::Level => kstt_domain::codes::Code::code(level),
                _ => TOTAL,
            };
            *found.entry(row.to_owned()).or_default() += value;
        };
        for part in &self.movements {
            let (online, causes) = (part.channel == CountChannel::Online, &part.late_causes);
            let value = match measure {
                M::DossiersReceivedOnline if online => part.received,
                M::DossiersReceivedDirect if !online => part.received,
                M::DossiersSettledEarly => part.early,
                M::DossiersSettledOnTime => part.on_time,
                M::DossiersSettledLate => part.late,
                M::DossiersLateDossier => causes.dossier,
                M::DossiersLateStaff => causes.staff,
                M::DossiersLateCoordination => causes.coordination,
                M::DossiersLateLaw => causes.law,
                M::DossiersLateSystem => causes.system,
                M::DossiersLateOther => causes.other,
                _ => continue,
            };
            add(&part.field, part.level, value);
        }
        let stocks = if measure == M::DossiersCarriedOver { &self.at_start } else { &self.at_end };
        for stock in stocks {
            let value = match measure {
                M::DossiersCarriedOver => stock.in_time + stock.overdue,
                M::DossiersPendingInTime => stock.in_time,
                M::DossiersPendingOverdue => stock.overdue,
                _ => continue,
            };
            add(&stock.key.field, stock.key.level, value);
        }
        found.into_iter().collect()
    }
}
