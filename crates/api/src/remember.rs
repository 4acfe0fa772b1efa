//! Answers of the public registry, remembered as rendered bytes.
//!
//! An answer holds for one revision of the registry and the units, and one Vietnam day: a version that
//! takes effect at midnight is served at midnight. A commit of this process is seen at once, one of
//! another process within [`MAX_AGE`].

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes};
use chrono::NaiveDate;
use kstt_domain::calendar::vn_date;
use kstt_persistence::{Conn, Db, Revision, revision};
use quick_cache::{Equivalent, Weighter, sync::Cache};

use crate::app::App;
use crate::http::{ApiError, Ctx, ProblemCode, Reply, knows};

/// How long a revision that was read is trusted.
const MAX_AGE: Duration = Duration::from_millis(500);
/// Bytes of answers kept.
const CAPACITY: u64 = 24 << 20;
/// Answers a cache of that size is laid out for.
const EXPECTED_ANSWERS: usize = 6_000;
/// Larger answers are worked out each time.
const MAX_ANSWER: usize = 1 << 20;

/// What was answered to one address on one day.
pub struct Memory {
    answers: Cache<Key, Arc<Remembered>, BytesWeighter>,
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    day: NaiveDate,
    address: String,
}

#[derive(Hash)]
struct KeyRef<'a> {
    day: NaiveDate,
    address: &'a str,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.day == key.day && self.address == key.address
    }
}

pub(crate) struct Remembered {
    revision: Revision,
    etag: Option<HeaderValue>,
    body: Bytes,
    /// The pattern of its address, once it was asked for.
    route: OnceLock<String>,
}

impl Remembered {
    /// Copied on the thread that serves: what is kept for long must not lie scattered over the memory of
    /// all the threads that work answers out.
    fn of(revision: Revision, reply: &Reply) -> Self {
        let etag = reply.etag.as_ref().and_then(|etag| HeaderValue::from_str(etag).ok());
        let body = Bytes::copy_from_slice(reply.body.as_bytes());
        Self { revision, etag, body, route: OnceLock::new() }
    }

    /// The pattern of the address, which `find` finds the first time.
    pub fn route(&self, find: impl FnOnce() -> String) -> &str {
        self.route.get_or_init(find)
    }

    fn is_known_to(&self, if_none_match: Option<&str>) -> bool {
        self.etag.as_ref().and_then(|etag| etag.to_str().ok()).is_some_and(|etag| knows(if_none_match, etag))
    }

    /// Tells a reader that has the answer already that it still holds.
    pub fn not_modified(&self) -> HttpResponse {
        let mut response = HttpResponse::NotModified();
        if let Some(etag) = &self.etag {
            response.insert_header((header::ETAG, etag.clone()));
        }
        response.finish()
    }
}

enum WorkedOut {
    /// By someone else, meanwhile.
    Before(Arc<Remembered>),
    Now {
        revision: Revision,
        complete: bool,
        reply: Reply,
    },
}

/// A revision, when it was read, and how many commits this process had made before.
#[derive(Clone, Copy)]
struct Seen {
    revision: Revision,
    at: Instant,
    commits: u64,
}

#[derive(Clone)]
struct BytesWeighter;

impl Weighter<Key, Arc<Remembered>> for BytesWeighter {
    fn weight(&self, key: &Key, answer: &Arc<Remembered>) -> u64 {
        (key.address.len() + answer.body.len() + 200) as u64
    }
}

impl Default for Memory {
    fn default() -> Self {
        let answers = Cache::with_weighter(EXPECTED_ANSWERS, CAPACITY, BytesWeighter);
        Self { answers, seen: Mutex::new(None) }
    }
}

impl Memory {
    /// The present revision, if it was read a moment ago and nothing was committed here since.
    #[allow(clippy::disallowed_methods)]
    fn revision_if_fresh(&self, db: &Db) -> Option<Revision> {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.filter(|seen| seen.commits == db.commits() && seen.at.elapsed() < MAX_AGE)
            .map(|seen| seen.revision)
    }

    #[allow(clippy::disallowed_methods)]
    fn read_revision(&self, conn: &mut Conn, db: &Db) -> Result<Revision, ApiError> {
        let (commits, at) = (db.commits(), Instant::now());
        let revision = revision(conn)?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen { revision, at, commits });
        Ok(revision)
    }

    /// Keeps an answer if it is `complete`, and not too long.
    fn keep(&self, key: Key, answer: Remembered, complete: bool) -> Arc<Remembered> {
        let answer = Arc::new(answer);
        if complete && answer.body.len() <= MAX_ANSWER {
            self.answers.insert(key, answer.clone());
        }
        answer
    }

    /// The answer to this address, if it still holds and the reader has it already.
    pub fn unchanged(&self, app: &App, address: &str, if_none_match: &str) -> Option<Arc<Remembered>> {
        let revision = self.revision_if_fresh(&app.db)?;
        let answer = self.recall(address, vn_date(app.clock.now()), revision)?;
        answer.is_known_to(Some(if_none_match)).then_some(answer)
    }

    fn recall(&self, address: &str, day: NaiveDate, revision: Revision) -> Option<Arc<Remembered>> {
        self.answers.get(&KeyRef { day, address }).filter(|answer| answer.revision == revision)
    }
}

/// How an answer is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Database,
    /// Not remembered while the search index is behind the database.
    SearchIndex,
}

impl Ctx {
    /// Answers a public read of the registry, from memory if nothing changed since it was worked out.
    pub async fn remembered<F>(&self, source: Source, work: F) -> Result<HttpResponse, ApiError>
    where
        F: FnOnce(&mut Conn) -> Result<Reply, ApiError> + Send + 'static,
    {
        let (app, day) = (self.app.clone(), self.today());
        if let Some(revision) = app.memory.revision_if_fresh(&app.db)
            && let Some(answer) = app.memory.recall(&self.address_asked, day, revision)
        {
            return Ok(self.repeat(&answer));
        }
        let (address, seat) = (self.address_asked.clone(), app.clone());
        let worked_out = web::block(move || {
            seat.db.read(|conn| {
                let memory = &seat.memory;
                // Before the work: what it reads may be newer than this, never older.
                let revision = memory.read_revision(conn, &seat.db)?;
                if let Some(answer) = memory.recall(&address, day, revision) {
                    return Ok(WorkedOut::Before(answer));
                }
                let complete = match source {
                    Source::Database => true,
                    Source::SearchIndex => seat.search()?.reached() >= revision.procedures,
                };
                Ok::<_, ApiError>(WorkedOut::Now { revision, complete, reply: work(conn)? })
            })
        });
        let worked_out = worked_out.await.unwrap_or_else(|_| Err(ApiError::new(ProblemCode::Unavailable)))?;
        let answer = match worked_out {
            WorkedOut::Before(answer) => answer,
            WorkedOut::Now { revision, complete, reply } => {
                let address = self.address_asked.clone();
                app.memory.keep(Key { day, address }, Remembered::of(revision, &reply), complete)
            }
        };
        Ok(self.repeat(&answer))
    }

    fn repeat(&self, answer: &Remembered) -> HttpResponse {
        if answer.is_known_to(self.if_none_match.as_deref()) {
            return answer.not_modified();
        }
        let mut response = HttpResponse::Ok();
        if let Some(etag) = &answer.etag {
            response.insert_header((header::ETAG, etag.clone()));
        }
        response.content_type("application/json").body(answer.body.clone())
    }
}
