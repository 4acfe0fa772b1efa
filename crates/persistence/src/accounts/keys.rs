//! Signing keys of access tokens. Private keys are stored sealed under the master key.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::RotateKeys;

use crate::db::insert_row;
use crate::schema::signing_keys;
use crate::{Conn, Error};

/// A key pair; `public_key` is the raw public key in base64url.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub struct SigningKeyRow {
    pub kid: String,
    pub public_key: String,
    pub sealed_private_key: String,
    pub created_at: NaiveDateTime,
    pub retired_at: Option<NaiveDateTime>,
}

/// Keys that may still verify tokens at `real_now`, newest first: the first one signs.
pub fn live_keys(conn: &mut Conn, real_now: NaiveDateTime) -> Result<Vec<SigningKeyRow>, Error> {
    Ok(signing_keys::table
        .filter(signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(real_now)))
        .order((signing_keys::created_at.desc(), signing_keys::kid.desc()))
        .select(SigningKeyRow::as_select())
        .load(conn)?)
}

/// Whether there ever was a key.
pub fn has_keys(conn: &mut Conn) -> Result<bool, Error> {
    Ok(signing_keys::table.count().get_result::<i64>(conn)? > 0)
}

/// Stores the first key.
pub fn insert_key(conn: &mut Conn, row: &SigningKeyRow) -> Result<(), Error> {
    insert_row(conn, signing_keys::table, row)?;
    Ok(())
}

/// Adds a key that signs from now on; the others verify until `retire_at`.
pub fn rotate(
    conn: &mut Conn,
    _: &Permit<RotateKeys>,
    row: &SigningKeyRow,
    retire_at: NaiveDateTime,
) -> Result<(), Error> {
    retire_others(conn, &row.kid, retire_at)?;
    insert_key(conn, row)
}

/// Retires every live key but `kid` at `retire_at`.
fn retire_others(conn: &mut Conn, kid: &str, retire_at: NaiveDateTime) -> Result<(), Error> {
    diesel::update(
        signing_keys::table.filter(signing_keys::retired_at.is_null()).filter(signing_keys::kid.ne(kid)),
    )
    .set(signing_keys::retired_at.eq(retire_at))
    .execute(conn)?;
    Ok(())
}
