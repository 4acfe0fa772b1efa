//! The way of items into the national feedback system, confirmed by hand.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::feedback::LedgerState;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::EnterFeedback;

use super::write::Receives;
use crate::db::insert_row;
use crate::schema::feedback_ledger as l;
use crate::{Conn, Error, Stored};

/// Where an item stands on its way.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = l, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LedgerRow {
    pub feedback_id: String,
    pub state: Stored<LedgerState>,
    pub national_code: Option<String>,
    pub entered_at: Option<NaiveDateTime>,
    /// The field the national system asks for.
    pub missing: Option<String>,
    pub note: Option<String>,
    pub version: i64,
    pub updated_at: NaiveDateTime,
}

/// Opens the page of a new item.
pub fn open_ledger<A: Receives>(conn: &mut Conn, _: &Permit<A>, row: &LedgerRow) -> Result<(), Error> {
    insert_row(conn, l::table, row)?;
    Ok(())
}

/// The page of an item.
pub fn ledger(conn: &mut Conn, feedback_id: &str) -> Result<Option<LedgerRow>, Error> {
    Ok(l::table.find(feedback_id).select(LedgerRow::as_select()).first(conn).optional()?)
}

/// Pages in one state, oldest items first, after one.
pub fn ledger_list(
    conn: &mut Conn,
    state: LedgerState,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<LedgerRow>, Error> {
    Ok(l::table
        .filter(l::state.eq(Stored(state)))
        .filter(l::feedback_id.gt(after.unwrap_or_default().to_owned()))
        .order(l::feedback_id.asc())
        .limit(limit)
        .select(LedgerRow::as_select())
        .load(conn)?)
}

/// A result exists now: what was entered before it is to be entered again, with it.
pub fn reopen_ledger(conn: &mut Conn, feedback_id: &str, now: NaiveDateTime) -> Result<(), Error> {
    let entered = l::table.find(feedback_id).filter(l::state.eq(Stored(LedgerState::Entered)));
    diesel::update(entered)
        .set((
            l::state.eq(Stored(LedgerState::ToEnter)),
            l::version.eq(l::version + 1),
            l::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Stores a changed page; answers whether the version before it was still there.
pub fn set_ledger(conn: &mut Conn, _: &Permit<EnterFeedback>, row: &LedgerRow) -> Result<bool, Error> {
    let target = l::table.find(&row.feedback_id).filter(l::version.eq(row.version - 1));
    Ok(diesel::update(target).set(row).execute(conn)? == 1)
}
