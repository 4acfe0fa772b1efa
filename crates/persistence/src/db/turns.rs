//! One writer at a time, and one commit for all who waited for their turn.
//!
//! To make a commit durable costs more than most changes do. Whoever comes while another writes joins that
//! transaction: each change is undone by itself where it fails, and whoever has nobody behind commits for all of
//! them. Nobody is answered before that.
//!
//! A change may also be handed in ([`Turns::hand_in`]): then one thread carries out all that were, one after the
//! other, and nobody waits to be woken in between.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};

use diesel::connection::TransactionManager;

use super::{Conn, Manager, Pool, Transactions, begin};
use crate::Error;

/// So many changes share a commit at most, so that the first of them does not wait for ever.
const MOST: usize = 64;

/// The turns of those who write.
pub(super) struct Turns {
    shared: Arc<Shared>,
    /// To the thread that carries out what is handed in; it ends with the last of these.
    handed_in: mpsc::Sender<Job>,
}

struct Shared {
    pool: Pool,
    waiting: AtomicUsize,
    /// Handed on fairly by whoever carries out what is handed in, so that nobody beside it waits for ever.
    open: parking_lot::Mutex<Option<Open>>,
    commits: Arc<AtomicU64>,
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

/// A change to be made; answers who is told what became of the commit, or why the engine gave all of it up.
type Job = Box<dyn FnOnce(&mut Open) -> diesel::QueryResult<Told> + Send>;
type Told = Box<dyn FnOnce(Result<(), String>) + Send>;

impl Turns {
    /// Turns on a connection. `commits` is raised before anyone is told of a commit.
    pub fn new(pool: Pool, commits: Arc<AtomicU64>) -> Self {
        let open = parking_lot::Mutex::new(None);
        let shared = Arc::new(Shared { pool, waiting: AtomicUsize::new(0), open, commits });
        let (handed_in, jobs) = mpsc::channel();
        let here = shared.clone();
        std::thread::spawn(move || here.carry_out(&jobs));
        Self { shared, handed_in }
    }

    /// A connection outside all turns, before anyone writes.
    pub fn connection(&self) -> Result<r2d2::PooledConnection<Manager>, Error> {
        Ok(self.shared.pool.get()?)
    }

    /// Runs `work` when its turn comes; answers once what it wrote is durable.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let (mut turn, mut open) = self.shared.next()?;
        let group = open.group.clone();
        let done = open.run(work);
        let is_last = self.shared.waiting.load(Ordering::Acquire) == 0 || open.members >= MOST;
        match &done {
            Ok(_) if !is_last => *turn = Some(open),
            Ok(_) => self.shared.end(open, None),
            Err(broken) => self.shared.end(open, Some(broken)),
        }
        drop(turn);
        let ended = group.wait();
        match done.map_err(Error::from)? {
            Ok(Ok(value)) => ended.map(|()| value).map_err(|error| Error::Busy(error).into()),
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Hands a change in. `tell` is called once it is durable or undone; it is dropped after a panic, and where no
    /// transaction can be begun.
    pub fn hand_in<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        tell: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let job = move |open: &mut Open| -> diesel::QueryResult<Told> {
            Ok(match open.run(work)? {
                Ok(Ok(value)) => Box::new(move |ended: Result<(), String>| {
                    tell(ended.map(|()| value).map_err(|error| Error::Busy(error).into()));
                }),
                Ok(Err(error)) => Box::new(move |_| tell(Err(error))),
                Err(_) => Box::new(move |_| drop(tell)),
            })
        };
        // Refused only where the thread is gone, and then `tell` is dropped with the job.
        let _ = self.handed_in.send(Box::new(job));
    }
}

impl Shared {
    /// Carries out what is handed in, as long as anyone may hand something in.
    fn carry_out(&self, jobs: &mpsc::Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let some = catch_unwind(AssertUnwindSafe(|| self.carry_out_some(first, jobs)));
            match some {
                Ok(Ok(())) => {}
                Ok(Err(error)) => log::error!("what was handed in cannot be written: {error}"),
                Err(_) => log::error!("whoever carries out what is handed in has panicked"),
            }
        }
    }

    fn carry_out_some(&self, first: Job, jobs: &mpsc::Receiver<Job>) -> Result<(), Error> {
        let (turn, mut open) = self.next()?;
        let (mut told, mut broken) = (Vec::new(), None);
        for job in std::iter::once(first).chain(jobs.try_iter()) {
            match job(&mut open) {
                Ok(tell) => told.push(tell),
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            }
            if open.members >= MOST {
                break;
            }
        }
        let group = open.group.clone();
        self.end(open, broken.as_ref());
        // To whoever waits, and not to itself again.
        parking_lot::MutexGuard::unlock_fair(turn);
        let outcome = group.wait();
        told.into_iter().for_each(|tell| tell(outcome.clone()));
        Ok(())
    }

    /// Waits for a turn: in the transaction of those before, if they left it open.
    fn next(&self) -> Result<(parking_lot::MutexGuard<'_, Option<Open>>, Open), Error> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut turn = self.open.lock();
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        let open = match turn.take() {
            Some(open) => open,
            None => {
                let mut conn = self.pool.get()?;
                begin(&mut conn)?;
                Open { conn, group: Arc::default(), members: 0 }
            }
        };
        Ok((turn, open))
    }

    /// Commits for the whole group, or gives all of it up.
    fn end(&self, mut open: Open, broken: Option<&diesel::result::Error>) {
        let outcome = match broken {
            None => Transactions::commit_transaction(&mut *open.conn).map_err(|error| error.to_string()),
            Some(broken) => {
                // Not even a change could be undone: nothing of the transaction may stay.
                if let Err(error) = Transactions::rollback_transaction(&mut *open.conn) {
                    log::error!("a broken transaction cannot be undone: {error}");
                }
                Err(broken.to_string())
            }
        };
        // Also when the answer of the commit was lost.
        self.commits.fetch_add(1, Ordering::AcqRel);
        open.group.end(outcome);
    }
}

impl Open {
    /// One change within the transaction. The outer error: the engine has given the whole of it up.
    #[allow(clippy::type_complexity)]
    fn run<T, E>(
        &mut self,
        work: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> diesel::QueryResult<std::thread::Result<Result<T, E>>> {
        // With nothing before it, the transaction itself is what is undone.
        let is_first = self.members == 0;
        self.members += 1;
        let conn = &mut *self.conn;
        if !is_first {
            Transactions::begin_transaction(conn)?;
        }
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut *conn)));
        match (&done, is_first) {
            (Ok(Ok(_)), true) => {}
            (Ok(Ok(_)), false) => Transactions::commit_transaction(conn)?,
            (_, true) => {
                Transactions::rollback_transaction(conn)?;
                begin(conn)?;
            }
            (_, false) => Transactions::rollback_transaction(conn)?,
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
