//! Reminders of what is still to be done: written into the trail, from where people hear of them. Of a report, which a
//! unit owes form by form, they hear once.

use std::collections::{BTreeMap, HashSet};

use chrono::{NaiveDate, TimeDelta};
use kstt_domain::calendar::vn_date;
use kstt_domain::obligations::Reminded;
use kstt_domain::policy::actions::RemindOfObligation;
use kstt_domain::policy::{Actor, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::obligations::{self as rows, ObligationRow};
use serde_json::json;

use crate::app::App;
use crate::http::{ApiError, Halt, Tx};
use crate::obligations::rule_of;
use crate::reports;

/// So many obligations are looked at in one transaction.
const BATCH: i64 = 200;

/// Reminds of what is due to be reminded of; answers whether there may be more at once.
pub fn remind_tick(app: &App) -> Result<bool, ApiError> {
    let now = app.clock.now().naive_utc();
    if app.db.read(|conn| rows::to_remind(conn, now, 1))?.is_empty() {
        return Ok(false);
    }
    let actor = Actor::system("reminders");
    let done = app.db.write(|conn| {
        let waiting = rows::to_remind(conn, now, BATCH)?;
        let mut tx = Tx::of_system(conn, app, &actor);
        let mut looked_at = HashSet::new();
        for row in &waiting {
            if looked_at.contains(&row.id) {
                continue;
            }
            let together = match row.subject_kind.as_str() {
                reports::OWED => rows::reminded_with(tx.conn, row, now)?,
                _ => vec![row.clone()],
            };
            remind(&mut tx, &together)?;
            looked_at.extend(together.into_iter().map(|row| row.id));
        }
        Ok::<_, Halt>(!waiting.is_empty())
    });
    Ok(Halt::unless_outrun(done)?.unwrap_or(false))
}

/// Takes each of some obligations on to its next step, and tells of those at the same step at once.
fn remind(tx: &mut Tx<'_>, together: &[ObligationRow]) -> Result<(), Halt> {
    let mut told: BTreeMap<String, Vec<&ObligationRow>> = BTreeMap::new();
    for row in together {
        if let Some(step) = next_step(tx, row)? {
            told.entry(step).or_default().push(row);
        }
    }
    told.iter().try_for_each(|(step, rows)| tell(tx, step, rows))
}

/// Notes the steps whose time has come; answers the one that is told.
fn next_step(tx: &mut Tx<'_>, row: &ObligationRow) -> Result<Option<String>, Halt> {
    let (calendar, hours) = (tx.app.calendar(tx.conn)?, &tx.app.office_hours);
    let dealt_with = rows::dealt_with(tx.conn, row)?;
    let of = Reminded { began: row.trigger_at.and_utc(), by: urged_by(tx, row)?, due_on: row.due_on };
    let turn = tx.app.messages.reminders.turn(&calendar, hours, of, &dealt_with, tx.now);
    let permit = tx.permit::<RemindOfObligation>(&Target::city(&row.id))?;
    let now = tx.now.naive_utc();
    let steps = turn.skip.iter().map(|step| (step, false)).chain(turn.send.iter().map(|step| (step, true)));
    for (step, sent) in steps {
        rows::note_reminder(tx.conn, &permit, row, &step.id, sent, now)?;
    }
    rows::remind_again(tx.conn, &permit, row, turn.next.map(|next| next.naive_utc()))?;
    Ok(turn.send.map(|step| step.id.clone()))
}

/// A date of a period may be read two ways: people are urged by the day on which it first warns.
fn urged_by(tx: &mut Tx<'_>, row: &ObligationRow) -> Result<NaiveDate, Halt> {
    let rule = rule_of(tx, row)?.read()?;
    let warns_after = vn_date((row.warn_at - TimeDelta::seconds(1)).and_utc());
    Ok(if rule.timing.is_of_dates() { warns_after.min(row.due_on) } else { row.due_on })
}

/// Writes a step into the trail, as an event of the first of those that are at it.
fn tell(tx: &mut Tx<'_>, step: &str, rows: &[&ObligationRow]) -> Result<(), Halt> {
    let Some(first) = rows.first() else { return Ok(()) };
    let permit = tx.permit::<RemindOfObligation>(&Target::city(&first.id))?;
    let subjects: Vec<&str> = rows.iter().map(|row| row.subject_id.as_str()).collect();
    let change = Change {
        kind: "obligation",
        id: &first.id,
        key: &first.id,
        unit_id: Some(&first.unit_id),
        after: Some(json!({ "step": step, "due_on": first.due_on, "subjects": subjects })),
        ..Change::default()
    };
    Ok(tx.audit(&permit, change)?)
}
