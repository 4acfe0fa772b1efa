//! Taking files in, from senders and from those who handle an item.

use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpResponse, post, web};
use kstt_domain::attachments::MAX_BYTES;
use kstt_domain::policy::actions::HandleFeedback;
use kstt_domain::policy::{Action, permit};
use utoipa_actix_web::service_config::ServiceConfig;

use super::take::{Holder, Incoming, Sent, attach, drop_unless_stored, receive};
use super::wire::{AttachmentBytes, AttachmentView, FileQuery, OwnAttachmentView};
use crate::app::App;
use crate::contract::problems;
use crate::feedback::{self, Secret, SecretHeader};
use crate::http::{ApiError, Caller, FileBody, IdempotencyKey, Params, ProblemCode, Reply, Visitor};

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
    let incoming = receive_one(caller.app.clone(), query.0.name, body.bytes).await?;
    let (hash, kept) = (incoming.sha256.clone(), vec![incoming.clone()]);
    let outcome = caller
        .write(&hash, move |tx| {
            let item = feedback::visible(tx.conn, tx.app, tx.actor, &id, today)?;
            let viewers = tx.viewers()?;
            let permit = tx.permit::<HandleFeedback>(&feedback::target(&viewers, tx.actor, &item, today))?;
            let row = attach(tx, &permit, Holder::Feedback(&item), &incoming)?;
            let location = format!("/v1/feedback/{}/files", item.id);
            Ok(Reply::created(location, &AttachmentView::from(row))?)
        })
        .await;
    drop_unless_stored(caller.app.clone(), kept).await;
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
    let incoming = receive_one(visitor.app.clone(), query.0.name, body.bytes).await?;
    let (hash, kept) = (incoming.sha256.clone(), vec![incoming.clone()]);
    let outcome = visitor
        .write_as_citizen(
            &hash,
            |kept| Ok(kept.to_owned()),
            move |tx| {
                let (item, permit) = feedback::own(tx, &code, &secret)?;
                let row = attach(tx, &permit, Holder::Feedback(&item), &incoming)?;
                let location = format!("/v1/public/feedback/{}/files", item.code);
                Ok(Reply::created(location, &OwnAttachmentView::from(row))?)
            },
        )
        .await;
    drop_unless_stored(visitor.app.clone(), kept).await;
    outcome
}

/// The file that is the whole body.
pub async fn receive_one(app: Arc<App>, name: String, content: Bytes) -> Result<Incoming, ApiError> {
    let (name_at, content_at) = ("/query/name".to_owned(), String::new());
    let received = receive(app, vec![Sent { name, content, name_at, content_at }]).await?;
    received.into_iter().next().ok_or_else(|| ApiError::new(ProblemCode::Internal))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(attach_to_feedback).service(attach_to_own_feedback);
}
