//! Numbers without gaps: one row per series, unit and period.

use diesel::RunQueryDsl;

use crate::db::Written;
use crate::{Conn, Error};

/// The next number of a series, from 1. It is taken in the transaction of what is numbered, as its last
/// contended statement: whoever numbers the next waits until this one is committed or gone.
pub fn next(conn: &mut Conn, series: &str, unit_code: &str, period: &str) -> Result<i64, Error> {
    let raise = Written {
        texts: &[
            ("INSERT INTO counters (value, series, unit_code, period) VALUES (1, ", series),
            (", ", unit_code),
            (", ", period),
        ],
        end: ") ON CONFLICT (series, unit_code, period) DO UPDATE SET value = counters.value + 1 RETURNING value",
    };
    Ok(raise.get_result(conn)?)
}
