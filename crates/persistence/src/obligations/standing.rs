//! How obligations stand at a moment: one condition for each state, told of a row and asked of the table.

use chrono::NaiveDateTime;
use kstt_domain::obligations::{ObligationOutcome, ObligationState};

use super::ObligationRow;

/// The state of a row at a moment. [`in_state`] asks the table for the same.
pub fn state_of(row: &ObligationRow, now: NaiveDateTime) -> ObligationState {
    match row.outcome.0 {
        ObligationOutcome::Cancelled => ObligationState::Cancelled,
        ObligationOutcome::Met => ObligationState::Met,
        ObligationOutcome::Late => ObligationState::MetLate,
        ObligationOutcome::Suspended => ObligationState::Suspended,
        ObligationOutcome::Pending if row.due_at <= now => ObligationState::Breached,
        ObligationOutcome::Pending if row.warn_at <= now => ObligationState::Warned,
        ObligationOutcome::Pending if row.soon_at <= now => ObligationState::DueSoon,
        ObligationOutcome::Pending => ObligationState::Open,
    }
}

/// Narrows a boxed query in which obligations appear to those in a state at a moment. `$of` is the table
/// whose index gives the order: it has an outcome and a sort key as well.
macro_rules! in_state {
    ($query:expr, $of:ident, $state:expr, $now:expr) => {{
        use kstt_domain::obligations::{ObligationOutcome as Outcome, ObligationState as State};
        let (query, now) = ($query, $now);
        let day = kstt_domain::calendar::vn_date(now.and_utc());
        let outcome = |outcome: Outcome| $of::outcome.eq(crate::Stored(outcome));
        let running = outcome(Outcome::Pending);
        // What is not over yet has its last day today or later.
        let not_over = $of::sort_key.ge(day.to_string());
        match $state {
            State::Cancelled => query.filter(outcome(Outcome::Cancelled)),
            State::Met => query.filter(outcome(Outcome::Met)),
            State::MetLate => query.filter(outcome(Outcome::Late)),
            State::Suspended => query.filter(outcome(Outcome::Suspended)),
            State::Breached => query.filter(running).filter(o::due_at.le(now)),
            State::Warned => {
                query.filter(running).filter(o::warn_at.le(now)).filter(o::due_at.gt(now)).filter(not_over)
            }
            State::DueSoon => {
                query.filter(running).filter(o::soon_at.le(now)).filter(o::warn_at.gt(now)).filter(not_over)
            }
            State::Open => {
                query.filter(running).filter(o::soon_at.gt(now)).filter(o::warn_at.gt(now)).filter(not_over)
            }
        }
    }};
}
pub(super) use in_state;
