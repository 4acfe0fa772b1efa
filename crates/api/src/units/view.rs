//! Builds the views of units from their rows.

use std::collections::HashMap;

use chrono::NaiveDate;
use kstt_domain::period::{known_end, known_start};
use kstt_persistence::Conn;
use kstt_persistence::units::{self, Succession, UnitOnDay, UnitPeriodRow, UnitRow};

use super::wire::{PeriodView, SuccessionView, UnitItem, UnitRef, UnitView};
use crate::http::ApiError;

/// A unit with everything that is known of it, placed on `day`.
pub fn unit(conn: &mut Conn, row: &UnitRow, day: NaiveDate) -> Result<UnitView, ApiError> {
    let rows = units::periods(conn, &row.id)?;
    let codes = parent_codes(conn, rows.iter())?;
    let current = rows.iter().find(|period| period.valid_from <= day && day < period.valid_to);
    let (heirs, predecessors) = units::successions(conn, &row.id)?;
    Ok(UnitView {
        id: row.id.clone(),
        code: row.code.clone(),
        kind: row.kind.0,
        level: row.kind.0.level(),
        as_of: day,
        exists: current.is_some(),
        current: current.map(|period| period_view(period, &codes)),
        parents: parents(conn, &row.id, day)?,
        periods: rows.iter().map(|period| period_view(period, &codes)).collect(),
        successors: succession_views(conn, heirs, Some)?,
        predecessors: succession_views(conn, predecessors, |day| day.pred_opt())?,
        created_at: row.created_at.and_utc(),
        updated_at: row.updated_at.and_utc(),
    })
}

/// The codes of the parents of a page, by id.
pub fn parents_of(conn: &mut Conn, rows: &[UnitOnDay]) -> Result<HashMap<String, String>, ApiError> {
    parent_codes(conn, rows.iter().map(|(_, period)| period))
}

/// One item of a list; `codes` are the codes of parents by id.
pub fn item((row, period): UnitOnDay, codes: &HashMap<String, String>) -> UnitItem {
    UnitItem {
        id: row.id,
        code: row.code,
        kind: row.kind.0,
        level: row.kind.0.level(),
        subtype: period.subtype,
        name: period.name,
        short_name: period.short_name,
        parent_code: code_of(period.parent_id.as_ref(), codes),
        gso_code: period.gso_code,
        agency_code: period.agency_code,
        valid_from: known_start(period.valid_from),
        valid_to: known_end(period.valid_to),
        updated_at: row.updated_at.and_utc(),
    }
}

fn period_view(period: &UnitPeriodRow, codes: &HashMap<String, String>) -> PeriodView {
    PeriodView {
        valid_from: known_start(period.valid_from),
        valid_to: known_end(period.valid_to),
        subtype: period.subtype.clone(),
        name: period.name.clone(),
        short_name: period.short_name.clone(),
        parent_code: code_of(period.parent_id.as_ref(), codes),
        gso_code: period.gso_code.clone(),
        agency_code: period.agency_code.clone(),
        legal_basis: period.legal_basis.clone(),
    }
}

fn code_of(id: Option<&String>, codes: &HashMap<String, String>) -> Option<String> {
    id.and_then(|id| codes.get(id)).cloned()
}

fn parent_codes<'a>(
    conn: &mut Conn,
    periods: impl Iterator<Item = &'a UnitPeriodRow>,
) -> Result<HashMap<String, String>, ApiError> {
    let mut ids: Vec<String> = periods.filter_map(|period| period.parent_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(units::by_ids(conn, &ids)?.into_iter().map(|row| (row.id, row.code)).collect())
}

fn parents(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Vec<UnitRef>, ApiError> {
    let path = units::path_of(conn, unit_id, day)?;
    let above: Vec<String> = path.into_iter().skip(1).collect();
    let rows = units::by_ids(conn, &above)?;
    let mut parents = Vec::new();
    for id in &above {
        if let Some(row) = rows.iter().find(|row| row.id == *id) {
            parents.push(UnitRef {
                code: row.code.clone(),
                kind: row.kind.0,
                name: name_on(conn, id, Some(day))?,
            });
        }
    }
    Ok(parents)
}

fn succession_views(
    conn: &mut Conn,
    successions: Vec<Succession>,
    day_of_name: impl Fn(NaiveDate) -> Option<NaiveDate>,
) -> Result<Vec<SuccessionView>, ApiError> {
    let mut views = Vec::new();
    for (succession, other) in successions {
        views.push(SuccessionView {
            name: name_on(conn, &other.id, day_of_name(succession.effective_on))?,
            code: other.code,
            effective_on: succession.effective_on,
            kind: succession.kind.0,
            legal_basis: succession.legal_basis,
        });
    }
    Ok(views)
}

/// The name on `day`, or the last one before it.
fn name_on(conn: &mut Conn, unit_id: &str, day: Option<NaiveDate>) -> Result<Option<String>, ApiError> {
    let periods = units::periods(conn, unit_id)?;
    let named = periods.into_iter().rfind(|period| day.is_some_and(|day| period.valid_from <= day));
    Ok(named.map(|period| period.name))
}
