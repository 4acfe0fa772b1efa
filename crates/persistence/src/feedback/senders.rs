//! Who sent an item: sealed, apart, and erased after a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::EraseSenders;

use super::write::{Changes, Receives};
use crate::db::insert_row;
use crate::schema::{feedback as f, feedback_senders as s};
use crate::{Conn, Error};

/// The sender of an item.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = s, treat_none_as_default_value = false)]
pub struct SenderRow {
    pub feedback_id: String,
    /// Sealed with the master key; null once it was erased.
    pub sealed: Option<String>,
    /// Keyed: finds other items of the same sender.
    pub phone_hash: Option<String>,
    pub email_hash: Option<String>,
    pub received_at: NaiveDateTime,
    pub erased_at: Option<NaiveDateTime>,
}

/// Stores who sent a new item.
pub fn insert_sender<A: Receives>(conn: &mut Conn, _: &Permit<A>, row: &SenderRow) -> Result<(), Error> {
    insert_row(conn, s::table, row)?;
    Ok(())
}

/// Stores what a sender added about themselves.
pub fn replace_sender<A: Changes>(conn: &mut Conn, _: &Permit<A>, row: &SenderRow) -> Result<(), Error> {
    diesel::update(s::table.find(&row.feedback_id).filter(s::erased_at.is_null()))
        .set((
            s::sealed.eq(&row.sealed),
            s::phone_hash.eq(&row.phone_hash),
            s::email_hash.eq(&row.email_hash),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who sent an item.
pub fn sender(conn: &mut Conn, feedback_id: &str) -> Result<Option<SenderRow>, Error> {
    Ok(s::table.find(feedback_id).select(SenderRow::as_select()).first(conn).optional()?)
}

/// Ids and codes of items that ended before `moment` and whose sender is still known, what ended first first.
pub fn erasable(conn: &mut Conn, moment: NaiveDateTime, limit: i64) -> Result<Vec<(String, String)>, Error> {
    Ok(f::table
        .inner_join(s::table)
        .filter(f::ended_at.lt(moment))
        .filter(s::erased_at.is_null())
        .order(f::ended_at.asc())
        .limit(limit)
        .select((f::id, f::code))
        .load(conn)?)
}

/// Erases who sent an item, and what finds other items of the same sender.
pub fn erase(conn: &mut Conn, permit: &Permit<EraseSenders>, now: NaiveDateTime) -> Result<bool, Error> {
    let none = None::<String>;
    let erased = diesel::update(s::table.find(permit.subject_id()).filter(s::erased_at.is_null()))
        .set((s::sealed.eq(&none), s::phone_hash.eq(&none), s::email_hash.eq(&none), s::erased_at.eq(now)))
        .execute(conn)?;
    Ok(erased == 1)
}
