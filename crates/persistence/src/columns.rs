//! Columns that hold the domain's own types.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use kstt_domain::codes::Code;

/// A value of a code list, stored as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Stored<C: Code + std::fmt::Debug>(pub C);

impl<DB, C> ToSql<Text, DB> for Stored<C>
where
    DB: Backend,
    C: Code + std::fmt::Debug,
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(self.0.code(), out)
    }
}

impl<DB, C> FromSql<Text, DB> for Stored<C>
where
    DB: Backend,
    C: Code + std::fmt::Debug,
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let code = String::from_sql(bytes)?;
        C::from_code(&code).map(Self).ok_or_else(|| format!("{code:?} is not a code of {}", C::LIST).into())
    }
}
