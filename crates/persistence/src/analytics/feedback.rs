//! Feedback, counted from its facts along the index of the month, or the day, that a measure goes by.

use diesel::dsl::count_star;
use diesel::prelude::*;
use kstt_domain::analytics::{Window, first_of_month};

use super::{Group, Grouping, Known, Part, Read, Sought, When};
use crate::schema::feedback_facts as t;
use crate::{Conn, Error};

/// What is counted of feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackCount {
    /// By the day of receipt.
    Received,
    /// By the day of the answer.
    Answered,
    AnsweredOnTime,
    /// Answered, each with 1 if it was on time.
    OnTime,
    /// Answered, each with the days it took.
    Days,
    /// Answered and judged by the sender, each with 1 if satisfied.
    Satisfied,
    /// Not answered, by the last lawful day.
    Overdue,
}

/// Groups of items that handling units have, as it is known.
pub fn feedback_groups(
    conn: &mut Conn,
    count: FeedbackCount,
    sought: &Sought,
    known: Known,
) -> Result<Vec<Group>, Error> {
    use FeedbackCount as C;
    let part = match count {
        C::Received | C::Answered | C::AnsweredOnTime | C::Overdue => Part::One,
        C::OnTime => Part::Whether("on_time"),
        C::Days => Part::Number("days_to_answer"),
        C::Satisfied => Part::Whether("satisfied"),
    };
    let when = match count {
        C::Received => When { day: "received_on", month: Some("received_month") },
        C::Overdue => When { day: "due_on", month: None },
        _ => When { day: "answered_on", month: Some("answered_month") },
    };
    let grouping = Grouping::of(sought, when, part);
    let columns = (grouping.day(), grouping.key(0), grouping.key(1), grouping.part(), count_star());
    let mut query = t::table.group_by(grouping.by()).select(columns).into_boxed();
    let (from, to) = sought.days;
    let month = first_of_month(from);
    query = match count {
        C::Received => query.filter(t::received_month.between(month, to)),
        C::Overdue => query
            .filter(t::due_on.between(from, to))
            .filter(t::due_on.lt(known.day))
            .filter(t::answered_on.is_null().or(t::answered_on.gt(known.day))),
        _ => query.filter(t::answered_month.between(month, to)),
    };
    // Of whole months the days need not be looked at.
    if !(Window { from, to }).is_of_months() {
        query = match count {
            C::Received => query.filter(t::received_on.between(from, to)),
            C::Overdue => query,
            _ => query.filter(t::answered_on.between(from, to)),
        };
    }
    query = match count {
        C::AnsweredOnTime => query.filter(t::on_time),
        C::Satisfied => query.filter(t::satisfied.is_not_null()),
        _ => query,
    };
    if !known.all {
        query = query.filter(t::registered_on.le(known.day));
        if !matches!(count, C::Received | C::Overdue) {
            query = query.filter(t::answered_on.le(known.day));
        }
    }
    if let Some(unit_ids) = &sought.unit_ids {
        query = query.filter(t::unit_id.eq_any(unit_ids.clone()));
    }
    if let Some(field) = &sought.field {
        query = query.filter(t::field.eq(field.clone()));
    }
    if let Some(class) = &sought.class {
        query = query.filter(t::class.eq(class.clone()));
    }
    if let Some(channel) = &sought.channel {
        query = query.filter(t::channel.eq(channel.clone()));
    }
    if let Some(state) = &sought.state {
        query = query.filter(t::state.eq(state.clone()));
    }
    if let Some(procedure) = &sought.procedure {
        query = query.filter(t::procedure_code.eq(procedure.clone()));
    }
    Ok(query.load::<Read>(conn)?.into_iter().map(Group::from).collect())
}
