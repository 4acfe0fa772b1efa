//! Focal officers (cán bộ, công chức đầu mối) of a unit, each for a period.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::{AppointFocalOfficer, EndFocalOfficer};

use crate::db::insert_row;
use crate::schema::focal_officers;
use crate::{Conn, Error};

/// One appointment.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = focal_officers, treat_none_as_default_value = false)]
pub struct FocalOfficerRow {
    pub id: String,
    pub unit_id: String,
    pub person: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub appointing_paper: String,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// Appointments of a unit that hold on or after `day` (all when `None`), oldest first.
pub fn focal_officers(
    conn: &mut Conn,
    unit_id: &str,
    day: Option<NaiveDate>,
) -> Result<Vec<FocalOfficerRow>, Error> {
    let mut query = focal_officers::table
        .filter(focal_officers::unit_id.eq(unit_id.to_owned()))
        .order((focal_officers::valid_from.asc(), focal_officers::id.asc()))
        .select(FocalOfficerRow::as_select())
        .into_boxed();
    if let Some(day) = day {
        query = query.filter(focal_officers::valid_to.gt(day));
    }
    Ok(query.load(conn)?)
}

/// One appointment of a unit.
pub fn focal_officer(conn: &mut Conn, unit_id: &str, id: &str) -> Result<Option<FocalOfficerRow>, Error> {
    Ok(focal_officers::table
        .find(id)
        .filter(focal_officers::unit_id.eq(unit_id))
        .select(FocalOfficerRow::as_select())
        .first(conn)
        .optional()?)
}

/// Stores an appointment.
pub fn appoint(conn: &mut Conn, _: &Permit<AppointFocalOfficer>, row: &FocalOfficerRow) -> Result<(), Error> {
    insert_row(conn, focal_officers::table, row)?;
    Ok(())
}

/// Ends an appointment on `day`; answers whether the version was still `expected`.
pub fn end_term(
    conn: &mut Conn,
    permit: &Permit<EndFocalOfficer>,
    expected: i64,
    day: NaiveDate,
    now: NaiveDateTime,
) -> Result<bool, Error> {
    let target = focal_officers::table.find(permit.subject_id()).filter(focal_officers::version.eq(expected));
    let changed = diesel::update(target)
        .set((
            focal_officers::valid_to.eq(day),
            focal_officers::version.eq(expected + 1),
            focal_officers::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
