//! Items that may be the same: of the same sender, or with nearly the same text.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::feedback::Fingerprint;

use super::SenderRow;
use crate::db::insert_row;
use crate::schema::{feedback_prints as p, feedback_senders as s};
use crate::{Conn, Error};

/// Keeps the fingerprint of an item's text.
pub fn remember_fingerprint(
    conn: &mut Conn,
    feedback_id: &str,
    print: Fingerprint,
    received_at: NaiveDateTime,
) -> Result<(), Error> {
    let [one, two, three, four] = print.bands();
    insert_row(
        conn,
        p::table,
        (
            p::feedback_id.eq(feedback_id),
            p::band_1.eq(one),
            p::band_2.eq(two),
            p::band_3.eq(three),
            p::band_4.eq(four),
            p::received_at.eq(received_at),
        ),
    )?;
    Ok(())
}

/// Items received within a span whose fingerprints share a band, newest first; whether they are near is for
/// the caller to judge.
pub fn by_fingerprint(
    conn: &mut Conn,
    print: Fingerprint,
    (from, to): (NaiveDateTime, NaiveDateTime),
    limit: i64,
) -> Result<Vec<String>, Error> {
    let [one, two, three, four] = print.bands();
    macro_rules! of_band {
        ($column:expr, $band:expr) => {
            p::table
                .filter($column.eq($band))
                .filter(p::received_at.ge(from))
                .filter(p::received_at.le(to))
                .order(p::received_at.desc())
                .limit(limit)
                .select(p::feedback_id)
                .load::<String>(conn)?
        };
    }
    // Band by band, each along its index.
    let mut found = of_band!(p::band_1, one);
    found.extend(of_band!(p::band_2, two));
    found.extend(of_band!(p::band_3, three));
    found.extend(of_band!(p::band_4, four));
    found.sort();
    found.dedup();
    Ok(found)
}

/// Items received within a span from the same telephone number or mail address.
pub fn by_sender(
    conn: &mut Conn,
    sender: &SenderRow,
    (from, to): (NaiveDateTime, NaiveDateTime),
    limit: i64,
) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    if let Some(phone) = &sender.phone_hash {
        found.extend(
            s::table
                .filter(s::phone_hash.eq(phone))
                .filter(s::received_at.ge(from))
                .filter(s::received_at.le(to))
                .order(s::received_at.desc())
                .limit(limit)
                .select(s::feedback_id)
                .load::<String>(conn)?,
        );
    }
    if let Some(email) = &sender.email_hash {
        found.extend(
            s::table
                .filter(s::email_hash.eq(email))
                .filter(s::received_at.ge(from))
                .filter(s::received_at.le(to))
                .order(s::received_at.desc())
                .limit(limit)
                .select(s::feedback_id)
                .load::<String>(conn)?,
        );
    }
    found.sort();
    found.dedup();
    Ok(found)
}
