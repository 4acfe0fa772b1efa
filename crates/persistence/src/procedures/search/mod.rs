//! Full-text search, the same on both databases: a tantivy index on disk, fed by registry revision.
//!
//! The index holds no texts, only folded words and what ranking and filtering need; it is never the
//! truth. It may be deleted at any time and is then built again, and every hit is read again from the
//! database before anyone sees it.

mod bits;
mod counts;
mod document;
mod feed;
mod layout;
mod score;
mod segment;
mod words;

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{Datelike, NaiveDate};
use tantivy::{IndexReader, TantivyError};

use self::feed::Feeder;
use self::layout::Layout;
use self::segment::{Candidate, Segment};
use self::words::Wording;
use super::Filter;
use crate::index_storage::Storage;
use crate::{Conn, Error};

pub use self::counts::Counted;
pub use self::words::query_words;

/// The search index of one process. No other process may use its directory.
pub struct SearchIndex {
    layout: Layout,
    reader: IndexReader,
    feeder: Mutex<Feeder>,
    /// The revision that searches see.
    reached: AtomicI64,
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// Words as they were typed; every one must be found, as a beginning of a word.
    pub text: &'a str,
    pub day: NaiveDate,
    pub filter: &'a Filter,
    /// The last hit a reader has seen.
    pub after: Option<&'a Hit>,
    pub limit: usize,
}

/// A version that was found. Hits are ordered by score, highest first, then by sort key and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub version_id: String,
    pub score: u64,
    pub sort_key: String,
}

/// A page of hits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    pub items: Vec<Hit>,
    /// All hits on all pages.
    pub total: usize,
}

impl SearchIndex {
    /// Opens the index in `directory`. One that is missing, damaged or of another format is begun
    /// afresh, to be filled by the next [`Self::catch_up`].
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let layout = Layout::new();
        let storage = Storage::open(directory, &layout.schema)?;
        let reader = storage.reader()?;
        let feeder = Feeder::new(storage, layout.clone())?;
        let reached = AtomicI64::new(feeder.reached());
        Ok(Self { layout, reader, feeder: Mutex::new(feeder), reached })
    }

    /// The registry's revision up to which searches and counts see everything.
    pub fn reached(&self) -> i64 {
        self.reached.load(Ordering::Acquire)
    }

    /// Indexes everything written since the last call; searches that begin afterwards find it.
    pub fn catch_up(&self, conn: &mut Conn) -> Result<(), Error> {
        let mut feeder = self.feeder.lock().unwrap_or_else(PoisonError::into_inner);
        if feeder.catch_up(conn)? {
            self.reader.reload()?;
            self.reached.store(feeder.reached(), Ordering::Release);
        }
        Ok(())
    }

    /// Finds versions in force on the day of the query, best first. A text without a word finds
    /// nothing.
    pub fn search(&self, query: &Query<'_>) -> Result<Hits, Error> {
        let wording = Wording::of(query.text);
        if wording.words.is_empty() {
            return Ok(Hits::default());
        }
        let searcher = self.reader.searcher();
        let mut found: Vec<Candidate> = Vec::new();
        let mut total = 0;
        for reader in searcher.segment_readers() {
            let (candidates, matches) = Segment { reader, layout: &self.layout }.search(&wording, query)?;
            found.extend(candidates);
            total += matches;
        }
        found.sort();
        found.truncate(query.limit);
        Ok(Hits { items: found.into_iter().map(Hit::from).collect(), total })
    }
}

/// A day as the index stores it.
fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

impl From<TantivyError> for Error {
    fn from(error: TantivyError) -> Self {
        Self::Search(format!("the search index failed: {error}"))
    }
}
