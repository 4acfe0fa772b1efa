//! What was said about an item, in order.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::feedback::FeedbackEvent;

use crate::db::insert_row;
use crate::schema::feedback_entries as e;
use crate::{Conn, Error, Stored};

/// Something that was said when something happened.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = e, treat_none_as_default_value = false)]
pub struct EntryRow {
    pub id: String,
    pub feedback_id: String,
    pub event: Stored<FeedbackEvent>,
    /// Also for the sender to read.
    pub open: bool,
    /// Name of the account; `citizen` for the sender.
    pub author: String,
    pub unit_id: Option<String>,
    pub text: String,
    pub at: NaiveDateTime,
}

/// Stores what was said, in the transaction of what happened.
pub fn add_entry(conn: &mut Conn, row: &EntryRow) -> Result<(), Error> {
    insert_row(conn, e::table, row)?;
    Ok(())
}

/// What was said about an item, oldest first; only what its sender may read, if asked so.
pub fn entries(conn: &mut Conn, feedback_id: &str, open_only: bool) -> Result<Vec<EntryRow>, Error> {
    let mut query = e::table
        .filter(e::feedback_id.eq(feedback_id.to_owned()))
        .order(e::id.asc())
        .select(EntryRow::as_select())
        .into_boxed();
    if open_only {
        query = query.filter(e::open);
    }
    Ok(query.load(conn)?)
}
