//! Background work: files are searched for malware, and what nobody needs in the store is swept up.
//!
//! Both wait for others, so they are done beside the city's own work, by one thread of a process, and never
//! within a transaction.

use std::collections::HashSet;
use std::sync::TryLockError;

use chrono::{DateTime, TimeDelta, Utc};
use kstt_domain::attachments::{AttachmentState, verdict};
use kstt_domain::policy::actions::JudgeAttachment;
use kstt_domain::policy::{Actor, Target};
use kstt_persistence::attachments::{self as rows, AttachmentRow};
use kstt_persistence::audit::Change;
use kstt_persistence::{Conn, feedback as items, reports};
use object_store::Error;
use serde_json::json;

use super::KIND;
use super::clamd::{NoAnswer, Scanner};
use super::store::place_of;
use crate::app::App;
use crate::http::{ApiError, Tx};

/// So many files are looked at in one turn.
const TURN: i64 = 100;
/// After a failure the scanner is left alone so long.
const REST: TimeDelta = TimeDelta::seconds(30);
/// The store is swept so often, and of what has been there so long without a row.
const SWEEP: TimeDelta = TimeDelta::hours(1);
/// So many files are compared with rows at once.
const BATCH: usize = 500;

/// Until when this work rests, in real time.
#[derive(Debug, Default)]
pub struct Rests {
    scan_after: Option<DateTime<Utc>>,
    sweep_after: Option<DateTime<Utc>>,
}

/// Scans what waits and sweeps what is left over; answers whether there may be more at once.
pub fn turn(app: &App) -> Result<bool, ApiError> {
    let mut rests = match app.attachments.rests.try_lock() {
        Ok(rests) => rests,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        // Another thread is at it.
        Err(TryLockError::WouldBlock) => return Ok(false),
    };
    let now = app.clock.real_now();
    if rests.sweep_after.is_none_or(|after| after <= now) {
        rests.sweep_after = Some(now + SWEEP);
        sweep(app, now - SWEEP)?;
    }
    match &app.attachments.scanner {
        Some(scanner) if rests.scan_after.is_none_or(|after| after <= now) => {
            let (settled, failed) = scan(app, scanner)?;
            rests.scan_after = failed.then(|| app.clock.real_now() + REST);
            Ok(settled)
        }
        _ => Ok(false),
    }
}

/// Scans files that wait; answers whether any was settled, and whether any failed.
fn scan(app: &App, scanner: &Scanner) -> Result<(bool, bool), ApiError> {
    let (mut settled, mut failed) = (false, false);
    for row in app.db.read(|conn| rows::quarantined(conn, TURN))? {
        let answer = match app.attachments.store.get(&row.place) {
            Ok(content) => scanner.ask(&content),
            Err(Error::NotFound { .. }) => {
                log::error!("file {} is not in the store", row.id);
                failed = true;
                continue;
            }
            Err(error) => {
                log::warn!("file {} cannot be read for its scan: {error}", row.id);
                return Ok((settled, true));
            }
        };
        match answer {
            Ok(answer) => match verdict(&answer) {
                Some(state) => settled |= settle(app, &row, state)?,
                None => {
                    log::warn!("the scanner says of file {}: {answer}", row.id);
                    failed = true;
                }
            },
            Err(NoAnswer::Refused(error)) => {
                log::warn!("the scanner does not take file {}: {error}", row.id);
                failed = true;
            }
            Err(NoAnswer::Away(error)) => {
                log::warn!("the scanner is away: {error}");
                return Ok((settled, true));
            }
        }
    }
    Ok((settled, failed))
}

/// Stores what the scanner found; what is infected goes. False: another process was faster.
fn settle(app: &App, row: &AttachmentRow, state: AttachmentState) -> Result<bool, ApiError> {
    let actor = Actor::system("attachments");
    let done = app.db.write(|conn| {
        let mut tx = Tx::of_system(conn, app, &actor);
        let permit = tx.permit::<JudgeAttachment>(&Target::city(&row.id))?;
        let now = tx.now.naive_utc();
        if !rows::judge(tx.conn, &permit, row.version, state, now)? {
            return Ok(false);
        }
        let unit_id = unit_of(tx.conn, row)?;
        let change = Change {
            kind: KIND,
            id: &row.id,
            key: &row.id,
            unit_id: unit_id.as_deref(),
            before: Some(json!({ "state": row.state.0 })),
            after: Some(json!({ "state": state })),
            ..Change::default()
        };
        tx.audit(&permit, change)?;
        Ok::<_, ApiError>(true)
    })?;
    if done
        && !state.is_kept()
        && let Err(error) = app.attachments.store.delete(&row.place)
    {
        log::warn!("an infected file is left for the sweep: {error}");
    }
    Ok(done)
}

/// Whose matter a file is.
fn unit_of(conn: &mut Conn, row: &AttachmentRow) -> Result<Option<String>, kstt_persistence::Error> {
    let item = row.feedback_id.as_deref().map(|id| items::find(conn, id)).transpose()?.flatten();
    let report = row.report_id.as_deref().map(|id| reports::find(conn, id)).transpose()?.flatten();
    Ok(item.map(|item| item.handler_unit_id).or(report.map(|report| report.unit_id)))
}

/// Removes files that no row needs and that came before a moment: of uploads that ended half way, and
/// infected ones. A store that is away is swept the next time.
fn sweep(app: &App, before: DateTime<Utc>) -> Result<(), ApiError> {
    let store = &app.attachments.store;
    let found = match store.older_than(before) {
        Ok(found) => found,
        Err(error) => {
            log::warn!("the file store cannot be swept: {error}");
            return Ok(());
        }
    };
    for ids in found.chunks(BATCH) {
        let held: HashSet<String> = app.db.read(|conn| rows::held(conn, ids))?.into_iter().collect();
        for id in ids.iter().filter(|id| !held.contains(*id)) {
            if let Err(error) = store.delete(&place_of(id)) {
                log::warn!("file {id} cannot be removed: {error}");
            }
        }
    }
    Ok(())
}
