//! Reading reports.

use chrono::{NaiveDateTime, NaiveTime};
use diesel::prelude::*;
use kstt_domain::period::{OPEN_END, OPEN_START};
use kstt_domain::reports::ReportState;

use super::{ReportRow, RevisionRow};
use crate::schema::{report_revisions as v, reports as r};
use crate::{Conn, Error, Stored};

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub period: Option<String>,
    pub form: Option<String>,
    pub state: Option<ReportState>,
    /// Only of these units; none: of all.
    pub units: Option<Vec<String>>,
}

/// Reports by id, after one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ReportRow>, Error> {
    let Some(units) = &filter.units else { return list_of(conn, None, filter, after, limit) };
    // Unit by unit, each along its index, so that not all of them are sorted for one page.
    let mut rows = Vec::new();
    for unit in units {
        rows.extend(list_of(conn, Some(unit), filter, after, limit)?);
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(rows)
}

fn list_of(
    conn: &mut Conn,
    unit: Option<&str>,
    filter: &Filter,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ReportRow>, Error> {
    let mut query = r::table
        .filter(r::id.gt(after.unwrap_or_default().to_owned()))
        .order(r::id.asc())
        .limit(limit)
        .select(ReportRow::as_select())
        .into_boxed();
    if let Some(unit) = unit {
        query = query.filter(r::unit_id.eq(unit.to_owned()));
    }
    if let Some(period) = &filter.period {
        query = query.filter(r::period.eq(period.clone()));
    }
    if let Some(form) = &filter.form {
        query = query.filter(r::form.eq(form.clone()));
    }
    if let Some(state) = filter.state {
        query = query.filter(r::state.eq(Stored(state)));
    }
    Ok(query.load(conn)?)
}

/// One report.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<ReportRow>, Error> {
    Ok(r::table.find(id).select(ReportRow::as_select()).first(conn).optional()?)
}

/// The reports of these ids, in any order.
pub fn by_ids(conn: &mut Conn, ids: &[String]) -> Result<Vec<ReportRow>, Error> {
    Ok(r::table.filter(r::id.eq_any(ids)).select(ReportRow::as_select()).load(conn)?)
}

/// The reports of a period, by form and unit.
pub fn of_period(conn: &mut Conn, period: &str) -> Result<Vec<ReportRow>, Error> {
    Ok(r::table
        .filter(r::period.eq(period))
        .order((r::form.asc(), r::unit_id.asc()))
        .select(ReportRow::as_select())
        .load(conn)?)
}

/// What of a period counted at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// As it was recorded by then; none: as it is now.
    pub as_of: Option<NaiveDateTime>,
    /// Also what was submitted and not accepted yet.
    pub with_submitted: bool,
}

/// The reports of a form for a period, by unit, each with the revision that counts, if any does.
pub fn standing(
    conn: &mut Conn,
    (period, form): (&str, &str),
    at: Standing,
) -> Result<Vec<(ReportRow, Option<RevisionRow>)>, Error> {
    let (never, ever) = (OPEN_START.and_time(NaiveTime::MIN), OPEN_END.and_time(NaiveTime::MIN));
    let until = at.as_of.unwrap_or(ever);
    let sent_until = if at.with_submitted { until } else { never };
    // A revision begins when the one before is sent back, so that never two of them count.
    let counts = v::returned_at
        .is_null()
        .or(v::returned_at.gt(until))
        .and(v::accepted_at.le(until).or(v::sent_at.le(sent_until)));
    Ok(r::table
        .left_join(v::table.on(v::report_id.eq(r::id).and(counts)))
        .filter(r::period.eq(period))
        .filter(r::form.eq(form))
        .filter(r::created_at.le(until))
        .order(r::unit_id.asc())
        .select((ReportRow::as_select(), Option::<RevisionRow>::as_select()))
        .load(conn)?)
}

/// One revision of a report.
pub fn revision(conn: &mut Conn, report_id: &str, revision: i64) -> Result<Option<RevisionRow>, Error> {
    Ok(v::table.find((report_id, revision)).select(RevisionRow::as_select()).first(conn).optional()?)
}

/// Whether a unit has a report of this form for a period: period, form, unit.
pub fn is_open(conn: &mut Conn, (period, form, unit_id): (&str, &str, &str)) -> Result<bool, Error> {
    let found: i64 = r::table
        .filter(r::period.eq(period))
        .filter(r::form.eq(form))
        .filter(r::unit_id.eq(unit_id))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// The report of a unit and form for a period.
pub fn of_unit(
    conn: &mut Conn,
    (period, form, unit_id): (&str, &str, &str),
) -> Result<Option<ReportRow>, Error> {
    Ok(r::table
        .filter(r::period.eq(period))
        .filter(r::form.eq(form))
        .filter(r::unit_id.eq(unit_id))
        .select(ReportRow::as_select())
        .first(conn)
        .optional()?)
}
