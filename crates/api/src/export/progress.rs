//! How far a table is that takes long to write: noted by whoever writes it, read and listened to by whoever asked for
//! it, be it at another instance.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use futures_core::Stream;
use kstt_domain::exports::ExportState;
use kstt_domain::policy::Action;
use kstt_persistence::Stored;
use kstt_persistence::exports::{self as rows, ProgressRow};
use serde::Serialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::contract::problems;
use crate::http::{ApiError, Caller, ProblemCode, Reply, say};

/// Rows between two notes.
const STEP: i64 = 10_000;
/// How often whoever listens is told.
const PACE: Duration = Duration::from_millis(500);
/// So often someone may listen before the table is begun.
const PATIENCE: usize = 20;
/// So often nothing may change before whoever writes it is taken for gone: five minutes.
const STANDSTILL: usize = 600;

/// A table on its way, if whoever asked for it gave it a name.
pub struct Progress {
    app: Arc<App>,
    row: Option<ProgressRow>,
}

impl Progress {
    /// Notes that a table is begun.
    pub fn begin(caller: &Caller, name: &'static str, key: Option<String>) -> Result<Self, ApiError> {
        let app = caller.app.clone();
        let Some(key) = key else { return Ok(Self { app, row: None }) };
        if !is_key(&key) {
            let detail = say(
                "16–64 chữ cái, chữ số, dấu gạch ngang; nên là UUID.",
                "16–64 letters, digits and hyphens; best a UUID.",
            );
            return Err(ApiError::parameter(ProblemCode::Invalid, "progress", detail));
        }
        let now = app.clock.real_now().naive_utc();
        let row = ProgressRow {
            owner: caller.actor.id.clone(),
            key,
            name: name.to_owned(),
            state: Stored(ExportState::Writing),
            rows_written: 0,
            started_at: now,
            updated_at: now,
        };
        match app.db.write(|conn| rows::begin(conn, &row)) {
            Err(error) if kstt_persistence::Error::is_unique_violation(&error) => {
                Err(ApiError::conflict(say("Tên này đã được dùng.", "That name was used before.")))
            }
            begun => Ok(begun.map(|()| Self { app, row: Some(row) })?),
        }
    }

    /// One row more.
    pub fn step(&mut self) {
        let Some(row) = &mut self.row else { return };
        row.rows_written += 1;
        if row.rows_written % STEP == 0 {
            self.note(ExportState::Writing);
        }
    }

    /// It is written.
    pub fn end(mut self) {
        self.note(ExportState::Written);
        self.row = None;
    }

    /// A table is not given up because its progress cannot be noted; then nobody is told more of it.
    fn note(&mut self, state: ExportState) {
        let Some(row) = &mut self.row else { return };
        row.state = Stored(state);
        row.updated_at = self.app.clock.real_now().naive_utc();
        if let Err(error) = self.app.db.write(|conn| rows::store(conn, row)) {
            log::warn!("the progress of an export cannot be noted: {error}");
            self.row = None;
        }
    }
}

impl Drop for Progress {
    /// What did not end was not written.
    fn drop(&mut self) {
        self.note(ExportState::Failed);
    }
}

/// What a table may be called.
fn is_key(text: &str) -> bool {
    (16..=64).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}

/// How far a table is.
#[derive(Debug, Serialize, ToSchema)]
struct ExportProgress {
    /// What the caller called it.
    #[schema(max_length = 64)]
    key: String,
    /// What is written.
    #[schema(max_length = 40, example = "dossier-counts")]
    name: String,
    state: ExportState,
    /// Rows written so far, told every 10,000 rows.
    #[schema(minimum = 0, maximum = 1000000000)]
    rows: i64,
    started_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<ProgressRow> for ExportProgress {
    fn from(row: ProgressRow) -> Self {
        Self {
            key: row.key,
            name: row.name,
            state: row.state.0,
            rows: row.rows_written,
            started_at: row.started_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        }
    }
}

async fn progress(caller: &Caller, key: &str) -> Result<Option<ExportProgress>, ApiError> {
    let (owner, key) = (caller.actor.id.clone(), key.to_owned());
    caller.read(move |conn| Ok(rows::find(conn, &owner, &key)?.map(ExportProgress::from))).await
}

/// Read how far an export is
///
/// Of an export the caller asked for with `progress`, by that name. It is known for a day.
#[utoipa::path(tag = "reports", operation_id = "getExport",
    params(("key" = String, Path, description = "What `progress` was when the export was asked for", max_length = 64)),
    responses((status = 200, description = "How far it is", body = ExportProgress), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/exports/{key}")]
async fn get_export(caller: Caller, key: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    let told = progress(&caller, &key).await?.ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(&told)?.into_response())
}

/// One of the server-sent events.
#[derive(ToSchema)]
#[allow(dead_code)]
struct ExportEvent {
    #[schema(max_length = 20, example = "progress")]
    event: String,
    /// What the single read tells, as JSON.
    #[schema(max_length = 2000)]
    data: String,
}

/// Listen to how far an export is
///
/// Server-sent events, each called `progress` with what the single read tells as its data, whenever that changes; the
/// last one is that of its end. One may listen before the export is asked for, for ten seconds.
#[utoipa::path(tag = "reports", operation_id = "listenToExport",
    params(("key" = String, Path, description = "What `progress` is when the export is asked for", max_length = 64)),
    responses((status = 200, description = "The events", body = ExportEvent, content_type = "text/event-stream"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("reports.read"))))]
#[get("/v1/exports/{key}/events")]
async fn listen_to_export(caller: Caller, key: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadReports)?;
    if !is_key(&key) {
        return Err(ApiError::not_found());
    }
    let (tell, told) = mpsc::channel(4);
    actix_web::rt::spawn(follow(caller, key.into_inner(), tell));
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .streaming(Told(told)))
}

/// Tells what changes, until the table has ended or nobody listens any more.
async fn follow(caller: Caller, key: String, tell: mpsc::Sender<Bytes>) {
    let (mut last, mut unchanged) = (String::new(), 0);
    loop {
        let Ok(found) = progress(&caller, &key).await else { return };
        let patience = if found.is_some() { STANDSTILL } else { PATIENCE };
        let has_ended = found.as_ref().is_some_and(|progress| progress.state != ExportState::Writing);
        let is_over = has_ended || unchanged > patience;
        let told = found.and_then(|progress| serde_json::to_string(&progress).ok()).unwrap_or_default();
        // A line that says nothing shows that someone is still there.
        unchanged = if told == last { unchanged + 1 } else { 0 };
        let event =
            if unchanged > 0 { ":\n\n".to_owned() } else { format!("event: progress\ndata: {told}\n\n") };
        last = told;
        if tell.send(Bytes::from(event)).await.is_err() || is_over {
            return;
        }
        actix_web::rt::time::sleep(PACE).await;
    }
}

struct Told(mpsc::Receiver<Bytes>);

impl Stream for Told {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_export).service(listen_to_export);
}
