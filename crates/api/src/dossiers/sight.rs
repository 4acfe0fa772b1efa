//! Who sees and gives the counts of which unit.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use kstt_domain::policy::actions::ReadDossierCounts;
use kstt_domain::policy::{Actor, permit};
use kstt_persistence::dossiers::{self as rows, CountRow};
use kstt_persistence::units;
use kstt_persistence::{Conn, Error};

use crate::app::App;
use crate::http::ApiError;
use crate::sight::unit_target;

/// A record, and whether someone may know of it.
pub fn found(
    conn: &mut Conn,
    app: &App,
    actor: &Actor,
    id: &str,
    today: NaiveDate,
) -> Result<(CountRow, bool), ApiError> {
    let row = rows::find(conn, id)?.ok_or_else(ApiError::not_found)?;
    let viewers = app.units.viewers(conn)?;
    let target = unit_target(&viewers, actor, &row.id, &row.unit_id, today);
    Ok((row, permit::<ReadDossierCounts>(actor, &target).is_ok()))
}

/// Codes of the units that records name, by id.
pub fn codes(conn: &mut Conn, found: &[CountRow]) -> Result<HashMap<String, String>, Error> {
    let named = found.iter().flat_map(|row| [row.unit_id.clone(), row.lead_unit_id.clone()]);
    let unit_ids: BTreeSet<String> = named.collect();
    let units = units::by_ids(conn, &unit_ids.into_iter().collect::<Vec<_>>())?;
    Ok(units.into_iter().map(|unit| (unit.id, unit.code)).collect())
}
