//! Grants: a role at a unit for a period.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::period::Period;
use kstt_domain::policy::actions::{EndGrant, GiveGrant};
use kstt_domain::policy::{Permit, Role};

use crate::db::insert_row;
use crate::schema::{grants, units, users};
use crate::units::UnitRow;
use crate::{Conn, Error, Stored};

/// One grant.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub struct GrantRow {
    pub id: String,
    pub user_id: String,
    pub role: Stored<Role>,
    pub unit_id: String,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    pub basis: Option<String>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

impl GrantRow {
    /// A grant without a paper.
    pub fn fresh(
        id: String,
        user_id: &str,
        role: Role,
        unit_id: &str,
        period: Period,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            id,
            user_id: user_id.to_owned(),
            role: Stored(role),
            unit_id: unit_id.to_owned(),
            valid_from: period.from,
            valid_to: period.to,
            basis: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A grant and its unit.
pub type GrantWithUnit = (GrantRow, UnitRow);

/// Grants of a person in force on `day`.
pub fn live_grants(conn: &mut Conn, user_id: &str, day: NaiveDate) -> Result<Vec<GrantWithUnit>, Error> {
    Ok(grants::table
        .inner_join(units::table)
        .filter(grants::user_id.eq(user_id))
        .filter(grants::valid_from.le(day))
        .filter(grants::valid_to.gt(day))
        .order(grants::id.asc())
        .select((GrantRow::as_select(), UnitRow::as_select()))
        .load(conn)?)
}

/// Who holds one of these roles at one of these units on `day` and may log in: account and unit, by account.
pub fn holders(
    conn: &mut Conn,
    unit_ids: &[String],
    roles: &[Role],
    day: NaiveDate,
) -> Result<Vec<(String, String)>, Error> {
    let roles: Vec<Stored<Role>> = roles.iter().copied().map(Stored).collect();
    Ok(grants::table
        .inner_join(users::table)
        .filter(grants::unit_id.eq_any(unit_ids))
        .filter(grants::role.eq_any(roles))
        .filter(grants::valid_from.le(day))
        .filter(grants::valid_to.gt(day))
        .filter(users::disabled_at.is_null())
        .order((grants::user_id.asc(), grants::unit_id.asc()))
        .select((grants::user_id, grants::unit_id))
        .distinct()
        .load(conn)?)
}

/// All grants of a person, past and to come.
pub fn grants_of(conn: &mut Conn, user_id: &str) -> Result<Vec<GrantWithUnit>, Error> {
    Ok(grants::table
        .inner_join(units::table)
        .filter(grants::user_id.eq(user_id))
        .order((grants::valid_from.asc(), grants::id.asc()))
        .select((GrantRow::as_select(), UnitRow::as_select()))
        .load(conn)?)
}

/// One grant of a person.
pub fn grant(conn: &mut Conn, user_id: &str, id: &str) -> Result<Option<GrantWithUnit>, Error> {
    Ok(grants::table
        .inner_join(units::table)
        .filter(grants::id.eq(id))
        .filter(grants::user_id.eq(user_id))
        .select((GrantRow::as_select(), UnitRow::as_select()))
        .first(conn)
        .optional()?)
}

/// Stores a grant.
pub fn give_grant(conn: &mut Conn, _: &Permit<GiveGrant>, row: &GrantRow) -> Result<(), Error> {
    insert_grant(conn, row)
}

/// Stores a grant given by the system itself.
pub fn insert_grant(conn: &mut Conn, row: &GrantRow) -> Result<(), Error> {
    insert_row(conn, grants::table, row)?;
    Ok(())
}

/// Ends the grant the permit is for on `day`; answers whether its version was still `expected`.
pub fn end_grant(
    conn: &mut Conn,
    permit: &Permit<EndGrant>,
    expected: i64,
    day: NaiveDate,
    now: NaiveDateTime,
) -> Result<bool, Error> {
    let target = grants::table.find(permit.subject_id()).filter(grants::version.eq(expected));
    let changed = diesel::update(target)
        .set((grants::valid_to.eq(day), grants::version.eq(expected + 1), grants::updated_at.eq(now)))
        .execute(conn)?;
    Ok(changed == 1)
}
