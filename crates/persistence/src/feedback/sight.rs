//! Who sees an item: the unit that handles it, the units above that, whoever took over its work, and the
//! unit whose people took it in.

use diesel::prelude::*;
use kstt_domain::codes::Code;

use super::FeedbackRow;
use crate::schema::feedback;
use crate::units::{Viewer, Viewers};
use crate::visible::Listed;
use crate::{Conn, Error};

/// The name of the room in `visible_to`.
pub const ROOM: &str = "feedback";

impl FeedbackRow {
    pub(super) fn listed(&self) -> Listed<'_> {
        Listed { room: ROOM, id: &self.id, sort_key: &self.sort_key, outcome: self.state.0.code() }
    }
}

/// Stores who sees an item, in the place of whoever saw it before.
pub fn show_to(conn: &mut Conn, row: &FeedbackRow, viewers: &Viewers, is_new: bool) -> Result<(), Error> {
    if !is_new {
        row.listed().hide(conn)?;
    }
    row.listed().show(conn, viewers_of(row, viewers))
}

/// Whoever handles it sees it as their own; whoever took it in sees it as well.
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
