//! What a person wants to hear, and how.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::KeepMyNotifications;

use crate::db::insert_row;
use crate::schema::notification_preferences as p;
use crate::{Conn, Error};

/// The preferences of a person.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = p, treat_none_as_default_value = false)]
pub struct PreferencesRow {
    pub user_id: String,
    /// Whether messages are mailed too.
    pub email: bool,
    /// Of mails: `vi` or `en`.
    pub language: String,
    /// Kinds not wanted, separated by blanks.
    pub muted: String,
    pub version: i64,
    pub updated_at: NaiveDateTime,
}

/// What a person has chosen; `None` before they chose anything.
pub fn preferences(conn: &mut Conn, user_id: &str) -> Result<Option<PreferencesRow>, Error> {
    Ok(p::table.find(user_id).select(PreferencesRow::as_select()).first(conn).optional()?)
}

/// Stores a choice in the place of version `expected`, 0 being none; answers whether it was still that.
pub fn set_preferences(
    conn: &mut Conn,
    _: &Permit<KeepMyNotifications>,
    expected: i64,
    row: &PreferencesRow,
) -> Result<bool, Error> {
    if expected > 0 {
        let target = p::table.find(&row.user_id).filter(p::version.eq(expected));
        return Ok(diesel::update(target).set(row).execute(conn)? == 1);
    }
    match insert_row(conn, p::table, row).map_err(Error::from) {
        Err(error) if error.is_unique_violation() => Ok(false),
        stored => stored.map(|_| true),
    }
}
