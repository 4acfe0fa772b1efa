//! Storing reports. `before` is always the row as it was read; when someone else changed it meanwhile nothing is
//! stored, and nothing answered.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::policy::actions::{FreezePeriod, JudgeReport, OpenObligations, SubmitReport, WriteReport};
use kstt_domain::policy::{ActionKind, Permit};
use kstt_domain::reports::ReportState;

use crate::db::insert_row;
use crate::schema::{attachments as a, report_revisions as v, reports as r};
use crate::{Conn, Error, Stored};

/// One form of one unit for one period.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = r, treat_none_as_default_value = false)]
pub struct ReportRow {
    pub id: String,
    pub period: String,
    pub form: String,
    pub form_version: i64,
    pub unit_id: String,
    pub state: Stored<ReportState>,
    /// The revision being written, or the one that was submitted last.
    pub revision: i64,
    /// The last lawful day; none where no rule sets one.
    pub due_on: Option<NaiveDate>,
    pub nothing_arose: bool,
    pub arrival_number: Option<String>,
    pub first_submitted_at: Option<NaiveDateTime>,
    pub accepted_at: Option<NaiveDateTime>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// What a report said: cells, texts and objections as JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = v, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RevisionRow {
    pub report_id: String,
    pub revision: i64,
    pub cells: String,
    pub sections: String,
    pub objections: String,
    pub computed_at: Option<NaiveDateTime>,
    pub submitted_at: Option<NaiveDateTime>,
    pub submitted_by: Option<String>,
    /// JSON: of its figures, what other units lead, by their ids; as of `computed_at`.
    pub shared: String,
    /// When its submission was recorded, which is later than `submitted_at` for what came on paper.
    pub sent_at: Option<NaiveDateTime>,
    pub accepted_at: Option<NaiveDateTime>,
    pub returned_at: Option<NaiveDateTime>,
}

/// Actions that change a report.
pub trait ChangesReport: ActionKind {}
impl ChangesReport for WriteReport {}
impl ChangesReport for SubmitReport {}
impl ChangesReport for JudgeReport {}
impl ChangesReport for FreezePeriod {}

/// Stores a report that is owed from now on.
pub fn insert_report(conn: &mut Conn, _: &Permit<OpenObligations>, row: &ReportRow) -> Result<(), Error> {
    insert_row(conn, r::table, row)?;
    Ok(())
}

/// Stores a changed report in the place of `before`.
pub fn store_report<A: ChangesReport>(
    conn: &mut Conn,
    _: &Permit<A>,
    before: &ReportRow,
    row: ReportRow,
    now: NaiveDateTime,
) -> Result<Option<ReportRow>, Error> {
    let row = ReportRow { version: before.version + 1, updated_at: now, ..row };
    let same_version = r::table.find(&row.id).filter(r::version.eq(before.version));
    let updated = diesel::update(same_version)
        .set((
            r::state.eq(row.state),
            r::revision.eq(row.revision),
            r::nothing_arose.eq(row.nothing_arose),
            r::arrival_number.eq(&row.arrival_number),
            r::first_submitted_at.eq(row.first_submitted_at),
            r::accepted_at.eq(row.accepted_at),
            r::version.eq(row.version),
            r::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    Ok((updated == 1).then_some(row))
}

/// Stores a revision, or what it says now.
pub fn put_revision<A: ChangesReport>(
    conn: &mut Conn,
    _: &Permit<A>,
    row: &RevisionRow,
) -> Result<(), Error> {
    let target = v::table.find((&row.report_id, row.revision));
    if diesel::update(target).set(row).execute(conn)? == 0 {
        insert_row(conn, v::table, row)?;
    }
    Ok(())
}

/// Takes back a report that is owed no longer, if nothing was said in it; a file that came with it says something.
pub fn forgo_report(
    conn: &mut Conn,
    _: &Permit<OpenObligations>,
    (period, form, unit_id): (&str, &str, &str),
) -> Result<(), Error> {
    let report =
        r::table.filter(r::period.eq(period)).filter(r::form.eq(form)).filter(r::unit_id.eq(unit_id));
    let Some(id) = report.select(r::id).first::<String>(conn).optional()? else { return Ok(()) };
    let said: i64 = v::table.filter(v::report_id.eq(&id)).count().get_result(conn)?;
    let files: i64 = a::table.filter(a::report_id.eq(id.as_str())).count().get_result(conn)?;
    if said + files == 0 {
        diesel::delete(r::table.find(&id)).execute(conn)?;
    }
    Ok(())
}
