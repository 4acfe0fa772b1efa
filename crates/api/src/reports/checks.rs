//! What does not hold in a report: by the laws of its form, by the period before, by other reports, by the records.

use std::collections::BTreeMap;

use kstt_domain::obligations::DutyPeriod;
use kstt_domain::reports::{
    Cells, CheckRule, CheckSeverity, FormCheck, ReportForm, violated_parts, violations,
};
use kstt_persistence::Conn;
use kstt_persistence::reports::{self as rows, PeriodRow, ReportRow};

use super::cells::Table;
use super::measure::{Counted, figures};
use super::sight;
use super::sum::accepted_sum;
use super::wire::{BrokenCheck, too_large};
use crate::app::App;
use crate::http::ApiError;

/// What does not hold, with and without what is expected to come.
pub fn checked(
    conn: &mut Conn,
    app: &App,
    row: &ReportRow,
    form: &ReportForm,
    table: &Table,
) -> Result<Vec<BrokenCheck>, ApiError> {
    let before = previous(conn, row)?;
    let before = before.map(|table| table.figures(form, true)).transpose().map_err(too_large)?;
    let others = Others::of(conn, row, form)?;
    let mut broken = |with_estimates: bool| {
        let cells = table.figures(form, with_estimates).map_err(too_large)?;
        let mut found = violations(form, &cells, before.as_ref());
        if let Some(others) = &others {
            found.extend(violated_parts(form, &cells, &others.sums(conn, app, with_estimates)?));
        }
        Ok::<_, ApiError>(found.into_iter().map(move |found| BrokenCheck::of(found, with_estimates)))
    };
    let mut told: Vec<BrokenCheck> = broken(false)?.collect();
    let expected = if table.has_estimates() { Some(broken(true)?) } else { None };
    if row.nothing_arose {
        told.extend(stated_away(conn, app, row, form)?);
    }
    told.extend(expected.into_iter().flatten());
    Ok(told)
}

/// Accepted reports by other forms that a report has to agree with.
struct Others<'f> {
    forms: Vec<&'f str>,
    period: PeriodRow,
    /// Of these units; of the whole city when missing.
    units: Option<Vec<String>>,
}

impl<'f> Others<'f> {
    /// Nothing where no law of the form speaks of another one.
    fn of(conn: &mut Conn, row: &ReportRow, form: &'f ReportForm) -> Result<Option<Self>, ApiError> {
        let named = |check: &'f FormCheck| match &check.rule {
            CheckRule::Parts { form, .. } => Some(form.as_str()),
            _ => None,
        };
        let forms: Vec<&str> = form.checks.iter().filter_map(named).collect();
        if forms.is_empty() {
            return Ok(None);
        }
        let period = rows::period(conn, &row.period)?.ok_or_else(ApiError::not_found)?;
        let units = sight::below(conn, &row.unit_id, period.last_day)?;
        Ok(Some(Self { forms, period, units }))
    }

    /// What they come to, by the code of the form.
    fn sums(
        &self,
        conn: &mut Conn,
        app: &App,
        with_estimates: bool,
    ) -> Result<BTreeMap<String, Cells>, ApiError> {
        let mut found = BTreeMap::new();
        for form in &self.forms {
            let of = (*form, with_estimates);
            let sum = accepted_sum(conn, app, &self.period, of, self.units.as_deref())?;
            found.extend(sum.map(|cells| ((*form).to_owned(), cells)));
        }
        Ok(found)
    }
}

/// What the records hold of a report that states that nothing arose.
fn stated_away(
    conn: &mut Conn,
    app: &App,
    row: &ReportRow,
    form: &ReportForm,
) -> Result<Vec<BrokenCheck>, ApiError> {
    let Some(period) = rows::period(conn, &row.period)? else { return Ok(Vec::new()) };
    let viewers = app.units.viewers(conn)?;
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
