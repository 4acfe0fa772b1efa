//! What does not hold in a report: by the laws of its form, by the period before, by other reports, by the records.

use std::collections::BTreeMap;

use kstt_domain::obligations::DutyPeriod;
use kstt_domain::reports::{Cells, CheckRule, CheckSeverity, ReportForm, violated_parts, violations};
use kstt_persistence::reports::{self as rows, ReportRow};
use kstt_persistence::{Conn, units};

use super::cells::Table;
use super::measure::{Counted, figures};
use super::sight;
use super::sum::accepted_sum;
use super::wire::{BrokenCheck, too_large};
use crate::http::ApiError;

/// What does not hold, with and without what is expected to come.
pub fn checked(
    conn: &mut Conn,
    row: &ReportRow,
    form: &ReportForm,
    table: &Table,
) -> Result<Vec<BrokenCheck>, ApiError> {
    let before = previous(conn, row)?;
    let before = before.map(|table| table.figures(form, true)).transpose().map_err(too_large)?;
    let mut broken = |with_estimates: bool| {
        let cells = table.figures(form, with_estimates).map_err(too_large)?;
        let mut found = violations(form, &cells, before.as_ref());
        found.extend(violated_parts(form, &cells, &parts(conn, row, form, with_estimates)?));
        Ok::<_, ApiError>(found.into_iter().map(move |found| BrokenCheck::of(found, with_estimates)))
    };
    let mut told: Vec<BrokenCheck> = broken(false)?.collect();
    let expected = if table.has_estimates() { Some(broken(true)?) } else { None };
    if row.nothing_arose {
        told.extend(stated_away(conn, row, form)?);
    }
    told.extend(expected.into_iter().flatten());
    Ok(told)
}

/// What the accepted reports by other forms come to that a report has to agree with, by the code of the form.
fn parts(
    conn: &mut Conn,
    row: &ReportRow,
    form: &ReportForm,
    with_estimates: bool,
) -> Result<BTreeMap<String, Cells>, ApiError> {
    let mut found = BTreeMap::new();
    for check in &form.checks {
        let CheckRule::Parts { form, .. } = &check.rule else { continue };
        let period = rows::period(conn, &row.period)?.ok_or_else(ApiError::not_found)?;
        let below = sight::below(conn, &row.unit_id, period.last_day)?;
        if let Some(cells) = accepted_sum(conn, &period, (form, with_estimates), below.as_deref())? {
            found.insert(form.clone(), cells);
        }
    }
    Ok(found)
}

/// What the records hold of a report that states that nothing arose.
fn stated_away(conn: &mut Conn, row: &ReportRow, form: &ReportForm) -> Result<Vec<BrokenCheck>, ApiError> {
    let Some(period) = rows::period(conn, &row.period)? else { return Ok(Vec::new()) };
    let viewers = units::Viewers::load(conn)?;
    let of = (row.unit_id.as_str(), &period);
    let of = Counted::of(conn, &viewers, form, of, row.updated_at.and_utc())?;
    let found = figures(conn, form, &of)?;
    let told = |((row, column), value): ((String, String), i64)| BrokenCheck {
        check: "nothing_arose".to_owned(),
        severity: CheckSeverity::Warning,
        row,
        column,
        expected: value,
        found: 0,
        with_estimates: false,
    };
    Ok(found.into_iter().filter(|(_, value)| *value > 0).map(told).collect())
}

/// What the unit reported by the same form for the period before, if it did.
fn previous(conn: &mut Conn, row: &ReportRow) -> Result<Option<Table>, ApiError> {
    let Some(before) = row.period.parse().ok().and_then(|period: DutyPeriod| period.previous()) else {
        return Ok(None);
    };
    let Some(report) = rows::of_unit(conn, (&before.code(), &row.form, &row.unit_id))? else {
        return Ok(None);
    };
    if report.first_submitted_at.is_none() {
        return Ok(None);
    }
    let revision = rows::revision(conn, &report.id, report.revision)?;
    Ok(Some(Table::read(revision.as_ref())?))
}
