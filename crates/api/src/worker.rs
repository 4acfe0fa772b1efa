//! Background work: sealing the trail and tidying up. One call does what is due; `serve` repeats it.

use chrono::TimeDelta;
use kstt_persistence::idempotency;

use crate::app::App;
use crate::http::ApiError;

/// Answers for retries are kept this long.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Does everything that is due now; answers whether there may be more at once.
pub fn once(app: &App) -> Result<bool, ApiError> {
    let more = crate::audit::seal_tick(app)?;
    let real_now = app.clock.real_now();
    app.db.read(|conn| {
        app.signing.refresh(conn, &app.master, real_now).map_err(kstt_persistence::Error::Setup)
    })?;
    let forget = (real_now - KEPT).naive_utc();
    app.db.write(|conn| idempotency::forget_before(conn, forget))?;
    app.limits.tidy();
    if let Ok(search) = app.search() {
        app.db.read(|conn| search.catch_up(conn))?;
    }
    Ok(more)
}
