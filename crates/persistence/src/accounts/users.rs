//! Accounts of people.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::policy::actions::{ChangeAccount, ChangeMyPassword, CreateAccount, ResetPassword};
use kstt_domain::policy::{ActionKind, Permit};

use crate::db::insert_row;
use crate::schema::{grants, users};
use crate::{Conn, Error};

/// An account. The password is kept as an Argon2id hash only.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct UserRow {
    pub id: String,
    pub username: String,
    pub display_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub password_hash: String,
    pub must_change_password: bool,
    pub disabled_at: Option<NaiveDateTime>,
    pub failed_logins: i32,
    pub locked_until: Option<NaiveDateTime>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

impl UserRow {
    /// An account that nobody has used yet, without contacts.
    pub fn fresh(
        id: String,
        username: &str,
        display_name: &str,
        password_hash: &str,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            id,
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            email: None,
            phone: None,
            password_hash: password_hash.to_owned(),
            must_change_password: true,
            disabled_at: None,
            failed_logins: 0,
            locked_until: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What a list of accounts is narrowed by.
#[derive(Debug, Default, Clone)]
pub struct UserFilter {
    /// Only accounts with a grant, on `day`, at one of these units; `None`: all.
    pub units: Option<Vec<String>>,
    pub updated_since: Option<NaiveDateTime>,
}

/// Accounts by username, after `after`.
pub fn list(
    conn: &mut Conn,
    filter: &UserFilter,
    day: NaiveDate,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<UserRow>, Error> {
    let mut query =
        users::table.select(UserRow::as_select()).order(users::username.asc()).limit(limit).into_boxed();
    if let Some(units) = &filter.units {
        let here = grants::table
            .filter(grants::unit_id.eq_any(units.clone()))
            .filter(grants::valid_from.le(day))
            .filter(grants::valid_to.gt(day))
            .select(grants::user_id);
        query = query.filter(users::id.eq_any(here));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(users::updated_at.ge(since));
    }
    if let Some(after) = after {
        query = query.filter(users::username.gt(after.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// The account of an id.
pub fn user(conn: &mut Conn, id: &str) -> Result<Option<UserRow>, Error> {
    Ok(users::table.find(id).select(UserRow::as_select()).first(conn).optional()?)
}

/// The account of a username.
pub fn by_username(conn: &mut Conn, username: &str) -> Result<Option<UserRow>, Error> {
    Ok(users::table
        .filter(users::username.eq(username))
        .select(UserRow::as_select())
        .first(conn)
        .optional()?)
}

/// The different password hashes of those of these usernames that may log in.
pub fn password_hashes(conn: &mut Conn, usernames: &[String]) -> Result<Vec<String>, Error> {
    let mut hashes: Vec<String> = users::table
        .filter(users::username.eq_any(usernames))
        .filter(users::disabled_at.is_null())
        .order(users::password_hash.asc())
        .select(users::password_hash)
        .load(conn)?;
    hashes.dedup();
    Ok(hashes)
}

/// Stores a new account.
pub fn create(conn: &mut Conn, _: &Permit<CreateAccount>, row: &UserRow) -> Result<(), Error> {
    insert_user(conn, row)
}

/// Stores an account made by the system itself.
pub fn insert_user(conn: &mut Conn, row: &UserRow) -> Result<(), Error> {
    insert_row(conn, users::table, row)?;
    Ok(())
}

/// What an administrator changes of an account.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub struct AccountChange {
    pub display_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub disabled_at: Option<NaiveDateTime>,
    pub locked_until: Option<NaiveDateTime>,
    pub failed_logins: i32,
    pub version: i64,
    pub updated_at: NaiveDateTime,
}

/// Changes the account the permit is for; answers whether its version was still `expected`.
pub fn change(
    conn: &mut Conn,
    permit: &Permit<ChangeAccount>,
    expected: i64,
    change: &AccountChange,
) -> Result<bool, Error> {
    let target = users::table.find(permit.subject_id()).filter(users::version.eq(expected));
    Ok(diesel::update(target).set(change).execute(conn)? == 1)
}

/// Actions that set a password.
pub trait SetsPassword: ActionKind {}
impl SetsPassword for ChangeMyPassword {}
impl SetsPassword for ResetPassword {}

/// Sets the password of the account the permit is for, and lifts its lock.
pub fn set_password<A: SetsPassword>(
    conn: &mut Conn,
    permit: &Permit<A>,
    hash: &str,
    must_change: bool,
    now: NaiveDateTime,
) -> Result<(), Error> {
    diesel::update(users::table.find(permit.subject_id()))
        .set((
            users::password_hash.eq(hash),
            users::must_change_password.eq(must_change),
            users::failed_logins.eq(0),
            users::locked_until.eq(None::<NaiveDateTime>),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Counts one more wrong password, in the row itself so that none is lost to another at the same
/// moment; answers how many there are now.
pub fn note_failure(conn: &mut Conn, id: &str) -> Result<i32, Error> {
    diesel::update(users::table.find(id))
        .set(users::failed_logins.eq(users::failed_logins + 1))
        .execute(conn)?;
    Ok(users::table.find(id).select(users::failed_logins).first(conn)?)
}

/// Locks an account for wrong passwords.
pub fn lock(conn: &mut Conn, id: &str, until: NaiveDateTime) -> Result<(), Error> {
    diesel::update(users::table.find(id)).set(users::locked_until.eq(until)).execute(conn)?;
    Ok(())
}

/// Forgets earlier wrong passwords.
pub fn note_success(conn: &mut Conn, id: &str) -> Result<(), Error> {
    diesel::update(users::table.find(id))
        .set((users::failed_logins.eq(0), users::locked_until.eq(None::<NaiveDateTime>)))
        .execute(conn)?;
    Ok(())
}
