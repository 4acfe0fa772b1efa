//! Reminders of what is still to be done: written into the trail, from where people hear of them.

use kstt_domain::policy::actions::RemindOfObligation;
use kstt_domain::policy::{Actor, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::obligations::{self as rows, ObligationRow};
use serde_json::json;

use crate::app::App;
use crate::http::{ApiError, Halt, Tx};

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
        for row in &waiting {
            remind(&mut tx, row)?;
        }
        Ok::<_, Halt>(!waiting.is_empty())
    });
    Ok(Halt::unless_outrun(done)?.unwrap_or(false))
}

fn remind(tx: &mut Tx<'_>, row: &ObligationRow) -> Result<(), Halt> {
    let (calendar, hours) = (tx.app.calendar(tx.conn)?, &tx.app.office_hours);
    let dealt_with = rows::dealt_with(tx.conn, row)?;
    let of = (row.trigger_at.and_utc(), row.due_on);
    let turn = tx.app.messages.reminders.turn(&calendar, hours, of, &dealt_with, tx.now);
    let permit = tx.permit::<RemindOfObligation>(&Target::city(&row.id))?;
    let now = tx.now.naive_utc();
    let steps = turn.skip.iter().map(|step| (step, false)).chain(turn.send.iter().map(|step| (step, true)));
    for (step, sent) in steps {
        rows::note_reminder(tx.conn, &permit, row, &step.id, sent, now)?;
    }
    if let Some(step) = turn.send {
        let change = Change {
            kind: "obligation",
            id: &row.id,
            key: &row.id,
            unit_id: Some(&row.unit_id),
            after: Some(json!({ "step": step.id, "due_on": row.due_on })),
            ..Change::default()
        };
        tx.audit(&permit, change)?;
    }
    rows::remind_again(tx.conn, &permit, row, turn.next.map(|next| next.naive_utc()))?;
    Ok(())
}
