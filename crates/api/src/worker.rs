//! Background work: sealing the trail, opening the year, reminding, passing on what happened, tidying up. One
//! call does what is due; `serve` repeats it. Sending waits for others, so it is work of its own.

use chrono::TimeDelta;
use kstt_persistence::{exports, idempotency, procedures as registry};

use crate::app::App;
use crate::http::ApiError;
use crate::{attachments, feedback, notifications, obligations, procedures};

/// Answers for retries, and how far tables came, are kept this long.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Some of the work; answers whether there may be more at once.
type Step = fn(&App) -> Result<bool, ApiError>;

/// What is done in turn.
const STEPS: &[Step] = &[
    crate::audit::seal_tick,
    refresh_keys,
    forget,
    derive_again,
    search,
    feedback::facts_tick,
    feedback::windows_tick,
    obligations::open_due_year,
    notifications::remind_tick,
    notifications::dispatch_tick,
];

/// Does everything that is due now; answers whether there may be more at once. What fails keeps nothing after it from
/// its turn.
pub fn once(app: &App) -> Result<bool, ApiError> {
    let (mut more, mut failed) = (false, None);
    for step in STEPS {
        match step(app) {
            Ok(again) => more |= again,
            Err(error) if failed.is_none() => failed = Some(error),
            Err(error) => log::error!("background work: {error}"),
        }
    }
    failed.map_or(Ok(more), Err)
}

fn refresh_keys(app: &App) -> Result<bool, ApiError> {
    let real_now = app.clock.real_now();
    app.db.read(|conn| {
        app.signing.refresh(conn, &app.master, real_now).map_err(kstt_persistence::Error::Setup)
    })?;
    Ok(false)
}

fn forget(app: &App) -> Result<bool, ApiError> {
    let before = (app.clock.real_now() - KEPT).naive_utc();
    app.db.write(|conn| {
        exports::forget_before(conn, before)?;
        idempotency::forget_before(conn, before)
    })?;
    app.limits.tidy();
    Ok(false)
}

/// Brings the search up with the tables.
fn search(app: &App) -> Result<bool, ApiError> {
    if let Ok(search) = app.search() {
        app.db.read(|conn| search.catch_up(conn))?;
    }
    if let Ok(search) = app.feedback_search() {
        app.db.read(|conn| search.catch_up(conn))?;
    }
    Ok(false)
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
