//! Single procedures, by whatever names them, on a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{FieldRow, ProcedureOnDay, ProcedureRow, TextsRow, VersionRow};
use crate::schema::{fields, procedure_texts, procedure_versions, procedures};
use crate::{Backend, Conn, Error};

type Joined = diesel::dsl::InnerJoin<procedures::table, procedure_versions::table>;

fn in_force(day: NaiveDate) -> diesel::dsl::IntoBoxed<'static, Joined, Backend> {
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

/// One variant of a code, if it is in force on `day`.
pub fn by_code_and_variant(
    conn: &mut Conn,
    national_code: &str,
    variant: &str,
    day: NaiveDate,
) -> Result<Option<ProcedureOnDay>, Error> {
    Ok(in_force(day)
        .filter(procedures::national_code.eq(national_code.to_owned()))
        .filter(procedures::variant.eq(variant.to_owned()))
        .select((ProcedureRow::as_select(), VersionRow::as_select()))
        .first(conn)
        .optional()?)
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

/// Whether any variant of a code is known, in force or not.
pub fn knows_code(conn: &mut Conn, national_code: &str) -> Result<bool, Error> {
    let found: Option<String> = procedures::table
        .filter(procedures::national_code.eq(national_code))
        .select(procedures::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// All versions of a procedure, oldest first.
pub fn versions(conn: &mut Conn, procedure_id: &str) -> Result<Vec<VersionRow>, Error> {
    Ok(procedure_versions::table
        .filter(procedure_versions::procedure_id.eq(procedure_id))
        .order(procedure_versions::number.asc())
        .select(VersionRow::as_select())
        .load(conn)?)
}

/// The content of a version as it was stored.
pub fn content(conn: &mut Conn, version_id: &str) -> Result<Option<String>, Error> {
    Ok(procedure_texts::table.find(version_id).select(procedure_texts::content).first(conn).optional()?)
}

/// All long texts of a version.
pub fn texts(conn: &mut Conn, version_id: &str) -> Result<Option<TextsRow>, Error> {
    Ok(procedure_texts::table.find(version_id).select(TextsRow::as_select()).first(conn).optional()?)
}

/// All subject areas, by slug.
pub fn fields(conn: &mut Conn) -> Result<Vec<FieldRow>, Error> {
    Ok(fields::table.order(fields::slug.asc()).select(FieldRow::as_select()).load(conn)?)
}
