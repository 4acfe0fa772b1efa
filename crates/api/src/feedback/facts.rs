//! After an upgrade: items of an older program get what is counted of them.

use kstt_persistence::feedback as rows;

use crate::app::App;
use crate::http::ApiError;

/// Items in one transaction.
const BATCH: i64 = 500;

/// Fills what is missing, once for a database; never leaves more to be done.
pub fn facts_tick(app: &App) -> Result<bool, ApiError> {
    if !app.db.read(rows::waits_for_facts)? {
        return Ok(false);
    }
    let mut after = String::new();
    while let Some(last) = app.db.write(|conn| rows::fill_facts(conn, &after, BATCH))? {
        after = last;
    }
    Ok(false)
}
