//! What is asked for once, with a last day that whoever asks sets.

use chrono::{NaiveDate, TimeDelta};
use kstt_domain::calendar::start_of_vn_day;
use kstt_domain::policy::Target;
use kstt_domain::policy::actions::OpenObligations;
use kstt_persistence::obligations::{self as rows, Moments, ObligationRow};

use crate::http::{ApiError, Halt, Tx};

/// Reminders begin so long before the end; whoever asks may leave less.
const SOON: TimeDelta = TimeDelta::days(5);

/// Opens an obligation of a rule without a term of its own.
pub fn asked_once(
    tx: &mut Tx<'_>,
    rule: &str,
    subject: (&str, &str),
    unit_id: &str,
    due_on: NaiveDate,
) -> Result<(), Halt> {
    let today = kstt_domain::calendar::vn_date(tx.now);
    let stored = rows::rule_on(tx.conn, rule, today)?.ok_or_else(ApiError::not_found)?;
    let due_at = start_of_vn_day(due_on.succ_opt().unwrap_or(due_on)).naive_utc();
    let now = tx.now.naive_utc();
    let moments = Moments {
        rule_version: stored.version,
        calendar_version: tx.calendar()?.version(),
        trigger_at: now,
        soon_at: (due_at - SOON).max(now),
        warn_at: due_at,
        due_at,
        due_on,
    };
    let row = ObligationRow::fresh(tx.id(), rule, subject, unit_id, &moments, now);
    let viewers = tx.viewers()?;
    let permit = tx.permit::<OpenObligations>(&Target::city(&row.id))?;
    Ok(rows::insert(tx.conn, &permit, &[row], &viewers)?)
}
