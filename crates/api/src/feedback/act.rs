//! One act on an item: the same straight path for all of them.

use actix_web::{HttpResponse, web};
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::feedback::{FeedbackEvent, FeedbackState, next};
use kstt_domain::policy::{ActionKind, Permit};
use kstt_persistence::Stored;
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::{self as rows, Changes, EntryRow, FeedbackRow};
use serde_json::{Value, json};

use super::wire::FeedbackTeller;
use super::{KIND, clocks, part, sight};
use crate::http::{ApiError, Body, Caller, Halt, Reply, Tx, say};

/// What is said with an act.
#[derive(Debug, Default)]
pub struct Said {
    /// Empty: nothing but that it happened.
    pub text: String,
    /// Also for the sender to read.
    pub open: bool,
    /// What the trail keeps of it beside the state; never of the sender.
    pub noted: Value,
}

impl Said {
    /// Something within the office.
    pub fn inside(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Something that the sender reads too.
    pub fn openly(text: impl Into<String>) -> Self {
        Self { text: text.into(), open: true, noted: Value::Null }
    }
}

/// Handles a request to do `event` to an item.
pub async fn acted<A, B>(
    caller: Caller,
    id: web::Path<String>,
    body: Body<B>,
    event: FeedbackEvent,
    change: fn(&mut Tx<'_>, &mut FeedbackRow, &B) -> Result<Said, Halt>,
) -> Result<HttpResponse, ApiError>
where
    A: Changes + 'static,
    B: Send + 'static,
{
    caller.require(A::ACTION)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller
        .write(&body.hash, move |tx| {
            act::<A>(tx, &id, expected.clone(), event, |tx, row| change(tx, row, &wanted))
        })
        .await
}

/// Does `event` to the item of an id, on behalf of the caller, under the version the caller read.
fn act<A: Changes>(
    tx: &mut Tx<'_>,
    id: &str,
    expected: Result<i64, ApiError>,
    event: FeedbackEvent,
    change: impl FnOnce(&mut Tx<'_>, &mut FeedbackRow) -> Result<Said, Halt>,
) -> Result<Reply, Halt> {
    let today = vn_date(tx.now);
    let before = sight::visible(tx.conn, tx.app, tx.actor, id, today)?;
    let viewers = tx.viewers()?;
    let permit = tx.permit::<A>(&sight::target(&viewers, tx.actor, &before, today))?;
    if before.version != expected? {
        let etag = told(tx, &before)?.etag;
        return Err(ApiError::stale(etag).into());
    }
    let row = perform(tx, &permit, &before, event, change)?;
    Ok(told(tx, &row)?)
}

/// Does an act that is permitted: decides the next state, stores the item and what was said, lets the clocks
/// follow, and writes the trail.
pub fn perform<A: Changes>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    before: &FeedbackRow,
    event: FeedbackEvent,
    change: impl FnOnce(&mut Tx<'_>, &mut FeedbackRow) -> Result<Said, Halt>,
) -> Result<FeedbackRow, Halt> {
    let state = next(before.state.0, event).map_err(|_| no_such_move(before, event))?;
    let mut row = FeedbackRow { state: Stored(state), ..before.clone() };
    let said = change(tx, &mut row)?;
    if state.is_over() != before.state.0.is_over() {
        row.ended_at = state.is_over().then_some(tx.now.naive_utc());
    }
    if state.is_over() && state != FeedbackState::Published {
        rows::unpublish(tx.conn, permit, &row.id)?;
    }
    clocks::follow(tx, before, &mut row, event)?;
    let now = tx.now.naive_utc();
    let row = rows::store(tx.conn, permit, before, row, now)?.ok_or(Halt::Raced)?;
    if row.handler_unit_id != before.handler_unit_id {
        let viewers = tx.viewers()?;
        rows::show_to(tx.conn, &row, &viewers, false)?;
    }
    enter(tx, &row.id, event, &said)?;
    if let (Some(whole), true) = (&row.parent_id, said.open) {
        // A sender knows the whole item only.
        enter(tx, whole, event, &said)?;
    }
    trail(tx, permit, before, &row, event, said.noted)?;
    if row.parent_id.is_some() && (event == FeedbackEvent::AcceptAnswer || state.is_over()) {
        part::complete(tx, &row)?;
    }
    if before.state.0 == FeedbackState::Split && state.is_over() {
        part::end(tx, &row)?;
    }
    Ok(row)
}

fn no_such_move(row: &FeedbackRow, event: FeedbackEvent) -> ApiError {
    ApiError::conflict(say(
        format!("Không thể «{}» khi đang ở trạng thái «{}».", event.label_vi(), row.state.0.label_vi()),
        format!("{event} does not follow on {}.", row.state.0),
    ))
}

/// Keeps what was said beside the item.
fn enter(tx: &mut Tx<'_>, feedback_id: &str, event: FeedbackEvent, said: &Said) -> Result<(), Halt> {
    let entry = EntryRow {
        id: tx.id(),
        feedback_id: feedback_id.to_owned(),
        event: Stored(event),
        open: said.open,
        author: tx.actor.name.clone(),
        unit_id: tx.actor.unit.as_ref().map(|unit| unit.id.clone()),
        text: said.text.clone(),
        at: tx.now.naive_utc(),
    };
    Ok(rows::add_entry(tx.conn, &entry)?)
}

/// The trail holds states, units and references, never texts: those may show who someone is.
fn trail<A: ActionKind>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    before: &FeedbackRow,
    row: &FeedbackRow,
    event: FeedbackEvent,
    noted: Value,
) -> Result<(), Halt> {
    let mut after = json!({ "event": event, "state": row.state.0, "unit": row.handler_unit_id });
    if let (Some(after), Value::Object(noted)) = (after.as_object_mut(), noted) {
        after.extend(noted);
    }
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &row.code,
        unit_id: Some(&row.handler_unit_id),
        before: Some(json!({ "state": before.state.0, "unit": before.handler_unit_id })),
        after: Some(after),
        ..Change::default()
    };
    Ok(tx.audit(permit, change)?)
}

/// The item as its caller sees it, with its tag.
pub fn told(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<Reply, ApiError> {
    let view = FeedbackTeller::at(tx.app, tx.conn, tx.actor, tx.now)?.tell(tx.conn, row)?;
    Ok(Reply::ok(&view)?.tagged(row.version))
}

/// The refusal of an act whose time is not right.
pub fn refusal(vi: &str, en: &str) -> Halt {
    ApiError::conflict(say(vi, en)).into()
}
