//! Taking files in, from senders and from those who handle an item.

use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpResponse, post, web};
use kstt_domain::attachments::{AttachmentState, FileFault, MAX_BYTES, has_room};
use kstt_domain::codes::Code;
use kstt_domain::policy::actions::HandleFeedback;
use kstt_domain::policy::{Action, ActorKind, Permit, permit};
use kstt_persistence::Stored;
use kstt_persistence::attachments::{self as rows, Attaches, AttachmentRow};
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::FeedbackRow;
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::KIND;
use super::judge::judge;
use super::store::{out_of_reach, place_of};
use super::wire::{AttachmentBytes, AttachmentView, FileQuery, OwnAttachmentView};
use crate::app::App;
use crate::contract::problems;
use crate::feedback::{self, Secret, SecretHeader};
use crate::http::{
    ApiError, Caller, FileBody, Halt, IdempotencyKey, Params, ProblemCode, Reply, Tx, Visitor, canonical, say,
};

/// Add a file to feedback
///
/// For those who handle the item. The body is the file itself, up to 20 MiB; what it is, its content says, and
/// neither its name nor its `Content-Type`: PDF, PNG, JPEG, DOCX, XLSX, ODT and ODS are taken. Up to 10 files
/// and 50 MiB belong to one item.
#[utoipa::path(tag = "feedback", operation_id = "attachToFeedback",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40), FileQuery, IdempotencyKey),
    request_body(description = "The file", content((AttachmentBytes = "application/octet-stream"))),
    responses((status = 201, description = "The file as it is known", body = AttachmentView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision),
    extensions(("x-action" = json!("feedback.handle"))))]
#[post("/v1/feedback/{id}/files")]
async fn attach_to_feedback(
    caller: Caller,
    id: web::Path<String>,
    query: Params<FileQuery>,
    body: FileBody<MAX_BYTES>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::HandleFeedback)?;
    let (id, today) = (id.into_inner(), caller.today());
    let (here, asked) = (caller.clone(), id.clone());
    // Nothing is stored for someone who may not.
    caller
        .read(move |conn| {
            let item = feedback::visible(conn, &here.app, &here.actor, &asked, today)?;
            let viewers = here.app.units.viewers(conn)?;
            permit::<HandleFeedback>(&here.actor, &feedback::target(&viewers, &here.actor, &item, today))?;
            Ok(())
        })
        .await?;
    let incoming = receive(caller.app.clone(), query.0.name, body.bytes).await?;
    let (hash, file_id) = (incoming.sha256.clone(), incoming.id.clone());
    let outcome = caller
        .write(&hash, move |tx| {
            let item = feedback::visible(tx.conn, tx.app, tx.actor, &id, today)?;
            let viewers = tx.app.units.viewers(tx.conn)?;
            let permit = tx.permit::<HandleFeedback>(&feedback::target(&viewers, tx.actor, &item, today))?;
            let row = attach(tx, &permit, &item, &incoming)?;
            let location = format!("/v1/feedback/{}/files", item.id);
            Ok(Reply::created(location, &AttachmentView::from(row))?)
        })
        .await;
    drop_unless_stored(caller.app.clone(), file_id).await;
    outcome
}

/// Add a file to one's feedback
///
/// The body is the file itself, up to 20 MiB; what it is, its content says, and neither its name nor its
/// `Content-Type`: PDF, PNG, JPEG, DOCX, XLSX, ODT and ODS are taken. Up to 10 files and 50 MiB belong to one
/// item.
#[utoipa::path(tag = "public-feedback", operation_id = "attachToOwnFeedback", security(()),
    params(("code" = String, Path, description = "Code of the item", max_length = 40), FileQuery, SecretHeader, IdempotencyKey),
    request_body(description = "The file", content((AttachmentBytes = "application/octet-stream"))),
    responses((status = 201, description = "The file as it is known", body = OwnAttachmentView), problems::Open,
        problems::Missing, problems::Content, problems::Collision))]
