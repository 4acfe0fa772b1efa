//! Lists and counts. The whole city reads the table itself, a unit what is visible to it; the same
//! conditions narrow both.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::codes::Code;
use kstt_domain::obligations::{ObligationOutcome, ObligationState};

use super::sight::ROOM;
use super::standing::in_state;
use super::{ObligationRow, PauseRow};
use crate::schema::{obligation_pauses, obligations as o, visible_to as v};
use crate::{Backend, Conn, Error, Page, Scope, Stored};

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<ObligationState>,
    /// Only what is past due and still to be done.
    pub overdue: bool,
    pub rule: Option<String>,
    /// Kind and id.
    pub subject: Option<(String, String)>,
    pub officer_id: Option<String>,
    pub due_from: Option<NaiveDate>,
    /// Exclusive.
    pub due_to: Option<NaiveDate>,
    pub updated_since: Option<NaiveDateTime>,
}

type Base = o::BoxedQuery<'static, Backend>;
type Seen = diesel::dsl::IntoBoxed<'static, diesel::dsl::InnerJoin<v::table, o::table>, Backend>;

macro_rules! narrowed {
    ($query:expr, $of:ident, $filter:expr, $now:expr) => {{
        let (mut query, filter, now) = ($query, $filter, $now);
        if let Some(state) = filter.state {
            query = in_state!(query, $of, state, now);
        }
        if filter.overdue {
            query = in_state!(query, $of, ObligationState::Breached, now);
        }
        if let Some(rule) = &filter.rule {
            query = query.filter(o::rule.eq(rule.clone()));
        }
        if let Some((kind, id)) = &filter.subject {
            query = query.filter(o::subject_kind.eq(kind.clone())).filter(o::subject_id.eq(id.clone()));
        }
        if let Some(officer) = &filter.officer_id {
            query = query.filter(o::officer_id.eq(officer.clone()));
        }
        if let Some(from) = filter.due_from {
            query = query.filter($of::sort_key.ge(from.to_string()));
        }
        if let Some(to) = filter.due_to {
            query = query.filter($of::sort_key.lt(to.to_string()));
        }
        if let Some(since) = filter.updated_since {
            query = query.filter(o::updated_at.ge(since));
        }
        query
    }};
}

fn of_city(filter: &Filter, now: NaiveDateTime) -> Base {
    narrowed!(o::table.into_boxed(), o, filter, now)
}

fn of_unit((unit_id, day, own): (&str, NaiveDate, bool), filter: &Filter, now: NaiveDateTime) -> Seen {
    let mut query = v::table
        .inner_join(o::table)
        .into_boxed()
        .filter(v::unit_id.eq(unit_id.to_owned()))
        .filter(v::room.eq(ROOM))
        .filter(v::valid_from.le(day))
        .filter(v::valid_to.gt(day));
    if own {
        query = query.filter(v::own);
    }
    if filter.officer_id.is_some() {
        narrowed!(query, o, filter, now)
    } else {
        narrowed!(query, v, filter, now)
    }
}

/// A page of obligations, in the order of their last lawful days.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    now: NaiveDateTime,
    page: Page<'_>,
) -> Result<Vec<ObligationRow>, Error> {
    Ok(match scope {
        Scope::City => {
            let mut query = of_city(filter, now);
            if let Some(after) = page.after {
                query = query.filter(o::sort_key.gt(after.to_owned()));
            }
            query.order(o::sort_key.asc()).limit(page.limit).select(ObligationRow::as_select()).load(conn)?
        }
        Scope::Unit { unit_id, day, own } => {
            let query = of_unit((unit_id, *day, *own), filter, now);
            let after = page.after.unwrap_or_default().to_owned();
            // What is given to one person is found from there, and then looked up whether it is seen.
            let query = match filter.officer_id {
                Some(_) => query.filter(o::sort_key.gt(after)).order(o::sort_key.asc()),
                None => query.filter(v::sort_key.gt(after)).order(v::sort_key.asc()),
            };
            query.limit(page.limit).select(ObligationRow::as_select()).load(conn)?
        }
    })
}

/// How many obligations there are in each state, counting at most `cap` of each. `filter.state` and
/// `filter.overdue` are left aside.
pub fn counts(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    now: NaiveDateTime,
    cap: i64,
) -> Result<Vec<(ObligationState, i64)>, Error> {
    let mut counted = Vec::new();
    for state in ObligationState::ALL.iter().copied() {
        let filter = Filter { state: Some(state), overdue: false, ..filter.clone() };
        // No further than the cap: counting all of millions is what the cap is against.
        let found: Vec<String> = match scope {
            Scope::City => of_city(&filter, now).select(o::sort_key).limit(cap).load(conn)?,
            Scope::Unit { unit_id, day, own } => {
                of_unit((unit_id, *day, *own), &filter, now).select(v::sort_key).limit(cap).load(conn)?
            }
        };
        counted.push((state, i64::try_from(found.len()).unwrap_or(cap)));
    }
    Ok(counted)
}

/// One obligation.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<ObligationRow>, Error> {
    Ok(o::table.find(id).select(ObligationRow::as_select()).first(conn).optional()?)
}

/// When the clock of an obligation stood still, oldest first.
pub fn pauses(conn: &mut Conn, obligation_id: &str) -> Result<Vec<PauseRow>, Error> {
    Ok(obligation_pauses::table
        .filter(obligation_pauses::obligation_id.eq(obligation_id))
        .order(obligation_pauses::stopped_at.asc())
        .select(PauseRow::as_select())
        .load(conn)?)
}

/// What is still to be done, after an id.
pub fn pending_after(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<ObligationRow>, Error> {
    Ok(o::table
        .filter(o::outcome.eq_any([ObligationOutcome::Pending, ObligationOutcome::Suspended].map(Stored)))
        .filter(o::id.gt(after))
        .order(o::id.asc())
        .limit(limit)
        .select(ObligationRow::as_select())
        .load(conn)?)
}
