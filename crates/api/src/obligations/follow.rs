//! Keeping obligations in step with units that begin, merge, split and end.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use kstt_domain::policy::Actor;
use kstt_persistence::obligations as rows;
use kstt_persistence::units::Viewers;

use super::produce::{self, opened_years};
use crate::http::{Halt, Tx};

/// After a change of these units from a day on: who sees what is stored again, and the years that are open
/// are opened for the units there are now.
pub fn follow_units(tx: &mut Tx<'_>, touched: &[String], on: NaiveDate) -> Result<(), Halt> {
    let viewers = Viewers::load(tx.conn)?;
    let touched: HashSet<&str> = touched.iter().map(String::as_str).collect();
    let concerned: Vec<String> = viewers
        .units()
        .filter(|unit| viewers.of(unit).iter().any(|viewer| touched.contains(viewer.unit_id.as_str())))
        .map(str::to_owned)
        .collect();
    rows::show_again(tx.conn, &concerned)?;
    crate::feedback::follow_units(tx, &viewers, &concerned)?;
    // Whoever may change units need not be one who keeps the clocks.
    let system = Actor::system("obligations");
    let mut tx = tx.on_behalf_of(&system);
    for year in opened_years(&mut tx)?.into_iter().filter(|year| *year >= on.year()) {
        produce::open_year(&mut tx, year)?;
    }
    Ok(())
}
