//! Deadlines and periodic reports, by the last lawful day.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kstt_domain::reports::ReportState;

use super::{Group, Grouping, Known, Part, Read, Sought, When};
use crate::schema::{obligations as o, reports as r};
use crate::{Conn, Error, Stored};

/// What is counted of deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyCount {
    /// All but those called off.
    Due,
    Met,
    MetLate,
    /// Neither met nor suspended, and over.
    Breached,
}

/// Groups of what units owe, as it is known.
pub fn duty_groups(
    conn: &mut Conn,
    count: DutyCount,
    sought: &Sought,
    known: Known,
) -> Result<Vec<Group>, Error> {
    let grouping = Grouping::of(sought, When { day: "due_on", month: None }, Part::One);
    let columns = (grouping.day(), grouping.key(0), grouping.key(1), grouping.part(), count_star());
    let mut query = o::table.group_by(grouping.by()).select(columns).into_boxed();
    let ((from, to), until) = (sought.days, known.until);
    query = query.filter(o::due_on.between(from, to));
    query = if known.all {
        query.filter(o::cancelled_at.is_null())
    } else {
        query.filter(o::cancelled_at.is_null().or(o::cancelled_at.ge(until))).filter(o::created_at.lt(until))
    };
    query = match count {
        DutyCount::Due => query,
        DutyCount::Met => query.filter(o::met_at.lt(o::due_at.nullable())),
        DutyCount::MetLate => query.filter(o::met_at.ge(o::due_at.nullable())),
        DutyCount::Breached => query
            .filter(o::due_at.le(until))
            .filter(o::met_at.is_null().or(o::met_at.ge(until)))
            .filter(o::paused_at.is_null()),
    };
    if !known.all && matches!(count, DutyCount::Met | DutyCount::MetLate) {
        query = query.filter(o::met_at.lt(until));
    }
    if let Some(unit_ids) = &sought.unit_ids {
        query = query.filter(o::unit_id.eq_any(unit_ids.clone()));
    }
    Ok(query.load::<Read>(conn)?.into_iter().map(Group::from).collect())
}

/// A report that is owed, as far as it is counted.
#[derive(Debug, Clone, Queryable)]
pub struct ReportDue {
    pub due_on: Option<NaiveDate>,
    pub unit_id: String,
    pub state: Stored<ReportState>,
    pub first_submitted_at: Option<NaiveDateTime>,
    pub created_at: NaiveDateTime,
}

/// Reports whose last lawful day lies in the window: a few for each unit and quarter.
pub fn reports_due(conn: &mut Conn, sought: &Sought) -> Result<Vec<ReportDue>, Error> {
    let (from, to) = sought.days;
    let mut query = r::table
        .filter(r::due_on.between(from, to))
        .select((r::due_on, r::unit_id, r::state, r::first_submitted_at, r::created_at))
        .into_boxed();
    if let Some(unit_ids) = &sought.unit_ids {
        query = query.filter(r::unit_id.eq_any(unit_ids.clone()));
    }
    if let Some(state) = &sought.state {
        query = query.filter(r::state.eq(state.clone()));
    }
    Ok(query.load(conn)?)
}
