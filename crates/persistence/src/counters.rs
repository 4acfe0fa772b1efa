//! Numbers without gaps: one row per series, unit and period.

use diesel::prelude::*;

use crate::schema::counters as c;
use crate::{Conn, Error};

/// The next number of a series, from 1. It is taken in the transaction of what is numbered, as its last
/// contended statement: whoever numbers the next waits until this one is committed or gone. A unique
/// violation means that two began the period at once.
pub fn next(conn: &mut Conn, series: &str, unit_code: &str, period: &str) -> Result<i64, Error> {
    let raised = diesel::update(c::table.find((series, unit_code, period)))
        .set(c::value.eq(c::value + 1))
        .returning(c::value)
        .get_result(conn)
        .optional()?;
    if let Some(value) = raised {
        return Ok(value);
    }
    let first = (c::series.eq(series), c::unit_code.eq(unit_code), c::period.eq(period), c::value.eq(1));
    diesel::insert_into(c::table).values(first).execute(conn)?;
    Ok(1)
}
