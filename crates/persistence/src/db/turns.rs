//! One writer at a time, and one commit for all who waited for their turn.
//!
//! To make a commit durable costs more than most changes do. Whoever comes while another writes joins that
//! transaction: each change is a savepoint of its own, kept or undone by itself, and whoever has nobody behind
//! commits for all of them. Nobody is answered before that.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use diesel::connection::TransactionManager;

use super::{Conn, Manager, Pool, Transactions, begin};
use crate::Error;

/// So many changes share a commit at most, so that the first of them does not wait for ever.
const MOST: usize = 64;

/// The turns of those who write.
pub(super) struct Turns {
    pool: Pool,
    waiting: AtomicUsize,
    open: Mutex<Option<Open>>,
}

/// A transaction that others may join.
struct Open {
    conn: r2d2::PooledConnection<Manager>,
    group: Arc<Group>,
    members: usize,
}

/// Those who share a commit.
#[derive(Default)]
struct Group {
    outcome: Mutex<Option<Result<(), String>>>,
    ended: Condvar,
}

impl Turns {
    pub fn new(pool: Pool) -> Self {
        Self { pool, waiting: AtomicUsize::new(0), open: Mutex::new(None) }
    }

    /// A connection outside all turns, before anyone writes.
    pub fn connection(&self) -> Result<r2d2::PooledConnection<Manager>, Error> {
        Ok(self.pool.get()?)
    }

    /// Runs `work` when its turn comes; answers once what it wrote is durable. `committed` is called before
    /// anyone is told.
    pub fn write<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E>,
        committed: impl FnOnce(),
    ) -> Result<T, E> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut turn = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        let mut open = match turn.take() {
            Some(open) => open,
            None => self.begin()?,
        };
        let group = open.group.clone();
        let done = open.run(work);
        let is_last = self.waiting.load(Ordering::Acquire) == 0 || open.members >= MOST;
        match &done {
            Ok(_) if !is_last => *turn = Some(open),
            Ok(_) => {
                let outcome =
                    Transactions::commit_transaction(&mut *open.conn).map_err(|error| error.to_string());
                committed();
                group.end(outcome);
            }
            Err(broken) => {
                // Not even this change could be undone: nothing of the transaction may stay.
                let outcome = Err(broken.to_string());
                if let Err(error) = Transactions::rollback_transaction(&mut *open.conn) {
                    log::error!("a broken transaction cannot be undone: {error}");
                }
                group.end(outcome);
            }
        }
        drop(turn);
        let ended = group.wait();
        match done.map_err(Error::from)? {
            Ok(Ok(value)) => ended.map(|()| value).map_err(|error| Error::Busy(error).into()),
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }

    fn begin(&self) -> Result<Open, Error> {
        let mut conn = self.pool.get()?;
        begin(&mut conn)?;
        Ok(Open { conn, group: Arc::default(), members: 0 })
    }
}

impl Open {
    /// One change within the transaction. The outer error: the engine has given the whole of it up.
    #[allow(clippy::type_complexity)]
    fn run<T, E>(
        &mut self,
        work: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> diesel::QueryResult<std::thread::Result<Result<T, E>>> {
        self.members += 1;
        let conn = &mut *self.conn;
        Transactions::begin_transaction(conn)?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut *conn)));
        match &done {
            Ok(Ok(_)) => Transactions::commit_transaction(conn)?,
            _ => Transactions::rollback_transaction(conn)?,
        }
        Ok(done)
    }
}

impl Group {
    fn end(&self, outcome: Result<(), String>) {
        *self.outcome() = Some(outcome);
        self.ended.notify_all();
    }

    fn wait(&self) -> Result<(), String> {
        let mut outcome = self.outcome();
        loop {
            match &*outcome {
                Some(outcome) => return outcome.clone(),
                None => outcome = self.ended.wait(outcome).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn outcome(&self) -> MutexGuard<'_, Option<Result<(), String>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