#[post("/v1/public/feedback/{code}/files")]
async fn attach_to_own_feedback(
    visitor: Visitor,
    code: web::Path<String>,
    query: Params<FileQuery>,
    secret: Secret,
    body: FileBody<MAX_BYTES>,
) -> Result<HttpResponse, ApiError> {
    let code = code.into_inner();
    let (here, asked, shown) = (visitor.0.clone(), code.clone(), secret.clone());
    visitor.read(move |conn| feedback::proven(conn, &here.app, &asked, &shown.0).map(drop)).await?;
    let incoming = receive(visitor.app.clone(), query.0.name, body.bytes).await?;
    let (hash, file_id) = (incoming.sha256.clone(), incoming.id.clone());
    let outcome = visitor
        .write_as_citizen(
            &hash,
            |kept| Ok(kept.to_owned()),
            move |tx| {
                let (item, permit) = feedback::own(tx, &code, &secret)?;
                let row = attach(tx, &permit, &item, &incoming)?;
                let location = format!("/v1/public/feedback/{}/files", item.code);
                Ok(Reply::created(location, &OwnAttachmentView::from(row))?)
            },
        )
        .await;
    drop_unless_stored(visitor.app.clone(), file_id).await;
    outcome
}

/// A file that is in the store and has no row yet.
struct Incoming {
    id: String,
    name: String,
    media_type: &'static str,
    size_bytes: i64,
    sha256: String,
}

/// Judges a file and puts it into the store, off the event loop.
async fn receive(app: Arc<App>, name: String, content: Bytes) -> Result<Incoming, ApiError> {
    let received = web::block(move || {
        let (name, kind) = judge(&name, &content).map_err(refused)?;
        let incoming = Incoming {
            id: app.ids.id(),
            name,
            media_type: kind.media_type(),
            size_bytes: content.len() as i64,
            sha256: canonical(&content),
        };
        let place = place_of(&incoming.id);
        app.attachments.store.put(&place, content).map_err(|error| out_of_reach(&error))?;
        Ok(incoming)
    });
    received.await.unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))
}

fn refused(fault: FileFault) -> ApiError {
    let pointer = if fault == FileFault::Name { "/query/name" } else { "" };
    let detail = say(format!("{}.", fault.label_vi()), format!("{}.", fault.label_en()));
    ApiError::fault(pointer, fault.code(), detail)
}

/// Gives an item a file that is in the store.
fn attach<A: Attaches>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    item: &FeedbackRow,
    incoming: &Incoming,
) -> Result<AttachmentRow, Halt> {
    if item.state.0.is_over() {
        let over =
            say("Phản ánh đã kết thúc, không nhận thêm tệp.", "The item is over: it takes no more files.");
        return Err(ApiError::conflict(over).into());
    }
    let held = rows::of_items(tx.conn, std::slice::from_ref(&item.id))?;
    let lengths = held.iter().filter(|row| row.state.0.is_kept()).map(|row| row.size_bytes);
    if !has_room(lengths, incoming.size_bytes) {
        let full =
            say("Mỗi phản ánh có nhiều nhất 10 tệp và 50 MiB.", "An item has at most 10 files and 50 MiB.");
        return Err(ApiError::conflict(full).into());
    }
    let scanned = tx.app.attachments.scanner.is_some();
    let state = if scanned { AttachmentState::Quarantined } else { AttachmentState::NotScanned };
    let row = AttachmentRow {
        id: incoming.id.clone(),
        feedback_id: item.id.clone(),
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
    let after = json!({
        "feedback": item.code, "media_type": row.media_type, "size_bytes": row.size_bytes, "sha256": row.sha256,
        "state": state, "by_citizen": row.by_citizen,
    });
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &row.id,
        unit_id: Some(&item.handler_unit_id),
        after: Some(after),
        ..Change::default()
    };
    tx.audit(permit, change)?;
    Ok(row)
}

/// After a refusal, or the answer to an earlier try, the file that was put into the store for nothing goes.
/// What cannot be removed now is swept up later.
async fn drop_unless_stored(app: Arc<App>, id: String) {
    let dropped = web::block(move || match app.db.read(|conn| rows::find(conn, &id)) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => app.attachments.store.delete(&place_of(&id)).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    });
    if let Ok(Err(error)) = dropped.await {
        log::warn!("a file without a row is left for later: {error}");
    }
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(attach_to_feedback).service(attach_to_own_feedback);
}
