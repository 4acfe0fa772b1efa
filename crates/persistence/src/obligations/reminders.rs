//! Reminders of what is still to be done: which rows to look at, and what was dealt with.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::RemindOfObligation;

use super::ObligationRow;
use crate::db::insert_row;
use crate::schema::{obligations as o, reminders};
use crate::{Conn, Error};

/// Obligations to look at now, those that have waited longest first.
pub fn to_remind(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> Result<Vec<ObligationRow>, Error> {
    Ok(o::table
        .filter(o::remind_at.le(now))
        .order(o::remind_at.asc())
        .limit(limit)
        .select(ObligationRow::as_select())
        .load(conn)?)
}

/// What is to be looked at now and is told as one with an obligation: what the same rule asks of the same unit, about
/// things of the same kind, by the same day, given to the same officer. The obligation itself is among them.
pub fn reminded_with(
    conn: &mut Conn,
    row: &ObligationRow,
    now: NaiveDateTime,
) -> Result<Vec<ObligationRow>, Error> {
    let together = o::table
        .filter(o::due_on.eq(row.due_on))
        .filter(o::unit_id.eq(&row.unit_id))
        .filter(o::rule.eq(&row.rule))
        .filter(o::subject_kind.eq(&row.subject_kind))
        .filter(o::remind_at.le(now))
        .order(o::subject_id.asc())
        .select(ObligationRow::as_select());
    let found: Vec<ObligationRow> = together.load(conn)?;
    Ok(found.into_iter().filter(|other| other.officer_id == row.officer_id).collect())
}

/// The steps that were sent or skipped for the last lawful day an obligation has now.
pub fn dealt_with(conn: &mut Conn, row: &ObligationRow) -> Result<Vec<String>, Error> {
    Ok(reminders::table
        .filter(reminders::obligation_id.eq(&row.id))
        .filter(reminders::due_on.eq(row.due_on))
        .select(reminders::step)
        .load(conn)?)
}

/// Notes that a step was dealt with; a unique violation means that it was before.
pub fn note_reminder(
    conn: &mut Conn,
    _: &Permit<RemindOfObligation>,
    row: &ObligationRow,
    step: &str,
    sent: bool,
    now: NaiveDateTime,
) -> Result<(), Error> {
    insert_row(
        conn,
        reminders::table,
        (
            reminders::obligation_id.eq(&row.id),
            reminders::due_on.eq(row.due_on),
            reminders::step.eq(step),
            reminders::sent.eq(sent),
            reminders::at.eq(now),
        ),
    )?;
    Ok(())
}

/// Says when to look at an obligation again. The obligation itself is not changed by it.
pub fn remind_again(
    conn: &mut Conn,
    _: &Permit<RemindOfObligation>,
    row: &ObligationRow,
    next: Option<NaiveDateTime>,
) -> Result<(), Error> {
    // Whoever changed the row meanwhile wants it to be looked at anew.
    let unchanged = o::table.find(&row.id).filter(o::version.eq(row.version));
    diesel::update(unchanged).set(o::remind_at.eq(next)).execute(conn)?;
    Ok(())
}
