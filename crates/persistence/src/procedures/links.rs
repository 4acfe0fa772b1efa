//! Procedures that name one another: related ones, and those settled in one chain.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::read::in_force;
use super::{ProcedureOnDay, ProcedureRow, ReferenceKind, VersionRow};
use crate::schema::{procedure_references, procedure_versions, procedures};
use crate::{Conn, Error};

/// Procedures read in one direction at most.
const MAX_LINKS: i64 = 200;

/// A code that a version names, and what it stands for on the day: the first variant in force.
#[derive(Debug, Clone)]
pub struct Link {
    pub national_code: String,
    pub procedure: Option<ProcedureOnDay>,
}

/// What a version names in this way, in the order of codes.
pub fn named_by(
    conn: &mut Conn,
    version_id: &str,
    kind: ReferenceKind,
    day: NaiveDate,
) -> Result<Vec<Link>, Error> {
    let codes: Vec<String> = procedure_references::table
        .filter(procedure_references::version_id.eq(version_id))
        .filter(procedure_references::kind.eq(kind.code()))
        .order(procedure_references::national_code.asc())
        .limit(MAX_LINKS)
        .select(procedure_references::national_code)
        .load(conn)?;
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<ProcedureOnDay> = in_force(day)
        .filter(procedures::national_code.eq_any(codes.clone()))
        .order((procedures::precedence.asc(), procedures::variant.asc()))
        .select((ProcedureRow::as_select(), VersionRow::as_select()))
        .load(conn)?;
    let mut first = |code: &String| {
        let at = found.iter().position(|(procedure, _)| procedure.national_code.as_ref() == Some(code))?;
        Some(found.remove(at))
    };
    Ok(codes
        .into_iter()
        .map(|national_code| Link { procedure: first(&national_code), national_code })
        .collect())
}

/// Versions in force on the day that name `code` in any way, by name.
pub fn naming(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Vec<ProcedureOnDay>, Error> {
    let versions: Vec<String> = procedure_references::table
        .filter(procedure_references::national_code.eq(code))
        .select(procedure_references::version_id)
        .distinct()
        .load(conn)?;
    if versions.is_empty() {
        return Ok(Vec::new());
    }
    Ok(in_force(day)
        .filter(procedure_versions::id.eq_any(versions))
        .order((procedure_versions::sort_key.asc(), procedure_versions::id.asc()))
        .limit(MAX_LINKS)
        .select((ProcedureRow::as_select(), VersionRow::as_select()))
        .load(conn)?)
}
