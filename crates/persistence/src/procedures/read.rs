//! Single procedures, by whatever names them, on a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{FacetKind, FieldRow, ProcedureOnDay, ProcedureRow, TextsRow, VersionRow};
use crate::schema::{fields, procedure_facets, procedure_texts, procedure_versions, procedures};
use crate::{Backend, Conn, Error};

type Joined = diesel::dsl::InnerJoin<procedures::table, procedure_versions::table>;

pub(super) fn in_force(day: NaiveDate) -> diesel::dsl::IntoBoxed<'static, Joined, Backend> {
    procedures::table
        .inner_join(procedure_versions::table)
        .into_boxed()
        .filter(procedure_versions::valid_from.le(day))
        .filter(procedure_versions::valid_to.gt(day))
}

/// All variants of a code in force on `day`: the city's own, the ministry's, then other places'.
pub fn by_code(conn: &mut Conn, national_code: &str, day: NaiveDate) -> Result<Vec<ProcedureOnDay>, Error> {
    Ok(in_force(day)
        .filter(procedures::national_code.eq(national_code.to_owned()))
        .order((procedures::precedence.asc(), procedures::variant.asc()))
        .select((ProcedureRow::as_select(), VersionRow::as_select()))
        .load(conn)?)
}

/// The procedure of an id, if it is in force on `day`.
pub fn by_id(conn: &mut Conn, procedure_id: &str, day: NaiveDate) -> Result<Option<ProcedureOnDay>, Error> {
    Ok(in_force(day)
        .filter(procedures::id.eq(procedure_id.to_owned()))
        .select((ProcedureRow::as_select(), VersionRow::as_select()))
        .first(conn)
        .optional()?)
}

/// These versions in the given order, without those that are not in force on `day`.
pub fn by_version_ids(conn: &mut Conn, ids: &[String], day: NaiveDate) -> Result<Vec<VersionRow>, Error> {
    let rows: Vec<VersionRow> = procedure_versions::table
        .filter(procedure_versions::id.eq_any(ids))
        .filter(procedure_versions::valid_from.le(day))
        .filter(procedure_versions::valid_to.gt(day))
        .select(VersionRow::as_select())
        .load(conn)?;
    let mut by_id: HashMap<String, VersionRow> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// All variants of a code, in force or not: the city's own, the ministry's, then other places'.
pub fn ever_of_code(conn: &mut Conn, national_code: &str) -> Result<Vec<ProcedureRow>, Error> {
    Ok(procedures::table
        .filter(procedures::national_code.eq(national_code))
        .order((procedures::precedence.asc(), procedures::variant.asc()))
        .select(ProcedureRow::as_select())
        .load(conn)?)
}

/// The procedure of an id, in force or not.
pub fn ever_of_id(conn: &mut Conn, procedure_id: &str) -> Result<Option<ProcedureRow>, Error> {
    Ok(procedures::table.find(procedure_id).select(ProcedureRow::as_select()).first(conn).optional()?)
}

/// Up to `limit` versions of a procedure after the number `after`, oldest first.
pub fn versions(
    conn: &mut Conn,
    procedure_id: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<VersionRow>, Error> {
    Ok(procedure_versions::table
        .filter(procedure_versions::procedure_id.eq(procedure_id))
        .filter(procedure_versions::number.gt(after))
        .order(procedure_versions::number.asc())
        .limit(limit)
        .select(VersionRow::as_select())
        .load(conn)?)
}

/// The version of a procedure that was written last.
pub(super) fn last_version(conn: &mut Conn, procedure_id: &str) -> Result<Option<VersionRow>, Error> {
    Ok(procedure_versions::table
        .filter(procedure_versions::procedure_id.eq(procedure_id))
        .order(procedure_versions::number.desc())
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// One version of a procedure, by number.
pub fn version(conn: &mut Conn, procedure_id: &str, number: i64) -> Result<Option<VersionRow>, Error> {
    Ok(procedure_versions::table
        .filter(procedure_versions::procedure_id.eq(procedure_id))
        .filter(procedure_versions::number.eq(number))
        .select(VersionRow::as_select())
        .first(conn)
        .optional()?)
}

/// The units and groups of units a version names as settling, by code.
pub fn unit_facets(conn: &mut Conn, version_id: &str) -> Result<Vec<String>, Error> {
    // Asked for one facet in its order, SQLite would rather walk over that facet of all versions.
    let facets: Vec<(String, String)> = procedure_facets::table
        .filter(procedure_facets::version_id.eq(version_id))
        .select((procedure_facets::facet, procedure_facets::value))
        .load(conn)?;
    let of_units = facets.into_iter().filter(|(facet, _)| facet == FacetKind::Unit.code());
    let mut codes: Vec<String> = of_units.map(|(_, value)| value).collect();
    codes.sort();
    Ok(codes)
}

/// All long texts of a version.
pub fn texts(conn: &mut Conn, version_id: &str) -> Result<Option<TextsRow>, Error> {
    Ok(procedure_texts::table.find(version_id).select(TextsRow::as_select()).first(conn).optional()?)
}

/// All subject areas, by slug.
pub fn fields(conn: &mut Conn) -> Result<Vec<FieldRow>, Error> {
    Ok(fields::table.order(fields::slug.asc()).select(FieldRow::as_select()).load(conn)?)
}
