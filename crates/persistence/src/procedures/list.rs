//! Lists of the procedures in force on a day, in the order of their names.
//!
//! A list walks the facet index in the order of the list, along the condition that leaves fewest rows,
//! and probes the other conditions of each row by their full key. A condition of several values is walked
//! once for each and merged. A list never touches long texts, and reads no row that cannot be shown.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Condition, Facet, Filter, VersionRow};
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
    let mut found: BTreeMap<(String, String), VersionRow> = BTreeMap::new();
    for walk in walks(conn, day, filter)? {
        let mut query = walk
            .select(VersionRow::as_select())
            .order((procedure_facets::sort_key.asc(), procedure_facets::version_id.asc()))
            .limit(limit);
        if let Some(After { sort_key, version_id }) = after.cloned() {
            // The first condition is what an index can use.
            query = query.filter(procedure_facets::sort_key.ge(sort_key.clone())).filter(
                procedure_facets::sort_key.gt(sort_key).or(procedure_facets::version_id.gt(version_id)),
            );
        }
        let rows: Vec<VersionRow> = query.load(conn)?;
        found.extend(rows.into_iter().map(|row| ((row.sort_key.clone(), row.id.clone()), row)));
    }
    let limit = usize::try_from(limit).unwrap_or_default();
    Ok(found.into_values().take(limit).collect())
}

/// How many versions a list has, counting at most `cap`.
pub fn count(conn: &mut Conn, day: NaiveDate, filter: &Filter, cap: i64) -> Result<i64, Error> {
    Ok(i64::try_from(ids(conn, day, filter, cap)?.len()).unwrap_or(cap).min(cap))
}

/// The versions a list has, by id.
pub fn ids_in_force(conn: &mut Conn, day: NaiveDate, filter: &Filter) -> Result<Vec<String>, Error> {
    Ok(ids(conn, day, filter, i64::MAX)?.into_iter().collect())
}

/// At most `cap` of each way the list is walked.
fn ids(conn: &mut Conn, day: NaiveDate, filter: &Filter, cap: i64) -> Result<BTreeSet<String>, Error> {
    let mut found = BTreeSet::new();
    for walk in walks(conn, day, filter)? {
        let ids: Vec<String> = walk.select(procedure_facets::version_id).limit(cap).load(conn)?;
        found.extend(ids);
    }
    Ok(found)
}

type Joined = diesel::dsl::InnerJoin<procedure_facets::table, procedure_versions::table>;
type Walk = diesel::dsl::IntoBoxed<'static, Joined, Backend>;

/// What was written since a moment: looked up one by one while it is little, else told by its moment.
enum Recent {
    All,
    Among(Vec<String>),
    Since(NaiveDateTime),
}

/// So many versions are little.
const LITTLE: i64 = 200;

impl Recent {
    fn of(conn: &mut Conn, since: Option<NaiveDateTime>) -> Result<Self, Error> {
        let Some(since) = since else { return Ok(Self::All) };
        let ids: Vec<String> = procedure_versions::table
            .filter(procedure_versions::updated_at.ge(since))
            .order((procedure_versions::updated_at.asc(), procedure_versions::id.asc()))
            .limit(LITTLE + 1)
            .select(procedure_versions::id)
            .load(conn)?;
        Ok(if ids.len() as i64 > LITTLE { Self::Since(since) } else { Self::Among(ids) })
    }
}

/// One query for each value of the leading condition; together they find all that match.
fn walks(conn: &mut Conn, day: NaiveDate, filter: &Filter) -> Result<Vec<Walk>, Error> {
    let mut conditions = filter.conditions.clone();
    conditions.sort();
    conditions.dedup();
    if conditions.is_empty() {
        conditions.push(Facet::every().into());
    }
    let leading = conditions.remove(0);
    let recent = Recent::of(conn, filter.updated_since)?;
    let walk = |value: &String| matching(day, (leading.kind.code(), value), &conditions, &recent);
    Ok(leading.values.iter().map(walk).collect())
}

fn matching(
    day: NaiveDate,
    (facet, value): (&'static str, &str),
    conditions: &[Condition],
    recent: &Recent,
) -> Walk {
    let mut query = procedure_facets::table
        .inner_join(procedure_versions::table)
        .into_boxed()
        .filter(procedure_facets::facet.eq(facet))
        .filter(procedure_facets::value.eq(value.to_owned()))
        .filter(procedure_versions::valid_from.le(day))
        .filter(procedure_versions::valid_to.gt(day));
    for condition in conditions {
        let other = diesel::alias!(procedure_facets as other);
        query = query.filter(exists(
            other
                .filter(other.field(procedure_facets::facet).eq(condition.kind.code()))
                .filter(other.field(procedure_facets::value).eq_any(condition.values.clone()))
                .filter(other.field(procedure_facets::sort_key).eq(procedure_facets::sort_key))
                .filter(other.field(procedure_facets::version_id).eq(procedure_facets::version_id)),
        ));
    }
    match recent {
        Recent::All => query,
        Recent::Among(ids) => query.filter(procedure_facets::version_id.eq_any(ids.clone())),
        Recent::Since(since) => query.filter(procedure_versions::updated_at.ge(*since)),
    }
}
