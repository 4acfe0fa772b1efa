//! Addresses that calendar programs subscribe to.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::ManageDutyFeeds;

use crate::db::insert_row;
use crate::schema::duty_feeds;
use crate::{Conn, Error};

/// An address under which the duties of a unit can be subscribed to.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = duty_feeds, treat_none_as_default_value = false)]
pub struct FeedRow {
    pub id: String,
    pub unit_id: String,
    /// SHA-256 of the token, in hexadecimal digits; the token itself is not kept.
    pub token_hash: String,
    pub label: String,
    /// Name of whoever asked for it.
    pub created_by: String,
    pub created_at: NaiveDateTime,
    pub revoked_at: Option<NaiveDateTime>,
}

/// Stores a new address.
pub fn give_feed(conn: &mut Conn, _: &Permit<ManageDutyFeeds>, row: &FeedRow) -> Result<(), Error> {
    insert_row(conn, duty_feeds::table, row)?;
    Ok(())
}

/// The addresses of a unit, oldest first.
pub fn feeds_of(conn: &mut Conn, unit_id: &str) -> Result<Vec<FeedRow>, Error> {
    Ok(duty_feeds::table
        .filter(duty_feeds::unit_id.eq(unit_id))
        .order(duty_feeds::id.asc())
        .select(FeedRow::as_select())
        .load(conn)?)
}

/// The address of a token, unless it was revoked.
pub fn feed_of_token(conn: &mut Conn, token_hash: &str) -> Result<Option<FeedRow>, Error> {
    Ok(duty_feeds::table
        .filter(duty_feeds::token_hash.eq(token_hash))
        .filter(duty_feeds::revoked_at.is_null())
        .select(FeedRow::as_select())
        .first(conn)
        .optional()?)
}

/// Makes an address useless from now on; answers whether it was still good.
pub fn revoke_feed(
    conn: &mut Conn,
    _: &Permit<ManageDutyFeeds>,
    id: &str,
    now: NaiveDateTime,
) -> Result<bool, Error> {
    let good = duty_feeds::table.find(id).filter(duty_feeds::revoked_at.is_null());
    Ok(diesel::update(good).set(duty_feeds::revoked_at.eq(now)).execute(conn)? == 1)
}
