//! The registry of one day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::procedures::FacetKind;
use crate::schema::{procedure_facets as p, procedure_versions as v};
use crate::{Conn, Error};

/// Where a procedure stands: it may be settled at several levels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    pub levels: Vec<String>,
    pub fields: Vec<String>,
}

/// Every procedure in force on a day.
pub fn in_force_by(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Placed>, Error> {
    let mut found: BTreeMap<String, Placed> = BTreeMap::new();
    for kind in [FacetKind::Every, FacetKind::Level, FacetKind::Field] {
        let values: Vec<(String, String)> = p::table
            .inner_join(v::table)
            .filter(p::facet.eq(kind.code()))
            .filter(v::valid_from.le(day))
            .filter(v::valid_to.gt(day))
            .select((p::version_id, p::value))
            .load(conn)?;
        for (version, value) in values {
            let placed = found.entry(version).or_default();
            match kind {
                FacetKind::Level => placed.levels.push(value),
                FacetKind::Field => placed.fields.push(value),
                _ => {}
            }
        }
    }
    Ok(found.into_values().collect())
}
