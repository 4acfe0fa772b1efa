//! Which files came with an item, and the way to one of them.

use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use kstt_domain::codes::Code;
use kstt_domain::policy::actions::HandleFeedback;
use kstt_domain::policy::{Action, ActionKind, Actor, Permit, permit};
use kstt_persistence::Conn;
use kstt_persistence::attachments::{self as rows, AttachmentRow};
use kstt_persistence::audit::Change;
use kstt_persistence::feedback::{self as items, FeedbackRow};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::take::Holder;
use super::wire::{AttachmentView, DownloadLink, OwnAttachmentView};
use super::{KIND, download};
use crate::app::App;
use crate::contract::problems;
use crate::feedback::{self, Secret, SecretHeader};
use crate::http::{ApiError, Caller, Halt, Page, Reply, Tx, Visitor, say};

/// An item and the files that someone may know of: its own, and of a part those of the whole. Files may show
/// who sent an item, so a unit that is complained of learns of none.
fn seen(
    conn: &mut Conn,
    app: &App,
    actor: &Actor,
    id: &str,
    today: NaiveDate,
) -> Result<(FeedbackRow, Vec<AttachmentRow>), ApiError> {
    let item = feedback::visible(conn, app, actor, id, today)?;
    let whole = match &item.parent_id {
        Some(parent) => items::find(conn, parent)?,
        None => None,
    };
    let viewers = app.units.viewers(conn)?;
    let holders: Vec<&FeedbackRow> = std::iter::once(&item).chain(&whole).collect();
    if holders.iter().any(|row| feedback::is_complained_of(&viewers, actor, row, today)) {
        return Ok((item, Vec::new()));
    }
    let ids: Vec<String> = holders.iter().map(|row| row.id.clone()).collect();
    Ok((item, rows::of_items(conn, &ids)?))
}

/// List the files of feedback
///
/// In the order in which they came; of a part with those of the whole. A unit that is complained of gets none:
/// files may show who sent them.
#[utoipa::path(tag = "feedback", operation_id = "listFeedbackFiles",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40)),
    responses((status = 200, description = "The files", body = Page<AttachmentView>), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("feedback.read"))))]
#[get("/v1/feedback/{id}/files")]
async fn list_feedback_files(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedback)?;
    let (here, today) = (caller.clone(), caller.today());
    let (_, found) = caller.read(move |conn| seen(conn, &here.app, &here.actor, &id, today)).await?;
    let items: Vec<AttachmentView> = found.into_iter().map(AttachmentView::from).collect();
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// List the files of one's feedback
///
/// Those one sent oneself, in the order in which they came.
#[utoipa::path(tag = "public-feedback", operation_id = "listOwnFeedbackFiles", security(()),
    params(("code" = String, Path, description = "Code of the item", max_length = 40), SecretHeader),
    responses((status = 200, description = "The files", body = Page<OwnAttachmentView>), problems::Open, problems::Missing))]
#[get("/v1/public/feedback/{code}/files")]
async fn list_own_feedback_files(
    visitor: Visitor,
    code: web::Path<String>,
    secret: Secret,
) -> Result<HttpResponse, ApiError> {
    let here = visitor.0.clone();
    let found = visitor
        .read(move |conn| {
            let item = feedback::proven(conn, &here.app, &code, &secret.0)?;
            Ok(rows::of_items(conn, &[item.id])?)
        })
        .await?;
    let items: Vec<OwnAttachmentView> =
        found.into_iter().filter(|row| row.by_citizen).map(OwnAttachmentView::from).collect();
    let mut response = Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response();
    let private = actix_web::http::header::HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, private);
    Ok(response)
}

/// An address of a file, for someone who handles what it came with or does not.
pub fn link<A: ActionKind>(
    tx: &mut Tx<'_>,
    reads: &Permit<A>,
    (holder, handles): (Holder<'_>, bool),
    row: &AttachmentRow,
) -> Result<Reply, Halt> {
    let state = row.state.0;
    if !state.is_open(handles) {
        let closed = say(
            format!("Không tải được tệp này: {}.", state.label_vi()),
            format!("This file cannot be had: {}.", state.label_en()),
        );
        return Err(ApiError::conflict(closed).into());
    }
    let (kind, name) = holder.named();
    let change = Change {
        kind: KIND,
        id: &row.id,
        key: &row.id,
        unit_id: Some(holder.unit_id()),
        after: Some(json!({ kind: name, "link": "given", "state": state })),
        ..Change::default()
    };
    tx.audit(reads, change)?;
    let (ticket, expires_at) = download::ticket(tx.app, &row.id);
    let address = format!("/v1/downloads/{ticket}");
    Ok(Reply::ok(&DownloadLink { address, expires_at })?)
}

/// Get an address of a file
///
/// For five minutes, and for whoever has it: each address that is given is kept in the trail. A file that
/// waits for its scan, or is infected, cannot be had; one that was not scanned only by those who handle the
/// item.
#[utoipa::path(tag = "feedback", operation_id = "linkFeedbackFile",
    params(("id" = String, Path, description = "UUID or code of the item", max_length = 40),
        ("file_id" = String, Path, description = "UUID of the file", max_length = 36)),
    responses((status = 200, description = "The address", body = DownloadLink), problems::Open, problems::Guarded,
        problems::Missing, problems::Collision),
    extensions(("x-action" = json!("feedback.read"))))]
#[post("/v1/feedback/{id}/files/{file_id}/link")]
async fn link_feedback_file(
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadFeedback)?;
    let ((id, file_id), today) = (path.into_inner(), caller.today());
    caller
        .tell(move |tx| {
            let (item, found) = seen(tx.conn, tx.app, tx.actor, &id, today)?;
            let viewers = tx.viewers()?;
            let row = found.into_iter().find(|row| row.id == file_id).ok_or_else(ApiError::not_found)?;
            let reads =
                feedback::reading(&viewers, tx.actor, &item, today).ok_or_else(ApiError::not_found)?;
            let target = feedback::target(&viewers, tx.actor, &item, today);
            let handles = permit::<HandleFeedback>(tx.actor, &target).is_ok();
            link(tx, &reads, (Holder::Feedback(&item), handles), &row)
        })
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_feedback_files).service(list_own_feedback_files).service(link_feedback_file);
}
