//! Units in time: who exists on a day, below whom, and what became of whom.

mod focal;
mod heirs;
mod succession;
mod tree;
mod viewers;
mod write;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::units::{SuccessionKind, UnitKind};

pub use focal::{FocalOfficerRow, appoint, end_term, focal_officer, focal_officers};
pub use heirs::{standing_for, standing_in};
pub use succession::{Handing, insert_succession, pass_on, record_succession};
pub use tree::{path_of, subtree_of, unsound_from};
pub use viewers::{Viewer, Viewers};
pub use write::{
    Heir, NewUnit, PeriodChange, Reshapes, Takeover, create, end_period, hand_over, insert_seed,
    rewrite_from, touch,
};

use crate::schema::{unit_periods, unit_successions, units};
use crate::{Conn, Error, Stored};

/// The identity of a unit.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = units, treat_none_as_default_value = false)]
pub struct UnitRow {
    pub id: String,
    pub code: String,
    pub kind: Stored<UnitKind>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// What a unit was during one period.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = unit_periods, treat_none_as_default_value = false)]
pub struct UnitPeriodRow {
    pub id: String,
    pub unit_id: String,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    pub subtype: String,
    pub name: String,
    pub name_key: String,
    pub short_name: String,
    pub parent_id: Option<String>,
    pub gso_code: Option<String>,
    pub agency_code: Option<String>,
    pub legal_basis: Option<String>,
}

/// A succession between two units.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = unit_successions, treat_none_as_default_value = false)]
pub struct SuccessionRow {
    pub id: String,
    pub from_unit_id: String,
    pub to_unit_id: String,
    pub effective_on: NaiveDate,
    pub kind: Stored<SuccessionKind>,
    pub legal_basis: String,
}

/// A unit as it is on one day.
pub type UnitOnDay = (UnitRow, UnitPeriodRow);

/// What a list of units is narrowed by.
#[derive(Debug, Default, Clone)]
pub struct UnitFilter {
    pub kind: Option<UnitKind>,
    pub parent_id: Option<String>,
    pub updated_since: Option<NaiveDateTime>,
}

/// Units existing on `day`, in the order of their codes, after the code `after`.
pub fn list(
    conn: &mut Conn,
    day: NaiveDate,
    filter: &UnitFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<UnitOnDay>, Error> {
    let mut query = on_day(day, filter)
        .select((UnitRow::as_select(), UnitPeriodRow::as_select()))
        .order(units::code.asc())
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(units::code.gt(after.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// How many units a list has, counting at most `cap`.
pub fn count(conn: &mut Conn, day: NaiveDate, filter: &UnitFilter, cap: i64) -> Result<i64, Error> {
    let ids: Vec<String> = on_day(day, filter).select(units::id).limit(cap).load(conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}

type Joined = diesel::dsl::InnerJoin<units::table, unit_periods::table>;

fn on_day(day: NaiveDate, filter: &UnitFilter) -> diesel::dsl::IntoBoxed<'static, Joined, crate::Backend> {
    let mut query = units::table
        .inner_join(unit_periods::table)
        .into_boxed()
        .filter(unit_periods::valid_from.le(day))
        .filter(unit_periods::valid_to.gt(day));
    if let Some(kind) = filter.kind {
        query = query.filter(units::kind.eq(Stored(kind)));
    }
    if let Some(parent) = &filter.parent_id {
        query = query.filter(unit_periods::parent_id.eq(parent.clone()));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(units::updated_at.ge(since));
    }
    query
}

/// The name of the unit of a code on a day.
pub fn name_on(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Option<String>, Error> {
    Ok(on_day(day, &UnitFilter::default())
        .filter(units::code.eq(code.to_owned()))
        .select(unit_periods::name)
        .first(conn)
        .optional()?)
}

/// The codes of all units of a kind that ever were.
pub fn codes_of_kind(conn: &mut Conn, kind: UnitKind) -> Result<Vec<String>, Error> {
    Ok(units::table
        .filter(units::kind.eq(Stored(kind)))
        .order(units::code.asc())
        .select(units::code)
        .load(conn)?)
}

/// Every name a unit ever had, with the code of the unit.
pub fn ever_named(conn: &mut Conn) -> Result<Vec<(String, String)>, Error> {
    Ok(units::table
        .inner_join(unit_periods::table)
        .select((units::code, unit_periods::name))
        .distinct()
        .order((units::code.asc(), unit_periods::name.asc()))
        .load(conn)?)
}

/// The unit of a code.
pub fn by_code(conn: &mut Conn, code: &str) -> Result<Option<UnitRow>, Error> {
    Ok(units::table.filter(units::code.eq(code)).select(UnitRow::as_select()).first(conn).optional()?)
}

/// The unit of an id.
pub fn by_id(conn: &mut Conn, id: &str) -> Result<Option<UnitRow>, Error> {
    Ok(units::table.find(id).select(UnitRow::as_select()).first(conn).optional()?)
}

/// All units of these ids.
pub fn by_ids(conn: &mut Conn, ids: &[String]) -> Result<Vec<UnitRow>, Error> {
    Ok(units::table.filter(units::id.eq_any(ids)).select(UnitRow::as_select()).load(conn)?)
}

/// The unit of a GSO code on a day is found by its periods; all periods of one unit, oldest first.
pub fn periods(conn: &mut Conn, unit_id: &str) -> Result<Vec<UnitPeriodRow>, Error> {
    Ok(unit_periods::table
        .filter(unit_periods::unit_id.eq(unit_id))
        .order(unit_periods::valid_from.asc())
        .select(UnitPeriodRow::as_select())
        .load(conn)?)
}

/// The period of a unit that holds on `day`.
pub fn period_on(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Option<UnitPeriodRow>, Error> {
    Ok(unit_periods::table
        .filter(unit_periods::unit_id.eq(unit_id))
        .filter(unit_periods::valid_from.le(day))
        .filter(unit_periods::valid_to.gt(day))
        .select(UnitPeriodRow::as_select())
        .first(conn)
        .optional()?)
}

/// Units directly below `unit_id` on or after `day`, with their periods that reach beyond it.
pub fn children_from(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Vec<UnitOnDay>, Error> {
    Ok(units::table
        .inner_join(unit_periods::table)
        .filter(unit_periods::parent_id.eq(unit_id))
        .filter(unit_periods::valid_to.gt(day))
        .order((units::code.asc(), unit_periods::valid_from.asc()))
        .select((UnitRow::as_select(), UnitPeriodRow::as_select()))
        .load(conn)?)
}

/// Successions from a unit (to its heirs) and to it (from its predecessors), oldest first, each with
/// the other unit.
pub fn successions(conn: &mut Conn, unit_id: &str) -> Result<(Vec<Succession>, Vec<Succession>), Error> {
    let heirs = unit_successions::table
        .inner_join(units::table.on(units::id.eq(unit_successions::to_unit_id)))
        .filter(unit_successions::from_unit_id.eq(unit_id))
        .order((unit_successions::effective_on.asc(), units::code.asc()))
        .select((SuccessionRow::as_select(), UnitRow::as_select()))
        .load(conn)?;
    let predecessors = unit_successions::table
        .inner_join(units::table.on(units::id.eq(unit_successions::from_unit_id)))
        .filter(unit_successions::to_unit_id.eq(unit_id))
        .order((unit_successions::effective_on.asc(), units::code.asc()))
        .select((SuccessionRow::as_select(), UnitRow::as_select()))
        .load(conn)?;
    Ok((heirs, predecessors))
}

/// A succession with the unit at its other end.
pub type Succession = (SuccessionRow, UnitRow);
