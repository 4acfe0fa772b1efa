//! Who sees an obligation: the unit that owes it, the units above it, and whoever took over its work.

use chrono::NaiveDate;
use diesel::prelude::*;
use kstt_domain::obligations::ObligationOutcome;

use super::ObligationRow;
use crate::schema::{obligations, visible_to};
use crate::units::{Viewer, Viewers};
use crate::{Conn, Error, Stored};

/// The name of the room in `visible_to`.
pub const ROOM: &str = "obligations";

#[derive(Insertable)]
#[diesel(table_name = visible_to)]
struct SightRow<'a> {
    unit_id: &'a str,
    room: &'a str,
    sort_key: &'a str,
    subject_id: &'a str,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
    own: bool,
    outcome: Stored<ObligationOutcome>,
}

/// Stores who sees a row that is new.
pub(super) fn show(conn: &mut Conn, row: &ObligationRow, viewers: &[Viewer]) -> Result<(), Error> {
    for viewer in viewers {
        let sight = SightRow {
            unit_id: &viewer.unit_id,
            room: ROOM,
            sort_key: &row.sort_key,
            subject_id: &row.id,
            valid_from: viewer.period.from,
            valid_to: viewer.period.to,
            own: viewer.own,
            outcome: row.outcome,
        };
        diesel::insert_into(visible_to::table).values(sight).execute(conn)?;
    }
    Ok(())
}

/// Forgets who sees a row.
pub(super) fn hide(conn: &mut Conn, row: &ObligationRow) -> Result<(), Error> {
    let shown =
        visible_to::table.filter(visible_to::subject_id.eq(&row.id)).filter(visible_to::room.eq(ROOM));
    diesel::delete(shown).execute(conn)?;
    Ok(())
}

/// After a row was changed: nothing is left to be done, or it has another place in the lists.
pub(super) fn follow(conn: &mut Conn, row: &ObligationRow) -> Result<(), Error> {
    let shown =
        visible_to::table.filter(visible_to::subject_id.eq(&row.id)).filter(visible_to::room.eq(ROOM));
    diesel::update(shown)
        .set((visible_to::sort_key.eq(&row.sort_key), visible_to::outcome.eq(row.outcome)))
        .execute(conn)?;
    Ok(())
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
            hide(conn, &row)?;
            show(conn, &row, &viewers)?;
        }
    }
    Ok(())
}
