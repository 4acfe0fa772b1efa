//! Opening a year: its periods with their data windows, and a report for every unit and form that is owed.

use chrono::NaiveDate;
use kstt_domain::obligations::DutyPeriod;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::OpenObligations;
use kstt_domain::reports::{DataWindow, PeriodKind, ReportForm, ReportState};
use kstt_domain::units::UnitKind;
use kstt_persistence::Stored;
use kstt_persistence::reports::{self as rows, FormRow, PeriodRow, ReportRow};

use crate::http::{Halt, Tx};
use crate::obligations::units_on;

/// What an obligation to report is about: `2019-Q1/05/VPCP/KSTT`.
pub fn subject_of(period: &str, form: &str) -> String {
    format!("{period}/{form}")
}

/// How often the period comes.
pub fn kind_of(period: DutyPeriod) -> PeriodKind {
    if period.code().len() == 4 { PeriodKind::Year } else { PeriodKind::Quarter }
}

/// The periods of a year that units report about.
fn reported(year: i32) -> impl Iterator<Item = DutyPeriod> {
    DutyPeriod::quarters(year).chain(DutyPeriod::year(year))
}

/// Stores the periods of a year that are not there yet.
pub fn open_periods(tx: &mut Tx<'_>, permit: &Permit<OpenObligations>, year: i32) -> Result<(), Halt> {
    for period in reported(year) {
        let kind = tx.app.windows.kind_on(period.first_day());
        let (Some(last_day), Some(window)) = (period.last_day(), DataWindow::of(period, kind)) else {
            continue;
        };
        if rows::period(tx.conn, &period.code())?.is_some() {
            continue;
        }
        let row = PeriodRow {
            code: period.code(),
            kind: Stored(kind_of(period)),
            title: None,
            first_day: period.first_day(),
            last_day,
            data_from: window.first,
            data_to: window.last,
            due_on: None,
            frozen_at: None,
            version: 1,
            created_at: tx.now.naive_utc(),
            updated_at: tx.now.naive_utc(),
        };
        rows::insert_period(tx.conn, permit, &row).map_err(raced)?;
    }
    Ok(())
}

/// The forms filled for a period.
pub fn forms_of(tx: &mut Tx<'_>, period: DutyPeriod) -> Result<Vec<(FormRow, ReportForm)>, Halt> {
    let mut found = Vec::new();
    for row in rows::forms_on(tx.conn, period.first_day())? {
        let form = row.read()?;
        if form.periods.contains(&kind_of(period)) {
            found.push((row, form));
        }
    }
    Ok(found)
}

/// The control office reports too, though no rule sets it a day of its own.
pub fn open_office(tx: &mut Tx<'_>, permit: &Permit<OpenObligations>, year: i32) -> Result<(), Halt> {
    for period in reported(year) {
        let Some(last_day) = period.last_day() else { continue };
        let offices = units_on(tx, UnitKind::Office, last_day)?;
        for (row, form) in forms_of(tx, period)? {
            for office in offices.iter().filter(|_| form.reporters.contains(&UnitKind::Office)) {
                begin(tx, permit, (&period.code(), &row), &office.id, None)?;
            }
        }
    }
    Ok(())
}

/// Stores a report that is owed from now on, if it is not there.
pub fn begin(
    tx: &mut Tx<'_>,
    permit: &Permit<OpenObligations>,
    (period, form): (&str, &FormRow),
    unit_id: &str,
    due_on: Option<NaiveDate>,
) -> Result<(), Halt> {
    if rows::is_open(tx.conn, (period, &form.code, unit_id))? {
        return Ok(());
    }
    let row = ReportRow {
        id: tx.id(),
        period: period.to_owned(),
        form: form.code.clone(),
        form_version: form.version,
        unit_id: unit_id.to_owned(),
        state: Stored(ReportState::Drafting),
        revision: 1,
        due_on,
        nothing_arose: false,
        arrival_number: None,
        first_submitted_at: None,
        accepted_at: None,
        version: 1,
        created_at: tx.now.naive_utc(),
        updated_at: tx.now.naive_utc(),
    };
    rows::insert_report(tx.conn, permit, &row).map_err(raced)
}

/// Takes back a report that nobody owes any longer and nothing was said in.
pub fn forgo(
    tx: &mut Tx<'_>,
    permit: &Permit<OpenObligations>,
    (period, form): (&str, &FormRow),
    unit_id: &str,
) -> Result<(), Halt> {
    Ok(rows::forgo_report(tx.conn, permit, (period, &form.code, unit_id))?)
}

fn raced(error: kstt_persistence::Error) -> Halt {
    if error.is_unique_violation() { Halt::Raced } else { error.into() }
}
