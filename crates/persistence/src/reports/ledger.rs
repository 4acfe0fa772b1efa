//! The way of accepted reports into the national system of management and evaluation, confirmed by hand.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::feedback::LedgerState;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::{EnterReport, JudgeReport};

use crate::db::insert_row;
use crate::schema::report_ledger as l;
use crate::{Conn, Error, Stored};

/// Where a report stands on its way.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = l, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ReportLedgerRow {
    pub report_id: String,
    pub state: Stored<LedgerState>,
    pub national_code: Option<String>,
    pub entered_at: Option<NaiveDateTime>,
    /// The field the national system asks for.
    pub missing: Option<String>,
    pub note: Option<String>,
    pub version: i64,
    pub updated_at: NaiveDateTime,
}

/// Opens the page of a report that was accepted.
pub fn open_report_ledger(
    conn: &mut Conn,
    _: &Permit<JudgeReport>,
    row: &ReportLedgerRow,
) -> Result<(), Error> {
    insert_row(conn, l::table, row)?;
    Ok(())
}

/// The page of a report.
pub fn report_ledger(conn: &mut Conn, report_id: &str) -> Result<Option<ReportLedgerRow>, Error> {
    Ok(l::table.find(report_id).select(ReportLedgerRow::as_select()).first(conn).optional()?)
}

/// Pages in one state, oldest reports first, after one.
pub fn report_ledger_list(
    conn: &mut Conn,
    state: LedgerState,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ReportLedgerRow>, Error> {
    Ok(l::table
        .filter(l::state.eq(Stored(state)))
        .filter(l::report_id.gt(after.unwrap_or_default().to_owned()))
        .order(l::report_id.asc())
        .limit(limit)
        .select(ReportLedgerRow::as_select())
        .load(conn)?)
}

/// Stores a changed page; answers whether the version before it was still there.
pub fn set_report_ledger(
    conn: &mut Conn,
    _: &Permit<EnterReport>,
    row: &ReportLedgerRow,
) -> Result<bool, Error> {
    let target = l::table.find(&row.report_id).filter(l::version.eq(row.version - 1));
    Ok(diesel::update(target).set(row).execute(conn)? == 1)
}
