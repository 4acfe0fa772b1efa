//! Storing rows.

use diesel::query_builder::InsertStatement;
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::{Insertable, PgConnection, QueryResult, RunQueryDsl, SqliteConnection, Table};

use super::Conn;

/// Stores a row, by the engine's own connection: sent through the enum of both, a statement is written down three times
/// over before the engine sees it, which takes longer than to carry it out.
pub(crate) fn insert_row<T, R>(conn: &mut Conn, table: T, row: R) -> QueryResult<usize>
where
    T: Table,
    R: Insertable<T>,
    InsertStatement<T, R::Values>: ExecuteDsl<PgConnection> + ExecuteDsl<SqliteConnection>,
{
    let statement = diesel::insert_into(table).values(row);
    match conn {
        Conn::Pg(conn) => statement.execute(conn),
        Conn::Sqlite(conn) => statement.execute(conn),
    }
}

/// Stores rows. PostgreSQL takes three with a statement where there are so many: one for any number of them would be
/// planned anew each time. SQLite, which nobody has to be sent to, takes them one by one: of several at once it would
/// have to be able to undo some.
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {
        $rows.chunks(3).try_for_each(|some| match (&mut *$conn, some) {
            ($crate::Conn::Pg(conn), [one, two, three]) => {
                let some = [one.clone(), two.clone(), three.clone()];
                diesel::insert_into($table).values(some).execute(conn).map(drop)
            }
            (conn, few) => few.iter().try_for_each(|row| $crate::db::insert_row(conn, $table, row).map(drop)),
        })
    };
}
pub(crate) use insert_rows;
