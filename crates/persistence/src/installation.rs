//! What a database is for: a demo, or production.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::db::insert_row;
use crate::schema::installation;
use crate::{Conn, Error};

/// What a database is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Demo,
    Production,
}

impl Mode {
    fn code(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Production => "production",
        }
    }

    fn of_code(code: &str) -> Result<Self, Error> {
        match code {
            "demo" => Ok(Self::Demo),
            "production" => Ok(Self::Production),
            other => Err(Error::Corrupt(format!("the database says it is for {other:?}"))),
        }
    }
}

const MODE: &str = "mode";

/// What the database is for, if it remembers: a new one does not, nor does one of an older program.
pub fn mode(conn: &mut Conn) -> Result<Option<Mode>, Error> {
    if !is_there(conn)? {
        return Ok(None);
    }
    let stored: Option<String> =
        installation::table.find(MODE).select(installation::value).first(conn).optional()?;
    stored.as_deref().map(Mode::of_code).transpose()
}

/// Lets the database remember what it is for; fails on the key when it does already.
pub fn set_mode(conn: &mut Conn, mode: Mode) -> Result<(), Error> {
    insert_row(
        conn,
        installation::table,
        (installation::name.eq(MODE), installation::value.eq(mode.code())),
    )?;
    Ok(())
}

/// Whether the schema has come so far: this is asked before any migration.
fn is_there(conn: &mut Conn) -> Result<bool, Error> {
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        tables: i64,
    }
    let query = match conn {
        Conn::Sqlite(_) => {
            "SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = 'installation'"
        }
        Conn::Pg(_) => "SELECT count(to_regclass('installation')) AS tables",
    };
    let found: Found = diesel::sql_query(query).get_result(conn)?;
    Ok(found.tables > 0)
}
