//! Which units settle a procedure on a day. Units end and leave their work to others: whoever stands for
//! a unit that ended settles what was its to settle.

use std::collections::HashMap;

use chrono::NaiveDate;
use kstt_domain::procedures::{ALL_COMMUNES, ALL_DISTRICTS};
use kstt_domain::units::UnitKind;
use kstt_persistence::procedures::{Condition, FacetKind, VersionRow, unit_facets};
use kstt_persistence::{Conn, Error, units};
use serde::Serialize;
use utoipa::ToSchema;

/// A unit that settles a procedure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettlingUnit {
    /// Its code; `group:communes` and `group:districts` are all of them.
    #[schema(max_length = 20, example = "SXD")]
    pub code: String,
    /// Its name on the day.
    #[schema(max_length = 300)]
    pub name: String,
    /// The unit named by the procedure, when that one has ended and this one does its work.
    #[schema(max_length = 20)]
    pub in_place_of: Option<String>,
}

/// What a procedure may name so that the unit of `code` settles it on `day`; nothing when that unit does
/// not exist then.
pub fn settled_by(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Condition, Error> {
    let mut values = Vec::new();
    if group_name(code).is_some() {
        values.push(code.to_owned());
    }
    for unit in units::standing_for(conn, code, day)? {
        values.extend(group_of(unit.kind.0).map(str::to_owned));
        values.push(unit.code);
    }
    Ok(Condition::any(FacetKind::Unit, values))
}

/// Finds the units that settle versions on one day; who does the work of whom is looked up once.
pub struct Settlers {
    day: NaiveDate,
    known: HashMap<String, Vec<SettlingUnit>>,
}

impl Settlers {
    /// The units of a day.
    pub fn on(day: NaiveDate) -> Self {
        Self { day, known: HashMap::new() }
    }

    /// The units that settle a version.
    pub fn of(&mut self, conn: &mut Conn, version: &VersionRow) -> Result<Vec<SettlingUnit>, Error> {
        let mut settlers: Vec<SettlingUnit> = Vec::new();
        for named in unit_facets(conn, &version.id)? {
            if !self.known.contains_key(&named) {
                let units = self.named(conn, &named)?;
                self.known.insert(named.clone(), units);
            }
            settlers.extend(self.known.get(&named).into_iter().flatten().cloned());
        }
        Ok(settlers)
    }

    fn named(&self, conn: &mut Conn, code: &str) -> Result<Vec<SettlingUnit>, Error> {
        if let Some(name) = group_name(code) {
            return Ok(vec![SettlingUnit {
                code: code.to_owned(),
                name: name.to_owned(),
                in_place_of: None,
            }]);
        }
        let mut standing = Vec::new();
        for unit in units::standing_in(conn, code, self.day)? {
            let name = units::name_on(conn, &unit.code, self.day)?.unwrap_or_default();
            let in_place_of = (unit.code != code).then(|| code.to_owned());
            standing.push(SettlingUnit { code: unit.code, name, in_place_of });
        }
        Ok(standing)
    }
}

/// Communes and districts settle as a group.
fn group_of(kind: UnitKind) -> Option<&'static str> {
    match kind {
        UnitKind::Commune => Some(ALL_COMMUNES),
        UnitKind::District => Some(ALL_DISTRICTS),
        _ => None,
    }
}

/// What people call a group.
pub fn group_name(code: &str) -> Option<&'static str> {
    match code {
        ALL_COMMUNES => Some("Ủy ban nhân dân cấp xã"),
        ALL_DISTRICTS => Some("Ủy ban nhân dân cấp huyện"),
        _ => None,
    }
}
