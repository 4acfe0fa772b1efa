//! Lists of the procedures in force on a day, in the order of their names.
//!
//! A list walks the facet index in the order of the list, along the facet that leaves fewest rows, and
//! probes the other facets of each row by their full key. It never sorts and never touches long texts.

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Facet, Filter, VersionRow};
use crate::schema::{procedure_facets, procedure_versions};
use crate::{Backend, Conn, Error};

/// The place of the last row a reader has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    pub sort_key: String,
    pub version_id: String,
}

/// Up to `limit` versions in force on `day`, by name and id.
pub fn list(
    conn: &mut Conn,
    day: NaiveDate,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<VersionRow>, Error> {
    let mut query = matching(day, filter)
        .select(VersionRow::as_select())
        .order((procedure_facets::sort_key.asc(), procedure_facets::version_id.asc()))
        .limit(limit);
    if let Some(After { sort_key, version_id }) = after.cloned() {
        // The first condition is what an index can use.
        query = query
            .filter(procedure_facets::sort_key.ge(sort_key.clone()))
            .filter(procedure_facets::sort_key.gt(sort_key).or(procedure_facets::version_id.gt(version_id)));
    }
    Ok(query.load(conn)?)
}

/// How many versions a list has, counting at most `cap`.
pub fn count(conn: &mut Conn, day: NaiveDate, filter: &Filter, cap: i64) -> Result<i64, Error> {
    let ids: Vec<String> =
        matching(day, filter).select(procedure_facets::version_id).limit(cap).load(conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}

type Joined = diesel::dsl::InnerJoin<procedure_facets::table, procedure_versions::table>;

fn matching(day: NaiveDate, filter: &Filter) -> diesel::dsl::IntoBoxed<'static, Joined, Backend> {
    let mut facets = filter.facets.clone();
    facets.sort();
    facets.dedup();
    let mut facets = facets.into_iter();
    let driver = facets.next().unwrap_or_else(Facet::every);
    let mut query = procedure_facets::table
        .inner_join(procedure_versions::table)
        .into_boxed()
        .filter(procedure_facets::facet.eq(driver.kind.code()))
        .filter(procedure_facets::value.eq(driver.value))
        .filter(procedure_versions::valid_from.le(day))
        .filter(procedure_versions::valid_to.gt(day));
    for facet in facets {
        let other = diesel::alias!(procedure_facets as other);
        query = query.filter(exists(
            other
                .filter(other.field(procedure_facets::facet).eq(facet.kind.code()))
                .filter(other.field(procedure_facets::value).eq(facet.value))
                .filter(other.field(procedure_facets::sort_key).eq(procedure_facets::sort_key))
                .filter(other.field(procedure_facets::version_id).eq(procedure_facets::version_id)),
        ));
    }
    if let Some(since) = filter.updated_since {
        // As a set of ids it is gathered once, by its own index, instead of row by row.
        let recent = diesel::alias!(procedure_versions as recent);
        let ids = recent
            .filter(recent.field(procedure_versions::updated_at).ge(since))
            .select(recent.field(procedure_versions::id));
        query = query.filter(procedure_facets::version_id.eq_any(ids));
    }
    query
}
