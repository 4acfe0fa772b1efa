//! Who takes over from whom.

use chrono::NaiveDate;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::units::SuccessionKind;

use super::{Reshapes, SuccessionRow, successions};
use crate::db::insert_row;
use crate::revision::raise_units;
use crate::schema::unit_successions;
use crate::{Conn, Error, Stored};

/// Stores that `to` takes over from `from`.
pub fn record_succession<A: Reshapes>(
    conn: &mut Conn,
    _: &Permit<A>,
    id: String,
    (from, to): (&str, &str),
    effective_on: NaiveDate,
    (kind, legal_basis): (SuccessionKind, &str),
) -> Result<(), Error> {
    let row = SuccessionRow {
        id,
        from_unit_id: from.to_owned(),
        to_unit_id: to.to_owned(),
        effective_on,
        kind: Stored(kind),
        legal_basis: legal_basis.to_owned(),
    };
    insert_succession(conn, &row)
}

/// Stores a succession of the shipped reference data.
pub fn insert_succession(conn: &mut Conn, row: &SuccessionRow) -> Result<(), Error> {
    insert_row(conn, unit_successions::table, row)?;
    raise_units(conn)
}

/// A unit that ends on a day, and who stands in for it afterwards.
#[derive(Debug, Clone, Copy)]
pub struct Handing<'a> {
    pub unit_id: &'a str,
    pub on: NaiveDate,
    pub heir_id: Option<&'a str>,
}

/// Corrects what was recorded for days after the end of a unit: it hands nothing over any more, and
/// what it was to take over goes to its heir.
pub fn pass_on<A: Reshapes>(conn: &mut Conn, _: &Permit<A>, handing: Handing<'_>) -> Result<(), Error> {
    let (to_heirs, from_predecessors) = successions(conn, handing.unit_id)?;
    for (planned, _) in to_heirs.into_iter().filter(|(row, _)| row.effective_on > handing.on) {
        diesel::delete(unit_successions::table.find(planned.id)).execute(conn)?;
    }
    for (planned, _) in from_predecessors.into_iter().filter(|(row, _)| row.effective_on > handing.on) {
        let heir = match handing.heir_id {
            Some(heir) if heir != planned.from_unit_id && !recorded(conn, &planned, heir)? => heir,
            _ => {
                diesel::delete(unit_successions::table.find(planned.id)).execute(conn)?;
                continue;
            }
        };
        diesel::update(unit_successions::table.find(planned.id))
            .set(unit_successions::to_unit_id.eq(heir))
            .execute(conn)?;
    }
    raise_units(conn)
}

fn recorded(conn: &mut Conn, planned: &SuccessionRow, to: &str) -> Result<bool, Error> {
    let (heirs, _) = successions(conn, &planned.from_unit_id)?;
    Ok(heirs.iter().any(|(row, _)| row.to_unit_id == to && row.effective_on == planned.effective_on))
}
