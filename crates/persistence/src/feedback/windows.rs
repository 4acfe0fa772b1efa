//! Spans of seven days in which an item without an answer wants an update.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::OpenObligations;

use super::FeedbackRow;
use crate::schema::feedback as f;
use crate::{Conn, Error};

/// Items whose next span has begun, those that have waited longest first.
pub fn windows_due(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> Result<Vec<FeedbackRow>, Error> {
    Ok(f::table
        .filter(f::next_window_at.le(now))
        .order(f::next_window_at.asc())
        .limit(limit)
        .select(FeedbackRow::as_select())
        .load(conn)?)
}

/// Says when the span after this one begins. The item itself is not changed by it; false: someone else
/// changed it meanwhile.
pub fn next_window(
    conn: &mut Conn,
    _: &Permit<OpenObligations>,
    row: &FeedbackRow,
    next: Option<NaiveDateTime>,
) -> Result<bool, Error> {
    let unchanged = f::table.find(&row.id).filter(f::version.eq(row.version));
    Ok(diesel::update(unchanged).set(f::next_window_at.eq(next)).execute(conn)? == 1)
}
