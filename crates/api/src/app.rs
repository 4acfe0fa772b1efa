//! What one process holds: database, clocks, keys, limits, caches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use chrono::{DateTime, Utc};
use kstt_domain::calendar::{OfficeHours, WorkCalendar};
use kstt_domain::feedback::FeedbackParameters;
use kstt_domain::reports::{WindowTable, shipped_windows};

use kstt_persistence::audit::SealKey;
use kstt_persistence::feedback::FeedbackIndex;
use kstt_persistence::procedures::SearchIndex;
use kstt_persistence::{Db, calendar};

use crate::accounts::Identity;
use crate::attachments::Attachments;
use crate::clock::{Clock, Ids, TraceIds};
use crate::config::Config;
use crate::edge::Limits;
use crate::export::Exports;
use crate::http::{ApiError, ProblemCode};
use crate::keys::{MasterKey, SigningKeys};
use crate::notifications::{MessageData, Outgoing};
use crate::obligations::KnownRules;
use crate::observe::Metrics;
use crate::open::Spool;
use crate::procedures::KnownSettlers;
use crate::remember::Memory;
use crate::units::KnownUnits;

/// The state of one process, shared by all its threads.
pub struct App {
    pub config: Config,
    pub db: Db,
    pub clock: Box<dyn Clock>,
    pub ids: Box<dyn Ids>,
    pub master: MasterKey,
    pub seal_key: SealKey,
    pub signing: SigningKeys,
    pub(crate) traces: TraceIds,
    pub limits: Limits,
    pub metrics: Metrics,
    /// Rendered answers of the public registry.
    pub(crate) memory: Memory,
    /// Who does whose work.
    pub(crate) settlers: KnownSettlers,
    /// Files of open data.
    pub(crate) spool: Spool,
    /// Open only in a process that serves: one process at a time may write an index.
    search: OnceLock<SearchIndex>,
    feedback_search: OnceLock<FeedbackIndex>,
    /// Office hours of the state administration; a parameter of every hour count.
    pub office_hours: OfficeHours,
    pub(crate) actors: Cache<String, Identity>,
    calendar: Mutex<Option<Arc<WorkCalendar>>>,
    pub(crate) passwords: crate::accounts::PasswordGate,
    /// What is known of all units.
    pub(crate) units: KnownUnits,
    /// What is known of the deadline rules.
    pub(crate) rules: KnownRules,
    /// Numbers of the feedback room.
    pub(crate) feedback: FeedbackParameters,
    /// Which days the data of reporting periods cover.
    pub(crate) windows: WindowTable,
    /// What messages are made with, and the ways out.
    pub(crate) messages: MessageData,
    pub(crate) outgoing: Outgoing,
    /// Leave to write tables.
    pub(crate) exports: Exports,
    /// The file store and the scanner.
    pub(crate) attachments: Attachments,
}

impl App {
    /// Opens everything `config` names. The error is one sentence for the operator.
    pub fn open(config: Config, clock: Option<Box<dyn Clock>>, ids: Box<dyn Ids>) -> Result<Self, String> {
        let (db, _) = crate::mode::open_database(&config, config.db_connections, !config.production)?;
        let (master, seal_key) = crate::keys::load_secrets(&config, &db)?;
        let clock = match clock {
            Some(clock) => clock,
            None => crate::calendar::start_clock(&db, &config).map_err(|e| e.to_string())?,
        };
        let signing = SigningKeys::load(&db, &master, clock.real_now(), ids.as_ref())?;
        let feedback = crate::feedback::parameters()?;
        Ok(Self {
            limits: Limits::new(config.rate_limit, config.rate_burst, feedback.public_sends_an_hour),
            traces: TraceIds::default(),
            metrics: Metrics::new(),
            office_hours: OfficeHours::default(),
            actors: Cache::default(),
            memory: Memory::default(),
            settlers: KnownSettlers::default(),
            spool: Spool::default(),
            search: OnceLock::new(),
            feedback_search: OnceLock::new(),
            calendar: Mutex::new(None),
            passwords: crate::accounts::PasswordGate::default(),
            units: KnownUnits::default(),
            rules: KnownRules::default(),
            feedback,
            windows: shipped_windows()
                .map_err(|error| format!("report-parameters.json cannot be read: {error}"))?,
            messages: MessageData::load()?,
            outgoing: Outgoing::open(&config)?,
            exports: Exports::default(),
            attachments: Attachments::open(&config)?,
            config,
            db,
            clock,
            ids,
            master,
            seal_key,
            signing,
        })
    }

    /// The newest working calendar. A calendar is read again only when its version changed.
    pub fn calendar(&self, conn: &mut kstt_persistence::Conn) -> Result<Arc<WorkCalendar>, ApiError> {
        let latest = calendar::latest(conn)?.map_or(0, |row| row.version);
        let mut held = self.calendar.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(calendar) = held.as_ref().filter(|calendar| calendar.version() == latest) {
            return Ok(calendar.clone());
        }
        let calendar = Arc::new(crate::calendar::load(conn, latest)?);
        *held = Some(calendar.clone());
        Ok(calendar)
    }

    /// Makes ready to serve: opens the search index as it was left, which the background work brings up to
    /// date. The error is one sentence for the operator.
    pub fn open_search(&self) -> Result<(), String> {
        crate::export::tidy(&self.config.var_dir);
        let directory = self.config.var_dir.join("index");
        let index = SearchIndex::open(&directory).map_err(|e| e.to_string())?;
        let feedback = FeedbackIndex::open(&directory.join("feedback")).map_err(|e| e.to_string())?;
        let twice = || "the search index is open already".to_owned();
        self.search.set(index).map_err(|_| twice())?;
        self.feedback_search.set(feedback).map_err(|_| twice())
    }

    /// The search index of feedback.
    pub fn feedback_search(&self) -> Result<&FeedbackIndex, ApiError> {
        self.feedback_search.get().ok_or_else(|| ApiError::new(ProblemCode::Unavailable))
    }

    /// The search index.
    pub fn search(&self) -> Result<&SearchIndex, ApiError> {
        self.search.get().ok_or_else(|| ApiError::new(ProblemCode::Unavailable))
    }

    /// The secret of signed cursors.
    pub fn cursor_secret(&self) -> &[u8] {
        self.master.cursor_secret()
    }
}

/// Values remembered for a moment of real time.
pub(crate) struct Cache<K, V>(Mutex<HashMap<K, (DateTime<Utc>, V)>>);

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

/// Grants are never older than this when they decide.
const MAX_AGE_SECONDS: i64 = 2;
/// A cache that grew beyond this is emptied rather than searched for what is old.
const MAX_ENTRIES: usize = 10_000;

impl<K: std::hash::Hash + Eq, V: Clone> Cache<K, V> {
    /// The value of `key` if it is young enough.
    pub fn get(&self, key: &K, real_now: DateTime<Utc>) -> Option<V> {
        let entries = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (at, value) = entries.get(key)?;
        ((real_now - *at).num_seconds() < MAX_AGE_SECONDS).then(|| value.clone())
    }

    /// Remembers a value.
    pub fn put(&self, key: K, value: V, real_now: DateTime<Utc>) {
        let mut entries = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.clear();
        }
        entries.insert(key, (real_now, value));
    }

    /// Forgets everything: something that decides was changed here.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}
