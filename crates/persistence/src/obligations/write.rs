//! Opening, meeting, moving and ending obligations. `row` is always the row as it was read; when someone
//! else changed it meanwhile nothing is stored, and nothing answered.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::obligations::ObligationOutcome;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::{
    AssignObligation, CancelObligation, MeetObligation, OpenObligations, RetimeObligation, SuspendObligation,
};

use super::sight::show_all;
use super::{ObligationRow, PauseRow};
use crate::db::{insert_row, insert_rows};
use crate::schema::{obligation_pauses, obligations as o};
use crate::units::Viewers;
use crate::{Conn, Error, Stored};

/// Opens obligations that `viewers` of their units see.
pub fn insert(
    conn: &mut Conn,
    _: &Permit<OpenObligations>,
    rows: &[ObligationRow],
    viewers: &Viewers,
) -> Result<(), Error> {
    insert_rows!(conn, o::table, rows)?;
    show_all(conn, rows, viewers)
}

/// The obligations of one rule and subject.
pub fn of_subject(conn: &mut Conn, rule: &str, subject: (&str, &str)) -> Result<Vec<ObligationRow>, Error> {
    Ok(o::table
        .filter(o::rule.eq(rule))
        .filter(o::subject_kind.eq(subject.0))
        .filter(o::subject_id.eq(subject.1))
        .select(ObligationRow::as_select())
        .load(conn)?)
}

/// Everything that is or was to be done about a subject, in the order of last lawful days.
pub fn about(conn: &mut Conn, subject: (&str, &str)) -> Result<Vec<ObligationRow>, Error> {
    Ok(o::table
        .filter(o::subject_kind.eq(subject.0))
        .filter(o::subject_id.eq(subject.1))
        .order(o::sort_key.asc())
        .select(ObligationRow::as_select())
        .load(conn)?)
}

/// The units that owed something about a subject at a moment and were let off since.
pub fn let_off_since(
    conn: &mut Conn,
    subject: (&str, &str),
    at: NaiveDateTime,
) -> Result<Vec<String>, Error> {
    Ok(o::table
        .filter(o::subject_kind.eq(subject.0))
        .filter(o::subject_id.eq(subject.1))
        .filter(o::created_at.le(at))
        .filter(o::cancelled_at.gt(at))
        .select(o::unit_id)
        .load(conn)?)
}

/// Whether anything of a rule and subject was opened.
pub fn is_produced(conn: &mut Conn, rule: &str, subject: (&str, &str)) -> Result<bool, Error> {
    let first: Option<String> = o::table
        .filter(o::rule.eq(rule))
        .filter(o::subject_kind.eq(subject.0))
        .filter(o::subject_id.eq(subject.1))
        .select(o::id)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

/// The subjects of a kind that a rule has opened something for.
pub fn subjects_of(conn: &mut Conn, rule: &str, kind: &str) -> Result<Vec<String>, Error> {
    Ok(o::table
        .filter(o::rule.eq(rule))
        .filter(o::subject_kind.eq(kind))
        .select(o::subject_id)
        .distinct()
        .order(o::subject_id.asc())
        .load(conn)?)
}

/// Records that it was done.
pub fn meet(
    conn: &mut Conn,
    _: &Permit<MeetObligation>,
    row: &ObligationRow,
    met_at: NaiveDateTime,
    note: Option<&str>,
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    let changed = ObligationRow { met_at: Some(met_at), note: note.map(str::to_owned), ..row.clone() };
    store(conn, row, changed, now)
}

/// Gives it to an officer, or takes it back.
pub fn assign(
    conn: &mut Conn,
    _: &Permit<AssignObligation>,
    row: &ObligationRow,
    officer_id: Option<&str>,
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    let changed = ObligationRow { officer_id: officer_id.map(str::to_owned), ..row.clone() };
    store(conn, row, changed, now)
}

/// Hands it over to another unit, and nobody's there yet.
pub fn hand_over(
    conn: &mut Conn,
    _: &Permit<AssignObligation>,
    row: &ObligationRow,
    (unit_id, viewers): (&str, &Viewers),
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    let moved = diesel::update(o::table.find(&row.id).filter(o::version.eq(row.version)))
        .set(o::unit_id.eq(unit_id))
        .execute(conn)?;
    if moved == 0 {
        return Ok(None);
    }
    let changed = ObligationRow { unit_id: unit_id.to_owned(), officer_id: None, ..row.clone() };
    row.listed().hide(conn)?;
    changed.listed().show(conn, viewers.of(unit_id))?;
    store(conn, row, changed, now)
}

/// Ends it without its having been done.
pub fn cancel(
    conn: &mut Conn,
    _: &Permit<CancelObligation>,
    row: &ObligationRow,
    reason: &str,
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    let changed = ObligationRow { cancelled_at: Some(now), note: Some(reason.to_owned()), ..row.clone() };
    store(conn, row, changed, now)
}

/// Stops its clock.
pub fn suspend(
    conn: &mut Conn,
    _: &Permit<SuspendObligation>,
    row: &ObligationRow,
    pause: PauseRow,
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    let changed = ObligationRow { paused_at: Some(pause.stopped_at), ..row.clone() };
    insert_row(conn, obligation_pauses::table, pause)?;
    store(conn, row, changed, now)
}

/// Lets its clock go on, to new moments.
pub fn resume(
    conn: &mut Conn,
    _: &Permit<SuspendObligation>,
    row: &ObligationRow,
    resumed_at: NaiveDateTime,
    moments: &Moments,
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    let lasting = obligation_pauses::table
        .filter(obligation_pauses::obligation_id.eq(&row.id))
        .filter(obligation_pauses::resumed_at.is_null());
    diesel::update(lasting).set(obligation_pauses::resumed_at.eq(resumed_at)).execute(conn)?;
    let changed = moments.put(ObligationRow { paused_at: None, ..row.clone() });
    store(conn, row, changed, now)
}

/// The moments of an obligation, and what they were counted from and with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moments {
    pub rule_version: i64,
    pub calendar_version: i64,
    pub trigger_at: NaiveDateTime,
    pub soon_at: NaiveDateTime,
    pub warn_at: NaiveDateTime,
    pub due_at: NaiveDateTime,
    pub due_on: NaiveDate,
}

