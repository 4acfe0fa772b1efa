//! Which units settle a procedure on a day. Units end and leave their work to others: whoever stands for
//! a unit that ended settles what was its to settle.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use kstt_domain::procedures::SettlingGroup;
use kstt_persistence::procedures::{Condition, FacetKind, VersionRow, unit_facets};
use kstt_persistence::units::{self, UnitFilter};
use kstt_persistence::{Conn, Error, revision};
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
    /// Units named by the procedure that have ended and whose work it does; empty when it is only there
    /// for itself.
    #[schema(max_items = 200)]
    pub in_place_of: Vec<String>,
}

/// What a procedure may name so that the unit of `code` settles it on `day`; nothing when that unit, or
/// every unit of that group, does not exist then.
pub fn settled_by(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Condition, Error> {
    let mut values = Vec::new();
    if let Some(group) = SettlingGroup::of_code(code) {
        values.extend(exists(conn, group, day)?.then(|| code.to_owned()));
    }
    for unit in units::standing_for(conn, code, day)? {
        values.extend(SettlingGroup::of_kind(unit.kind.0).map(|group| group.code.to_owned()));
        values.push(unit.code);
    }
    Ok(Condition::any(FacetKind::Unit, values))
}

/// Who does the work of a unit or a group on a day, for a state of the units.
#[derive(Debug, Default)]
pub struct KnownSettlers(Mutex<(i64, SettlersOnDays)>);

/// By day and by the code that was named.
type SettlersOnDays = HashMap<(NaiveDate, String), Arc<[SettlingUnit]>>;

/// Answers kept; more days than anyone asks for at a time.
const MAX_KNOWN: usize = 5_000;

impl KnownSettlers {
    fn get(&self, state: i64, key: &(NaiveDate, String)) -> Option<Arc<[SettlingUnit]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 == state { known.1.get(key).cloned() } else { None }
    }

    fn put(&self, state: i64, key: (NaiveDate, String), units: Arc<[SettlingUnit]>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != state || known.1.len() >= MAX_KNOWN {
            *known = (state, HashMap::new());
        }
        known.1.insert(key, units);
    }
}

/// Finds the units that settle versions on one day; who does the work of whom is looked up once.
pub struct Settlers<'a> {
    known: &'a KnownSettlers,
    state: i64,
    day: NaiveDate,
}

impl<'a> Settlers<'a> {
    /// The units of a day.
    pub fn on(conn: &mut Conn, known: &'a KnownSettlers, day: NaiveDate) -> Result<Self, Error> {
        Ok(Self { known, state: revision(conn)?.units, day })
    }

    /// The units that settle a version, each once, by code.
    pub fn of(&self, conn: &mut Conn, version: &VersionRow) -> Result<Vec<SettlingUnit>, Error> {
        let mut settlers: BTreeMap<String, SettlingUnit> = BTreeMap::new();
        for named in unit_facets(conn, &version.id)? {
            for unit in self.named(conn, &named)?.iter().cloned() {
                match settlers.get_mut(&unit.code) {
                    Some(known) => known.in_place_of.extend(unit.in_place_of),
                    None => drop(settlers.insert(unit.code.clone(), unit)),
                }
            }
        }
        Ok(settlers.into_values().collect())
    }

    /// The units that do the work of a unit or a group on the day.
    pub fn named(&self, conn: &mut Conn, code: &str) -> Result<Arc<[SettlingUnit]>, Error> {
        let key = (self.day, code.to_owned());
        if let Some(units) = self.known.get(self.state, &key) {
            return Ok(units);
        }
        let units: Arc<[SettlingUnit]> = match SettlingGroup::of_code(code) {
            Some(group) if exists(conn, group, self.day)? => {
                vec![SettlingUnit {
                    code: code.to_owned(),
                    name: group.name.to_owned(),
                    in_place_of: Vec::new(),
                }]
            }
            Some(group) => {
                let all = units::codes_of_kind(conn, group.kind)?;
                self.heirs(conn, code, all)?
            }
            None => self.heirs(conn, code, vec![code.to_owned()])?,
        }
        .into();
        self.known.put(self.state, key, units.clone());
        Ok(units)
    }

    /// Who does the work of these units, which `named` stands for.
    fn heirs(&self, conn: &mut Conn, named: &str, codes: Vec<String>) -> Result<Vec<SettlingUnit>, Error> {
        let mut heirs: BTreeMap<String, SettlingUnit> = BTreeMap::new();
        for code in codes {
            for unit in units::standing_in(conn, &code, self.day)? {
                let name = units::name_on(conn, &unit.code, self.day)?.unwrap_or_default();
                let in_place_of = (unit.code != named).then(|| named.to_owned()).into_iter().collect();
                heirs.insert(unit.code.clone(), SettlingUnit { code: unit.code, name, in_place_of });
            }
        }
        Ok(heirs.into_values().collect())
    }
}

/// Whether any unit of the group exists on the day.
fn exists(conn: &mut Conn, group: &SettlingGroup, day: NaiveDate) -> Result<bool, Error> {
    let filter = UnitFilter { kind: Some(group.kind), ..UnitFilter::default() };
    Ok(units::count(conn, day, &filter, 1)? > 0)
}
