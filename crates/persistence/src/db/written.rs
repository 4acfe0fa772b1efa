//! Statements written out by hand.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl};

use super::Conn;

/// A statement that is planned once, where an update that diesel writes is planned anew each time it is sent. It may
/// answer a number.
#[derive(Debug)]
pub(crate) struct Written<'a> {
    /// Each text, after what comes before it.
    pub texts: &'a [(&'static str, &'a str)],
    pub end: &'static str,
}

impl<DB: Backend> QueryFragment<DB> for Written<'_>
where
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (sql, text) in self.texts {
            out.push_sql(sql);
            out.push_bind_param::<Text, str>(text)?;
        }
        out.push_sql(self.end);
        Ok(())
    }
}

impl QueryId for Written<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Written<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<Conn> for Written<'_> {}
