//! Figures counted from feedback. What is counted and what is listed behind a figure are the same conditions.

use chrono::{NaiveDateTime, NaiveTime};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kstt_domain::feedback::{FeedbackClass, FeedbackState};
use kstt_domain::period::OPEN_END;

use crate::schema::feedback as f;
use crate::{Conn, Error, Stored};

/// What can be counted of feedback in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackMeasure {
    /// Received in the window.
    Received,
    ReceivedConduct,
    ReceivedRegulation,
    ReceivedMixed,
    /// Received before the window and not answered when it began.
    CarriedOver,
    /// Received and answered in the window.
    AnsweredNew,
    /// Carried over and answered in the window.
    AnsweredCarried,
    /// Not answered when the window ended.
    InProgress,
    /// Made public in the window.
    Published,
}

/// Whose feedback, and between which moments; the second is exclusive.
#[derive(Debug, Clone, Copy)]
pub struct FeedbackFigures<'a> {
    pub unit_ids: &'a [String],
    pub from: NaiveDateTime,
    pub to: NaiveDateTime,
}

/// These never came to be the unit's work: refused, guided elsewhere, a duplicate, withdrawn.
const NOT_COUNTED: [Stored<FeedbackState>; 4] = [
    Stored(FeedbackState::Refused),
    Stored(FeedbackState::OutOfScope),
    Stored(FeedbackState::Merged),
    Stored(FeedbackState::Withdrawn),
];

/// How an item stands: no two of these hold of one, and each is found along an index.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Whatever has become of it.
    Any,
    /// Its answer was approved between two moments.
    Approved(NaiveDateTime, NaiveDateTime),
    /// It ended between two moments, without an answer.
    Ended(NaiveDateTime, NaiveDateTime),
    /// It is neither answered nor over.
    Open,
}

impl FeedbackMeasure {
    /// The ways in which an item can be part of it.
    fn ways(self, of: FeedbackFigures<'_>) -> Vec<Way> {
        let ever = OPEN_END.and_time(NaiveTime::MIN);
        let not_answered = |at| vec![Way::Approved(at, ever), Way::Ended(at, ever), Way::Open];
        match self {
            Self::CarriedOver => not_answered(of.from),
            Self::InProgress => not_answered(of.to),
            Self::AnsweredCarried => vec![Way::Approved(of.from, of.to), Way::Ended(of.from, of.to)],
            _ => vec![Way::Any],
        }
    }
}

/// An item counts once, with the unit that handles the whole of it, from its valid receipt on; it is answered
/// when the answer was approved, or when it ended without one.
macro_rules! counted {
    ($query:expr, $of:expr, $measure:expr, $way:expr) => {{
        use FeedbackMeasure as M;
        let (of, measure): (FeedbackFigures<'_>, FeedbackMeasure) = ($of, $measure);
        let query = $query
            .filter(f::handler_unit_id.eq_any(of.unit_ids.to_vec()))
            .filter(f::parent_id.is_null())
            .filter(f::valid_at.is_not_null())
            .filter(f::state.ne_all(NOT_COUNTED.to_vec()));
        let query = match $way {
            Way::Any => query,
            Way::Approved(from, to) => query.filter(f::approved_at.ge(from)).filter(f::approved_at.lt(to)),
            Way::Ended(from, to) => {
                query.filter(f::approved_at.is_null()).filter(f::ended_at.ge(from)).filter(f::ended_at.lt(to))
            }
            Way::Open => query.filter(f::approved_at.is_null()).filter(f::ended_at.is_null()),
        };
        let query = match measure {
            M::CarriedOver | M::AnsweredCarried => query.filter(f::received_at.lt(of.from)),
            M::InProgress => query.filter(f::received_at.lt(of.to)),
            M::Published => query
                .filter(f::state.eq(Stored(FeedbackState::Published)))
                .filter(f::ended_at.ge(of.from))
                .filter(f::ended_at.lt(of.to)),
            _ => query.filter(f::received_at.ge(of.from)).filter(f::received_at.lt(of.to)),
        };
        let class = |class| f::class.eq(Some(Stored(class)));
        match measure {
            M::ReceivedConduct => query.filter(class(FeedbackClass::Conduct)),
            M::ReceivedRegulation => query.filter(class(FeedbackClass::Regulation)),
            M::ReceivedMixed => query.filter(class(FeedbackClass::Mixed)),
            M::AnsweredNew => {
                query.filter(f::approved_at.lt(of.to).or(f::approved_at.is_null().and(f::ended_at.lt(of.to))))
            }
            _ => query,
        }
    }};
}

/// How many, by field; what is about no known field comes under none.
pub fn feedback_figures(
    conn: &mut Conn,
    of: FeedbackFigures<'_>,
    measure: FeedbackMeasure,
) -> Result<Vec<(Option<String>, i64)>, Error> {
    let mut found = Vec::new();
    for way in measure.ways(of) {
        let query = f::table.group_by(f::field).select((f::field, count_star())).into_boxed();
        found.extend(counted!(query, of, measure, way).load::<(Option<String>, i64)>(conn)?);
    }
    Ok(found)
}

/// Which fields a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfField<'a> {
    All,
    /// What is about no known field.
    Unknown,
    Named(&'a str),
}

/// Ids and codes of the items behind a figure, after one.
pub fn feedback_records(
    conn: &mut Conn,
    of: FeedbackFigures<'_>,
    measure: FeedbackMeasure,
    field: OfField<'_>,
    (after, limit): (Option<&str>, i64),
) -> Result<Vec<(String, String)>, Error> {
    let (after, mut found) = (after.unwrap_or_default().to_owned(), Vec::new());
    for way in measure.ways(of) {
        let query = f::table.select((f::id, f::code)).into_boxed();
        let query = counted!(query, of, measure, way);
        let query = match field {
            OfField::All => query,
            OfField::Unknown => query.filter(f::field.is_null()),
            OfField::Named(field) => query.filter(f::field.eq(field.to_owned())),
        };
        let part = query.filter(f::id.gt(after.clone())).order(f::id.asc()).limit(limit);
        found.extend(part.load::<(String, String)>(conn)?);
    }
    found.sort();
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}
