//! What everyone may read.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::JudgeFeedback;

use super::{Changes, FeedbackRow};
use crate::db::insert_row;
use crate::schema::{feedback as f, feedback_public as p};
use crate::{Conn, Error};

/// Texts that were checked for what shows who someone is.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = p, treat_none_as_default_value = false)]
pub struct PublicRow {
    pub feedback_id: String,
    /// The order of publishing.
    pub number: i64,
    pub title: String,
    pub content: String,
    pub answer: String,
    pub published_at: NaiveDateTime,
}

/// Makes texts public, in the place of those that were.
pub fn publish(conn: &mut Conn, permit: &Permit<JudgeFeedback>, row: &PublicRow) -> Result<(), Error> {
    unpublish(conn, permit, &row.feedback_id)?;
    insert_row(conn, p::table, row)?;
    Ok(())
}

/// Takes an item back from the public.
pub fn unpublish<A: Changes>(conn: &mut Conn, _: &Permit<A>, feedback_id: &str) -> Result<(), Error> {
    diesel::delete(p::table.find(feedback_id)).execute(conn)?;
    Ok(())
}

/// What is public of an item.
pub fn published(conn: &mut Conn, feedback_id: &str) -> Result<Option<PublicRow>, Error> {
    Ok(p::table.find(feedback_id).select(PublicRow::as_select()).first(conn).optional()?)
}

/// What is public, newest first, before a number; of these numbers only, if any are given.
pub fn published_list(
    conn: &mut Conn,
    numbers: Option<&[i64]>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<(PublicRow, FeedbackRow)>, Error> {
    let mut query = p::table
        .inner_join(f::table)
        .order(p::number.desc())
        .limit(limit)
        .select((PublicRow::as_select(), FeedbackRow::as_select()))
        .into_boxed();
    if let Some(numbers) = numbers {
        query = query.filter(p::number.eq_any(numbers.to_vec()));
    }
    if let Some(before) = before {
        query = query.filter(p::number.lt(before));
    }
    Ok(query.load(conn)?)
}
