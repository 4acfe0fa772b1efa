//! Reshaping units: every function works on periods and leaves history before the day untouched.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::policy::actions::{CreateUnit, EndUnit, MergeUnits, RenameUnit, SplitUnit};
use kstt_domain::policy::{ActionKind, Permit};
use kstt_domain::units::UnitKind;

use super::{UnitPeriodRow, UnitRow, period_on};
use crate::accounts::GrantRow;
use crate::db::insert_row;
use crate::revision::raise_units;
use crate::schema::{focal_officers, grants, unit_periods, units};
use crate::units::FocalOfficerRow;
use crate::{Conn, Error, Stored};

/// Actions that reshape units.
pub trait Reshapes: ActionKind {}
impl Reshapes for CreateUnit {}
impl Reshapes for RenameUnit {}
impl Reshapes for MergeUnits {}
impl Reshapes for SplitUnit {}
impl Reshapes for EndUnit {}

/// A unit that begins.
#[derive(Debug, Clone)]
pub struct NewUnit {
    pub id: String,
    pub period_id: String,
    pub code: String,
    pub kind: UnitKind,
    pub subtype: String,
    pub name: String,
    pub name_key: String,
    pub short_name: String,
    pub parent_id: Option<String>,
    pub gso_code: Option<String>,
    pub agency_code: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    pub legal_basis: Option<String>,
}

/// Stores a new unit with its first period.
pub fn create(
    conn: &mut Conn,
    _: &Permit<CreateUnit>,
    unit: &NewUnit,
    now: NaiveDateTime,
) -> Result<(), Error> {
    insert_seed(conn, unit, now)
}

/// Stores a unit of the shipped reference data.
pub fn insert_seed(conn: &mut Conn, unit: &NewUnit, now: NaiveDateTime) -> Result<(), Error> {
    let row = UnitRow {
        id: unit.id.clone(),
        code: unit.code.clone(),
        kind: Stored(unit.kind),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    insert_row(conn, units::table, row)?;
    let period = UnitPeriodRow {
        id: unit.period_id.clone(),
        unit_id: unit.id.clone(),
        valid_from: unit.valid_from,
        valid_to: unit.valid_to,
        subtype: unit.subtype.clone(),
        name: unit.name.clone(),
        name_key: unit.name_key.clone(),
        short_name: unit.short_name.clone(),
        parent_id: unit.parent_id.clone(),
        gso_code: unit.gso_code.clone(),
        agency_code: unit.agency_code.clone(),
        legal_basis: unit.legal_basis.clone(),
    };
    insert_row(conn, unit_periods::table, period)?;
    raise_units(conn)
}

/// What a unit becomes from a day on; `None` keeps what it was.
#[derive(Debug, Clone, Default)]
pub struct PeriodChange {
    pub subtype: Option<String>,
    pub name: Option<(String, String)>,
    pub short_name: Option<String>,
    pub parent_id: Option<String>,
    pub agency_code: Option<String>,
    pub legal_basis: String,
}

/// Applies `change` to the unit from `day` to the end of the period that holds on that day. Answers
/// false when the unit does not exist on that day.
pub fn rewrite_from<A: Reshapes>(
    conn: &mut Conn,
    _: &Permit<A>,
    unit_id: &str,
    day: NaiveDate,
    new_period_id: String,
    change: &PeriodChange,
) -> Result<bool, Error> {
    let Some(before) = period_on(conn, unit_id, day)? else { return Ok(false) };
    let mut after = before.clone();
    if let Some((name, key)) = &change.name {
        (after.name, after.name_key) = (name.clone(), key.clone());
    }
    after.subtype = change.subtype.clone().unwrap_or(after.subtype);
    after.short_name = change.short_name.clone().unwrap_or(after.short_name);
    after.parent_id = change.parent_id.clone().or(after.parent_id);
    after.agency_code = change.agency_code.clone().or(after.agency_code);
    after.legal_basis = Some(change.legal_basis.clone());
    if before.valid_from == day {
        diesel::delete(unit_periods::table.find(&before.id)).execute(conn)?;
    } else {
        after.id = new_period_id;
        after.valid_from = day;
        diesel::update(unit_periods::table.find(&before.id))
            .set(unit_periods::valid_to.eq(day))
            .execute(conn)?;
    }
    insert_row(conn, unit_periods::table, after)?;
    raise_units(conn)?;
    Ok(true)
}

/// Ends a unit: it exists until the day before `day`. Answers false when it did not exist on `day`.
pub fn end_period<A: Reshapes>(
    conn: &mut Conn,
    _: &Permit<A>,
    unit_id: &str,
    day: NaiveDate,
) -> Result<bool, Error> {
    let ended = diesel::update(
        unit_periods::table
            .filter(unit_periods::unit_id.eq(unit_id))
            .filter(unit_periods::valid_from.lt(day))
            .filter(unit_periods::valid_to.gt(day)),
    )
    .set(unit_periods::valid_to.eq(day))
    .execute(conn)?;
    let dropped = diesel::delete(
        unit_periods::table
            .filter(unit_periods::unit_id.eq(unit_id))
            .filter(unit_periods::valid_from.ge(day)),
    )
    .execute(conn)?;
    raise_units(conn)?;
    // A unit renamed on the very day has no period across it, only one that begins with it.
    Ok(ended + dropped > 0)
}

/// Raises the version of a unit if it is still `expected` (`None`: whatever it is).
pub fn touch<A: Reshapes>(
    conn: &mut Conn,
    _: &Permit<A>,
    unit_id: &str,
    expected: Option<i64>,
    now: NaiveDateTime,
) -> Result<bool, Error> {
    let mut target = diesel::update(units::table)
        .set((units::version.eq(units::version + 1), units::updated_at.eq(now)))
        .into_boxed()
        .filter(units::id.eq(unit_id.to_owned()));
    if let Some(expected) = expected {
        target = target.filter(units::version.eq(expected));
    }
    Ok(target.execute(conn)? == 1)
}

/// The unit that takes over, and the first day of its charge.
#[derive(Debug, Clone, Copy)]
pub struct Heir<'a> {
    pub unit_id: &'a str,
    pub from: NaiveDate,
}

