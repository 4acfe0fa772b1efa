//! Tables to take away: read from one state of the database, written row by row into a temporary file, and
//! sent from there, so that a million rows take no more memory than ten.

mod format;
mod progress;
mod sheet;
mod table;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use kstt_persistence::Conn;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

pub use format::{ExportFormat, ExportQuery, File as ExportFile};
pub use progress::routes;
pub use sheet::harmless;
pub use table::{Cell, Column, Rows, csv_lines};

use self::progress::Progress;
use crate::http::{ApiError, Caller, Ctx, ProblemCode, file_body, say};

/// So many tables are written at a time; each holds a connection while it is.
const AT_ONCE: usize = 2;

/// Leave to write a table.
pub struct Exports(Semaphore);

impl Default for Exports {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

/// The bytes of a table in one of the formats.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, max_length = 4_294_967_295)]
#[allow(dead_code)]
pub struct ExportedTable(Vec<u8>);

/// The rows of a table, each an object with a member for each column.
#[derive(ToSchema)]
#[schema(value_type = Vec<Object>, max_items = 100_000_000)]
#[allow(dead_code)]
pub struct ExportedRecords(Vec<serde_json::Value>);

/// Answers with a table called `name`: `fill` reads it and hands on row after row.
pub async fn export<F>(
    caller: &Caller,
    name: &'static str,
    ExportQuery { format, progress }: ExportQuery,
    columns: Vec<Column>,
    fill: F,
) -> Result<HttpResponse, ApiError>
where
    F: FnOnce(&mut Conn, &mut Rows<'_>) -> Result<(), ApiError> + Send + 'static,
{
    let here = caller.clone();
    send_file(caller, name, format, move |path| {
        let mut progress = Progress::begin(&here, name, progress)?;
        let written = here.app.db.snapshot(|conn| {
            table::write(path, name, format, &columns, |rows| {
                let mut push = |cells: &[Cell]| {
                    progress.step();
                    rows.push(cells)
                };
                fill(conn, &mut Rows::to(&mut push))
            })
        });
        written.map(|()| progress.end())
    })
    .await
}

/// Answers with the file that `write` writes to a path, off the event loop.
pub async fn send_file<F>(
    ctx: &Ctx,
    name: &'static str,
    format: ExportFormat,
    write: F,
) -> Result<HttpResponse, ApiError>
where
    F: FnOnce(&Path) -> Result<(), ApiError> + Send + 'static,
{
    let app = ctx.app.clone();
    let _leave = app.exports.0.try_acquire().map_err(|_| busy())?;
    let (here, directory) = (app.clone(), directory(&app.config.var_dir));
    let written = web::block(move || {
        let path = directory.join(format!("{}.{}", here.ids.id(), format.ending()));
        fs::create_dir_all(&directory).map_err(|error| unwritable(&path, &error))?;
        let file = Temporary(path);
        write(&file.0)?;
        let opened = File::open(&file.0).map_err(|error| unwritable(&file.0, &error))?;
        let length = opened.metadata().map_err(|error| unwritable(&file.0, &error))?.len();
        Ok::<_, ApiError>((opened, length))
    });
    let (file, length) = written.await.unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))?;
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.ending());
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(file_body(file, length)))
}

/// A file that goes with the request; whoever has it open reads on.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            log::warn!("cannot remove {}: {error}", self.0.display());
        }
    }
}

/// Where tables of a process are written.
fn directory(var_dir: &Path) -> PathBuf {
    var_dir.join("exports")
}

/// When a process begins to serve: what a crash left unfinished goes.
pub fn tidy(var_dir: &Path) {
    for entry in fs::read_dir(directory(var_dir)).into_iter().flatten().flatten() {
        drop(Temporary(entry.path()));
    }
}

fn busy() -> ApiError {
    let detail = say("Đang xuất các bảng khác; thử lại sau.", "Other tables are being written; try again.");
    let mut busy = ApiError::because(ProblemCode::Unavailable, detail);
    busy.0.retry_after = Some(5);
    busy
}

/// The operator must make room or give rights; the caller may try again.
pub fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> ApiError {
    log::error!("cannot keep {}: {error}", path.display());
    ApiError::new(ProblemCode::Unavailable)
}
