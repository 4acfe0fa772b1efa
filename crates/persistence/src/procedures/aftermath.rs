//! What a write means for other versions: references that come alive or die, files that arrive.
//!
//! Both are findings like those of the content, kept as facets, so that lists, searches and counts see
//! them the same way.

use std::collections::BTreeSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use kstt_domain::codes::Code;
use kstt_domain::procedures::FindingCode;

use super::derive::insert_facet;
use super::{Facet, FacetKind, VersionRow};
use crate::revision::Revisions;
use crate::schema::{
    files, procedure_facets, procedure_files, procedure_references, procedure_versions, procedures,
};
use crate::{Conn, Error};

/// Sets or clears what these versions miss elsewhere. A version whose findings change takes a revision.
pub(super) fn recheck(
    conn: &mut Conn,
    revisions: &mut Revisions,
    version_ids: &[String],
) -> Result<(), Error> {
    for id in version_ids {
        let version: VersionRow =
            procedure_versions::table.find(id).select(VersionRow::as_select()).first(conn)?;
        let dead = !dead_references(conn, &version)?.is_empty();
        let missing = !missing_files(conn, &version.id)?.is_empty();
        let changed = set(conn, &version, FindingCode::DeadReference, dead)?
            | set(conn, &version, FindingCode::FileMissing, missing)?;
        if changed {
            diesel::update(procedure_versions::table.find(id))
                .set(procedure_versions::revision.eq(revisions.take()))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The versions that name one of these codes.
pub(super) fn versions_naming(conn: &mut Conn, codes: &BTreeSet<String>) -> Result<Vec<String>, Error> {
    Ok(procedure_references::table
        .filter(procedure_references::national_code.eq_any(codes))
        .select(procedure_references::version_id)
        .distinct()
        .load(conn)?)
}

/// A file was stored: versions that waited for it miss it no longer.
pub fn file_arrived(conn: &mut Conn, sha256: &str) -> Result<(), Error> {
    let mut revisions = Revisions::begin(conn)?;
    let waiting: Vec<String> = procedure_files::table
        .filter(procedure_files::sha256.eq(sha256))
        .select(procedure_files::version_id)
        .load(conn)?;
    recheck(conn, &mut revisions, &waiting)?;
    revisions.finish(conn)
}

/// The codes a version names of which no procedure holds at any time together with it.
pub fn dead_references(conn: &mut Conn, version: &VersionRow) -> Result<Vec<String>, Error> {
    let alive = procedures::table
        .inner_join(procedure_versions::table)
        .filter(procedures::national_code.eq(procedure_references::national_code.nullable()))
        .filter(procedure_versions::valid_from.lt(version.valid_to))
        .filter(procedure_versions::valid_to.gt(version.valid_from));
    Ok(procedure_references::table
        .filter(procedure_references::version_id.eq(&version.id))
        .filter(not(exists(alive)))
        .select(procedure_references::national_code)
        .distinct()
        .order(procedure_references::national_code.asc())
        .load(conn)?)
}

/// The checksums of files a version names that are not stored.
pub fn missing_files(conn: &mut Conn, version_id: &str) -> Result<Vec<String>, Error> {
    let stored = files::table.filter(files::sha256.eq(procedure_files::sha256));
    Ok(procedure_files::table
        .filter(procedure_files::version_id.eq(version_id))
        .filter(not(exists(stored)))
        .select(procedure_files::sha256)
        .order(procedure_files::sha256.asc())
        .load(conn)?)
}

/// Answers whether anything changed.
fn set(conn: &mut Conn, version: &VersionRow, code: FindingCode, holds: bool) -> Result<bool, Error> {
    let row = procedure_facets::table
        .filter(procedure_facets::facet.eq(FacetKind::Finding.code()))
        .filter(procedure_facets::value.eq(code.code()))
        .filter(procedure_facets::sort_key.eq(&version.sort_key))
        .filter(procedure_facets::version_id.eq(&version.id));
    let held: i64 = row.count().get_result(conn)?;
    match (held > 0, holds) {
        (false, true) => insert_facet(conn, version, &Facet::finding(code))?,
        (true, false) => {
            diesel::delete(row).execute(conn)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}
