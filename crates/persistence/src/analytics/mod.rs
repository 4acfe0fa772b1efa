//! Figures by dimensions: each source is grouped by the database once, along the day and up to two columns, and
//! added up from there.

mod dossiers;
mod duties;
mod feedback;
mod registry;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::{BigInt, Date, Nullable, Text};

pub use dossiers::{DossierCount, dossier_groups};
pub use duties::{DutyCount, ReportDue, duty_groups, reports_due};
pub use feedback::{FeedbackCount, feedback_groups};
pub use registry::{Placed, in_force_by};

/// A column that figures are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Unit,
    Level,
    Field,
    Class,
    Channel,
    State,
    Procedure,
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit_id",
            Self::Level => "level",
            Self::Field => "field",
            Self::Class => "class",
            Self::Channel => "channel",
            Self::State => "state",
            Self::Procedure => "procedure_code",
        }
    }
}

/// What is counted, and along what.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Of these units only; none: of all.
    pub unit_ids: Option<Vec<String>>,
    /// Both days are part of it.
    pub days: (NaiveDate, NaiveDate),
    /// How finely it is told by time; none: not at all.
    pub step: Option<Step>,
    /// At most two.
    pub columns: Vec<Column>,
    pub level: Option<String>,
    pub field: Option<String>,
    pub class: Option<String>,
    pub channel: Option<String>,
    pub state: Option<String>,
    pub procedure: Option<String>,
}

/// How finely a figure is told by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Day,
    /// By the first day of each month, where a source knows it; else day by day.
    Month,
}

/// Until when something is known.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The last day.
    pub day: NaiveDate,
    /// What happened at this moment or later is not.
    pub until: NaiveDateTime,
    /// It is the present: all that is stored is known.
    pub all: bool,
}

/// One group of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Only when asked for; the first day of a month stands for all of it.
    pub day: Option<NaiveDate>,
    /// Of the columns, in the order asked for.
    pub keys: [Option<String>; 2],
    /// What each of them weighs: a number of days, or 1 for what is part of a ratio and 0 for the rest.
    pub part: i64,
    pub amount: i64,
}

/// The row of a group as it is read.
type Read = (Option<NaiveDate>, Option<String>, Option<String>, i64, i64);

impl From<Read> for Group {
    fn from((day, first, second, part, amount): Read) -> Self {
        Self { day, keys: [first, second], part, amount }
    }
}

/// The columns that say when something happened.
#[derive(Clone, Copy)]
struct When {
    day: &'static str,
    /// The first day of its month.
    month: Option<&'static str>,
}

/// The columns of a group, as both engines understand them. A group of everything is one by nothing.
struct Grouping {
    by: String,
    day: &'static str,
    keys: [&'static str; 2],
    part: String,
}

const NOTHING: &str = "CAST(NULL AS TEXT)";

impl Grouping {
    /// Groups by the columns asked for, by when it happened, and by what each weighs.
    fn of(sought: &Sought, when: When, part: Part) -> Self {
        let mut keys = sought.columns.iter().map(|column| column.name());
        let keys = [keys.next(), keys.next()];
        let day = sought.step.map(|step| match step {
            Step::Month => when.month.unwrap_or(when.day),
            Step::Day => when.day,
        });
        let mut by: Vec<&str> = day.into_iter().chain(keys.into_iter().flatten()).collect();
        by.extend(part.column());
        Self {
            by: if by.is_empty() { NOTHING.to_owned() } else { by.join(", ") },
            day: day.unwrap_or("CAST(NULL AS DATE)"),
            keys: keys.map(|key| key.unwrap_or(NOTHING)),
            part: part.expression(),
        }
    }

    fn by(&self) -> SqlLiteral<Text> {
        sql(&self.by)
    }

    fn day(&self) -> SqlLiteral<Nullable<Date>> {
        sql(self.day)
    }

    fn key(&self, index: usize) -> SqlLiteral<Nullable<Text>> {
        sql(self.keys[index])
    }

    fn part(&self) -> SqlLiteral<BigInt> {
        sql(&self.part)
    }
}

/// What each of a group weighs.
#[derive(Debug, Clone, Copy)]
enum Part {
    One,
    /// 1 where a column is true.
    Whether(&'static str),
    /// The number in a column.
    Number(&'static str),
}

impl Part {
    fn column(self) -> Option<&'static str> {
        match self {
            Self::One => None,
            Self::Whether(column) | Self::Number(column) => Some(column),
        }
    }

    fn expression(self) -> String {
        match self {
            Self::One => "CAST(1 AS BIGINT)".to_owned(),
            Self::Whether(column) => format!("CAST(CASE WHEN {column} THEN 1 ELSE 0 END AS BIGINT)"),
            Self::Number(column) => format!("CAST({column} AS BIGINT)"),
        }
    }
}
