//! A search index on disk: begun afresh when it is missing, damaged or of another format.

use std::fs::{self, File, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::schema::Schema;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy};

use crate::Error;

/// Raised whenever the same version would be indexed otherwise than before.
const FORMAT: u32 = 1;
/// Memory of the writer before it writes a segment.
const WRITER_BYTES: usize = 50_000_000;

/// How far an index has come, kept with every commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    format: u32,
    /// The oldest of what it was made from, which is never deleted: the index of another database is
    /// recognised by it.
    pub registry: Option<String>,
    /// The place up to which everything is indexed.
    pub revision: i64,
}

impl Mark {
    /// Nothing indexed yet of `registry`.
    pub fn start_of(registry: Option<String>) -> Self {
        Self { format: FORMAT, registry, revision: 0 }
    }
}

/// An open index whose directory is held by this process.
pub(crate) struct Storage {
    index: Index,
    pub mark: Mark,
    /// Held, not read: dropping it lets others in.
    _lock: File,
}

impl Storage {
    pub fn open(directory: &Path, schema: &Schema) -> Result<Self, Error> {
        let lock = lock(directory)?;
        let files = directory.join("index");
        // Tantivy panics over a file cut shorter than its footer, as a power cut leaves them.
        let found = catch_unwind(AssertUnwindSafe(|| sound_index(&files, schema)));
        if let Ok(Some((index, mark))) = found {
            return Ok(Self { index, mark, _lock: lock });
        }
        if files.exists() {
            log::warn!("the search index in {} cannot be used and is built again", directory.display());
            fs::remove_dir_all(&files).map_err(|e| unusable(directory, &e))?;
        }
        fs::create_dir_all(&files).map_err(|e| unusable(directory, &e))?;
        let index = Index::create_in_dir(&files, schema.clone()).map_err(|e| unusable(directory, &e))?;
        Ok(Self { index, mark: Mark::start_of(None), _lock: lock })
    }

    pub fn reader(&self) -> tantivy::Result<IndexReader> {
        self.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
    }

    pub fn writer(&self) -> tantivy::Result<IndexWriter> {
        self.index.writer_with_num_threads(1, WRITER_BYTES)
    }
}

fn lock(directory: &Path) -> Result<File, Error> {
    fs::create_dir_all(directory).map_err(|e| unusable(directory, &e))?;
    let file = File::create(directory.join("lock")).map_err(|e| unusable(directory, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Setup(format!(
            "the search index in {} is in use by another process; give each process a KSTT_VAR_DIR of its own",
            directory.display()
        ))),
        Err(TryLockError::Error(error)) => Err(unusable(directory, &error)),
    }
}

fn unusable(directory: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::Setup(format!("cannot keep the search index in {}: {error}", directory.display()))
}

/// The index in `files` if every byte of it is as it was written, in the format of this program.
fn sound_index(files: &Path, schema: &Schema) -> Option<(Index, Mark)> {
    let index = Index::open_in_dir(files).ok()?;
    let payload = index.load_metas().ok()?.payload?;
    let mark: Mark = serde_json::from_str(&payload).ok()?;
    let sound = mark.format == FORMAT
        && index.schema() == *schema
        && index.validate_checksum().ok()?.is_empty()
        && index.reader().is_ok();
    sound.then_some((index, mark))
}
