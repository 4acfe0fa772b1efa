//! Who sees an obligation: the unit that owes it, the units above it, and whoever took over its work.

use diesel::prelude::*;
use kstt_domain::codes::Code;

use super::ObligationRow;
use crate::schema::obligations;
use crate::units::Viewers;
use crate::visible::Listed;
use crate::{Conn, Error};

/// The name of the room in `visible_to`.
pub const ROOM: &str = "obligations";

impl ObligationRow {
    pub(super) fn listed(&self) -> Listed<'_> {
        Listed { room: ROOM, id: &self.id, sort_key: &self.sort_key, outcome: self.outcome.0.code() }
    }
}

/// After units changed: stores again who sees the obligations of these.
pub fn show_again(conn: &mut Conn, unit_ids: &[String]) -> Result<(), Error> {
    let all = Viewers::load(conn)?;
    for unit_id in unit_ids {
        let viewers = all.of(unit_id);
        let rows: Vec<ObligationRow> = obligations::table
            .filter(obligations::unit_id.eq(unit_id))
            .select(ObligationRow::as_select())
            .load(conn)?;
        for row in rows {
            row.listed().hide(conn)?;
            row.listed().show(conn, &viewers)?;
        }
    }
    Ok(())
}