impl Moments {
    /// Those of an obligation as they are.
    pub fn of(row: &ObligationRow) -> Self {
        Self {
            rule_version: row.rule_version,
            calendar_version: row.calendar_version,
            trigger_at: row.trigger_at,
            soon_at: row.soon_at,
            warn_at: row.warn_at,
            due_at: row.due_at,
            due_on: row.due_on,
        }
    }

    /// A row with these moments.
    pub fn put(&self, row: ObligationRow) -> ObligationRow {
        ObligationRow {
            sort_key: ObligationRow::sort_key(self.due_on, &row.id),
            rule_version: self.rule_version,
            calendar_version: self.calendar_version,
            trigger_at: self.trigger_at,
            soon_at: self.soon_at,
            warn_at: self.warn_at,
            due_at: self.due_at,
            due_on: self.due_on,
            ..row
        }
    }
}

/// Gives it other moments, after its trigger or the calendar was corrected.
pub fn retime(
    conn: &mut Conn,
    _: &Permit<RetimeObligation>,
    row: &ObligationRow,
    moments: &Moments,
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    store(conn, row, moments.put(row.clone()), now)
}

/// Stores a row in the place of `before`; nothing if someone else was faster.
fn store(
    conn: &mut Conn,
    before: &ObligationRow,
    mut row: ObligationRow,
    now: NaiveDateTime,
) -> Result<Option<ObligationRow>, Error> {
    row.outcome = Stored(row.judged());
    row.remind_at = (row.outcome.0 == ObligationOutcome::Pending).then_some(now);
    row.version = before.version + 1;
    row.updated_at = now;
    let same_version = o::table.find(&row.id).filter(o::version.eq(before.version));
    let updated = diesel::update(same_version)
        .set((
            (
                o::sort_key.eq(&row.sort_key),
                o::rule_version.eq(row.rule_version),
                o::calendar_version.eq(row.calendar_version),
                o::trigger_at.eq(row.trigger_at),
                o::soon_at.eq(row.soon_at),
                o::warn_at.eq(row.warn_at),
                o::due_at.eq(row.due_at),
                o::due_on.eq(row.due_on),
            ),
            o::officer_id.eq(&row.officer_id),
            o::paused_at.eq(row.paused_at),
            o::met_at.eq(row.met_at),
            o::cancelled_at.eq(row.cancelled_at),
            o::outcome.eq(row.outcome),
            o::note.eq(&row.note),
            o::remind_at.eq(row.remind_at),
            o::version.eq(row.version),
            o::updated_at.eq(row.updated_at),
        ))
        .execute(conn)?;
    if updated == 0 {
        return Ok(None);
    }
    row.listed().follow(conn)?;
    Ok(Some(row))
}

/// What a unit still owes about a subject.
pub fn of_unit(conn: &mut Conn, subject: (&str, &str), unit_id: &str) -> Result<Vec<ObligationRow>, Error> {
    Ok(o::table
        .filter(o::subject_kind.eq(subject.0))
        .filter(o::subject_id.eq(subject.1))
        .filter(o::unit_id.eq(unit_id))
        .filter(o::outcome.eq(Stored(ObligationOutcome::Pending)))
        .select(ObligationRow::as_select())
        .load(conn)?)
}
