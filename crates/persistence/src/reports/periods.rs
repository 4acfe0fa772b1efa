//! Reporting periods with their data windows.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::{FreezePeriod, OpenObligations};
use kstt_domain::reports::PeriodKind;

use crate::db::insert_row;
use crate::schema::reporting_periods as p;
use crate::{Conn, Error, Stored};

/// What units report about.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = p, treat_none_as_default_value = false)]
pub struct PeriodRow {
    /// `2019-Q1`, `2019`, `2019-DX01`.
    pub code: String,
    pub kind: Stored<PeriodKind>,
    pub title: Option<String>,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    pub data_from: NaiveDate,
    pub data_to: NaiveDate,
    /// Only of what was asked for once.
    pub due_on: Option<NaiveDate>,
    pub frozen_at: Option<NaiveDateTime>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// One period.
pub fn period(conn: &mut Conn, code: &str) -> Result<Option<PeriodRow>, Error> {
    Ok(p::table.find(code).select(PeriodRow::as_select()).first(conn).optional()?)
}

/// Periods that begin within a span of days, in order of their first day.
pub fn periods_between(
    conn: &mut Conn,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<PeriodRow>, Error> {
    Ok(p::table
        .filter(p::first_day.between(first, last))
        .order((p::first_day.asc(), p::code.asc()))
        .select(PeriodRow::as_select())
        .load(conn)?)
}

/// Stores a new period.
pub fn insert_period(conn: &mut Conn, _: &Permit<OpenObligations>, row: &PeriodRow) -> Result<(), Error> {
    insert_row(conn, p::table, row)?;
    Ok(())
}

/// Waits for others that change a period or its reports, until this transaction ends; answers whether the period is
/// not frozen.
pub fn hold_period(conn: &mut Conn, code: &str) -> Result<bool, Error> {
    let open = p::table.find(code).filter(p::frozen_at.is_null());
    Ok(diesel::update(open).set(p::version.eq(p::version)).execute(conn)? == 1)
}

/// Ends a period: its figures stay as they are. Answers whether the version was still the expected one.
pub fn freeze_period(
    conn: &mut Conn,
    _: &Permit<FreezePeriod>,
    row: &PeriodRow,
    now: NaiveDateTime,
) -> Result<bool, Error> {
    let target = p::table.find(&row.code).filter(p::version.eq(row.version));
    let set = (p::frozen_at.eq(now), p::version.eq(row.version + 1), p::updated_at.eq(now));
    Ok(diesel::update(target).set(set).execute(conn)? == 1)
}
