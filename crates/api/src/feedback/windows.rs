//! Background work: after the answer was due, spans of seven days open one after the other.

use kstt_domain::policy::actions::OpenObligations;
use kstt_domain::policy::{Actor, Target};
use kstt_persistence::feedback::{self as rows, FeedbackRow};

use super::clocks;
use crate::app::App;
use crate::http::{ApiError, Halt, Tx};

/// So many items are looked at in one transaction.
const BATCH: i64 = 100;

/// Opens the spans that have begun; answers whether there may be more at once.
pub fn windows_tick(app: &App) -> Result<bool, ApiError> {
    let now = app.clock.now().naive_utc();
    if app.db.read(|conn| rows::windows_due(conn, now, 1))?.is_empty() {
        return Ok(false);
    }
    let actor = Actor::system("feedback");
    let done = app.db.write(|conn| {
        let due = rows::windows_due(conn, now, BATCH)?;
        let mut tx = Tx::of_system(conn, app, &actor);
        for row in &due {
            open(&mut tx, row)?;
        }
        Ok::<_, Halt>(!due.is_empty())
    });
    Ok(Halt::unless_outrun(done)?.unwrap_or(false))
}

fn open(tx: &mut Tx<'_>, row: &FeedbackRow) -> Result<(), Halt> {
    let permit = tx.permit::<OpenObligations>(&Target::city(&row.id))?;
    let window = clocks::open_window(tx, row)?;
    let next = window.map(|window| window.due_at);
    if rows::next_window(tx.conn, &permit, row, next)? { Ok(()) } else { Err(Halt::Raced) }
}