/// What a takeover moved.
#[derive(Debug, Default, Clone)]
pub struct Takeover {
    pub grants: Vec<GrantRow>,
    pub focal_officers: Vec<FocalOfficerRow>,
}

/// Moves the grants and focal officers of `unit_id` that reach beyond the day to the heir; without
/// an heir they end on that day.
pub fn hand_over<A: Reshapes>(
    conn: &mut Conn,
    _: &Permit<A>,
    unit_id: &str,
    (day, heir): (NaiveDate, Option<Heir<'_>>),
    now: NaiveDateTime,
    mut new_id: impl FnMut() -> String,
) -> Result<Takeover, Error> {
    let moved_grants: Vec<GrantRow> = grants::table
        .filter(grants::unit_id.eq(unit_id))
        .filter(grants::valid_to.gt(day))
        .order(grants::id.asc())
        .select(GrantRow::as_select())
        .load(conn)?;
    for grant in &moved_grants {
        if grant.valid_from < day {
            diesel::update(grants::table.find(&grant.id))
                .set((
                    grants::valid_to.eq(day),
                    grants::version.eq(grant.version + 1),
                    grants::updated_at.eq(now),
                ))
                .execute(conn)?;
        } else {
            diesel::delete(grants::table.find(&grant.id)).execute(conn)?;
        }
        if let Some(heir) = heir {
            let row = GrantRow {
                id: new_id(),
                unit_id: heir.unit_id.to_owned(),
                valid_from: grant.valid_from.max(heir.from),
                version: 1,
                created_at: now,
                updated_at: now,
                ..grant.clone()
            };
            if !held_already(conn, &row)? {
                insert_row(conn, grants::table, row)?;
            }
        }
    }
    let moved_officers: Vec<FocalOfficerRow> = focal_officers::table
        .filter(focal_officers::unit_id.eq(unit_id))
        .filter(focal_officers::valid_to.gt(day))
        .order(focal_officers::id.asc())
        .select(FocalOfficerRow::as_select())
        .load(conn)?;
    for officer in &moved_officers {
        if officer.valid_from < day {
            diesel::update(focal_officers::table.find(&officer.id))
                .set((
                    focal_officers::valid_to.eq(day),
                    focal_officers::version.eq(officer.version + 1),
                    focal_officers::updated_at.eq(now),
                ))
                .execute(conn)?;
        } else {
            diesel::delete(focal_officers::table.find(&officer.id)).execute(conn)?;
        }
        if let Some(heir) = heir {
            let row = FocalOfficerRow {
                id: new_id(),
                unit_id: heir.unit_id.to_owned(),
                valid_from: officer.valid_from.max(heir.from),
                version: 1,
                created_at: now,
                updated_at: now,
                ..officer.clone()
            };
            insert_row(conn, focal_officers::table, row)?;
        }
    }
    Ok(Takeover { grants: moved_grants, focal_officers: moved_officers })
}

/// Whether the person holds the role at the unit for the whole period anyway.
fn held_already(conn: &mut Conn, wanted: &GrantRow) -> Result<bool, Error> {
    let holding: i64 = grants::table
        .filter(grants::user_id.eq(&wanted.user_id))
        .filter(grants::unit_id.eq(&wanted.unit_id))
        .filter(grants::role.eq(wanted.role))
        .filter(grants::valid_from.le(wanted.valid_from))
        .filter(grants::valid_to.ge(wanted.valid_to))
        .count()
        .get_result(conn)?;
    Ok(holding > 0)
}
