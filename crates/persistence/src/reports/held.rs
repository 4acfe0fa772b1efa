//! Figures counted from the registry and from deadlines, and the records behind them, by the same conditions.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::procedures::{self, Filter};
use crate::schema::{obligations as o, procedure_versions, procedure_versions as v, procedures as p};
use crate::{Backend, Conn, Error};

/// A window of days, both of them part of it.
type Days = (NaiveDate, NaiveDate);

/// A version of a procedure behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedVersion {
    pub id: String,
    pub procedure_id: String,
    /// National code of the procedure; where it has none, what else tells it apart.
    pub code: String,
    pub number: i64,
}

type Version = (String, String, Option<String>, String, i64);

impl CountedVersion {
    fn of((id, procedure_id, national_code, source_key, number): Version) -> Self {
        Self { id, procedure_id, code: national_code.unwrap_or(source_key), number }
    }
}

/// What was published of procedures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// The first version of a procedure began in the window.
    New,
    /// A later one did.
    Amended,
    /// The last version of a procedure ended in it.
    Repealed,
}

/// The versions that something was published of in a window, by id.
pub fn published(
    conn: &mut Conn,
    what: Published,
    (first, last): Days,
) -> Result<Vec<CountedVersion>, Error> {
    let versions = v::table.inner_join(p::table).order(v::id.asc()).into_boxed();
    let versions = match what {
        Published::New => versions.filter(v::valid_from.between(first, last)).filter(v::number.eq(1)),
        Published::Amended => versions.filter(v::valid_from.between(first, last)).filter(v::number.ne(1)),
        Published::Repealed => {
            let next = diesel::alias!(procedure_versions as next);
            let follows = next
                .filter(next.field(v::procedure_id).eq(v::procedure_id))
                .filter(next.field(v::valid_from).ge(v::valid_to));
            versions.filter(v::valid_to.between(first, last)).filter(not(exists(follows)))
        }
    };
    let found: Vec<Version> =
        versions.select((v::id, v::procedure_id, p::national_code, p::source_key, v::number)).load(conn)?;
    Ok(found.into_iter().map(CountedVersion::of).collect())
}

/// The versions in force on a day, by id.
pub fn in_force(conn: &mut Conn, day: NaiveDate, filter: &Filter) -> Result<Vec<CountedVersion>, Error> {
    let mut counted = Vec::new();
    for ids in procedures::ids_in_force(conn, day, filter)?.chunks(PART) {
        let rows: Vec<Version> = v::table
            .inner_join(p::table)
            .filter(v::id.eq_any(ids))
            .order(v::id.asc())
            .select((v::id, v::procedure_id, p::national_code, p::source_key, v::number))
            .load(conn)?;
        counted.extend(rows.into_iter().map(CountedVersion::of));
    }
    Ok(counted)
}

/// So many are looked up at once.
const PART: usize = 500;

/// What became of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyFate {
    MetOnTime,
    MetLate,
    /// Neither met nor suspended at a moment, and over.
    Overdue,
}

/// Whose deadlines with a last lawful day in a window, as they stand at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Duties<'a> {
    pub unit_ids: &'a [String],
    pub days: Days,
    pub now: NaiveDateTime,
}

impl Duties<'_> {
    fn that(self, fate: DutyFate) -> diesel::dsl::IntoBoxed<'static, o::table, Backend> {
        let owed = o::table
            .filter(o::unit_id.eq_any(self.unit_ids.to_vec()))
            .filter(o::due_on.between(self.days.0, self.days.1))
            .filter(o::cancelled_at.is_null())
            .into_boxed();
        match fate {
            DutyFate::MetOnTime => owed.filter(o::met_at.lt(o::due_at.nullable())),
            DutyFate::MetLate => owed.filter(o::met_at.ge(o::due_at.nullable())),
            DutyFate::Overdue => {
                owed.filter(o::met_at.is_null()).filter(o::paused_at.is_null()).filter(o::due_at.le(self.now))
            }
        }
    }
}

/// How many deadlines fared so.
pub fn duty_count(conn: &mut Conn, of: Duties<'_>, fate: DutyFate) -> Result<i64, Error> {
    Ok(of.that(fate).count().get_result(conn)?)
}

/// Ids, rules, subjects and units of the deadlines that fared so, by id, after one.
pub fn duty_records(
    conn: &mut Conn,
    of: Duties<'_>,
    fate: DutyFate,
    (after, limit): (Option<&str>, i64),
) -> Result<Vec<(String, String, String, String)>, Error> {
    let further = of.that(fate).filter(o::id.gt(after.unwrap_or_default().to_owned()));
    let told = (o::id, o::rule, o::subject_id, o::unit_id);
    Ok(further.order(o::id.asc()).limit(limit).select(told).load(conn)?)
}
