//! How obligations stand at a moment: one condition for each state, told of a row and asked of the table.

use chrono::NaiveDateTime;
use kstt_domain::obligations::ObligationState;

use super::ObligationRow;

/// The state of a row at a moment. [`in_state`] asks the table for the same.
pub fn state_of(row: &ObligationRow, now: NaiveDateTime) -> ObligationState {
    match (row.cancelled_at, row.met_at) {
        (Some(_), _) => ObligationState::Cancelled,
        (None, Some(met_at)) if met_at < row.due_at => ObligationState::Met,
        (None, Some(_)) => ObligationState::MetLate,
        _ if row.paused_at.is_some() => ObligationState::Suspended,
        _ if row.due_at <= now => ObligationState::Breached,
        _ if row.warn_at <= now => ObligationState::Warned,
        _ if row.soon_at <= now => ObligationState::DueSoon,
        _ => ObligationState::Open,
    }
}

/// Narrows a boxed query in which obligations appear to those in a state at a moment.
macro_rules! in_state {
    ($query:expr, $state:expr, $now:expr) => {{
        use kstt_domain::obligations::ObligationState as State;
        let (query, now) = ($query, $now);
        let day = kstt_domain::calendar::vn_date(now.and_utc());
        let live = o::met_at.is_null().and(o::cancelled_at.is_null());
        let running = live.and(o::paused_at.is_null());
        // What is not yet due is found from today on, what is over before tomorrow.
        let from_today = o::sort_key.ge(day.to_string());
        match $state {
            State::Cancelled => query.filter(o::cancelled_at.is_not_null()),
            State::Met => query.filter(o::cancelled_at.is_null()).filter(o::met_at.lt(o::due_at.nullable())),
            State::MetLate => {
                query.filter(o::cancelled_at.is_null()).filter(o::met_at.ge(o::due_at.nullable()))
            }
            State::Suspended => query.filter(live).filter(o::paused_at.is_not_null()),
            State::Breached => query.filter(running).filter(o::due_at.le(now)),
            State::Warned => {
                query.filter(running).filter(o::warn_at.le(now)).filter(o::due_at.gt(now)).filter(from_today)
            }
            State::DueSoon => {
                query.filter(running).filter(o::soon_at.le(now)).filter(o::warn_at.gt(now)).filter(from_today)
            }
            State::Open => {
                query.filter(running).filter(o::soon_at.gt(now)).filter(o::warn_at.gt(now)).filter(from_today)
            }
        }
    }};
}
pub(super) use in_state;
