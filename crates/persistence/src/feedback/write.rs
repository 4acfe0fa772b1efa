//! Storing items. `before` is always the row as it was read; when someone else changed it meanwhile nothing
//! is stored, and nothing answered.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::actions::{
    ApproveAnswer, AssignFeedback, CorrectFeedback, FollowFeedback, HandleFeedback, JudgeFeedback,
    RegisterFeedback, RetimeObligation, SendFeedback,
};
use kstt_domain::policy::{ActionKind, Permit};

use super::{FeedbackRow, facts};
use crate::db::{Written, insert_row};
use crate::schema::feedback as f;
use crate::{Conn, Error};

/// Actions that bring an item into the city.
pub trait Receives: ActionKind {}
impl Receives for SendFeedback {}
impl Receives for RegisterFeedback {}
impl Receives for JudgeFeedback {}

/// Actions that change an item.
pub trait Changes: ActionKind {}
impl Changes for FollowFeedback {}
impl Changes for JudgeFeedback {}
impl Changes for AssignFeedback {}
impl Changes for HandleFeedback {}
impl Changes for ApproveAnswer {}
impl Changes for CorrectFeedback {}

/// Stores a new item whose clocks were started; who sees it is stored by `show_to`.
pub fn insert<A: Receives>(conn: &mut Conn, _: &Permit<A>, row: &FeedbackRow) -> Result<(), Error> {
    insert_row(conn, f::table, row)?;
    facts::begin(conn, row)
}

/// Says whose conduct a new item is about.
pub fn set_about<A: Receives>(conn: &mut Conn, _: &Permit<A>, row: &FeedbackRow) -> Result<(), Error> {
    diesel::update(f::table.find(&row.id)).set(f::about_unit_id.eq(&row.about_unit_id)).execute(conn)?;
    Ok(())
}

/// Gives a new item its number.
pub fn set_code<A: Receives>(conn: &mut Conn, _: &Permit<A>, row: &FeedbackRow) -> Result<(), Error> {
    let texts = &[("UPDATE feedback SET code = ", row.code.as_str()), (" WHERE id = ", &row.id)];
    Written { texts, end: "" }.execute(conn)?;
    Ok(())
}

/// Stores an item whose clock was counted anew.
pub fn retime(
    conn: &mut Conn,
    _: &Permit<RetimeObligation>,
    before: &FeedbackRow,
    row: FeedbackRow,
    now: NaiveDateTime,
) -> Result<Option<FeedbackRow>, Error> {
    replace(conn, before, row, now)
}

/// Stores a changed item in the place of `before`, after its clocks.
pub fn store<A: Changes>(
    conn: &mut Conn,
    _: &Permit<A>,
    before: &FeedbackRow,
    row: FeedbackRow,
    now: NaiveDateTime,
) -> Result<Option<FeedbackRow>, Error> {
    replace(conn, before, row, now)
}

fn replace(
    conn: &mut Conn,
    before: &FeedbackRow,
    row: FeedbackRow,
    now: NaiveDateTime,
) -> Result<Option<FeedbackRow>, Error> {
    let row = FeedbackRow { version: before.version + 1, updated_at: now, ..row };
    let same_version = f::table.find(&row.id).filter(f::version.eq(before.version));
    // What an item came with stays; everything else may change.
    let updated = diesel::update(same_version)
        .set((
            (
                f::sort_key.eq(&row.sort_key),
                f::state.eq(row.state),
                f::class.eq(row.class),
                f::redacted.eq(&row.redacted),
                f::procedure_code.eq(&row.procedure_code),
                f::field.eq(&row.field),
                f::about_unit_id.eq(&row.about_unit_id),
                f::about_person.eq(&row.about_person),
            ),
            (
                f::content.eq(&row.content),
                f::received_at.eq(row.received_at),
                f::valid_at.eq(row.valid_at),
                f::handler_unit_id.eq(&row.handler_unit_id),
                f::handler_received_at.eq(row.handler_received_at),
                f::officer_id.eq(&row.officer_id),
                f::grounds.eq(&row.grounds),
                f::guided_to.eq(row.guided_to),
            ),
            (
                f::merged_into_id.eq(&row.merged_into_id),
                f::answer.eq(&row.answer),
                f::approved_at.eq(row.approved_at),
                f::ended_at.eq(row.ended_at),
                f::next_window_at.eq(row.next_window_at),
                f::satisfied.eq(row.satisfied),
                f::version.eq(row.version),
                f::updated_at.eq(row.updated_at),
            ),
        ))
        .execute(conn)?;
    if updated == 0 {
        return Ok(None);
    }
    if (before.state, &before.sort_key) != (row.state, &row.sort_key) {
        row.listed().follow(conn)?;
    }
    facts::keep(conn, &row)?;
    Ok(Some(row))
}
