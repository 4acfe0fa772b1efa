//! Taking files in: judged, put into the store, and then given to an item or a report in the transaction of the change.

use std::sync::Arc;

use actix_web::web::{self, Bytes};
use kstt_domain::attachments::{AttachmentState, FileFault, has_room};
use kstt_domain::codes::Code;
use kstt_domain::policy::{ActorKind, Permit};
use kstt_domain::reports::ReportState;
use kstt_persistence::attachments::{self as rows, Attaches, AttachmentRow};
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::FeedbackRow;
use kstt_persistence::reports::ReportRow;
use kstt_persistence::{Conn, Error, Stored};
use serde_json::json;

use super::KIND;
use super::judge::judge;
use super::store::{out_of_reach, place_of};
use crate::app::App;
use crate::http::{ApiError, Faults, Halt, ProblemCode, Tx, canonical, say};

/// A file as it was sent.
pub struct Sent {
    pub name: String,
    pub content: Bytes,
    /// Where in the request its name and its content stand.
    pub name_at: String,
    pub content_at: String,
}

/// A file that is in the store and has no row yet.
#[derive(Clone)]
pub struct Incoming {
    pub id: String,
    name: String,
    media_type: &'static str,
    size_bytes: i64,
    pub sha256: String,
}

/// Judges files and puts them into the store, off the event loop: all of them or none.
pub async fn receive(app: Arc<App>, sent: Vec<Sent>) -> Result<Vec<Incoming>, ApiError> {
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    let received = web::block(move || {
        let mut faults = Faults::default();
        let mut judged = Vec::new();
        for file in sent {
            match judge(&file.name, &file.content) {
                Ok((name, kind)) => {
                    let incoming = Incoming {
                        id: app.ids.id(),
                        name,
                        media_type: kind.media_type(),
                        size_bytes: file.content.len() as i64,
                        sha256: canonical(&file.content),
                    };
                    judged.push((incoming, file.content));
                }
                Err(fault) => refuse(&mut faults, &file, fault),
            }
        }
        faults.finish()?;
        let mut received = Vec::new();
        for (incoming, content) in judged {
            let put = app.attachments.store.put(&place_of(&incoming.id), content);
            received.push(incoming);
            if let Err(error) = put {
                // The store may have taken it and failed to say so.
                discard(&app, &received);
                return Err(out_of_reach(&error));
            }
        }
        Ok(received)
    });
    received.await.unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))
}

fn refuse(faults: &mut Faults, file: &Sent, fault: FileFault) {
    let pointer = if fault == FileFault::Name { &file.name_at } else { &file.content_at };
    let detail = say(format!("{}.", fault.label_vi()), format!("{}.", fault.label_en()));
    faults.add(pointer, fault.code(), detail);
}

/// What a file comes with.
#[derive(Clone, Copy)]
pub enum Holder<'h> {
    Feedback(&'h FeedbackRow),
    Report(&'h ReportRow),
}

impl<'h> Holder<'h> {
    fn is_closed(self) -> bool {
        match self {
            Self::Feedback(item) => item.state.0.is_over(),
            Self::Report(report) => report.state.0 == ReportState::Frozen,
        }
    }

    /// The files that came before.
    fn files(self, conn: &mut Conn) -> Result<Vec<AttachmentRow>, Error> {
        match self {
            Self::Feedback(item) => rows::of_items(conn, std::slice::from_ref(&item.id)),
            Self::Report(report) => rows::of_report(conn, &report.id),
        }
    }

    /// Whose matter it is.
    pub fn unit_id(self) -> &'h str {
        match self {
            Self::Feedback(item) => &item.handler_unit_id,
            Self::Report(report) => &report.unit_id,
        }
    }

    /// As the trail names it.
    pub fn named(self) -> (&'static str, &'h str) {
        match self {
            Self::Feedback(item) => ("feedback", &item.code),
            Self::Report(report) => ("report", &report.id),
        }
    }
}

/// Gives an item or a report a file that is in the store.
pub fn attach<A: Attaches>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    holder: Holder<'_>,
    incoming: &Incoming,
) -> Result<AttachmentRow, Halt> {
    if holder.is_closed() {
        let over = say("Đã kết thúc, không nhận thêm tệp.", "It is over and takes no more files.");
        return Err(ApiError::conflict(over).into());
    }
    let held = holder.files(tx.conn)?;
    let lengths = held.iter().filter(|row| row.state.0.is_kept()).map(|row| row.size_bytes);
    if !has_room(lengths, incoming.size_bytes) {
        let full = say("Nhiều nhất 10 tệp và 50 MiB.", "At most 10 files and 50 MiB belong to one.");
        return Err(ApiError::conflict(full).into());
    }
    let scanned = tx.app.attachments.scanner.is_some();
    let state = if scanned { AttachmentState::Quarantined } else { AttachmentState::NotScanned };
    let row = AttachmentRow {
        id: incoming.id.clone(),
        feedback_id: match holder {
            Holder::Feedback(item) => Some(item.id.clone()),
            Holder::Report(_) => None,
        },
        report_id: match holder {
            Holder::Feedback(_) => None,
            Holder::Report(report) => Some(report.id.clone()),
        },
        number: held.len() as i64 + 1,
        name: incoming.name.clone(),
        media_type: incoming.media_type.to_owned(),
        size_bytes: incoming.size_bytes,
        sha256: incoming.sha256.clone(),
        state: Stored(state),
        place: place_of(&incoming.id),
        by_citizen: tx.actor.kind == ActorKind::Citizen,
        author: tx.actor.name.clone(),
        created_at: tx.now.naive_utc(),
        scanned_at: None,
        version: 1,
    };
    rows::insert(tx.conn, permit, &row)
        .map_err(|error| if error.is_unique_violation() { Halt::Raced } else { error.into() })?;
    // Names may show who someone is, and stay out of the trail.
    let (kind, name) = holder.named();
    let after = json!({
        kind: name, "media_type": row.media_type, "size_bytes": row.size_bytes, "sha256": row.sha256,
        "state": state, "by_citizen": row.by_citizen,
    });
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &row.id,
        unit_id: Some(holder.unit_id()),
        after: Some(after),
        ..Change::default()
    };
    tx.audit(permit, change)?;
    Ok(row)
}

/// After a refusal, or the answer to an earlier try, the files that were put into the store for nothing go.
pub async fn drop_unless_stored(app: Arc<App>, files: Vec<Incoming>) {
    if files.is_empty() {
        return;
    }
    // Losing this thread leaves the files to the sweep.
    let _ = web::block(move || discard(&app, &files)).await;
}

/// Removes files that have no row. What cannot be removed now is swept up later.
fn discard(app: &App, files: &[Incoming]) {
    for file in files {
        let dropped = match app.db.read(|conn| rows::find(conn, &file.id)) {
            Ok(Some(_)) => Ok(()),
            Ok(None) => app.attachments.store.delete(&place_of(&file.id)).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = dropped {
            log::warn!("a file without a row is left for later: {error}");
        }
    }
}
