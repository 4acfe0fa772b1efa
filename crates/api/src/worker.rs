//! Background work: sealing the trail, opening the year, reminding, passing on what happened, tidying up. One
//! call does what is due; `serve` repeats it. Sending waits for others, so it is work of its own.

use chrono::TimeDelta;
use kstt_persistence::{exports, idempotency, procedures as registry};

use crate::app::App;
use crate::http::ApiError;
use crate::{attachments, feedback, notifications, obligations, procedures};

/// Answers for retries, and how far tables came, are kept this long.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Does everything that is due now; answers whether there may be more at once.
pub fn once(app: &App) -> Result<bool, ApiError> {
    let more = crate::audit::seal_tick(app)?;
    let real_now = app.clock.real_now();
    app.db.read(|conn| {
        app.signing.refresh(conn, &app.master, real_now).map_err(kstt_persistence::Error::Setup)
    })?;
    let forget = (real_now - KEPT).naive_utc();
    app.db.write(|conn| {
        exports::forget_before(conn, forget)?;
        idempotency::forget_before(conn, forget)
    })?;
    app.limits.tidy();
    let more = derive_again(app)? || more;
    if let Ok(search) = app.search() {
        app.db.read(|conn| search.catch_up(conn))?;
    }
    if let Ok(search) = app.feedback_search() {
        app.db.read(|conn| search.catch_up(conn))?;
    }
    feedback::facts_tick(app)?;
    let more = feedback::windows_tick(app)? || more;
    let more = obligations::open_due_year(app)? || more;
    let more = notifications::remind_tick(app)? || more;
    Ok(notifications::dispatch_tick(app)? || more)
}

/// Ends the work of this process in good order: what it held is free for the next one.
pub fn retire(app: &App) -> Result<(), ApiError> {
    crate::audit::stop_sealing(app)
}

/// What waits for others: brings out messages for a while, and has files scanned; answers whether there may be
/// more at once.
pub fn send(app: &App) -> Result<bool, ApiError> {
    let more = notifications::send_turn(app)?;
    Ok(attachments::turn(app)? || more)
}

/// Versions derived again in one transaction.
const DERIVED_AT_ONCE: i64 = 50;

/// After an upgrade: derives what older rules derived from versions, a few at a time.
fn derive_again(app: &App) -> Result<bool, ApiError> {
    if !app.db.read(registry::waits_for_derivation)? {
        return Ok(false);
    }
    let done = app.db.write(|conn| {
        let units = procedures::known_units(conn)?;
        registry::derive_again(conn, &units, DERIVED_AT_ONCE)
    })?;
    Ok(done > 0)
}
