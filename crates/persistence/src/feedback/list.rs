//! Lists and counts. The whole city reads the table itself, a unit what is visible to it; the same
//! conditions narrow both.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::codes::Code;
use kstt_domain::feedback::{FeedbackChannel, FeedbackClass, FeedbackState};

use super::FeedbackRow;
use super::sight::ROOM;
use crate::schema::{feedback as f, visible_to as v};
use crate::{Backend, Conn, Error, Page, Scope, Stored};

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<FeedbackState>,
    pub class: Option<FeedbackClass>,
    pub channel: Option<FeedbackChannel>,
    pub officer_id: Option<String>,
    pub field: Option<String>,
    pub procedure_code: Option<String>,
    /// Only with an answer due before this day and not given.
    pub due_before: Option<NaiveDate>,
    pub updated_since: Option<NaiveDateTime>,
    /// Only these, however many there are.
    pub ids: Option<Vec<String>>,
}

type Base = f::BoxedQuery<'static, Backend>;
type Seen = diesel::dsl::IntoBoxed<
    'static,
    diesel::dsl::InnerJoinOn<v::table, f::table, diesel::dsl::Eq<v::subject_id, f::id>>,
    Backend,
>;

macro_rules! narrowed {
    ($query:expr, $key:expr, $state:expr, $filter:expr) => {{
        let (mut query, filter) = ($query, $filter);
        if let Some(state) = filter.state {
            query = query.filter($state(state));
        }
        if let Some(class) = filter.class {
            query = query.filter(f::class.eq(Some(Stored(class))));
        }
        if let Some(channel) = filter.channel {
            query = query.filter(f::channel.eq(Stored(channel)));
        }
        if let Some(officer) = &filter.officer_id {
            query = query.filter(f::officer_id.eq(Some(officer.clone())));
        }
        if let Some(field) = &filter.field {
            query = query.filter(f::field.eq(Some(field.clone())));
        }
        if let Some(procedure) = &filter.procedure_code {
            query = query.filter(f::procedure_code.eq(Some(procedure.clone())));
        }
        if let Some(before) = filter.due_before {
            query = query.filter($key.lt(before.to_string()));
        }
        if let Some(since) = filter.updated_since {
            query = query.filter(f::updated_at.ge(since));
        }
        if let Some(ids) = &filter.ids {
            query = query.filter(f::id.eq_any(ids.clone()));
        }
        query
    }};
}

fn of_city(filter: &Filter) -> Base {
    narrowed!(f::table.into_boxed(), f::sort_key, |state| f::state.eq(Stored(state)), filter)
}

/// What one unit sees, not narrowed.
fn sights((unit_id, day, own): (&str, NaiveDate, bool)) -> Seen {
    let query = v::table
        .inner_join(f::table.on(v::subject_id.eq(f::id)))
        .into_boxed()
        .filter(v::unit_id.eq(unit_id.to_owned()))
        .filter(v::room.eq(ROOM))
        .filter(v::valid_from.le(day))
        .filter(v::valid_to.gt(day));
    if own { query.filter(v::own) } else { query }
}

enum Read {
    /// All there are.
    City(Base),
    /// What a unit sees, along its own list.
    Unit(Seen),
    /// A few of all, one officer's or those of a list, as far as a unit sees them.
    Few(Seen),
}

impl Read {
    fn of(scope: &Scope, filter: &Filter) -> Self {
        let Scope::Unit { unit_id, day, own } = scope else { return Self::City(of_city(filter)) };
        let sights = sights((unit_id, *day, *own));
        if filter.officer_id.is_some() || filter.ids.is_some() {
            Self::Few(narrowed!(sights, f::sort_key, |state| f::state.eq(Stored(state)), filter))
        } else {
            let state = |state: FeedbackState| v::outcome.eq(state.code());
            Self::Unit(narrowed!(sights, v::sort_key, state, filter))
        }
    }
}

/// A page of items, what is due first first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    page: Page<'_>,
) -> Result<Vec<FeedbackRow>, Error> {
    let after = page.after.unwrap_or_default().to_owned();
    Ok(match Read::of(scope, filter) {
        Read::City(items) => items
            .filter(f::sort_key.gt(after))
            .order(f::sort_key.asc())
            .limit(page.limit)
            .select(FeedbackRow::as_select())
            .load(conn)?,
        Read::Unit(sights) => sights
            .filter(v::sort_key.gt(after))
            .order(v::sort_key.asc())
            .limit(page.limit)
            .select(FeedbackRow::as_select())
            .load(conn)?,
        Read::Few(sights) => sights
            .filter(f::sort_key.gt(after))
            .order(f::sort_key.asc())
            .limit(page.limit)
            .select(FeedbackRow::as_select())
            .load(conn)?,
    })
}

/// How many items there are in each state, counting at most `cap` of each. `filter.state` is left aside.
pub fn counts(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    cap: i64,
) -> Result<Vec<(FeedbackState, i64)>, Error> {
    let mut counted = Vec::new();
    for state in FeedbackState::ALL.iter().copied() {
        let filter = Filter { state: Some(state), ..filter.clone() };
        let found: Vec<String> = match Read::of(scope, &filter) {
            Read::City(items) => items.select(f::sort_key).limit(cap).load(conn)?,
            Read::Unit(sights) | Read::Few(sights) => sights.select(v::sort_key).limit(cap).load(conn)?,
        };
        counted.push((state, i64::try_from(found.len()).unwrap_or(cap)));
    }
    Ok(counted)
}

/// One item, by id.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<FeedbackRow>, Error> {
    Ok(f::table.find(id).select(FeedbackRow::as_select()).first(conn).optional()?)
}

/// One item, by its code.
pub fn by_code(conn: &mut Conn, code: &str) -> Result<Option<FeedbackRow>, Error> {
    Ok(f::table.filter(f::code.eq(code)).select(FeedbackRow::as_select()).first(conn).optional()?)
}

/// Items by id, in no order.
pub fn by_ids(conn: &mut Conn, ids: &[String]) -> Result<Vec<FeedbackRow>, Error> {
    Ok(f::table.filter(f::id.eq_any(ids)).select(FeedbackRow::as_select()).load(conn)?)
}

/// The parts of an item, in order.
pub fn parts(conn: &mut Conn, parent_id: &str) -> Result<Vec<FeedbackRow>, Error> {
    Ok(f::table
        .filter(f::parent_id.eq(parent_id))
        .order(f::id.asc())
        .select(FeedbackRow::as_select())
        .load(conn)?)
}
