//! Who sees an item: the unit that handles it, the units above that, whoever took over its work, and the
//! unit that received it.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::FeedbackRow;
use crate::schema::{feedback, visible_to as v};
use crate::units::{Viewer, Viewers};
use crate::{Conn, Error};

/// The name of the room in `visible_to`.
pub const ROOM: &str = "feedback";

#[derive(Insertable)]
#[diesel(table_name = v)]
struct SightRow<'a> {
    unit_id: &'a str,
    room: &'a str,
    sort_key: &'a str,
    subject_id: &'a str,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
    own: bool,
    outcome: &'a str,
}

/// Stores who sees an item, in the place of whoever saw it before.
pub fn show_to(conn: &mut Conn, row: &FeedbackRow, viewers: &Viewers, is_new: bool) -> Result<(), Error> {
    if !is_new {
        let shown = v::table.filter(v::subject_id.eq(&row.id)).filter(v::room.eq(ROOM));
        diesel::delete(shown).execute(conn)?;
    }
    for viewer in viewers_of(row, viewers) {
        let sight = SightRow {
            unit_id: &viewer.unit_id,
            room: ROOM,
            sort_key: &row.sort_key,
            subject_id: &row.id,
            valid_from: viewer.period.from,
            valid_to: viewer.period.to,
            own: viewer.own,
            outcome: kstt_domain::codes::Code::code(row.state.0),
        };
        diesel::insert_into(v::table).values(sight).execute(conn)?;
    }
    Ok(())
}

/// Whoever handles it sees it as their own; whoever received it sees it as well.
fn viewers_of(row: &FeedbackRow, viewers: &Viewers) -> Vec<Viewer> {
    let mut found = viewers.of(&row.handler_unit_id);
    let receivers = row.receiver().map(|place| viewers.of(place)).unwrap_or_default();
    for receiver in receivers.into_iter().filter(|viewer| viewer.own) {
        if !found.iter().any(|viewer| viewer.unit_id == receiver.unit_id) {
            found.push(receiver);
        }
    }
    found
}

/// After an item was changed: its state, or its place in the lists, is another one.
pub(super) fn follow(conn: &mut Conn, row: &FeedbackRow) -> Result<(), Error> {
    let shown = v::table.filter(v::subject_id.eq(&row.id)).filter(v::room.eq(ROOM));
    diesel::update(shown)
        .set((v::sort_key.eq(&row.sort_key), v::outcome.eq(kstt_domain::codes::Code::code(row.state.0))))
        .execute(conn)?;
    Ok(())
}

/// After units changed: stores again who sees the items of these.
pub fn show_again(conn: &mut Conn, viewers: &Viewers, unit_ids: &[String]) -> Result<(), Error> {
    for unit_id in unit_ids {
        let rows: Vec<FeedbackRow> = feedback::table
            .filter(feedback::handler_unit_id.eq(unit_id).or(feedback::place_unit_id.eq(unit_id)))
            .select(FeedbackRow::as_select())
            .load(conn)?;
        for row in rows {
            show_to(conn, &row, viewers, false)?;
        }
    }
    Ok(())
}
