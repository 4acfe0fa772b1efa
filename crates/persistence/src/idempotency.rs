//! Answers kept for retries, written in the transaction they answer.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::insert_row;
use crate::schema::idempotency_keys;
use crate::{Conn, Error};

/// What a retry is recognised by.
#[derive(Debug, Clone)]
pub struct Key {
    /// Operation and caller.
    pub scope: String,
    pub key: String,
    pub request_hash: String,
}

/// An answer as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub status: i32,
    pub headers: String,
    pub body: String,
}

/// A kept answer and the request it answered.
#[derive(Debug, Clone)]
pub struct Found {
    pub request_hash: String,
    pub kept: Kept,
}

/// The answer kept under a key.
pub fn find(conn: &mut Conn, key: &Key) -> Result<Option<Found>, Error> {
    let row: Option<(String, i32, String, String)> = idempotency_keys::table
        .find((&key.scope, &key.key))
        .select((
            idempotency_keys::request_hash,
            idempotency_keys::status,
            idempotency_keys::headers,
            idempotency_keys::body,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(request_hash, status, headers, body)| Found {
        request_hash,
        kept: Kept { status, headers, body },
    }))
}

/// Keeps an answer; a unique violation means that another request with the key came first.
pub fn keep(conn: &mut Conn, key: &Key, kept: Kept, real_now: NaiveDateTime) -> Result<(), Error> {
    insert_row(
        conn,
        idempotency_keys::table,
        (
            idempotency_keys::scope.eq(&key.scope),
            idempotency_keys::idempotency_key.eq(&key.key),
            idempotency_keys::request_hash.eq(&key.request_hash),
            idempotency_keys::status.eq(kept.status),
            idempotency_keys::headers.eq(kept.headers),
            idempotency_keys::body.eq(kept.body),
            idempotency_keys::created_at.eq(real_now),
        ),
    )?;
    Ok(())
}

/// Forgets answers kept before `moment`.
pub fn forget_before(conn: &mut Conn, moment: NaiveDateTime) -> Result<(), Error> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(moment))).execute(conn)?;
    Ok(())
}
