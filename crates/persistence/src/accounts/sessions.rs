//! Sessions and their refresh tokens. A session is the family of its tokens: a token used twice ends it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::insert_row;
use crate::schema::{refresh_tokens, sessions};
use crate::{Conn, Error};

/// A login of a person for one unit. All its moments are real time.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: String,
    pub user_id: String,
    pub unit_id: String,
    pub user_agent: Option<String>,
    pub client_address: Option<String>,
    pub created_at: NaiveDateTime,
    pub used_at: NaiveDateTime,
    pub expires_at: NaiveDateTime,
    pub ended_at: Option<NaiveDateTime>,
    pub end_reason: Option<String>,
}

/// A refresh token, known by its hash only.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
pub struct RefreshTokenRow {
    pub hash: String,
    pub session_id: String,
    pub created_at: NaiveDateTime,
    pub used_at: Option<NaiveDateTime>,
}

/// Stores a session.
pub fn open_session(conn: &mut Conn, row: &SessionRow) -> Result<(), Error> {
    insert_row(conn, sessions::table, row)?;
    Ok(())
}

/// One session.
pub fn session(conn: &mut Conn, id: &str) -> Result<Option<SessionRow>, Error> {
    Ok(sessions::table.find(id).select(SessionRow::as_select()).first(conn).optional()?)
}

/// Open sessions of a person, oldest first.
pub fn sessions_of(
    conn: &mut Conn,
    user_id: &str,
    real_now: NaiveDateTime,
) -> Result<Vec<SessionRow>, Error> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(real_now))
        .order(sessions::id.asc())
        .select(SessionRow::as_select())
        .load(conn)?)
}

/// Notes that a session was used, and until when it may be used again.
pub fn use_session(
    conn: &mut Conn,
    id: &str,
    real_now: NaiveDateTime,
    expires_at: NaiveDateTime,
) -> Result<(), Error> {
    diesel::update(sessions::table.find(id))
        .set((sessions::used_at.eq(real_now), sessions::expires_at.eq(expires_at)))
        .execute(conn)?;
    Ok(())
}

/// Ends a session, once.
pub fn end_session(conn: &mut Conn, id: &str, reason: &str, real_now: NaiveDateTime) -> Result<(), Error> {
    diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(real_now), sessions::end_reason.eq(reason)))
        .execute(conn)?;
    Ok(())
}

/// Ends every open session of a person but `except`.
pub fn end_sessions_of(
    conn: &mut Conn,
    user_id: &str,
    except: Option<&str>,
    reason: &str,
    real_now: NaiveDateTime,
) -> Result<(), Error> {
    diesel::update(
        sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::id.ne(except.unwrap_or_default())),
    )
    .set((sessions::ended_at.eq(real_now), sessions::end_reason.eq(reason)))
    .execute(conn)?;
    Ok(())
}

/// Stores a refresh token.
pub fn insert_refresh_token(conn: &mut Conn, row: &RefreshTokenRow) -> Result<(), Error> {
    insert_row(conn, refresh_tokens::table, row)?;
    Ok(())
}

/// The refresh token of a hash.
pub fn refresh_token(conn: &mut Conn, hash: &str) -> Result<Option<RefreshTokenRow>, Error> {
    Ok(refresh_tokens::table.find(hash).select(RefreshTokenRow::as_select()).first(conn).optional()?)
}

/// Marks a refresh token as used; answers false when it already was, also by a request at the same moment.
pub fn spend_refresh_token(conn: &mut Conn, hash: &str, real_now: NaiveDateTime) -> Result<bool, Error> {
    let unspent = refresh_tokens::table.find(hash).filter(refresh_tokens::used_at.is_null());
    Ok(diesel::update(unspent).set(refresh_tokens::used_at.eq(real_now)).execute(conn)? == 1)
}
