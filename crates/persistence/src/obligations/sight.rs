//! Who sees an obligation: the unit that owes it, the units above it, and whoever took over its work.

use diesel::prelude::*;
use kstt_domain::codes::Code;

use super::ObligationRow;
use crate::schema::obligations;
use crate::units::Viewers;
use crate::visible::{Listed, show};
use crate::{Conn, Error};

/// The name of the room in `visible_to`.
pub const ROOM: &str = "obligations";

impl ObligationRow {
    pub(super) fn listed(&self) -> Listed<'_> {
        Listed { room: ROOM, id: &self.id, sort_key: &self.sort_key, outcome: self.outcome.0.code() }
    }
}

/// Stores who sees each of some obligations.
pub(super) fn show_all(conn: &mut Conn, rows: &[ObligationRow], viewers: &Viewers) -> Result<(), Error> {
    let seen: Vec<_> = rows.iter().map(|row| (row.listed(), viewers.of(&row.unit_id))).collect();
    show(conn, &seen)
}

/// Rows that are shown again at once.
const PAGE: i64 = 500;

/// After units changed: stores again who sees the obligations of these.
pub fn show_again(conn: &mut Conn, unit_ids: &[String]) -> Result<(), Error> {
    let all = Viewers::load(conn)?;
    let mut after = String::new();
    loop {
        let rows: Vec<ObligationRow> = obligations::table
            .filter(obligations::unit_id.eq_any(unit_ids))
            .filter(obligations::id.gt(&after))
            .order(obligations::id.asc())
            .limit(PAGE)
            .select(ObligationRow::as_select())
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id.clone();
        rows.iter().try_for_each(|row| row.listed().hide(conn))?;
        show_all(conn, &rows, &all)?;
    }
}
