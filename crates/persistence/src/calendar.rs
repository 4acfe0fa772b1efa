//! The working calendar in versions, and the demo clock's offset.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::calendar::{DayKind, DayStatus};
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::{EditCalendar, MoveClock};

use crate::db::insert_row;
use crate::schema::{calendar_exceptions, calendar_versions, clock_settings};
use crate::{Conn, Error, Stored};

/// A version of the calendar.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_versions, treat_none_as_default_value = false)]
pub struct CalendarVersionRow {
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub reason: String,
    pub first_year: i32,
    pub last_year: i32,
}

/// One exceptional day, valid from one version up to another (exclusive).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_exceptions, treat_none_as_default_value = false)]
pub struct ExceptionRow {
    pub id: String,
    pub on_date: NaiveDate,
    pub kind: Stored<DayKind>,
    pub name_vi: String,
    pub compensates: Option<NaiveDate>,
    pub swaps_with: Option<NaiveDate>,
    pub status: Stored<DayStatus>,
    pub from_version: i64,
    pub to_version: i64,
}

/// The stored form of "still holds".
pub const OPEN_VERSION: i64 = i64::MAX;

/// The newest version, if the calendar was seeded.
pub fn latest(conn: &mut Conn) -> Result<Option<CalendarVersionRow>, Error> {
    Ok(calendar_versions::table
        .order(calendar_versions::version.desc())
        .select(CalendarVersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// One version.
pub fn version(conn: &mut Conn, version: i64) -> Result<Option<CalendarVersionRow>, Error> {
    Ok(calendar_versions::table
        .find(version)
        .select(CalendarVersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// All versions, newest first.
pub fn versions(conn: &mut Conn, before: Option<i64>, limit: i64) -> Result<Vec<CalendarVersionRow>, Error> {
    let mut query = calendar_versions::table
        .order(calendar_versions::version.desc())
        .limit(limit)
        .select(CalendarVersionRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(calendar_versions::version.lt(before));
    }
    Ok(query.load(conn)?)
}

/// The exceptions of a version, by date.
pub fn exceptions(conn: &mut Conn, version: i64) -> Result<Vec<ExceptionRow>, Error> {
    Ok(calendar_exceptions::table
        .filter(calendar_exceptions::from_version.le(version))
        .filter(calendar_exceptions::to_version.gt(version))
        .order(calendar_exceptions::on_date.asc())
        .select(ExceptionRow::as_select())
        .load(conn)?)
}

/// A new version of the calendar.
#[derive(Debug)]
pub struct Edition {
    pub version: CalendarVersionRow,
    /// Days whose exception ends with this version.
    pub lifted: Vec<NaiveDate>,
    pub added: Vec<ExceptionRow>,
}

/// Stores a version. The caller made its number from the latest one in the same transaction, so a
/// second writer fails on the key.
pub fn publish(conn: &mut Conn, _: &Permit<EditCalendar>, edition: &Edition) -> Result<(), Error> {
    insert_edition(conn, edition)
}

/// Stores the shipped calendar.
pub fn insert_edition(conn: &mut Conn, edition: &Edition) -> Result<(), Error> {
    insert_row(conn, calendar_versions::table, &edition.version)?;
    diesel::update(
        calendar_exceptions::table
            .filter(calendar_exceptions::on_date.eq_any(&edition.lifted))
            .filter(calendar_exceptions::to_version.eq(OPEN_VERSION)),
    )
    .set(calendar_exceptions::to_version.eq(edition.version.version))
    .execute(conn)?;
    for row in &edition.added {
        insert_row(conn, calendar_exceptions::table, row)?;
    }
    Ok(())
}

const DEMO: &str = "demo";

/// How far the demo clock stands from real time, in microseconds; `None` before it was first started.
pub fn clock_offset(conn: &mut Conn) -> Result<Option<i64>, Error> {
    Ok(clock_settings::table.find(DEMO).select(clock_settings::offset_microseconds).first(conn).optional()?)
}

/// Moves the demo clock.
pub fn move_clock(
    conn: &mut Conn,
    _: &Permit<MoveClock>,
    offset: i64,
    now: NaiveDateTime,
) -> Result<(), Error> {
    start_clock(conn, offset, now)
}

/// Starts the demo clock.
pub fn start_clock(conn: &mut Conn, offset: i64, now: NaiveDateTime) -> Result<(), Error> {
    let values = (clock_settings::offset_microseconds.eq(offset), clock_settings::updated_at.eq(now));
    let updated = diesel::update(clock_settings::table.find(DEMO)).set(values).execute(conn)?;
    if updated == 0 {
        insert_row(conn, clock_settings::table, (clock_settings::name.eq(DEMO), values.0, values.1))?;
    }
    Ok(())
}
