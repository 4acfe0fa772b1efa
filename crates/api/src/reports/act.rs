//! The straight path of everything that is done to a report.

use actix_web::{HttpResponse, web};
use kstt_domain::codes::Code;
use kstt_domain::policy::{ActionKind, Permit};
use kstt_domain::reports::{ReportEvent, ReportForm, next};
use kstt_persistence::Stored;
use kstt_persistence::audit::Change;
use kstt_persistence::reports::{self as rows, ChangesReport, PeriodRow, ReportRow, RevisionRow};
use serde_json::{Value, json};

use super::periods::hold_open;
use super::wire::{Teller, form_of};
use super::{KIND, sight};
use crate::http::{ApiError, Body, Caller, Halt, Reply, Tx, say};

/// A report that is being changed.
pub struct Work {
    pub row: ReportRow,
    pub revision: RevisionRow,
    /// The revision before, if this change sends it back.
    pub ended: Option<RevisionRow>,
    pub form: ReportForm,
    pub period: PeriodRow,
    /// What the trail keeps of the change.
    pub noted: Value,
    pub reason: Option<String>,
}

/// Handles a request to do `event` to a report.
pub async fn acted<A, B>(
    caller: Caller,
    id: web::Path<String>,
    body: Body<B>,
    event: ReportEvent,
    change: fn(&mut Tx<'_>, &mut Work, &B) -> Result<(), Halt>,
) -> Result<HttpResponse, ApiError>
where
    A: ChangesReport + 'static,
    B: Send + 'static,
{
    caller.require(A::ACTION)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller
        .write(&body.hash, move |tx| {
            let (before, permit) = sight::open::<A>(tx, &id)?;
            if before.version != expected.clone()? {
                return Err(ApiError::stale(Reply::ok(&json!({}))?.tagged(before.version).etag).into());
            }
            let state = next(before.state.0, event).map_err(|_| no_such_move(&before, event))?;
            let mut work = load(tx, &before)?;
            change(tx, &mut work, &wanted)?;
            work.row.state = Stored(state);
            let now = tx.now.naive_utc();
            let row =
                rows::store_report(tx.conn, &permit, &before, work.row.clone(), now)?.ok_or(Halt::Raced)?;
            if let Some(ended) = &work.ended {
                rows::put_revision(tx.conn, &permit, ended)?;
            }
            rows::put_revision(tx.conn, &permit, &work.revision)?;
            trail(tx, &permit, &before, &row, event, &work)?;
            let told = Teller::at(tx.now).tell_all(tx.conn, tx.app, &row, Some(&work.revision))?;
            Ok(Reply::ok(&told)?.tagged(row.version))
        })
        .await
}

fn load(tx: &mut Tx<'_>, row: &ReportRow) -> Result<Work, Halt> {
    let period = hold_open(tx.conn, &row.period)?;
    let empty = RevisionRow {
        report_id: row.id.clone(),
        revision: row.revision,
        cells: "{}".to_owned(),
        sections: "[]".to_owned(),
        objections: "[]".to_owned(),
        computed_at: None,
        submitted_at: None,
        submitted_by: None,
        shared: "{}".to_owned(),
        sent_at: None,
        accepted_at: None,
        returned_at: None,
    };
    Ok(Work {
        revision: rows::revision(tx.conn, &row.id, row.revision)?.unwrap_or(empty),
        ended: None,
        form: form_of(tx.conn, row)?,
        period,
        row: row.clone(),
        noted: Value::Null,
        reason: None,
    })
}

fn no_such_move(row: &ReportRow, event: ReportEvent) -> ApiError {
    ApiError::conflict(say(
        format!("Không thể «{}» khi báo cáo ở trạng thái «{}».", event.label_vi(), row.state.0.label_vi()),
        format!("{event} does not follow on {}.", row.state.0),
    ))
}

fn trail<A: ActionKind>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    before: &ReportRow,
    row: &ReportRow,
    event: ReportEvent,
    work: &Work,
) -> Result<(), ApiError> {
    let key = format!("{} {}", row.period, row.form);
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &key,
        unit_id: Some(&row.unit_id),
        before: Some(json!({ "state": before.state.0, "revision": before.revision })),
        after: Some(
            json!({ "event": event, "state": row.state.0, "revision": row.revision, "noted": work.noted }),
        ),
        reason: work.reason.as_deref(),
    };
    tx.audit(permit, change)
}
