//! One writer at a time, and one commit for all who waited for their turn.
//!
//! To make a commit durable costs more than most changes do. Whoever comes while another writes joins that
//! transaction: each change is undone by itself where it fails, and whoever has nobody behind commits for all of
//! them. Nobody is answered before that.
//!
//! A change may also be handed in ([`Turns::hand_in`]): then one thread carries out all that were, one after the
//! other, and nobody waits to be woken in between.

use std::collections::VecDeque;
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
    handed_in: Mutex<HandedIn>,
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

/// Changes that wait for whoever carries them out.
#[derive(Default)]
struct HandedIn {
    jobs: VecDeque<Job>,
    carried_out: bool,
}

/// A change to be made; answers who is told what became of the commit, or why the engine gave all of it up.
type Job = Box<dyn FnOnce(&mut Open) -> diesel::QueryResult<Told> + Send>;
type Told = Box<dyn FnOnce(Result<(), String>) + Send>;

impl Turns {
    pub fn new(pool: Pool) -> Self {
        let (waiting, open, handed_in) = Default::default();
        Self { pool, waiting, open, handed_in }
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
        let (mut turn, mut open) = self.next()?;
        let group = open.group.clone();
        let done = open.run(work);
        let is_last = self.waiting.load(Ordering::Acquire) == 0 || open.members >= MOST;
        match &done {
            Ok(_) if !is_last => *turn = Some(open),
            Ok(_) => {
                let outcome = open.commit();
                committed();
                group.end(outcome);
            }
            Err(broken) => group.end(open.give_up(broken)),
        }
        drop(turn);
        let ended = group.wait();
        match done.map_err(Error::from)? {
            Ok(Ok(value)) => ended.map(|()| value).map_err(|error| Error::Busy(error).into()),
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Hands a change in; `tell` is called once it is durable or undone, and never after a panic. True: the caller
    /// has to see to it that [`Turns::carry_out`] is called.
    pub fn hand_in<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        tell: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> bool
    where
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
        let mut handed_in = self.handed_in();
        handed_in.jobs.push_back(Box::new(job));
        !std::mem::replace(&mut handed_in.carried_out, true)
    }

    /// Carries out what was handed in, until there is no more.
    pub fn carry_out(&self, committed: impl Fn()) {
        loop {
            let mut handed_in = self.handed_in();
            if handed_in.jobs.is_empty() {
                handed_in.carried_out = false;
                return;
            }
            drop(handed_in);
            if let Err(error) = self.carry_out_some(&committed) {
                log::error!("what was handed in cannot be written: {error}");
                // Whoever waits learns of it, since nobody is left to tell them.
                self.handed_in().jobs.clear();
            }
        }
    }

    fn carry_out_some(&self, committed: impl Fn()) -> Result<(), Error> {
        let (turn, mut open) = self.next()?;
        let mut told = Vec::new();
        let mut broken = None;
        while open.members < MOST {
            let Some(job) = self.handed_in().jobs.pop_front() else { break };
            match job(&mut open) {
                Ok(tell) => told.push(tell),
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            }
        }
        let group = open.group.clone();
        let outcome = match broken {
            None => open.commit(),
            Some(broken) => open.give_up(&broken),
        };
        committed();
        group.end(outcome.clone());
        drop(turn);
        told.into_iter().for_each(|tell| tell(outcome.clone()));
        Ok(())
    }

    /// Waits for a turn: in the transaction of those before, if they left it open.
    fn next(&self) -> Result<(MutexGuard<'_, Option<Open>>, Open), Error> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut turn = self.open.lock().unwrap_or_else(PoisonError::into_inner);
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

    fn handed_in(&self) -> MutexGuard<'_, HandedIn> {
        self.handed_in.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn commit(mut self) -> Result<(), String> {
        Transactions::commit_transaction(&mut *self.conn).map_err(|error| error.to_string())
    }

    /// Not even a change could be undone: nothing of the transaction may stay.
    fn give_up(mut self, broken: &diesel::result::Error) -> Result<(), String> {
        if let Err(error) = Transactions::rollback_transaction(&mut *self.conn) {
            log::error!("a broken transaction cannot be undone: {error}");
        }
        Err(broken.to_string())
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
