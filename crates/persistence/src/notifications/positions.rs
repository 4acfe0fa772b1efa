//! How far a reader of the sealed sequence has come.

use diesel::prelude::*;

use crate::schema::feed_positions;
use crate::{Conn, Error};

/// The place after which a reader goes on; 0 at first.
pub fn position(conn: &mut Conn, reader: &str) -> Result<i64, Error> {
    let seq = feed_positions::table.find(reader).select(feed_positions::seq).first(conn).optional()?;
    Ok(seq.unwrap_or_default())
}

/// Notes that a reader has come to `seq`, from `before`; false: another process reads for it.
pub fn advance(conn: &mut Conn, reader: &str, before: i64, seq: i64) -> Result<bool, Error> {
    let moved = diesel::update(feed_positions::table.find(reader).filter(feed_positions::seq.eq(before)))
        .set(feed_positions::seq.eq(seq))
        .execute(conn)?;
    Ok(moved == 1)
}
