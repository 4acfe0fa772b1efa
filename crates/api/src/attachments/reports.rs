//! Files that come with reports: scans of what arrived on paper.

use actix_web::{HttpResponse, get, post, web};
use kstt_domain::attachments::MAX_BYTES;
use kstt_domain::policy::Action;
use kstt_domain::policy::actions::SubmitReport;
use kstt_persistence::attachments as rows;
use utoipa_actix_web::service_config::ServiceConfig;

use super::read::link;
use super::take::{Holder, attach, drop_unless_stored};
use super::upload::receive_one;
use super::wire::{AttachmentBytes, AttachmentView, DownloadLink, FileQuery};
use crate::contract::problems;
use crate::http::{ApiError, Caller, FileBody, IdempotencyKey, Page, Params, Reply};
use crate::reports;

/// Add a file to a report
///
/// For those who submit it, such as the scan of one that came on paper. The body is the file itself, up to 20 MiB; what
/// it is, its content says: PDF, PNG, JPEG, DOCX, XLSX, ODT and ODS are taken. Up to 10 files and 50 MiB belong to one
/// report; a frozen one takes no more.
#[utoipa::path(tag = "reports", operation_id = "attachToReport",
    params(("id" = String, Path, description = "UUID of the report", max_length = 36), FileQuery, IdempotencyKey),
    request_body(description = "The file", content((AttachmentBytes = "application/octet-stream"))),
    responses((status = 201, description = "The file as it is known", body = AttachmentView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision),
    extensions(("x-action" = json!("reports.submit"))))]
#[post("/v1/reports/{id}/files")]
async fn attach_to_report(
    caller: Caller,
    id: web::Path<String>,
    query: Params<FileQuery>,
    body: FileBody<MAX_BYTES>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::SubmitReport)?;
    let id = id.into_inner();
    let (here, asked, today) = (caller.clone(), id.clone(), caller.today());
    // Nothing is stored for someone who may not.
    caller
        .read(move |conn| {
            let seen = reports::seen(conn, &here.app, &here.actor, &asked, today)?;
            if seen.submits { Ok(()) } else { Err(ApiError::forbidden()) }
        })
        .await?;
    let incoming = receive_one(caller.app.clone(), query.0.name, body.bytes).await?;
    let (hash, kept) = (incoming.sha256.clone(), vec![incoming.clone()]);
    let outcome = caller
        .write(&hash, move |tx| {
            let (report, permit) = reports::open_for::<SubmitReport>(tx, &id)?;
            let row = attach(tx, &permit, Holder::Report(&report), &incoming)?;
            let location = format!("/v1/reports/{}/files", report.id);
            Ok(Reply::created(location, &AttachmentView::from(row))?)
        })
        .await;
    drop_unless_stored(caller.app.clone(), kept).await;
    outcome
}

/// List the files of a report
///
/// In the order in which they came.
#[utoipa::path(tag = "reports", operation_id = "listReportFiles",
    params(("id" = String, Path, description = "UUID of the report", max_length = 36)),
    responses((status = 200, description = "The files", body = Page<AttachmentView>), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/reports/{id}/files")]
async fn list_report_files(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let (here, today) = (caller.clone(), caller.today());
    let found = caller
        .read(move |conn| {
            let seen = reports::seen(conn, &here.app, &here.actor, &id, today)?;
            Ok(rows::of_report(conn, &seen.report.id)?)
        })
        .await?;
    let items: Vec<AttachmentView> = found.into_iter().map(AttachmentView::from).collect();
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// Get an address of a file of a report
///
/// For five minutes, and for whoever has it: each address that is given is kept in the trail. A file that waits for its
/// scan, or is infected, cannot be had; one that was not scanned only by those who submit the report.
#[utoipa::path(tag = "reports", operation_id = "linkReportFile",
    params(("id" = String, Path, description = "UUID of the report", max_length = 36),
        ("file_id" = String, Path, description = "UUID of the file", max_length = 36)),
    responses((status = 200, description = "The address", body = DownloadLink), problems::Open, problems::Guarded,
        problems::Missing, problems::Collision),
    extensions(("x-action" = json!("reports.read"))))]
#[post("/v1/reports/{id}/files/{file_id}/link")]
async fn link_report_file(
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let ((id, file_id), today) = (path.into_inner(), caller.today());
    caller
        .tell(move |tx| {
            let seen = reports::seen(tx.conn, tx.app, tx.actor, &id, today)?;
            let found = rows::of_report(tx.conn, &seen.report.id)?;
            let row = found.into_iter().find(|row| row.id == file_id).ok_or_else(ApiError::not_found)?;
            link(tx, &seen.reads, (Holder::Report(&seen.report), seen.submits), &row)
        })
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(attach_to_report).service(list_report_files).service(link_report_file);
}
