//! How far tables that are written have come, for the one who asked for each. Moments are real time.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::exports::ExportState;

use crate::db::insert_row;
use crate::schema::export_progress as e;
use crate::{Conn, Error, Stored};

/// A table that is written.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = e, treat_none_as_default_value = false)]
pub struct ProgressRow {
    /// The account or client that asked for it.
    pub owner: String,
    /// What the owner calls it.
    pub key: String,
    /// What is written.
    pub name: String,
    pub state: Stored<ExportState>,
    pub rows_written: i64,
    pub started_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// Stores a table that is begun; a unique violation means that its owner has used the key.
pub fn begin(conn: &mut Conn, row: &ProgressRow) -> Result<(), Error> {
    insert_row(conn, e::table, row)?;
    Ok(())
}

/// Stores how far a table has come.
pub fn store(conn: &mut Conn, row: &ProgressRow) -> Result<(), Error> {
    diesel::update(e::table.find((&row.owner, &row.key)))
        .set((e::state.eq(row.state), e::rows_written.eq(row.rows_written), e::updated_at.eq(row.updated_at)))
        .execute(conn)?;
    Ok(())
}

/// How far a table of an owner has come.
pub fn find(conn: &mut Conn, owner: &str, key: &str) -> Result<Option<ProgressRow>, Error> {
    Ok(e::table.find((owner, key)).select(ProgressRow::as_select()).first(conn).optional()?)
}

/// Forgets tables that were begun before a moment.
pub fn forget_before(conn: &mut Conn, moment: NaiveDateTime) -> Result<(), Error> {
    diesel::delete(e::table.filter(e::started_at.lt(moment))).execute(conn)?;
    Ok(())
}
