//! Files made from the registry, kept on disk until the registry, the day or the signing key changes.
//!
//! Each is read from one snapshot and is whole before anyone gets it; a download that was interrupted can
//! go on where it stopped.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web;
use chrono::NaiveDate;
use kstt_persistence::{Revision, hex, revision};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::build;
use crate::app::App;
use crate::export::unwritable;
use crate::http::{ApiError, ProblemCode};

/// What the registry is taken away as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Ndjson,
    Csv,
    JsonLd,
    Sqlite,
}

impl Format {
    /// The name of the file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Ndjson => "procedures.ndjson",
            Self::Csv => "procedures.csv",
            Self::JsonLd => "procedures.jsonld",
            Self::Sqlite => "catalogue.sqlite",
        }
    }

    /// The media type of the file.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLd => "application/ld+json",
            Self::Sqlite => "application/vnd.sqlite3",
        }
    }
}

/// A finished file.
#[derive(Debug)]
pub struct Finished {
    state: State,
    path: PathBuf,
    /// SHA-256 of its bytes, quoted.
    pub etag: String,
    /// In bytes.
    pub length: u64,
}

/// What a file was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    revision: Revision,
    day: NaiveDate,
    /// Only where the file is signed.
    key: Option<String>,
}

/// The files of one process, one of each format.
#[derive(Default)]
pub struct Spool([Arc<Mutex<Option<Arc<Finished>>>>; 4]);

impl Spool {
    /// The file of today, made now if there is none; whoever asks meanwhile waits, and holds up nobody.
    pub async fn today(
        app: Arc<App>,
        format: Format,
        day: NaiveDate,
    ) -> Result<(File, Arc<Finished>), ApiError> {
        let mut kept = app.spool.0[format as usize].clone().lock_owned().await;
        web::block(move || find_or_make(&app, &mut kept, format, day))
            .await
            .unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))
    }
}

fn find_or_make(
    app: &App,
    kept: &mut Option<Arc<Finished>>,
    format: Format,
    day: NaiveDate,
) -> Result<(File, Arc<Finished>), ApiError> {
    let key = if format == Format::Sqlite { app.signing.signer().map(|(kid, _)| kid) } else { None };
    let state = State { revision: app.db.read(revision)?, day, key };
    if let Some(finished) = kept.as_ref().filter(|finished| finished.state == state)
        && let Ok(file) = File::open(&finished.path)
    {
        return Ok((file, finished.clone()));
    }
    let finished = Arc::new(make(app, format, day)?);
    let file = File::open(&finished.path).map_err(|error| unwritable(&finished.path, &error))?;
    *kept = Some(finished.clone());
    Ok((file, finished))
}

fn make(app: &App, format: Format, day: NaiveDate) -> Result<Finished, ApiError> {
    let directory = app.config.var_dir.join("open");
    fs::create_dir_all(&directory).map_err(|error| unwritable(&directory, &error))?;
    let unfinished = directory.join(format!("{}.{}.part", format.file_name(), app.ids.id()));
    let state = app.db.snapshot(|conn| {
        let revision = revision(conn)?;
        let signer = app.signing.signer().ok_or_else(|| ApiError::new(ProblemCode::Unavailable))?;
        let key = (format == Format::Sqlite).then(|| signer.0.clone());
        let taken = build::Taken { app, day, revision, signer };
        match format {
            Format::Ndjson => write_to(&unfinished, |out| build::ndjson(conn, &taken, out))?,
            Format::Csv => write_to(&unfinished, |out| build::csv(conn, &taken, out))?,
            Format::JsonLd => write_to(&unfinished, |out| build::json_ld(conn, &taken, out))?,
            Format::Sqlite => build::sqlite(conn, &taken, &unfinished)?,
        }
        Ok::<_, ApiError>(State { revision, day, key })
    });
    let state = state.inspect_err(|_| drop(fs::remove_file(&unfinished)))?;
    let (sum, length) = sum(&unfinished).map_err(|error| unwritable(&unfinished, &error))?;
    let path = directory.join(format!("{sum}.{}", format.file_name()));
    fs::rename(&unfinished, &path).map_err(|error| unwritable(&path, &error))?;
    remove_others(&directory, format, &path);
    Ok(Finished { state, path, etag: format!("\"{sum}\""), length })
}

/// Removes older files of the format, and what a crash left unfinished. Whoever reads one goes on reading.
fn remove_others(directory: &Path, format: Format, present: &Path) {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let of_format = |path: &PathBuf| path.to_string_lossy().contains(format.file_name());
    for path in entries.filter(|path| of_format(path) && path != present) {
        if let Err(error) = fs::remove_file(&path) {
            log::warn!("cannot remove {}: {error}", path.display());
        }
    }
}

fn write_to(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let file = File::create(path).map_err(|error| unwritable(path, &error))?;
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush().map_err(|error| unwritable(path, &error))
}

fn sum(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut sum, mut length, mut buffer) = (Sha256::new(), 0, vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex(sum.finalize()), length));
        }
        sum.update(&buffer[..read]);
        length += read as u64;
    }
}
