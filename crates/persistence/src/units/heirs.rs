//! For whom a unit stands on a day: itself, and every unit that ended and left its work to it.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{UnitRow, by_code, period_on, periods, successions};
use crate::{Conn, Error};

/// The unit of `code` if it exists on `day`, then those whose work has come to it, nearest first.
/// Nobody stands for a unit that has ended: ask for its successors.
pub fn standing_for(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Vec<UnitRow>, Error> {
    let Some(unit) = by_code(conn, code)? else { return Ok(Vec::new()) };
    if period_on(conn, &unit.id, day)?.is_none() {
        return Ok(Vec::new());
    }
    let mut seen: HashSet<String> = HashSet::from([unit.id.clone()]);
    let mut found = vec![unit];
    let mut at = 0;
    while let Some(id) = found.get(at).map(|unit| unit.id.clone()) {
        let (_, predecessors) = successions(conn, &id)?;
        for (succession, before) in predecessors {
            let came = ended_before(conn, &before.id, day)? == Some(succession.effective_on);
            if came && seen.insert(before.id.clone()) {
                found.push(before);
            }
        }
        at += 1;
    }
    Ok(found)
}

/// The units existing on `day` that do the work of the unit of `code`: itself, or else its successors.
pub fn standing_in(conn: &mut Conn, code: &str, day: NaiveDate) -> Result<Vec<UnitRow>, Error> {
    let Some(unit) = by_code(conn, code)? else { return Ok(Vec::new()) };
    let mut seen: HashSet<String> = HashSet::from([unit.id.clone()]);
    let (mut waiting, mut standing) = (vec![unit], Vec::new());
    while let Some(unit) = waiting.pop() {
        if period_on(conn, &unit.id, day)?.is_some() {
            standing.push(unit);
            continue;
        }
        let ended = ended_before(conn, &unit.id, day)?;
        let (heirs, _) = successions(conn, &unit.id)?;
        for (succession, heir) in heirs {
            if ended == Some(succession.effective_on) && seen.insert(heir.id.clone()) {
                waiting.push(heir);
            }
        }
    }
    standing.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(standing)
}

/// The day a unit ended for good, if that was on `day` or before. Only who took over on that day took over
/// the whole: a part that was split off earlier took only its own work along.
fn ended_before(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Option<NaiveDate>, Error> {
    let last = periods(conn, unit_id)?.into_iter().map(|period| period.valid_to).max();
    Ok(last.filter(|end| *end <= day))
}
