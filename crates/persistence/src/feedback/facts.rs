//! What is counted of an item, in a row of its own that is kept with it. Figures read these rows and never the
//! texts.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::analytics::first_of_month;
use kstt_domain::calendar::vn_date;
use kstt_domain::feedback::{FeedbackChannel, FeedbackClass, FeedbackState};

use super::FeedbackRow;
use super::sight::ROOM;
use crate::db::insert_row;
use crate::schema::{feedback as f, feedback_facts as t, obligations as o, registry_revision as r};
use crate::{Conn, Error, Stored};

/// The term of the answer to the citizen.
const ANSWER: &str = "K-44";
/// Says whether items of older programs have their facts.
const FILLED: &str = "feedback_facts";

#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = t, treat_none_as_default_value = false, treat_none_as_null = true)]
struct FactsRow {
    feedback_id: String,
    received_on: NaiveDate,
    registered_on: NaiveDate,
    due_on: Option<NaiveDate>,
    answered_on: Option<NaiveDate>,
    days_to_answer: Option<i64>,
    on_time: Option<bool>,
    unit_id: String,
    field: Option<String>,
    class: Option<Stored<FeedbackClass>>,
    channel: Stored<FeedbackChannel>,
    state: Stored<FeedbackState>,
    procedure_code: Option<String>,
    satisfied: Option<bool>,
    /// The first day stands for a month.
    received_month: NaiveDate,
    answered_month: Option<NaiveDate>,
}

/// The last day, the end, when it was met, when it was called off.
type Clock = (NaiveDate, NaiveDateTime, Option<NaiveDateTime>, Option<NaiveDateTime>);

impl FactsRow {
    /// The facts of an item whose clock of the answer runs since it was opened last.
    fn of(row: &FeedbackRow, clock: Option<Clock>) -> Self {
        let clock = clock.filter(|(.., called_off)| called_off.is_none());
        let answered = clock.and_then(|(_, due_at, met_at, _)| Some((met_at?, due_at)));
        let received_on = vn_date(row.received_at.and_utc());
        let answered_on = answered.map(|(at, _)| vn_date(at.and_utc()));
        Self {
            feedback_id: row.id.clone(),
            received_on,
            registered_on: vn_date(row.registered_at.and_utc()),
            // What its lists go by, and the term of the answer once it was given.
            due_on: row.due_on().or(clock.map(|(due_on, ..)| due_on)),
            answered_on,
            days_to_answer: answered_on.map(|on| (on - received_on).num_days().max(0)),
            on_time: answered.map(|(at, due_at)| at < due_at),
            unit_id: row.handler_unit_id.clone(),
            field: row.field.clone(),
            class: row.class,
            channel: row.channel,
            state: row.state,
            procedure_code: row.procedure_code.clone(),
            satisfied: row.satisfied,
            received_month: first_of_month(received_on),
            answered_month: answered_on.map(first_of_month),
        }
    }
}

/// Stores the facts of a new item, whose answer nobody has given yet; a part is counted with the whole.
pub(super) fn begin(conn: &mut Conn, row: &FeedbackRow) -> Result<(), Error> {
    if row.parent_id.is_none() {
        insert_row(conn, t::table, FactsRow::of(row, None))?;
    }
    Ok(())
}

/// Stores the facts of an item as it and its clocks are now; a part is counted with the whole.
pub(super) fn keep(conn: &mut Conn, row: &FeedbackRow) -> Result<(), Error> {
    if row.parent_id.is_some() {
        return Ok(());
    }
    let clock: Option<Clock> = o::table
        .filter(o::subject_kind.eq(ROOM))
        .filter(o::subject_id.eq(&row.id))
        .filter(o::rule.eq(ANSWER))
        .order(o::sequence.desc())
        .select((o::due_on, o::due_at, o::met_at, o::cancelled_at))
        .first(conn)
        .optional()?;
    let facts = FactsRow::of(row, clock);
    if diesel::update(t::table.find(&row.id)).set(facts.clone()).execute(conn)? == 0 {
        insert_row(conn, t::table, facts)?;
    }
    Ok(())
}

/// Whether there may be items of an older program, which kept no facts.
pub fn waits_for_facts(conn: &mut Conn) -> Result<bool, Error> {
    let filled: Option<i64> = r::table.find(FILLED).select(r::revision).first(conn).optional()?;
    Ok(filled == Some(0))
}

/// Whether there are facts of an older program, which knew no months.
pub fn lacks_months(conn: &mut Conn) -> Result<bool, Error> {
    let lacking = t::table.filter(t::received_month.is_null()).select(t::feedback_id);
    Ok(lacking.first::<String>(conn).optional()?.is_some())
}

/// Keeps the facts of some items after one, by id; answers the last of them. After the last item nothing waits
/// any more.
pub fn fill_facts(conn: &mut Conn, after: &str, limit: i64) -> Result<Option<String>, Error> {
    let rows: Vec<FeedbackRow> = f::table
        .filter(f::id.gt(after))
        .order(f::id.asc())
        .limit(limit)
        .select(FeedbackRow::as_select())
        .load(conn)?;
    for row in &rows {
        keep(conn, row)?;
    }
    let last = rows.into_iter().next_back().map(|row| row.id);
    if last.is_none() {
        diesel::update(r::table.find(FILLED)).set(r::revision.eq(1)).execute(conn)?;
    }
    Ok(last)
}
